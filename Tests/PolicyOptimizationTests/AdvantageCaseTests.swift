import PolicyOptimization
import Testing

/// The groups of a batch whose responses name theirs, and the way back.
struct GroupedBatch {
  let groups: [AdvantageGroup]
  private let members: [[Int]]

  /// Groups in order of their first response, as verl's dictionary has them.
  init(groups names: [Int], _ response: (Int) -> RewardedResponse) {
    var order: [Int] = []
    for name in names where !order.contains(name) { order.append(name) }
    members = order.map { name in names.indices.filter { names[$0] == name } }
    groups = members.map { AdvantageGroup($0.map(response)) }
  }

  /// `advantages` in the order of the responses.
  func scattered(_ advantages: [[ResponseAdvantage]]) -> [ResponseAdvantage] {
    let pairs = zip(members.flatMap { $0 }, advantages.flatMap { $0 })
    return pairs.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

/// Results of verl's own functions on random inputs.
@Suite struct AdvantageCaseTests {
  private func estimator(_ function: String, _ options: JSON) throws -> AdvantageEstimator {
    let name = String(function.dropFirst("advantage/".count))
    return try AdvantageEstimator(
      name: name == "grpo_without_std" ? "grpo" : name,
      options: AdvantageOptions(
        deviation: name == "grpo_without_std" ? .none : .group, gamma: options["gamma"].number ?? 1))
  }

  @Test func `every advantage is verl's, and what verl refuses is refused`() throws {
    var counts: [String: Int] = [:]
    for row in try Fixture.estimatorCases() where row["function"].text.hasPrefix("advantage/") {
      counts[row["function"].text, default: 0] += 1
      let (lengths, scores) = (row["inputs"]["response_lengths"].integers, row["inputs"]["scores"].numbers)
      let estimator = try estimator(row["function"].text, row["options"])
      let batch = GroupedBatch(groups: row["inputs"]["groups"].integers) {
        RewardedResponse(length: lengths[$0], reward: scores[$0])
      }
      let id = Comment(rawValue: row["id"].text)
      guard let relative = row["relative_tolerance"].number, let absolute = row["absolute_tolerance"].number
      else {
        #expect(throws: PolicyOptimizationError.self, id) { try estimator.advantages(of: batch.groups) }
        continue
      }
      let values = batch.scattered(try estimator.advantages(of: batch.groups))
      let expected = row["expected"]["advantages"].list
      #expect(values.count == expected.count && !values.isEmpty, id)
      for (response, golden) in zip(values.indices, expected) {
        let counted = (0..<lengths[response]).map { values[response][$0].double }
        expectClose(
          counted, Array(golden.numbers.prefix(lengths[response])), relative: relative, absolute: absolute, id
        )
      }
    }
    #expect(counts.count == 8 && counts.values.allSatisfy { $0 >= 12 })
  }
}
