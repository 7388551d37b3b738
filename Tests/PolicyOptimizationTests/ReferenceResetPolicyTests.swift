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
    #expect(ReferenceResetPolicy().decision(step: step, kl: kl) == decision)
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
    let policy = ReferenceResetPolicy(options: .init(interval: nil, klThreshold: nil))
    #expect((1...1000).allSatisfy { policy.decision(step: $0, kl: 99) == .none })
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
    let restored = ReferenceResetPolicy(
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
}
