import Foundation
import PolicyOptimization
import Testing

@Suite struct KLEstimatorTests {
  @Test(arguments: ["kl", "k1", "abs", "mse", "k2", "low_var_kl", "k3", "k1+", "k2+", "k3+"])
  func `values and derivatives are verl's`(name: String) throws {
    let estimator = try KLEstimator(name: name)
    let tokens = zip([-1, -1, -0.1, -30, -0.001], [-1.5, -0.5, -0.1, -0.5, -25]).map {
      estimator.token(new: $0, reference: $1)
    }
    let golden = try Fixture.goldens()["kl"][name]
    expectClose(tokens.map(\.value.double), golden["value"].numbers)
    expectClose(tokens.map(\.derivative.double), golden["grad"].numbers)
  }

  @Test(arguments: ["full", "", "+", "k4", "k3++", "K3", "low_var_kl "])
  func `an unknown name is refused with the choices`(name: String) {
    #expect {
      try KLEstimator(name: name)
    } throws: { error in
      "\(error)".contains("`\(name)`") && "\(error)".contains("low_var_kl")
    }
  }

  @Test(arguments: [KLEstimator.Formula.k1, .absolute, .k2, .k3], 0..<40)
  func `the derivative is the slope of the value`(formula: KLEstimator.Formula, seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let new = Float.random(in: -6...0, using: &random)
    let reference = Float.random(in: -6...0, using: &random)
    let slope = try #require(centralSlope(at: new.double) { value(formula, $0 - reference.double) })
    let token = KLEstimator(formula).token(new: new, reference: reference)
    expectClose([token.derivative.double], [slope], relative: 1e-5, absolute: 1e-5)
    expectClose([token.value.double], [value(formula, new.double - reference.double)])
    let straightThrough = KLEstimator(formula, hasK2Derivative: true).token(new: new, reference: reference)
    #expect(straightThrough.value == token.value)
    #expect(straightThrough.derivative == Float(new.double - reference.double))
  }

  /// The table of the doc comment, with the C library's exponential.
  private func value(_ formula: KLEstimator.Formula, _ x: Double) -> Double {
    switch formula {
    case .k1: x
    case .absolute: x.magnitude
    case .k2: x * x / 2
    case .k3: min(exp(min(max(-x, -20), 20)) + min(max(x, -20), 20) - 1, 10)
    }
  }

  @Test func `k3 of a tiny difference is neither negative nor lost`() {
    let token = KLEstimator().token(new: -1, reference: -1.000_000_1)
    #expect(token.value > 5e-15 && token.value < 1e-14)
  }

  @Test(arguments: [KLEstimator.Formula.k1, .absolute, .k2, .k3])
  func `equal log-probabilities cost nothing and a NaN is kept`(formula: KLEstimator.Formula) {
    #expect(KLEstimator(formula).token(new: -2, reference: -2).value == 0)
    let token = KLEstimator(formula).token(new: .nan, reference: -2)
    #expect(token.value.isNaN && token.derivative.isNaN)
  }
}
