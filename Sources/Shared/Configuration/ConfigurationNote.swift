/// What became of a key that is not simply read.
public struct ConfigurationNote: Sendable, Equatable {
  /// What became of it.
  public enum Kind: Sendable, Equatable {
    /// It is another name of this option.
    case alias(of: String)

    /// It asks for what this program does anyway; the sentence says what that is.
    case harmless(String)

    /// It has no effect; the sentence says what is done instead.
    case ignored(String)

    /// It is read, and the operator should know something about it; the sentence follows its name.
    case warning(String)
  }

  /// Where it was written.
  public let place: Place

  /// Its dotted name, as written.
  public let key: String

  /// Its value as YAML text, in one line.
  public let value: String

  /// What became of it.
  public let kind: Kind

  /// The line to print before a run, nil if there is nothing to be warned of.
  public var warning: String? {
    switch kind {
    case .alias, .harmless: nil
    case .ignored(let sentence): "\(place): warning: \(quoted(key)) is ignored: \(sentence)"
    case .warning(let sentence): "\(place): warning: \(quoted(key)) \(sentence)"
    }
  }

  /// What became of the key, in a few words.
  public var disposition: String {
    switch kind {
    case .alias(let option): "alias of \(option)"
    case .harmless(let sentence): "accepted: \(sentence)"
    case .ignored(let sentence): "accepted, ignored: \(sentence)"
    case .warning(let sentence): "used, but it \(sentence)"
    }
  }
}
