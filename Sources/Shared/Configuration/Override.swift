/// An argument such as `trainer.total_training_steps=10`, which goes before the file.
///
/// The value is YAML: a number, a boolean, a string or a list such as `[a, b]`. Of two overrides of one key
/// the later holds.
struct Override {
  private let text: String
  private let path: [String]
  private let value: YAMLValue

  /// Reads `text`.
  init(_ text: String) throws(ConfigurationError) {
    guard let equals = text.firstIndex(of: "=") else {
      throw .malformedOverride(text: text, reason: "has no `=`; write `dotted.key=value`")
    }
    let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains(where: { $0.isEmpty || $0.contains { $0.isWhitespace } }) else {
      throw .malformedOverride(text: text, reason: "has no dotted key before `=`; write `section.key=value`")
    }
    guard path.count <= YAMLReader.maximumDepth else {
      throw .malformedOverride(text: text, reason: "names more than \(YAMLReader.maximumDepth) levels")
    }
    self.text = text
    self.path = path
    value = try Self.value(String(text[text.index(after: equals)...]), of: text)
  }

  /// Sets the value in the tree of sections below `entries`, with new sections where none are.
  func apply(to entries: inout [YAMLValue.Entry]) throws(ConfigurationError) {
    try set(path[...], in: &entries)
  }

  private static func value(_ written: String, of text: String) throws(ConfigurationError) -> YAMLValue {
    let value: YAMLValue?
    do {
      value = try YAMLReader.read(written, file: "")
    } catch {
      throw .malformedOverride(text: text, reason: "has a value that is not YAML; put it in quotes")
    }
    guard let value else { return YAMLValue(place: .commandLine, content: .scalar("", isQuoted: false)) }
    switch value.content {
    case .scalar(let text, let isQuoted):
      return YAMLValue(place: .commandLine, content: .scalar(text, isQuoted: isQuoted))
    case .list(let values):
      guard values.allSatisfy(\.isScalar) else { break }
      let moved = values.map { YAMLValue(place: .commandLine, content: $0.content) }
      return YAMLValue(place: .commandLine, content: .list(moved))
    case .section:
      break
    }
    throw .malformedOverride(
      text: text,
      reason: "sets keys below its key; give each its own `dotted.key=value`, with a single value or a list")
  }

  private func set(
    _ rest: ArraySlice<String>, in entries: inout [YAMLValue.Entry]
  ) throws(ConfigurationError) {
    guard let key = rest.first else { return }
    let position = entries.firstIndex { $0.key == key }
    guard rest.count > 1 else {
      let entry = YAMLValue.Entry(key: key, keyPlace: .commandLine, value: value)
      if let position { entries[position] = entry } else { entries.append(entry) }
      return
    }
    guard let position else {
      var inner: [YAMLValue.Entry] = []
      try set(rest.dropFirst(), in: &inner)
      let section = YAMLValue(place: .commandLine, content: .section(inner))
      entries.append(YAMLValue.Entry(key: key, keyPlace: .commandLine, value: section))
      return
    }
    let outer = entries[position].value
    guard var inner = outer.entries else {
      let dotted = path.prefix(path.count - rest.count + 1).joined(separator: ".")
      throw .malformedOverride(
        text: text,
        reason: "goes through \(quoted(dotted)), which is \(outer.summary) at \(outer.place) and has no keys")
    }
    try set(rest.dropFirst(), in: &inner)
    entries[position].value.content = .section(inner)
  }
}
