import Yams

/// Reads YAML into `YAMLValue`s.
///
/// Yams composes the document; what is added here are merge keys, the two limits below, and messages with a
/// place.
struct YAMLReader {
  /// The levels of sections and lists a configuration may have; real ones have five.
  static let maximumDepth = 64

  /// The values a configuration may have once aliases are written out.
  ///
  /// Ten anchors that each name the previous one ten times are ten thousand million values in one kilobyte.
  static let maximumValues = 200_000

  /// The file to name in messages.
  let file: String
  private var remaining = Self.maximumValues

  private init(file: String) { self.file = file }

  /// The value of `text`, nil if it holds none.
  static func read(_ text: String, file: String) throws(ConfigurationError) -> YAMLValue? {
    guard let node = try compose(text, file: file) else { return nil }
    var reader = YAMLReader(file: file)
    return try reader.value(of: node, depth: 0)
  }

  private static func compose(_ text: String, file: String) throws(ConfigurationError) -> Node? {
    try YAMLLimits.check(text, file: file)
    do {
      // Without rules, every scalar stays the text it is, and no regular expression is run over it.
      return try Yams.compose(yaml: text, .basic)
    } catch let error as YamlError {
      throw YAMLProblem(text: text, file: file).translated(error)
    } catch {
      throw .malformed(place: Place(file: file, line: 0, column: 0), reason: "\(error)")
    }
  }

  private mutating func value(of node: Node, depth: Int) throws(ConfigurationError) -> YAMLValue {
    let place = place(of: node)
    remaining -= 1
    guard remaining > 0 else {
      throw .malformed(
        place: place,
        reason: "the file has more than \(Self.maximumValues) values, counting what aliases stand for")
    }
    guard depth < Self.maximumDepth else { throw YAMLLimits.tooDeep(place) }
    return switch node {
    case .scalar(let scalar):
      YAMLValue(place: place, content: .scalar(scalar.string, isQuoted: scalar.style != .plain))
    case .sequence(let sequence):
      YAMLValue(place: place, content: .list(try list(sequence, depth: depth + 1)))
    case .mapping(let mapping):
      YAMLValue(place: place, content: .section(try entries(mapping, depth: depth + 1)))
    case .alias:
      throw .malformed(place: place, reason: "an alias without its anchor; write out what is meant")
    }
  }

  private mutating func list(
    _ sequence: Node.Sequence, depth: Int
  ) throws(ConfigurationError) -> [YAMLValue] {
    var values: [YAMLValue] = []
    for node in sequence { values.append(try value(of: node, depth: depth)) }
    return values
  }

  private mutating func entries(
    _ mapping: Node.Mapping, depth: Int
  ) throws(ConfigurationError) -> [YAMLValue.Entry] {
    var own = KeyedEntries()
    var merged = KeyedEntries()
    for (key, node) in mapping {
      guard case .scalar(let name) = key else {
        throw .malformed(place: place(of: key), reason: "a key must be a word, not a list or a section")
      }
      if name.string == "<<", name.style == .plain {
        for entry in try mergedEntries(node, depth: depth) { merged.addIfAbsent(entry) }
        continue
      }
      let entry = YAMLValue.Entry(
        key: name.string, keyPlace: place(of: key), value: try value(of: node, depth: depth))
      if let first = own.addIfAbsent(entry) {
        throw .duplicateKey(place: entry.keyPlace, key: entry.key, first: first.keyPlace)
      }
    }
    // What a section says itself goes before what it merges in.
    for entry in merged.entries { own.addIfAbsent(entry) }
    return own.entries
  }

  /// What `<<: *anchor` or `<<: [*first, *second]` brings, of which the first to name a key wins.
  private mutating func mergedEntries(
    _ node: Node, depth: Int
  ) throws(ConfigurationError) -> [YAMLValue.Entry] {
    let merged = try value(of: node, depth: depth)
    switch merged.content {
    case .section(let entries): return entries
    case .list(let values) where values.allSatisfy { $0.entries != nil }:
      return values.flatMap { $0.entries ?? [] }
    default:
      throw .malformed(place: place(of: node), reason: "`<<` must name a section or a list of sections")
    }
  }

  private func place(of node: Node) -> Place {
    Place(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
  }
}

/// Entries in order, found by key.
private struct KeyedEntries {
  private(set) var entries: [YAMLValue.Entry] = []
  private var positions: [String: Int] = [:]

  /// Adds `entry` at the end, unless its key is taken; then returns who took it.
  @discardableResult
  mutating func addIfAbsent(_ entry: YAMLValue.Entry) -> YAMLValue.Entry? {
    if let position = positions[entry.key] { return entries[position] }
    positions[entry.key] = entries.count
    entries.append(entry)
    return nil
  }
}
