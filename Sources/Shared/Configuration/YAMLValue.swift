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
  }

  /// A key and its value.
  struct Entry {
    let key: String
    let keyPlace: Place
    var value: YAMLValue
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
    }
  }
}
