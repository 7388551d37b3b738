import PolicyOptimization
import Testing

/// Ten groups of random sizes, rewards and lengths, some responses with masks and token rewards.
private func randomGroups(seed: UInt64, least: Int = 1) -> [AdvantageGroup] {
  var random = SeededNumbers(seed: seed)
  return (0..<10).map { _ in
    let responses = (0..<Int.random(in: least...9, using: &random)).map { _ in
      randomResponse(&random)
    }
    return AdvantageGroup(responses, baselineReward: Double.random(in: 0...1, using: &random))
  }
}

private func randomResponse(_ random: inout SeededNumbers) -> RewardedResponse {
  let length = Int.random(in: 1...12, using: &random)
  let reward = Bool.random(using: &random) ? Double.random(in: -1...1, using: &random) : 1
  let penalties =
    Bool.random(using: &random) ? (0..<length).map { _ in Double.random(in: -0.1...0, using: &random) } : nil
  let mask =
    Int.random(in: 0..<4, using: &random) == 0
    ? (0..<length).map { $0 == 0 || Bool.random(using: &random) } : nil
  return RewardedResponse(
    length: length, reward: reward, tokenRewards: penalties, components: ["a": reward, "b": Double(length)],
    isCounted: mask)
}

private let estimators = AdvantageEstimator.Kind.allCases.map { kind in
  (kind, AdvantageOptions(gamma: 0.97, rewardKeys: ["a", "b"], rewardWeights: [1, 0.5]))
}

@Suite struct AdvantageLawTests {
  @Test(arguments: estimators, [1, 2, 3])
  func `neither the order of groups nor that of responses changes a bit`(
    estimator: (kind: AdvantageEstimator.Kind, options: AdvantageOptions), seed: UInt64
  ) throws {
    let groups = randomGroups(seed: seed, least: 2)
    let tested = try AdvantageEstimator(estimator.kind, options: estimator.options)
    let values = try tested.advantages(of: groups)

    var random = SeededNumbers(seed: seed + 100)
    let order = groups.indices.shuffled(using: &random)
    let places = groups.map { $0.responses.indices.shuffled(using: &random) }
    let shuffled = order.map { index in
      AdvantageGroup(
        places[index].map { groups[index].responses[$0] }, baselineReward: groups[index].baselineReward)
    }
    let expected = order.map { index in places[index].map { values[index][$0] } }
    #expect(try tested.advantages(of: shuffled) == expected)
  }

  @Test(arguments: estimators, [4, 5])
  func `a group alone has the bits it has among others, if the estimator says so`(
    estimator: (kind: AdvantageEstimator.Kind, options: AdvantageOptions), seed: UInt64
  ) throws {
    let tested = try AdvantageEstimator(estimator.kind, options: estimator.options)
    guard tested.scope == .group else { return }
    let groups = randomGroups(seed: seed, least: 2)
    #expect(try tested.advantages(of: groups) == groups.map { try tested.advantages(of: $0) })
  }

  @Test(arguments: estimators)
  func `equal rewards give exactly zero`(
    estimator: (kind: AdvantageEstimator.Kind, options: AdvantageOptions)
  ) throws {
    let responses = [3, 5, 7].map {
      RewardedResponse(length: $0, reward: 0.1, components: ["a": 0.1, "b": 0.7])
    }
    var options = estimator.options
    options.gamma = 1
    let tested = try AdvantageEstimator(estimator.kind, options: options)
    let groups = [AdvantageGroup(responses, baselineReward: 0.1)]
    #expect(try tested.advantages(of: groups) == [[.uniform(0), .uniform(0), .uniform(0)]])
  }

  @Test(
    arguments: [AdvantageEstimator.Kind.reinforcePlusPlus, .reinforcePlusPlusBaseline, .gdpo], [6, 7, 8])
  func `what is normalised over the batch has mean zero and variance one over its tokens`(
    kind: AdvantageEstimator.Kind, seed: UInt64
  ) throws {
    let groups = randomGroups(seed: seed)
    let values = try AdvantageEstimator(kind, options: AdvantageOptions(gamma: 0.9)).advantages(of: groups)
    let tokens = zip(groups, values).flatMap { group, values in
      zip(group.responses, values).flatMap { response, value in
        (0..<response.length).filter { response.isCounted?[$0] ?? true }.map { value[$0].double }
      }
    }
    let count = Double(tokens.count)
    #expect((tokens.reduce(0, +) / count).magnitude < 1e-5)
    #expect((tokens.reduce(0) { $0 + $1 * $1 } / (count - 1) - 1).magnitude < 1e-4)
  }

  @Test(arguments: 0..<20)
  func `the new estimator and GroupAdvantage agree to the bit`(seed: UInt64) throws {
    for group in randomGroups(seed: seed) {
      for normalizes in [true, false] {
        let old = try GroupAdvantage(normalizeByStandardDeviation: normalizes)
          .advantages(of: group.responses.map(\.score))
        let new = try AdvantageEstimator(
          options: AdvantageOptions(normalizeByStandardDeviation: normalizes)
        ).advantages(of: group)
        #expect(new == old.map { .uniform($0) })
      }
    }
  }

  @Test(arguments: estimators, [Double.nan, .infinity, 1e31])
  func `a reward that is no usable number is named`(
    estimator: (kind: AdvantageEstimator.Kind, options: AdvantageOptions), reward: Double
  ) throws {
    let tested = try AdvantageEstimator(estimator.kind, options: estimator.options)
    let group = AdvantageGroup(
      [0, reward].map { RewardedResponse(length: 2, reward: $0, components: ["a": 0, "b": 0]) },
      baselineReward: 0)
    #expect {
      try tested.advantages(of: [group])
    } throws: { error in
      guard case .rewardOutOfRange(1, _) = error as? PolicyOptimizationError else { return false }
      return true
    }
  }

  @Test(arguments: [AdvantageEstimator.Kind.reinforcePlusPlus, .reinforcePlusPlusBaseline, .gdpo], [0, 1])
  func `fewer than two tokens cannot be normalised over`(kind: AdvantageEstimator.Kind, tokens: Int) throws {
    let groups = [AdvantageGroup([RewardedResponse(length: tokens, reward: 1)])]
    #expect(
      throws: PolicyOptimizationError.advantage(.tooFewTokens(estimator: kind.rawValue, count: tokens))
    ) {
      try AdvantageEstimator(kind).advantages(of: groups)
    }
  }

  @Test(arguments: AdvantageEstimator.Kind.allCases)
  func `the largest rewards stay finite`(kind: AdvantageEstimator.Kind) throws {
    let groups = [[1e30, -1e30, 0], [0, 0, 1e-30]].map { rewards in
      AdvantageGroup(rewards.map { RewardedResponse(length: 2, reward: $0) }, baselineReward: 1e30)
    }
    let values = try AdvantageEstimator(kind).advantages(of: groups).flatMap { $0 }
    #expect(values.allSatisfy { $0[0].isFinite && $0[1].isFinite })
  }
}
