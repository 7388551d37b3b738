/// Where a case stands: a file and the number of a line.
public struct CasePlace: Sendable, Equatable, CustomStringConvertible {
  /// The file's path, as given.
  public var file: String

  /// The line, counted from 1.
  public var line: Int

  /// `file:line`.
  public var description: String { "\(file):\(line)" }
}

/// What can be wrong with a case file.
public enum CaseFileError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(file: String, reason: String)
  /// The file has no case.
  case empty(file: String)
  /// A line is no JSON object.
  case malformed(CasePlace, reason: String)
  /// A case lacks a key; it is given as a path, such as `inputs.log_probs`.
  case missing(CasePlace, key: String)
  /// A value is not what its key holds.
  case unexpected(CasePlace, key: String, wanted: String)

  /// One sentence for the operator.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): the case file cannot be read: \(reason)"
    case .empty(let file): "\(file): the file has no case; give one JSON object per line."
    case .malformed(let place, let reason): "\(place): the line is no JSON object: \(reason)"
    case .missing(let place, let key): "\(place): the case has no `\(key)`."
    case .unexpected(let place, let key, let wanted): "\(place): `\(key)` must be \(wanted)."
    }
  }
}
