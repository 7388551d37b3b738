import PolicyOptimization

/// `advantage/NAME`: one advantage per token, `[responses, longest response]`.
///
/// Inputs: `groups`, `response_lengths`, `scores`, one per response, the score on its last token; option
/// `gamma`. `grpo_without_std` is `grpo` without its deviation.
enum AdvantageCases {
  static func runner(of member: String) -> CaseRunner? {
    let isWithoutDeviation = member == "grpo_without_std"
    let name = isWithoutDeviation ? "grpo" : member
    guard AdvantageEstimator.names.contains(name) else { return nil }
    return { row in
      let estimator = try AdvantageEstimator(
        name: name,
        options: AdvantageOptions(
          deviation: isWithoutDeviation ? .none : .group,
          gamma: row.options.has("gamma") ? row.options.number("gamma") : 1))
      return [CaseQuantity("advantages", try advantages(estimator, of: row.inputs))]
    }
  }

  private static func advantages(_ estimator: AdvantageEstimator, of inputs: CaseObject) throws -> [Double] {
    let (names, scores) = (try inputs.integers("groups"), try inputs.numbers("scores"))
    let lengths = try inputs.lengths()
    for (key, count) in [("groups", names.count), ("scores", scores.count)] where count != lengths.count {
      throw CaseFileError.unexpected(
        inputs.place, key: "inputs.\(key)", wanted: "as long as `response_lengths`")
    }
    let groups = CaseGroups(names)
    let values = try estimator.advantages(
      of: groups.members.map { members in
        AdvantageGroup(members.map { RewardedResponse(length: lengths[$0], reward: scores[$0]) })
      })
    let width = lengths.max() ?? 0
    return zip(groups.scattered(values), lengths).flatMap { value, length in
      (0..<width).map { $0 < length ? Double(value[$0]) : 0 }
    }
  }
}

/// The groups of a batch whose responses name theirs, and the way back.
struct CaseGroups {
  /// The responses of each group; groups in the order of their first response, as in verl's dictionary.
  let members: [[Int]]

  init(_ names: [Int]) {
    var places: [Int: Int] = [:]
    var members: [[Int]] = []
    for (response, name) in names.enumerated() {
      let place = places[name, default: members.count]
      if place == members.count { members.append([]) }
      places[name] = place
      members[place].append(response)
    }
    self.members = members
  }

  /// `values` of each group's responses, in the order of the batch.
  func scattered<Value>(_ values: [[Value]]) -> [Value] {
    let pairs = zip(members.joined(), values.joined())
    return pairs.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
