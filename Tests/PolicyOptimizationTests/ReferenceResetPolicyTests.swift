import Foundation
import PolicyOptimization
import Testing

@Suite struct ReferenceResetPolicyTests {
  @Test(
    arguments: [
      (step: 99, kl: Double?.none, decision: ReferenceResetPolicy.Decision.none),
      (step: 100, kl: nil, decision: .reset(.interval(stepsSinceReset: 100))),
      (step: 7, kl: 0.1, decision: .none),
      (step: 7, kl: 0.11, decision: .reset(.divergence(kl: 0.11, threshold: 0.1))),
      (step: 7, kl: .nan, decision: .none),
      (step: 100, kl: 0.2, decision: .reset(.interval(stepsSinceReset: 100))),
    ])
  func `the interval and a KL above the threshold reset`(
    step: Int, kl: Double?, decision: ReferenceResetPolicy.Decision
  ) {
    var policy = ReferenceResetPolicy()
    #expect(policy.decision(step: step, kl: kl) == decision)
  }

  @Test func `resets are counted and the interval starts again`() {
    var policy = ReferenceResetPolicy()
    let resets = (1...350).filter { step in
      guard case .reset = policy.decision(step: step, kl: step == 150 ? 1 : 0) else { return false }
      policy.performed(step: step)
      return true
    }
    #expect(resets == [100, 150, 250, 350])
    #expect(policy.state == .init(resetCount: 4, lastResetStep: 350))
    #expect(policy.stepsSinceReset(at: 353) == 3)
  }

  @Test func `between two resets there are as many steps as asked for`() {
    var policy = ReferenceResetPolicy(options: .init(interval: 5, minimumStepsBetween: 8))
    let resets = (1...30).filter { step in
      guard policy.decision(step: step, kl: 9) != .none else { return false }
      policy.performed(step: step)
      return true
    }
    #expect(resets == [8, 16, 24])
  }

  @Test func `without triggers there is no reset`() {
    var policy = ReferenceResetPolicy(options: .init(interval: nil, klThreshold: nil))
    #expect((1...1000).allSatisfy { policy.decision(step: $0, kl: 99, validation: -Double($0)) == .none })
  }

  @Test func `a second decision at the step of a reset finds nothing to do`() {
    var policy = ReferenceResetPolicy(options: .init(minimumStepsBetween: 0))
    policy.performed(step: 10)
    #expect(policy.decision(step: 10, kl: 9) == .none)
  }

  @Test func `a restored policy decides as if it had not stopped`() throws {
    var policy = ReferenceResetPolicy()
    policy.performed(step: 60)
    let bytes = try JSONEncoder().encode(policy.state)
    var restored = ReferenceResetPolicy(
      state: try JSONDecoder().decode(ReferenceResetPolicy.State.self, from: bytes))
    #expect(restored == policy)
    #expect(restored.decision(step: 159, kl: 0) == .none)
    #expect(restored.decision(step: 160, kl: 0) == .reset(.interval(stepsSinceReset: 100)))
  }

  @Test(arguments: [("reinit", ReferenceResetPolicy.Optimizer.reinit), ("keep", .keep)])
  func `the optimizer's choices have their configuration names`(
    name: String, optimizer: ReferenceResetPolicy.Optimizer
  ) {
    #expect(ReferenceResetPolicy.Optimizer(rawValue: name) == optimizer)
  }

  /// The steps after which a policy resets, given a KL and a score for each.
  private func resets(
    _ options: ReferenceResetPolicy.Options, steps: Int, kl: (Int) -> Double? = { _ in nil },
    validation: (Int) -> Double? = { _ in nil }
  ) -> [Int] {
    var policy = ReferenceResetPolicy(options: options)
    return (1...steps).filter { step in
      guard policy.decision(step: step, kl: kl(step), validation: validation(step)) != .none else {
        return false
      }
      policy.performed(step: step)
      return true
    }
  }

  @Test func `a KL far above its recent median resets, and the median begins anew`() {
    let options = ReferenceResetPolicy.Options(
      interval: nil, klThreshold: nil, klSpike: .init(factor: 3, window: 4, minimumValues: 3))
    let kl = [0.01, 0.02, 0.5, 0.02, 0.061, 0.1, 0.1, 9, 0.1, 0.31]
    // 0.5 comes too early; 0.061 is above 3 · 0.02; 9 comes too early again, and 0.31 is above 3 · 0.1.
    #expect(resets(options, steps: 10, kl: { kl[$0 - 1] }) == [5, 10])
  }

  @Test func `a KL that is no number neither resets nor counts`() {
    var policy = ReferenceResetPolicy(
      options: .init(
        interval: nil, klThreshold: nil, klSpike: .init(factor: 2, window: 3, minimumValues: 1)))
    for kl in [0.25, .nan, nil, 0.5] as [Double?] {
      #expect(policy.decision(step: 1, kl: kl) == .none)
    }
    #expect(policy.state.klHistory == [0.25, 0.5])
    #expect(policy.decision(step: 2, kl: 1) == .reset(.spike(kl: 1, median: 0.375, factor: 2)))
  }

  @Test func `the best of five scores below 0.95 of the best one resets, as in ProRL's recipe`() {
    let options = ReferenceResetPolicy.Options(interval: nil, klThreshold: nil, degradation: .init())
    let falling = [0.5, 0.4, 0.4, 0.4, 0.47, 0.4, 0.4, 0.4, 0.4, 0.4]
    #expect(resets(options, steps: 10, validation: { falling[$0 - 1] }) == [6])
    #expect(resets(options, steps: 10, validation: { $0 == 1 ? 0.5 : 0.48 }) == [])
    #expect(resets(options, steps: 10, validation: { $0 == 1 ? -1 : -1.04 }) == [])
    #expect(resets(options, steps: 10, validation: { $0 == 1 ? -1 : -1.06 }) == [6])
  }

  @Test func `one bad stretch resets once, since the score at the reset is the new best one`() {
    let options = ReferenceResetPolicy.Options(
      interval: nil, klThreshold: nil, degradation: .init(window: 2, patience: 2))
    // Patience asks for a second bad validation; after the reset 0.3 is the measure.
    let scores = [0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2]
    #expect(resets(options, steps: 10, validation: { scores[$0 - 1] }) == [4, 10])
  }

  @Test func `no better score for as long as patience lasts resets`() {
    let options = ReferenceResetPolicy.Options(
      interval: nil, klThreshold: nil, plateau: .init(minimumDelta: 0.01, patience: 3))
    // Small gains add up: 0.512 exceeds 0.5 by more than the delta, 0.505 does not.
    let scores = [0.5, 0.505, 0.509, 0.512, 0.51, 0.5, 0.52, 0.4, 0.4, 0.405]
    #expect(resets(options, steps: 10, validation: { scores[$0 - 1] }) == [7, 10])
    #expect(resets(options, steps: 30, validation: { $0 % 5 == 0 ? 0.1 : nil }) == [20])
    #expect(resets(options, steps: 30, validation: { Double($0) }) == [])
  }

  @Test func `between validations a stretch of bad ones resets no more`() {
    var policy = ReferenceResetPolicy(
      options: .init(interval: nil, klThreshold: nil, plateau: .init(patience: 1), minimumStepsBetween: 10))
    for step in 1...9 { #expect(policy.decision(step: step, kl: nil, validation: 0) == .none) }
    #expect(policy.decision(step: 10, kl: nil) == .none)
    #expect(policy.decision(step: 11, kl: nil, validation: 0) == .reset(.plateau(validations: 9, best: 0)))
  }

  @Test func `the operator's request goes before the guards, but not at the step of a reset`() {
    var policy = ReferenceResetPolicy(
      options: .init(interval: 1, minimumStepsBetween: 100, maximumResets: 0))
    #expect(policy.decision(step: 1, kl: 9, isRequested: true) == .reset(.request))
    policy.performed(step: 1)
    #expect(policy.decision(step: 1, kl: 9, isRequested: true) == .none)
    #expect(policy.decision(step: 200, kl: 9) == .none)
  }

  @Test func `a run has at most as many resets as asked for`() {
    #expect(resets(.init(interval: 10, maximumResets: 3), steps: 100) == [10, 20, 30])
  }

  @Test func `a state from a checkpoint that knew fewer triggers is read`() throws {
    let old = Data(#"{"resetCount": 2, "lastResetStep": 40}"#.utf8)
    let state = try JSONDecoder().decode(ReferenceResetPolicy.State.self, from: old)
    #expect(state == .init(resetCount: 2, lastResetStep: 40))
  }

  @Test(arguments: [3, 7, 12, 18])
  func `a run that is interrupted resets where one that is not does`(pause: Int) throws {
    let options = ReferenceResetPolicy.Options(
      interval: nil, klThreshold: nil, klSpike: .init(factor: 2, window: 5, minimumValues: 2),
      degradation: .init(window: 2), plateau: .init(patience: 4))
    var random = SeededNumbers(seed: 5)
    let kl = (0...20).map { _ in Double.random(in: 0...0.1, using: &random) }
    let scores = (0...20).map { _ in Double.random(in: 0.8...1, using: &random) }
    func run(_ steps: ClosedRange<Int>, _ policy: inout ReferenceResetPolicy) -> [Int] {
      steps.filter { step in
        guard policy.decision(step: step, kl: kl[step], validation: scores[step]) != .none else {
          return false
        }
        policy.performed(step: step)
        return true
      }
    }
    var whole = ReferenceResetPolicy(options: options)
    let expected = run(1...20, &whole)
    var first = ReferenceResetPolicy(options: options)
    let before = run(1...pause, &first)
    let bytes = try JSONEncoder().encode(first.state)
    var second = ReferenceResetPolicy(
      options: options, state: try JSONDecoder().decode(ReferenceResetPolicy.State.self, from: bytes))
    #expect(before + run(pause + 1...20, &second) == expected)
    #expect(second == whole && expected.count > 2)
  }

  @Test func `every reason is a sentence without its stop`() {
    let reasons: [ReferenceResetPolicy.Reason] = [
      .request, .interval(stepsSinceReset: 3), .divergence(kl: 1, threshold: 0.1),
      .spike(kl: 1, median: 0.1, factor: 3), .degradation(recent: 0.4, best: 0.5),
      .plateau(validations: 5, best: 0.5),
    ]
    #expect(Set(reasons.map(\.description)).count == reasons.count)
    #expect(reasons.allSatisfy { !$0.description.hasSuffix(".") && $0.description.count > 20 })
  }
}
