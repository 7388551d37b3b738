/// A value of a configuration, with the place where it was written.
struct YAMLValue {
  /// The three kinds of YAML values.
  enum Content {
    /// A single value; `isQuoted` tells the string `"3"` from the number `3`.
    case scalar(String, isQuoted: Bool)

    /// Values in order.
    case list([YAMLValue])

    /// Keys with values, in the order of the file, each key once.
    case section([Entry])

    /// Something that has no meaning, with the error for whoever reads it.
    case failed(ConfigurationError)
  }

  /// A key and its value.
  struct Entry {
    let key: String
    let keyPlace: Place
    var value: YAMLValue

    /// The dotted name it was given under, where that is another trainer's.
    var foreignName: String?
  }

  let place: Place
  var content: Content

  /// Whether this is a single value.
  var isScalar: Bool {
    if case .scalar = content { true } else { false }
  }

  /// Whether this is `null`, `~` or nothing at all.
  var isNull: Bool { plainText.map(ScalarSyntax.isNull) ?? false }

  /// The text of a scalar without quotes, which may stand for a number, a boolean or null.
  var plainText: String? {
    guard case .scalar(let text, isQuoted: false) = content else { return nil }
    return text
  }

  /// The text of a scalar that is not null; `run: 7` is the string `7` to whoever asks for a string.
  var string: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// The text of a scalar even if it reads `null`, which may be the name of a choice.
  var choiceText: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// The keys of a section; nothing under a key is an empty section.
  var entries: [Entry]? {
    if case .section(let entries) = content { return entries }
    return isNull ? [] : nil
  }

  /// The value as an error message shows it.
  var summary: String {
    switch content {
    case .scalar(let text, isQuoted: true): "the string \"\(abbreviated(text))\""
    case .scalar(let text, isQuoted: false): isNull ? "null" : quoted(text)
    case .list: "a list"
    case .section: "a section"
    case .failed: "a value without a meaning"
    }
  }

  /// The value in one line, as YAML would have it between braces.
  var flow: String {
    switch content {
    case .scalar(let text, let isQuoted): isQuoted ? ScalarSyntax.write(text) : isNull ? "null" : text
    case .list(let values): "[" + values.map(\.flow).joined(separator: ", ") + "]"
    case .section(let entries):
      "{" + entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + "}"
    case .failed: "?"
    }
  }

  /// Whether both stand for the same, so that `1e-6` is like `0.000001` and `True` like `true`.
  func isLike(_ other: YAMLValue) -> Bool {
    switch (content, other.content) {
    case (.scalar(let a, _), .scalar(let b, _)):
      if isNull || other.isNull { return isNull && other.isNull }
      if let a = ScalarSyntax.number(a), let b = ScalarSyntax.number(b) { return a == b }
      return a == b || (a.lowercased() == b.lowercased() && ScalarSyntax.boolean(a) != nil)
    case (.list(let a), .list(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.isLike($1) }
    case (.section(let a), .section(let b)):
      return a.count == b.count
        && a.allSatisfy { entry in b.contains { $0.key == entry.key && $0.value.isLike(entry.value) } }
    default:
      return false
    }
  }
}
