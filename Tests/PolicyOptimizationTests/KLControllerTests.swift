import Foundation
import PolicyOptimization
import Testing

@Suite struct KLControllerTests {
  @Test func `the band rule moves as ProRL's recipe does`() throws {
    var controller = try KLController()
    let coefficients = [0.05, 0.08, 0.2, 0.2, 0.02, 0.01, 0.05].map { kl in
      controller.update(kl: kl, samples: 1)
      return controller.coefficient
    }
    expectClose(coefficients, try Fixture.goldens()["bandKL"].numbers, relative: 1e-12, absolute: 0)
  }

  @Test func `the proportional rule moves as verl's`() throws {
    var controller = try KLController(
      initialCoefficient: 0.2, rule: .proportional(targetKL: 6, horizon: 10_000))
    let coefficients = [3.0, 6, 9, 6.6, 0].map { kl in
      controller.update(kl: kl, samples: 256)
      return controller.coefficient
    }
    expectClose(coefficients, try Fixture.goldens()["proportionalKL"].numbers, relative: 1e-12, absolute: 0)
  }

  @Test(arguments: [(kl: 9.0, end: 0.1), (kl: 0.0, end: 0.001)])
  func `the band rule stays within its bounds`(kl: Double, end: Double) throws {
    var controller = try KLController()
    for _ in 0..<100 { controller.update(kl: kl, samples: 1) }
    #expect(controller.coefficient == end)
  }

  @Test(arguments: [Double.nan, .infinity, 0.075, 0.05, 0.025])
  func `within the band, and for a KL that is no number, the coefficient stays`(kl: Double) throws {
    var controller = try KLController()
    controller.update(kl: kl, samples: 256)
    #expect(controller.coefficient == 0.01)
  }

  @Test func `a step of many horizons never makes the penalty a reward`() throws {
    var controller = try KLController(rule: .proportional(targetKL: 1, horizon: 10))
    controller.update(kl: 0, samples: 1000)
    #expect(controller.coefficient == 0)
  }

  @Test func `a fixed controller keeps the configured coefficient through updates and checkpoints`() throws {
    var controller = try KLController(initialCoefficient: 0.02, rule: .fixed, state: .init(coefficient: 0.5))
    controller.update(kl: 100, samples: 256)
    #expect(controller.coefficient == 0.02)
  }

  @Test func `a reset goes back to the beginning`() throws {
    var controller = try KLController()
    controller.update(kl: 1, samples: 1)
    #expect(controller.coefficient > 0.01)
    controller.reset()
    #expect(controller.coefficient == 0.01)
  }

  @Test func `a restored controller goes on to the bit`() throws {
    var controller = try KLController()
    for kl in [0.2, 0.01, 0.3] { controller.update(kl: kl, samples: 1) }
    let bytes = try JSONEncoder().encode(controller.state)
    var restored = try KLController(state: JSONDecoder().decode(KLController.State.self, from: bytes))
    #expect(restored == controller)
    controller.update(kl: 0.2, samples: 1)
    restored.update(kl: 0.2, samples: 1)
    #expect(restored.coefficient.bitPattern == controller.coefficient.bitPattern)
  }

  @Test func `a checkpoint from wider bounds is taken into the narrower ones`() throws {
    let controller = try KLController(rule: .band(maximum: 0.05), state: .init(coefficient: 0.09))
    #expect(controller.coefficient == 0.05)
  }

  @Test(
    arguments: [
      (0.2, .band(), "max_coef"), (0.0001, .band(), "min_coef"),
      (0.01, .band(minimum: 0.2, maximum: 0.1), "ascend"), (.nan, .band(), "initial_coef"),
      (-1, .fixed, "negative"),
      (0.01, .band(minimum: -1), "negative"), (0.01, .band(targetKL: 0), "algorithm.kl_control.target_kl"),
      (0.01, .proportional(targetKL: -1), "algorithm.kl_ctrl.target_kl"),
      (0.01, .proportional(horizon: 0), "algorithm.kl_ctrl.horizon"),
      (0.01, .proportional(horizon: .infinity), "algorithm.kl_ctrl.horizon"),
    ] as [(Double, KLController.Rule, String)])
  func `options that contradict each other are refused`(
    initial: Double, rule: KLController.Rule, word: String
  ) {
    #expect {
      try KLController(initialCoefficient: initial, rule: rule)
    } throws: { "\($0)".contains(word) }
  }
}
