/// What other trainers' keys mean here: a table of dotted keys with a meaning for each.
///
/// A room that reads a key goes before the table, so that the table need not know what is read.
public struct ForeignKeys: Sendable {
  /// What a key means.
  public enum Meaning: Sendable, Equatable {
    /// It is another name of this option; `null` under it is nothing.
    case alias(of: String)

    /// Its list has the values of these options, in order.
    case elements([String])

    /// `null` under it stands for the value under the first, or for the second, or else for the default.
    case null(means: String?, or: String?)

    /// It has no effect, and the sentence says what is done instead.
    case ignored(String)

    /// It has no effect and none is missed: the sentence says why.
    case harmless(String)

    /// It may have one of these values, which this program does anyway; with others it is refused, and the
    /// sentence says why.
    case only([String], else: String)

    /// It must be equal to this option, or have one of these values.
    case equal(to: String, or: [String])

    /// It must not have one of these values, and the sentence says why. The key may be read.
    case never([String], because: String)
  }

  /// Keys with one meaning.
  public struct Rule: Sendable {
    /// Dotted keys; `a.*` is everything below the section `a`, and `**.k` the key `k` of any section.
    public let keys: [String]

    /// What they mean.
    public let meaning: Meaning

    /// Creates a rule.
    public init(_ keys: [String], _ meaning: Meaning) {
      self.keys = keys
      self.meaning = meaning
    }

    fileprivate func matches(_ path: [String]) -> Bool {
      keys.contains { key in
        let parts = key.split(separator: ".")
        if parts.first == "**" { return parts.count == 2 && parts[1] == path.last ?? "" }
        guard parts.last == "*" else { return parts.elementsEqual(path) { $0 == $1 } }
        let section = parts.dropLast()
        return path.count >= section.count && zip(section, path).allSatisfy { $0 == $1 }
      }
    }
  }

  /// The table.
  public let rules: [Rule]

  /// Creates a table; of several rules for a key the first of a kind counts.
  public init(_ rules: [Rule]) { self.rules = rules }

  /// What `path` means where nobody reads it.
  func meaning(ofUnread path: [String]) -> Meaning? {
    rules.first { rule in
      switch rule.meaning {
      case .alias, .elements, .null, .never: false
      case .ignored, .harmless, .only, .equal: rule.matches(path)
      }
    }?.meaning
  }

  /// Whether the table names keys below the section `path`, or sections there.
  func hasKeys(below path: [String]) -> Bool {
    rules.contains { rule in
      rule.keys.contains { key in
        let parts = key.split(separator: ".")
        return parts.count > path.count && parts[path.count] != "*"
          && zip(parts, path).allSatisfy { $0 == $1 }
      }
    }
  }

  /// The table's keys of the section `path` itself, to be suggested.
  func names(in path: [String]) -> [String] {
    rules.flatMap(\.keys).compactMap { key in
      let parts = key.split(separator: ".")
      guard parts.count > path.count, zip(parts, path).allSatisfy({ $0 == $1 }), parts[0] != "**" else {
        return nil
      }
      return parts[path.count] == "*" ? nil : String(parts[path.count])
    }
  }

  // MARK: Before anything is read

  /// `entries` with every other name replaced by the option's own.
  ///
  /// - Throws: Where two names of one option have different values, and for what is never allowed.
  func translated(
    _ entries: [YAMLValue.Entry], notes: inout [ConfigurationNote]
  ) throws(ConfigurationError) -> [YAMLValue.Entry] {
    var root = YAMLValue(
      place: Place(file: "", line: 0, column: 0), content: .section(entries))
    for rule in rules {
      for key in rule.keys {
        let path = key.split(separator: ".").map(String.init)
        guard let entry = root.entry(at: path[...]) else { continue }
        try translate(entry, at: path, rule.meaning, in: &root, notes: &notes)
      }
    }
    return root.entries ?? []
  }

  private func translate(
    _ entry: YAMLValue.Entry, at path: [String], _ meaning: Meaning, in root: inout YAMLValue,
    notes: inout [ConfigurationNote]
  ) throws(ConfigurationError) {
    let name = path.joined(separator: ".")
    switch meaning {
    case .alias(let option):
      root.remove(path[...])
      notes.append(entry.note(name, .alias(of: option)))
      if !entry.value.isNull { try move(entry.value, from: entry, name, to: option, in: &root) }
    case .elements(let options):
      guard case .list(let values) = entry.value.content, values.count == options.count else {
        throw .wrongValue(
          place: entry.value.place, key: name, value: entry.value.summary,
          expected: "a list of \(options.count) values")
      }
      root.remove(path[...])
      notes.append(entry.note(name, .alias(of: options.joined(separator: " and "))))
      for (value, option) in zip(values, options) {
        try move(value, from: entry, name, to: option, in: &root)
      }
    case .null(let other, let text):
      guard entry.value.isNull else { return }
      let known = other.flatMap { root.entry(at: $0.split(separator: ".").map(String.init)[...]) }
      var value = entry.value
      if let known, !known.value.isNull {
        value.content = known.value.content
      } else if let text {
        value.content = .scalar(text, isQuoted: false)
      }
      root.remove(path[...])
      if !value.isNull { root.insert(value, at: path[...], like: entry) }
    case .never(let values, let reason):
      if values.contains(where: { entry.value.isLike(.plain($0)) }) {
        throw .invalid(place: entry.value.place, key: name, reason: "is \(entry.value.summary): \(reason)")
      }
    case .ignored, .harmless, .only, .equal: break
    }
  }

  private func move(
    _ value: YAMLValue, from entry: YAMLValue.Entry, _ name: String, to option: String,
    in root: inout YAMLValue
  ) throws(ConfigurationError) {
    let path = option.split(separator: ".").map(String.init)
    if let other = root.entry(at: path[...]), !other.value.isNull {
      switch (entry.keyPlace == .commandLine, other.keyPlace == .commandLine) {
      // An argument goes before the file under whichever name.
      case (true, false): break
      case (false, true): return
      default:
        guard other.value.isLike(value) else {
          throw .conflictingKeys(
            place: entry.keyPlace, key: name, other: other.foreignName ?? option, otherPlace: other.keyPlace)
        }
        return
      }
    }
    root.remove(path[...])
    var moved = entry
    moved.foreignName = name
    root.insert(value, at: path[...], like: moved)
  }

  // MARK: After everything is read

  /// What becomes of `entry`, which nobody read; nil if the table says nothing of it.
  func note(
    _ entry: YAMLValue.Entry, at path: [String], resolved: (String) -> String?
  ) throws(ConfigurationError) -> ConfigurationNote? {
    guard let meaning = meaning(ofUnread: path) else { return nil }
    let name = entry.foreignName ?? path.joined(separator: ".")
    switch meaning {
    case .ignored(let sentence): return entry.note(name, .ignored(sentence))
    case .harmless(let sentence): return entry.note(name, .harmless(sentence))
    case .only(let values, let reason):
      if values.contains(where: { entry.value.isLike(.plain($0)) }) {
        return entry.note(name, .harmless("as always here"))
      }
      throw .invalid(
        place: entry.value.place, key: name,
        reason: "is \(entry.value.summary), not \(values.joined(separator: " or ")): \(reason)")
    case .equal(let option, let values):
      if values.contains(where: { entry.value.isLike(.plain($0)) })
        || resolved(option).map({ entry.value.isLike(.plain($0)) }) == true
      {
        return entry.note(name, .harmless("equal to \(option)"))
      }
      throw .invalid(
        place: entry.value.place, key: name,
        reason: "is \(entry.value.summary), but `\(option)` is \(resolved(option) ?? "another"); remove it")
    case .alias, .elements, .null, .never: return nil
    }
  }
}

extension YAMLValue {
  /// A scalar or an empty list or section, as a table has it.
  static func plain(_ text: String) -> YAMLValue {
    let content: Content =
      switch text {
      case "[]": .list([])
      case "{}": .section([])
      default: .scalar(text, isQuoted: false)
      }
    return YAMLValue(place: .commandLine, content: content)
  }

  /// The entry at the end of `path`, nil if it is not given.
  fileprivate func entry(at path: ArraySlice<String>) -> Entry? {
    guard case .section(let entries) = content, let key = path.first,
      let entry = entries.first(where: { $0.key == key })
    else { return nil }
    return path.count == 1 ? entry : entry.value.entry(at: path.dropFirst())
  }

  /// Takes the entry at the end of `path` away; sections that are left empty stay.
  fileprivate mutating func remove(_ path: ArraySlice<String>) {
    guard case .section(var entries) = content, let key = path.first,
      let position = entries.firstIndex(where: { $0.key == key })
    else { return }
    if path.count == 1 {
      entries.remove(at: position)
    } else {
      entries[position].value.remove(path.dropFirst())
    }
    content = .section(entries)
  }

  /// Puts `value` at the end of `path`, with the place and the foreign name of `origin`.
  fileprivate mutating func insert(_ value: YAMLValue, at path: ArraySlice<String>, like origin: Entry) {
    guard let key = path.first else { return }
    var entries = self.entries ?? []
    if path.count == 1 {
      entries.append(
        Entry(key: key, keyPlace: origin.keyPlace, value: value, foreignName: origin.foreignName))
    } else if let position = entries.firstIndex(where: { $0.key == key }) {
      entries[position].value.insert(value, at: path.dropFirst(), like: origin)
    } else {
      var section = YAMLValue(place: origin.keyPlace, content: .section([]))
      section.insert(value, at: path.dropFirst(), like: origin)
      entries.append(Entry(key: key, keyPlace: origin.keyPlace, value: section))
    }
    content = .section(entries)
  }
}

extension YAMLValue.Entry {
  fileprivate func note(_ name: String, _ kind: ConfigurationNote.Kind) -> ConfigurationNote {
    ConfigurationNote(place: keyPlace, key: name, value: value.flow, kind: kind)
  }
}
