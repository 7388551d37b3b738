import PolicyOptimization
import Testing

/// The batch all frameworks were asked about.
private let lengths = [3, 2, 1, 3, 2, 3, 1]
private let scores = [1, 0, 0, 1, 1, 0.3, 0.7]
private let batch = GroupedBatch(groups: [0, 0, 0, 0, 1, 2, 2]) {
  RewardedResponse(length: lengths[$0], reward: scores[$0])
}

@Suite struct AdvantageEstimatorTests {
  private func first(_ name: String, _ options: AdvantageOptions = AdvantageOptions()) throws -> [Double] {
    let estimator = try AdvantageEstimator(name: name, options: options)
    return batch.scattered(try estimator.advantages(of: batch.groups)).map { $0[0].double }
  }

  @Test(
    arguments: [
      ("grpo", "grpo"), ("grpo_vectorized", "grpo_vectorized"), ("rloo", "rloo"),
      ("rloo_vectorized", "rloo_vectorized"), ("opo", "opo"), ("gpg", "gpg"),
      ("reinforce_plus_plus_baseline", "rfpp_baseline"),
    ])
  func `each estimator has verl's numbers`(name: String, golden: String) throws {
    expectClose(try first(name), try Fixture.estimators()["advantage"][golden].numbers)
  }

  @Test func `without the deviation it is Dr GRPO`() throws {
    let values = try first("grpo", AdvantageOptions(normalizeByStandardDeviation: false))
    expectClose(values, try Fixture.estimators()["advantage"]["grpo_nostd"].numbers)
  }

  @Test func `discounted rewards have verl's advantages at every token`() throws {
    let estimator = try AdvantageEstimator(.reinforcePlusPlus, options: AdvantageOptions(gamma: 0.9))
    let values = batch.scattered(try estimator.advantages(of: batch.groups))
    for (response, golden) in try Fixture.estimators()["advantage"]["rfpp_adv_gamma0.9"].list.enumerated() {
      let counted = (0..<lengths[response]).map { values[response][$0].double }
      expectClose(counted, Array(golden.numbers.prefix(lengths[response])))
    }
  }

  @Test func `credit passes through tokens that do not count, as in today's verl`() throws {
    let masks = [[true, true, false, false, true, true], [true, false, false, true, false, false]]
    let group = AdvantageGroup(
      zip([1, 0.5], masks).map { RewardedResponse(length: 6, reward: $0, isCounted: $1) })
    let estimator = try AdvantageEstimator(.reinforcePlusPlus, options: AdvantageOptions(gamma: 0.9))
    let values = try estimator.advantages(of: [group])[0]
    let golden = try Fixture.estimators()["advantage"]["rfpp_gap_adv"].list
    for (value, expected) in zip(values, golden) {
      expectClose((0..<6).map { value[$0].double }, expected.numbers)
    }
    #expect(golden.count == 2)
  }

  @Test func `only the best response is credited, and a tie credits nobody`() throws {
    let estimator = try AdvantageEstimator(.grpoPassK)
    let groups = batch.groups.filter { $0.responses.count > 1 }
    let values = try estimator.advantages(of: groups).flatMap { $0 }.map { $0[0].double }
    expectClose(
      values,
      try Fixture.estimators()["advantage"]["passk_without_b"].list.compactMap { $0.numbers.first })
    #expect {
      try estimator.advantages(of: batch.groups)
    } throws: {
      $0 as? PolicyOptimizationError == .advantage(.groupTooSmall(count: 1))
    }
  }

  @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
  func `NeMo's leave-one-out baseline and deviation are options`(leavesOneOut: Bool, normalizes: Bool) throws
  {
    let values = try first("grpo", .nemo(leavesOneOut: leavesOneOut, normalizes: normalizes))
    let key = "grpo loo=\(leavesOneOut ? "True" : "False") norm=\(normalizes ? "True" : "False")"
    expectClose(values, try Fixture.estimators()["nemo"][key].numbers)
  }

  @Test(
    arguments: [
      ("reinforce_plus_plus_baseline", "rfpp minus_baseline"), ("reinforce_plus_plus", "rfpp no_baseline"),
    ])
  func `NeMo's variance over the batch is an option`(name: String, golden: String) throws {
    let values = try first(name, .nemo(leavesOneOut: false))
    expectClose(values, try Fixture.estimators()["nemo"][golden].numbers)
  }

  @Test func `OpenRLHF's numbers are options`() throws {
    let golden = try Fixture.estimators()["openrlhf"]
    let group = Array(batch.groups.prefix(1))
    func values(_ kind: AdvantageEstimator.Kind, _ options: AdvantageOptions) throws -> [Double] {
      try AdvantageEstimator(kind, options: options).advantages(of: group)[0].map { $0[0].double }
    }
    expectClose(
      try values(.grpo, AdvantageOptions(epsilon: 1e-9)), golden["group_norm"].list[0].numbers)
    expectClose(try values(.rloo, AdvantageOptions()), golden["rloo shaped"].list[0].numbers)
    expectClose(
      try values(.grpo, AdvantageOptions(deviation: .none)),
      golden["reinforce_baseline shaped"].list[0].numbers)
    expectClose(
      try values(.reinforcePlusPlusBaseline, AdvantageOptions(tokenVariance: .population)),
      golden["reinforce_baseline final"].numbers)
  }

  @Test(arguments: AdvantageOptions.Deviation.allCases)
  func `TRL's three scales are options`(scale: AdvantageOptions.Deviation) throws {
    let estimator = try AdvantageEstimator(options: .trl(scaleRewards: scale))
    let groups = [[1, 0, 0, 1], [0.3, 0.7, 0.2, 0]].map { rewards in
      AdvantageGroup(rewards.map { RewardedResponse(length: 5, reward: $0) })
    }
    let values = try estimator.advantages(of: groups).flatMap { $0 }.map { $0[0].double }
    expectClose(values, try Fixture.estimators()["trl"][scale.rawValue].numbers)
    #expect(estimator.scope == (scale == .batch ? .batch : .group))
  }

  @Test func `whitening over tokens is verl's masked whitening`() throws {
    // Its input as two responses whose discounted rewards are the values themselves.
    let rows: [([Double], Int)] = [([1, 2, 3, 9], 3), ([4, 5, 9, 9], 2)]
    let group = AdvantageGroup(
      rows.map { row, length in
        RewardedResponse(
          length: 4, reward: 0, tokenRewards: row, isCounted: (0..<4).map { $0 < length })
      })
    let estimator = try AdvantageEstimator(.reinforcePlusPlus, options: AdvantageOptions(gamma: 0))
    let values = try estimator.advantages(of: [group])[0]
    for (index, golden) in try Fixture.estimators()["whiten"]["whiten"].list.enumerated() {
      let length = rows[index].1
      expectClose((0..<length).map { values[index][$0].double }, Array(golden.numbers.prefix(length)))
    }
  }

  @Test func `remax measures what is still to come from the greedy response`() throws {
    let group = AdvantageGroup(
      [
        RewardedResponse(length: 2, reward: 1),
        RewardedResponse(length: 3, reward: 1, tokenRewards: [-0.5, 0.25, 0]),
      ], baselineReward: 0.25)
    let values = try AdvantageEstimator(.remax).advantages(of: group)
    #expect(values == [.uniform(0.75), .perToken([0.5, 1, 0.75])])
    #expect(throws: PolicyOptimizationError.advantage(.baselineMissing)) {
      try AdvantageEstimator(.remax).advantages(of: AdvantageGroup(group.responses))
    }
  }

  @Test func `gdpo of the reward as a whole is grpo, whitened`() throws {
    let gdpo = try first("gdpo")
    let grpo = try first("grpo")
    let tokens = zip(grpo, lengths).flatMap { Array(repeating: $0, count: $1) }
    let mean = tokens.reduce(0, +) / 15
    let variance = tokens.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 14
    expectClose(gdpo, grpo.map { ($0 - mean) / (variance + 1e-8).squareRoot() })
  }

  @Test func `gdpo normalises each part of the reward by itself and weighs it`() throws {
    let parts: [[String: Double]] = [
      ["format": 1, "accuracy": 0], ["format": 0, "accuracy": 100], ["format": 0, "accuracy": 0],
    ]
    let group = AdvantageGroup(parts.map { RewardedResponse(length: 2, reward: 0, components: $0) })
    func values(_ weights: [Double]?) throws -> [Float] {
      let options = AdvantageOptions(rewardKeys: ["format", "accuracy"], rewardWeights: weights)
      return try AdvantageEstimator(.gdpo, options: options).advantages(of: [group])[0].map { $0[0] }
    }
    let equal = try values(nil)
    expectClose([equal[0].double - equal[1].double], [0], absolute: 1e-5)
    let accuracyOnly = try values([0, 1])
    #expect(accuracyOnly[0] == accuracyOnly[2] && accuracyOnly[1] > 0)
    #expect(
      throws: PolicyOptimizationError.advantage(.componentMissing(response: 0, key: "style"))
    ) {
      try AdvantageEstimator(.gdpo, options: AdvantageOptions(rewardKeys: ["style"])).advantages(of: [group])
    }
  }

  @Test(arguments: ["gae", "optimal_token_baseline", "tir_optimal_token_baseline"])
  func `what needs more than rollouts is refused with the reason`(name: String) {
    #expect {
      try AdvantageEstimator(name: name)
    } throws: { error in
      "\(error)".contains("`\(name)`, which needs") && "\(error)".contains("use `")
    }
  }

  @Test func `an unknown name is refused with all that are known`() {
    #expect {
      try AdvantageEstimator(name: "grop")
    } throws: { error in
      AdvantageEstimator.names.allSatisfy { "\(error)".contains($0) }
    }
  }

  @Test(
    arguments: [
      ("grpo", AdvantageOptions(gamma: 1.1)), ("grpo", AdvantageOptions(gamma: .nan)),
      ("grpo", AdvantageOptions(epsilon: -1)), ("rloo", AdvantageOptions(deviation: .batch)),
      ("gdpo", AdvantageOptions(rewardKeys: ["a", "b"], rewardWeights: [1])),
      ("gdpo", AdvantageOptions(rewardKeys: ["a"], rewardWeights: [.nan])),
    ])
  func `options out of range are refused`(name: String, options: AdvantageOptions) {
    #expect(throws: PolicyOptimizationError.self) { try AdvantageEstimator(name: name, options: options) }
  }
}
