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

  @Test(arguments: [("k1", KLEstimator.Formula.k1), ("k2", .k2), ("k3", .k3)])
  func `bounds of 20 and 10 on any formula are NeMo-RL's`(name: String, formula: KLEstimator.Formula) throws {
    let estimator = KLEstimator(formula, inputBound: 20, outputBound: 10)
    let tokens = zip([-1, -1, -0.1, -30, -0.001], [-1.5, -0.5, -0.1, -0.5, -25]).map {
      estimator.token(new: $0, reference: $1)
    }
    expectClose(tokens.map(\.value.double), try Fixture.goldens()["boundedKL"][name].numbers)
    #expect(tokens[3].derivative == 0 && tokens[4].derivative == 0 && tokens[0].derivative != 0)
  }

  @Test func `ProRL v2's k2 holds the log-ratio by 10`() throws {
    let estimator = KLEstimator(.k2, inputBound: 10, outputBound: nil)
    let tokens = [0.5, -0.5, 12, -30].map { estimator.token(new: $0, reference: 0) }
    expectClose(tokens.map(\.value.double), try Fixture.goldens()["boundedK2"].numbers)
    #expect(tokens.map(\.derivative) == [0.5, -0.5, 0, 0])
  }

  @Test func `TRL's k3 is not held, and may be infinite`() {
    let estimator = KLEstimator(.k3, inputBound: nil, outputBound: nil)
    expectClose([estimator.token(new: -30, reference: 0).value.double], [exp(30) - 31])
    expectClose([estimator.token(new: -30, reference: 0).derivative.double], [1 - exp(30)])
    #expect(estimator.token(new: -1000, reference: 0).value == .infinity)
  }

  @Test func `a plus keeps the free derivative beyond every bound`() {
    let estimator = KLEstimator(.k1, hasK2Derivative: true, inputBound: 1, outputBound: 1)
    let token = estimator.token(new: -1, reference: -4)
    #expect(token.value == 1 && token.derivative == 3)
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
