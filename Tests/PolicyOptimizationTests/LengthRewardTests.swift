import PolicyOptimization
import Testing

@Suite struct CosineLengthRewardTests {
  @Test func `the reward is ProRL v2's`() throws {
    let reward = try CosineLengthReward(limit: 8192)
    let goldens = try Fixture.estimators()["cosine"].members
    #expect(goldens.count == 6)
    for (name, golden) in goldens {
      let length = try #require(Int(name.dropFirst()))
      expectClose(
        [reward.lengthReward(length: length)], [try #require(golden.number)], relative: 1e-12, absolute: 1e-15
      )
    }
  }

  @Test func `beyond the limit it does not turn up again`() throws {
    let reward = try CosineLengthReward(low: -1, high: 0, limit: 100)
    #expect(reward.lengthReward(length: 100) == -1 && reward.lengthReward(length: 150) == -1)
    #expect((0..<100).allSatisfy { reward.lengthReward(length: $0) > reward.lengthReward(length: $0 + 1) })
  }

  @Test(
    arguments: [
      (1, true), (100, true), (101, false), (600, false), (601, true), (700, true), (701, false),
      (1200, false), (1201, true), (0, false),
    ])
  func `it is on for a hundred steps and off for five hundred`(step: Int, isOn: Bool) throws {
    let reward = try CosineLengthReward(weight: 2, limit: 10)
    #expect(reward.isOn(step: step) == isOn)
    #expect(reward.bonus(length: 0, step: step) == (isOn ? 1 : 0))
  }

  @Test func `it can begin later and stay on`() throws {
    let later = try CosineLengthReward(limit: 10, stepsOn: 2, stepsOff: 3, firstStep: 4)
    #expect((1...14).filter { later.isOn(step: $0) } == [4, 5, 9, 10, 14])
    let always = try CosineLengthReward(limit: 10, stepsOn: 1, stepsOff: 0)
    #expect((1...20).allSatisfy { always.isOn(step: $0) })
  }

  @Test func `counts below their least and numbers that are none are refused`() {
    for make: () throws -> CosineLengthReward in [
      { try CosineLengthReward(limit: 0) }, { try CosineLengthReward(limit: 1, stepsOn: 0) },
      { try CosineLengthReward(limit: 1, stepsOff: -1) }, { try CosineLengthReward(limit: 1, firstStep: 0) },
      { try CosineLengthReward(weight: .nan, limit: 1) },
      { try CosineLengthReward(low: .infinity, limit: 1) },
    ] {
      #expect(throws: PolicyOptimizationError.self) { try make() }
    }
  }
}

@Suite struct StopProperlyTests {
  @Test(
    arguments: [(0.0, 1.0, 0.0), (0.5, 1, 0.5), (1, 0.7, 0.7), (-1, 1, -1), (-0.5, -1, -0.5), (0, -1, 0)])
  func `a truncated response earns a share, or a fixed reward below zero`(
    coefficient: Double, reward: Double, expected: Double
  ) throws {
    let rule = try StopProperly(coefficient: coefficient)
    #expect(rule.reward(reward, isTruncated: true) == expected)
    #expect(rule.reward(reward, isTruncated: false) == reward)
  }

  @Test(
    arguments: [
      (0.0, -1.0, true), (0.5, -1, true), (1, -1, false), (0, 0, false), (0.5, 0, false), (-1, -1, false),
      (-0.5, -1, true), (-2, -1, false),
    ])
  func `lifting a wrong answer by cutting it off is warned of`(
    coefficient: Double, lowest: Double, warns: Bool
  ) throws {
    let rule = try StopProperly(coefficient: coefficient)
    #expect(rule.rewardsTruncation(lowestReward: lowest) == warns)
    #expect(rule.warning(lowestReward: lowest).contains("\(coefficient)"))
  }

  @Test(arguments: [Double.nan, .infinity])
  func `a coefficient that is no number is refused`(coefficient: Double) {
    #expect(throws: PolicyOptimizationError.self) { try StopProperly(coefficient: coefficient) }
  }
}
