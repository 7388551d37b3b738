extension ConfigurationSection {
  /// The section under `key` as JSON text, for programs that are given it as it stands; nil if it is `null` or absent.
  ///
  /// Texts without quotes that read like numbers, booleans or null are these.
  public func json(_ key: String) throws(ConfigurationError) -> String? {
    let path = components + [key]
    guard let entry = try take(key, aliases: []), !entry.value.isNull else {
      options.add(ResolvedOption(components: path, value: "null", origin: .default))
      return nil
    }
    guard entry.value.entries != nil else {
      throw .wrongValue(
        place: entry.value.place, key: dotted(entry.key), value: entry.value.summary,
        expected: "a section or `null`")
    }
    let text = entry.value.json
    let place = entry.value.place
    // JSON is YAML.
    options.add(
      ResolvedOption(
        components: path, value: text, origin: place == .commandLine ? .commandLine : .file(place)))
    return text
  }
}

extension YAMLValue {
  /// The value as JSON text in one line.
  fileprivate var json: String {
    switch content {
    case .scalar(let text, let isQuoted):
      if isQuoted { return Self.quoted(text) }
      if isNull { return "null" }
      if let flag = ScalarSyntax.boolean(text) { return "\(flag)" }
      if let integer = ScalarSyntax.integer(text) { return "\(integer)" }
      return ScalarSyntax.number(text).map { "\($0)" } ?? Self.quoted(text)
    case .list(let values): return "[" + values.map(\.json).joined(separator: ", ") + "]"
    case .section(let entries):
      return "{" + entries.map { "\(Self.quoted($0.key)): \($0.value.json)" }.joined(separator: ", ") + "}"
    case .failed: return "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
