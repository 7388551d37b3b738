extension ConfigurationSection {
  /// Reports the first key, in this section or below, that nobody asked for and no table explains.
  ///
  /// Called on the root once every room has read its options. What `foreignKeys` explains becomes a note.
  ///
  /// - Throws: For a key nobody knows, and for one whose value asks for what this program does not do.
  public func close() throws(ConfigurationError) {
    let values = Dictionary(resolved.map { ($0.path, $0.value) }) { first, _ in first }
    try walk(entries, components, section: self) { values[$0] }
    for path in removed { try checkRemoved(path) }
    options.notes.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
  }

  /// Looks at `entries` of the section `path`, which is `section` where somebody asked for it.
  private func walk(
    _ entries: [YAMLValue.Entry], _ path: [String], section: ConfigurationSection?,
    resolved: (String) -> String?
  ) throws(ConfigurationError) {
    for entry in entries where section?.readKeys.contains(entry.key) != true {
      let here = path + [entry.key]
      if let below = section?.subsections[entry.key] {
        try walk(below.entries, here, section: below, resolved: resolved)
      } else if let inner = entry.value.entries, !entry.value.isNull, foreignKeys.hasKeys(below: here) {
        // What the table says of a key below goes before what it says of the whole section.
        try walk(inner, here, section: nil, resolved: resolved)
      } else if let note = try foreignKeys.note(entry, at: here, resolved: resolved) {
        options.notes.append(note)
      } else if entry.value.isNull, foreignKeys.hasKeys(below: here) {
        continue
      } else {
        throw unknown(entry.key, in: path, section: section, at: entry.keyPlace)
      }
    }
  }

  /// A key taken away with `~` is as good as given: a name that nobody knows is a mistake.
  private func checkRemoved(_ path: [String]) throws(ConfigurationError) {
    var section: ConfigurationSection? = self
    for (depth, key) in path.enumerated() {
      let here = Array(path.prefix(depth + 1))
      if section?.knownKeys.contains(key) == true {
        section = section?.subsections[key]
      } else if foreignKeys.meaning(ofUnread: here) != nil || foreignKeys.hasKeys(below: here) {
        section = nil
      } else if !foreignKeys.names(in: Array(here.dropLast())).contains(key) {
        throw unknown(key, in: Array(here.dropLast()), section: section, at: .commandLine)
      }
    }
  }

  private func unknown(
    _ key: String, in path: [String], section: ConfigurationSection?, at place: Place
  ) -> ConfigurationError {
    let known = (section?.knownKeys ?? []).union(foreignKeys.names(in: path))
    return .unknownKey(
      place: place, key: (path + [key]).joined(separator: "."), section: path.joined(separator: "."),
      suggestion: nearest(to: key, among: known), elsewhere: sections(knowing: key))
  }

  private var knownKeys: Set<String> { readKeys.union(subsections.keys) }

  /// The dotted paths of this section and those below that have a key `key`, in alphabetical order.
  private func sections(knowing key: String) -> [String] {
    let below = subsections.values.flatMap { $0.sections(knowing: key) }
    return (below + (knownKeys.contains(key) ? [path] : [])).sorted()
  }
}

/// The key of `keys` that `key` was probably meant to be, nil if none is similar.
func nearest(to key: String, among keys: Set<String>) -> String? {
  // Nobody mistypes a word of more than a line; comparing takes the product of the lengths.
  guard key.count <= 80 else { return nil }
  // A third of the letters may differ, so that `lr` is not taken for `kl`.
  let allowed = max(1, key.count / 3)
  let close = keys.filter { distance($0, key) <= allowed }
  return close.min { nearness($0, key) < nearness($1, key) }
}

/// What `known` is ordered by among keys like `key`: its distance, then how much of its beginning it shares.
///
/// `clip_ratio_hi` is as far from `clip_ratio_c` as from `clip_ratio_high`, and was meant to be the latter.
private func nearness(_ known: String, _ key: String) -> (Int, Int, String) {
  let shared = zip(known, key).prefix { $0 == $1 }.count
  return (distance(known, key), -shared, known)
}

/// The number of letters to add, drop, change or swap with their neighbour to get from `a` to `b`.
func distance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
