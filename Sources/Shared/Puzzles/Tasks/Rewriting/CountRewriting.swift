/// Things of several kinds that are exchanged by rules, always the first that has enough to take.
struct CountRewriting {
  /// How many of each kind a rule takes and gives.
  struct Rule {
    let takes: [Int: Int]
    let gives: [Int: Int]
  }

  let rules: [Rule]

  /// The counts when no rule applies any more, or after 1000 exchanges.
  func result(from start: [Int]) -> [Int] {
    var counts = start
    for _ in 0..<1000 {
      guard let rule = rules.first(where: { $0.takes.allSatisfy { counts[$0.key] >= $0.value } }) else {
        break
      }
      for (kind, count) in rule.takes { counts[kind] -= count }
      for (kind, count) in rule.gives { counts[kind] += count }
    }
    return counts
  }
}
