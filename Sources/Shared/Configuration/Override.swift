/// An argument such as `trainer.total_training_steps=10`, which goes before the file, in Hydra's grammar.
///
/// | argument | sets |
/// |---|---|
/// | `a.b=c` | the key, whether or not the file gives it |
/// | `+a.b=c` | a key that the file does not give; otherwise an error |
/// | `++a.b=c` | the key, like `a.b=c` |
/// | `~a.b`, `~a.b=c` | nothing: the key goes back to its default; with a value only if it has that value |
///
/// A dictionary sets each of its keys. Of two overrides of one key the later holds. Every key has a default
/// here, so `a.b=c` needs no key in the file to override, as it does in Hydra.
struct Override {
  private enum Action: Equatable {
    case set
    case add
    case remove
  }

  private let text: String
  private let action: Action
  private let path: [String]
  /// What to set, or what to expect before removing; nil for `~a.b`.
  private let value: YAMLValue?

  /// Reads `text`.
  init(_ text: String) throws(ConfigurationError) {
    self.text = text
    let sign = text.prefix { "+~".contains($0) }
    switch sign {
    case "", "++": action = .set
    case "+": action = .add
    case "~": action = .remove
    default:
      throw .malformedOverride(
        text: text, reason: "begins with `\(sign)`; the prefixes are `+`, `++` and `~`")
    }
    let rest = text.dropFirst(sign.count)
    let equals = rest.firstIndex(of: "=")
    guard equals != nil || action == .remove else {
      throw .malformedOverride(text: text, reason: "has no `=`; write `dotted.key=value`")
    }
    path = try Self.path(rest[..<(equals ?? rest.endIndex)], of: text)
    value = try equals.map { (equals) throws(ConfigurationError) in
      try Self.value(String(rest[rest.index(after: equals)...]), of: text)
    }
  }

  /// Sets the value in the tree of sections below `entries`, with new sections where none are.
  ///
  /// - Returns: The key that was taken away, to be checked like one that is given.
  func apply(to entries: inout [YAMLValue.Entry]) throws(ConfigurationError) -> [String]? {
    if action == .remove {
      try remove(path[...], from: &entries)
      return path
    }
    guard let value else { return nil }
    try set(path[...], to: value, in: &entries)
    return nil
  }

  private static func path(
    _ key: Substring, of text: String
  ) throws(ConfigurationError) -> [String] {
    let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains(where: { $0.isEmpty || $0.contains { $0.isWhitespace } }) else {
      throw .malformedOverride(text: text, reason: "has no dotted key before `=`; write `section.key=value`")
    }
    guard path.count <= YAMLReader.maximumDepth else {
      throw .malformedOverride(text: text, reason: "names more than \(YAMLReader.maximumDepth) levels")
    }
    return path
  }

  private static func value(_ written: String, of text: String) throws(ConfigurationError) -> YAMLValue {
    do {
      return try HydraValue.read(written)
    } catch {
      throw .malformedOverride(text: text, reason: error.reason)
    }
  }

  private func set(
    _ rest: ArraySlice<String>, to value: YAMLValue, in entries: inout [YAMLValue.Entry]
  ) throws(ConfigurationError) {
    guard let key = rest.first else { return }
    let position = entries.firstIndex { $0.key == key }
    guard rest.count == 1 else {
      let outer = position.map { entries[$0].value }
      var inner = try sections(outer, at: rest)
      try set(rest.dropFirst(), to: value, in: &inner)
      place(inner, under: key, in: &entries, at: position)
      return
    }
    if case .section(let given) = value.content, !given.isEmpty {
      // Hydra merges a dictionary into the section that is there.
      let outer = position.map { entries[$0].value }
      var inner = outer?.entries ?? []
      for entry in given { try set([entry.key], to: entry.value, in: &inner) }
      place(inner, under: key, in: &entries, at: position)
      return
    }
    let entry = YAMLValue.Entry(key: key, keyPlace: .commandLine, value: value)
    guard let position else { return entries.append(entry) }
    guard action != .add else {
      throw .malformedOverride(
        text: text,
        reason: "adds a key that is given at \(entries[position].keyPlace); write `++` to replace it")
    }
    entries[position] = entry
  }

  private func place(
    _ inner: [YAMLValue.Entry], under key: String, in entries: inout [YAMLValue.Entry], at position: Int?
  ) {
    if let position {
      entries[position].value.content = .section(inner)
    } else {
      let section = YAMLValue(place: .commandLine, content: .section(inner))
      entries.append(YAMLValue.Entry(key: key, keyPlace: .commandLine, value: section))
    }
  }

  private func remove(
    _ rest: ArraySlice<String>, from entries: inout [YAMLValue.Entry]
  ) throws(ConfigurationError) {
    guard let key = rest.first, let position = entries.firstIndex(where: { $0.key == key }) else { return }
    guard rest.count == 1 else {
      var inner = try sections(entries[position].value, at: rest)
      try remove(rest.dropFirst(), from: &inner)
      entries[position].value.content = .section(inner)
      return
    }
    let given = entries[position].value
    if let value, !given.isLike(value) {
      throw .malformedOverride(
        text: text, reason: "takes away \(value.summary), but \(given.summary) is given at \(given.place)")
    }
    entries.remove(at: position)
  }

  /// The keys below the first of `rest`, where there is such a section.
  private func sections(
    _ outer: YAMLValue?, at rest: ArraySlice<String>
  ) throws(ConfigurationError) -> [YAMLValue.Entry] {
    guard let outer else { return [] }
    guard let inner = outer.entries else {
      let dotted = path.prefix(path.count - rest.count + 1).joined(separator: ".")
      throw .malformedOverride(
        text: text,
        reason: "goes through \(quoted(dotted)), which is \(outer.summary) at \(outer.place) and has no keys")
    }
    return inner
  }
}
