/// A mistake in a configuration file or on the command line.
public enum ConfigurationError: Error, Sendable, Equatable {
  /// The text at `place` is not YAML, or not YAML of the shape a configuration has.
  case malformed(place: Place, reason: String)

  /// One mapping holds `key` twice, so it is unclear which value is meant.
  case duplicateKey(place: Place, key: String, first: Place)

  /// Two names of one option are both given; `key` and `other` are dotted.
  case conflictingKeys(place: Place, key: String, other: String, otherPlace: Place)

  /// The value under the dotted `key` is of the wrong kind or out of range; `expected` completes "it must
  /// be".
  case wrongValue(place: Place, key: String, value: String, expected: String)

  /// Nothing reads the dotted `key`.
  ///
  /// `suggestion` is the most similar key of the same section, `elsewhere` the sections that have such a key.
  case unknownKey(place: Place, key: String, section: String, suggestion: String?, elsewhere: [String])

  /// `text` on the command line is not of the form `dotted.key=value`, or its key cannot be set.
  case malformedOverride(text: String, reason: String)

  /// The value under the dotted `key` contradicts something else; `reason` completes the sentence.
  case invalid(place: Place, key: String, reason: String)
}

extension ConfigurationError: CustomStringConvertible {
  /// Where, what, and what to do about it, in one line.
  public var description: String {
    switch self {
    case .malformed(let place, let reason):
      "\(place): \(reason)"
    case .duplicateKey(let place, let key, let first):
      "\(place): \(quoted(key)) is already given at \(first); remove one of them"
    case .conflictingKeys(let place, let key, let other, let otherPlace):
      "\(place): \(quoted(key)) and \(quoted(other)) at \(otherPlace) are the same option; remove one of them"
    case .wrongValue(let place, let key, let value, let expected):
      "\(place): \(quoted(key)) is \(value); it must be \(expected)"
    case .unknownKey(let place, let key, let section, let suggestion, let elsewhere):
      "\(place): \(shown(key, in: section, at: place)) is not a key of "
        + "\(section.isEmpty ? "the configuration" : quoted(section)); \(remedy(suggestion, elsewhere))"
    case .malformedOverride(let text, let reason):
      "command line: \(quoted(text)) \(reason)"
    case .invalid(let place, let key, let reason):
      "\(place): \(quoted(key)) \(reason)"
    }
  }

  /// A line of a file shows the section around it; an argument has to be found by its dotted name.
  private func shown(_ key: String, in section: String, at place: Place) -> String {
    guard place != .commandLine, !section.isEmpty else { return quoted(key) }
    return quoted(String(key.dropFirst(section.count + 1)))
  }

  private func remedy(_ suggestion: String?, _ elsewhere: [String]) -> String {
    let sections = elsewhere.prefix(3).map { $0.isEmpty ? "the top level" : quoted($0) }
    let others = sections.joined(separator: ", ")
    return switch (suggestion, sections.isEmpty) {
    case (let key?, true): "did you mean \(quoted(key))?"
    case (let key?, false): "did you mean \(quoted(key)), or the key of that name in \(others)?"
    case (nil, false): "it is a key of \(others)"
    case (nil, true): "nothing reads it, remove it"
    }
  }
}

/// `text` between backticks, on one line and short enough for one.
func quoted(_ text: String) -> String {
  "`\(abbreviated(text))`"
}

/// The first 80 characters of `text`, with control characters escaped.
///
/// A message is one line of a log, whatever stands in the file.
func abbreviated(_ text: String) -> String {
  var line = ""
  for scalar in text.unicodeScalars.prefix(80) {
    line += isPrintable(scalar) ? String(scalar) : scalar.escaped(asASCII: true)
  }
  return text.unicodeScalars.dropFirst(80).isEmpty ? line : line + "…"
}
