extension ConfigurationSection {
  /// Reports the first key, in this section or below, that nobody asked for.
  ///
  /// Called on the root once every room has read its options. A section that nobody asked for is such a key.
  public func close() throws(ConfigurationError) {
    guard let (section, entry) = firstUnread() else { return }
    throw .unknownKey(
      place: entry.keyPlace, key: section.dotted(entry.key), section: section.path,
      suggestion: nearest(to: entry.key, among: section.knownKeys),
      elsewhere: sections(knowing: entry.key))
  }

  private var knownKeys: Set<String> { readKeys.union(subsections.keys) }

  private func firstUnread() -> (ConfigurationSection, YAMLValue.Entry)? {
    for entry in entries where !readKeys.contains(entry.key) {
      guard let section = subsections[entry.key] else { return (self, entry) }
      if let found = section.firstUnread() { return found }
    }
    return nil
  }

  /// The dotted paths of this section and those below that have a key `key`, in alphabetical order.
  private func sections(knowing key: String) -> [String] {
    let below = subsections.values.flatMap { $0.sections(knowing: key) }
    return (below + (knownKeys.contains(key) ? [path] : [])).sorted()
  }
}

/// The key of `keys` that `key` was probably meant to be, nil if none is similar.
private func nearest(to key: String, among keys: Set<String>) -> String? {
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
