import Foundation
import PolicyOptimization
import Testing

@Suite struct EntropyControllerTests {
  private let entropies = [0.3, 0.2, 0.1, 0.05, 0.4, 0.1]

  @Test func `the trend's coefficients are those of ProRL's recipe`() throws {
    var controller = try EntropyController(initialCoefficient: 0.01, rule: .trend())
    let entropies =
      Array(repeating: 2, count: 5) + Array(repeating: 1.8, count: 5) + [1.9, 2.2, 2.4, 2.5, 2.6]
    let coefficients = entropies.map { entropy in
      controller.update(entropy: entropy)
      return controller.coefficient
    }
    #expect(coefficients == (try Fixture.estimators()["seedEntropy"]["seq"].numbers))
  }

  @Test(arguments: [("skyworkEntropy", "run", false), ("trlEntropy", "default", true)])
  func `towards a target the coefficients are those of Skywork and of TRL`(
    golden: String, key: String, isTRL: Bool
  ) throws {
    var controller = try EntropyController(rule: isTRL ? .trl() : .skywork())
    #expect(controller.coefficient == 0)
    let pairs = entropies.map { entropy in
      controller.update(entropy: entropy)
      return [controller.state.coefficient, controller.coefficient]
    }
    #expect(pairs == (try Fixture.estimators()[golden][key].list.map(\.numbers)))
  }

  @Test func `without a measured entropy no bonus is used towards a target`() throws {
    let controller = try EntropyController(initialCoefficient: 0.003, rule: .skywork())
    #expect(controller.coefficient == 0 && controller.state.coefficient == 0.003)
  }

  @Test func `a fixed coefficient stays, whatever the checkpoint says`() throws {
    var controller = try EntropyController(
      initialCoefficient: 0.02, state: .init(coefficient: 5))
    for entropy in entropies { controller.update(entropy: entropy) }
    #expect(controller.coefficient == 0.02)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `an entropy that is no number changes nothing`(entropy: Double) throws {
    for rule in [EntropyController.Rule.trend(), .skywork(), .trl()] {
      var controller = try EntropyController(initialCoefficient: 0.002, rule: rule)
      controller.update(entropy: 0.1)
      let before = controller
      controller.update(entropy: entropy)
      #expect(controller == before)
    }
  }

  @Test(arguments: [(0.001, 0.1), (0.0, 5e-3)])
  func `coefficients stay within their bounds`(minimum: Double, maximum: Double) throws {
    for rule in [
      EntropyController.Rule.trend(minimum: minimum, maximum: maximum),
      .skywork(minimum: minimum, maximum: maximum),
    ] {
      var controller = try EntropyController(initialCoefficient: 0.002, rule: rule)
      for step in 0..<400 {
        controller.update(entropy: step < 200 ? 100 - Double(step) : Double(step))
        #expect((minimum...maximum).contains(controller.state.coefficient))
      }
    }
  }

  @Test(arguments: [EntropyController.Rule.trend(), .skywork(), .trl()])
  func `a restored controller goes on as if it had not stopped`(rule: EntropyController.Rule) throws {
    var random = SeededNumbers(seed: 9)
    let entropies = (0..<40).map { _ in Double.random(in: 0...0.5, using: &random) }
    var whole = try EntropyController(initialCoefficient: 0.004, rule: rule)
    for entropy in entropies { whole.update(entropy: entropy) }
    var first = try EntropyController(initialCoefficient: 0.004, rule: rule)
    for entropy in entropies.prefix(17) { first.update(entropy: entropy) }
    let bytes = try JSONEncoder().encode(first.state)
    var second = try EntropyController(
      initialCoefficient: 0.004, rule: rule,
      state: try JSONDecoder().decode(EntropyController.State.self, from: bytes))
    for entropy in entropies.dropFirst(17) { second.update(entropy: entropy) }
    #expect(second == whole)
  }

  @Test func `bounds that do not ascend are refused`() {
    for rule: EntropyController.Rule in [
      .trend(minimum: 1, maximum: 0.5), .trend(minimum: 0.1, maximum: .infinity), .skywork(delta: -1),
      .trl(target: .nan), .trl(minimum: 0.5),
    ] {
      #expect(throws: PolicyOptimizationError.self) {
        try EntropyController(initialCoefficient: 0.01, rule: rule)
      }
    }
  }
}
