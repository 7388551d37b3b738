import PolicyOptimization
import Testing

@Suite struct GroupAdvantageTests {
  private func advantages(_ rewards: [Double], normalized: Bool = true) throws -> [Float] {
    try GroupAdvantage(normalizeByStandardDeviation: normalized).advantages(of: rewards)
  }

  @Test(arguments: [("grpo", true), ("grpoWithoutDeviation", false)])
  func `groups of four, one and two have verl's advantages`(name: String, normalized: Bool) throws {
    let groups = try [[1, 0, 0, 1], [1], [0.3, 0.7]].flatMap { try advantages($0, normalized: normalized) }
    expectClose(groups.map(\.double), try Fixture.goldens()[name].numbers)
  }

  @Test func `one failure among sixteen weighs as much as in verl`() throws {
    let group = try advantages(Array(repeating: 1, count: 15) + [0])
    let uniform = try advantages([0.1, 0.1, 0.1])
    let golden = try Fixture.goldens()["adv2"].numbers
    expectClose((uniform + group.prefix(2) + group.suffix(1)).map(\.double), golden)
  }

  @Test(
    arguments: [
      [0.1, 0.1, 0.1], Array(repeating: 0.7, count: 6), [0, -0.0], Array(repeating: 1.0 / 3, count: 16),
    ])
  func `equal rewards give exactly zero and no signal`(rewards: [Double]) throws {
    #expect(try advantages(rewards) == rewards.map { _ in 0 })
    #expect(try advantages(rewards, normalized: false) == rewards.map { _ in 0 })
    #expect(!GroupAdvantage.hasLearningSignal(rewards))
  }

  @Test(
    arguments: [([0.0, 1.0], true), ([0.1, 0.1.nextUp], true), ([0.0], true), ([1.0], true), ([], false)])
  func `a spread or a single response is a signal`(values: [Double], signal: Bool) {
    #expect(GroupAdvantage.hasLearningSignal(values) == signal)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e31, -1e300])
  func `a reward that is no usable number is named`(reward: Double) throws {
    #expect {
      try advantages([0, reward, 1])
    } throws: { error in
      guard case .rewardOutOfRange(1, let named) = error as? PolicyOptimizationError else { return false }
      return named == reward || named.isNaN && reward.isNaN
    }
  }

  @Test(arguments: 0..<50)
  func `advantages sum to zero, have deviation one and follow their response to any place`(
    seed: UInt64
  ) throws {
    var random = SeededNumbers(seed: seed)
    let rewards = (0..<Int.random(in: 2...32, using: &random)).map { _ in
      Double.random(in: -1...2, using: &random)
    }
    let values = try advantages(rewards)
    #expect(values.map(\.double).reduce(0, +).magnitude < 1e-5)
    let variance = values.map { $0.double * $0.double }.reduce(0, +) / Double(values.count - 1)
    #expect((variance.squareRoot() - 1).magnitude < 1e-4)

    let order = rewards.indices.shuffled(using: &random)
    #expect(try advantages(order.map { rewards[$0] }) == order.map { values[$0] })
  }

  @Test func `rewards whose sum depends on its order still follow their response`() throws {
    let value = try advantages([1, 1e17, -1e17], normalized: false)
    #expect(try advantages([1e17, -1e17, 1], normalized: false) == [value[1], value[2], value[0]])
    #expect(try advantages([-1e17, 1, 1e17], normalized: false) == [value[2], value[0], value[1]])
  }

  @Test func `no responses have no advantages`() throws {
    #expect(try advantages([]) == [])
  }
}
