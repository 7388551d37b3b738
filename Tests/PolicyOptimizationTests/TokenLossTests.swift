import Foundation
import PolicyOptimization
import Testing

@Suite struct TokenLossTests {
  private let loss = TokenLoss(entropyCoefficient: 0.01, klPenalty: .init(coefficient: 0.5))

  @Test func `the loss is policy minus entropy bonus plus KL penalty`() {
    let token = loss.token(new: -1.1, old: -1, reference: -1.5, advantage: 0.7, entropy: 2)
    let policy = ClippedObjective().token(new: -1.1, old: -1, advantage: 0.7)
    let kl = KLEstimator().token(new: -1.1, reference: -1.5)
    #expect(token.policyLoss == policy.loss && token.kl == kl.value && token.entropy == 2)
    expectClose([token.loss.double], [policy.loss.double - 0.02 + 0.5 * kl.value.double])
    expectClose([token.derivative.double], [policy.derivative.double + 0.5 * kl.derivative.double])
    #expect(token.entropyDerivative == -0.01)
  }

  @Test(arguments: 0..<40)
  func `both derivatives are slopes of the loss`(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let old = Float.random(in: -5 ... -0.1, using: &random)
    let new = old + Float.random(in: -0.15...0.15, using: &random)
    let reference = old + Float.random(in: -1...1, using: &random)
    let (advantage, entropy) = (
      Float.random(in: -2...2, using: &random), Float.random(in: 0...3, using: &random)
    )
    func value(_ new: Float, _ entropy: Float) -> Double {
      loss.token(new: new, old: old, reference: reference, advantage: advantage, entropy: entropy).loss.double
    }
    // Steps of 1/128 in Float: their differences are good to three digits.
    let step: Float = 0x1p-7
    let token = loss.token(new: new, old: old, reference: reference, advantage: advantage, entropy: entropy)
    let byNew = (value(new + step, entropy) - value(new - step, entropy)) / (2 * step.double)
    let byEntropy = (value(new, entropy + step) - value(new, entropy - step)) / (2 * step.double)
    expectClose([token.derivative.double], [byNew], relative: 1e-3, absolute: 1e-3)
    expectClose([token.entropyDerivative.double], [byEntropy], absolute: 1e-4)
  }

  @Test func `without a KL penalty the reference is not looked at`() {
    let plain = TokenLoss().token(new: -1, old: -1, reference: .nan, advantage: 1, entropy: .nan)
    #expect(plain.loss == -1 && plain.derivative == -1 && plain.kl == 0 && plain.entropyDerivative == 0)
  }

  @Test func `a KL coefficient of zero measures the divergence without feeling it`() {
    let measuring = TokenLoss(klPenalty: .init(estimator: KLEstimator(.k2), coefficient: 0))
    let token = measuring.token(new: -1, old: -1, reference: -.infinity, advantage: 1, entropy: 0)
    #expect(token.loss == -1 && token.derivative == -1 && token.kl == .infinity)
  }

  @Test func `a NaN log-probability reaches the derivative`() {
    #expect(loss.token(new: .nan, old: -1, reference: -1, advantage: 1, entropy: 1).derivative.isNaN)
    #expect(loss.token(new: -1, old: -1, reference: .nan, advantage: 1, entropy: 1).derivative.isNaN)
  }

  @Test(arguments: everyLoss.filter { $0.scope == .token })
  func `a term that is there already gives the same token, to the bit`(policy: PolicyLoss) {
    let loss = TokenLoss(policy: policy, entropyCoefficient: 0.01, klPenalty: .init(coefficient: 0.5))
    let term = policy.term(new: -1.1, old: -1.4, advantage: 0.7)
    let whole = loss.token(new: -1.1, old: -1.4, reference: -1.5, advantage: 0.7, entropy: 2)
    #expect(loss.token(term: term, new: -1.1, reference: -1.5, entropy: 2) == whole)
    #expect(whole.policyLoss == Float(term.loss) && whole.isClipped == term.isClipped)
  }

  @Test func `the bias correction multiplies the estimate by the ratio, gradient included`() throws {
    let penalty = TokenLoss.KLPenalty(estimator: KLEstimator(.k2), coefficient: 0.5, isBiasCorrected: true)
    let loss = TokenLoss(policy: .gpg, klPenalty: penalty)
    let token = loss.token(new: -1.25, old: -1, reference: -1.5, advantage: 0, entropy: 0)
    let value = { (new: Double) in 0.5 * exp(new + 1) * 0.5 * (new + 1.5) * (new + 1.5) }
    expectClose([token.loss.double, 0.5 * token.kl.double], [value(-1.25), value(-1.25)])
    expectClose([token.derivative.double], [try #require(centralSlope(at: -1.25, value))], relative: 1e-6)
    #expect(loss.token(term: .uncounted, new: -1, reference: -1.5, entropy: 0).loss.isNaN, "without old")
  }

  @Test func `the clipped objective is a policy loss`() {
    var loss = TokenLoss(policy: .gpg)
    #expect(loss.objective == nil)
    loss.objective = ClippedObjective(clipRatioLow: 0.1)
    #expect(loss.policy == .vanilla(ClippedObjective(clipRatioLow: 0.1)))
  }
}
