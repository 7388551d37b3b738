import PolicyOptimization

/// `advantage/NAME`: one advantage per token.
///
/// Inputs: `groups`, `response_lengths`, `scores`, one per response, the score on its last token.
enum AdvantageCases {
  static func runner(of member: String) -> CaseRunner? {
    guard member == "grpo" || member == "grpo_without_std" else { return nil }
    let estimator = GroupAdvantage(normalizeByStandardDeviation: member == "grpo")
    return { row in
      let (groups, scores) = (try row.inputs.integers("groups"), try row.inputs.numbers("scores"))
      let lengths = try row.inputs.lengths()
      var advantages = scores
      for group in Set(groups) {
        let members = groups.indices.filter { groups[$0] == group }
        let values = try estimator.advantages(of: members.map { scores[$0] })
        for (member, value) in zip(members, values) { advantages[member] = Double(value) }
      }
      let width = lengths.max() ?? 0
      let rows = zip(advantages, lengths).flatMap { value, length in
        (0..<width).map { $0 < length ? value : 0 }
      }
      return [CaseQuantity("advantages", rows)]
    }
  }
}
