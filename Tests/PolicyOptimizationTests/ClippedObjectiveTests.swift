import Foundation
import PolicyOptimization
import Testing

@Suite struct ClippedObjectiveTests {
  private static let batch = VanillaBatch(
    old: [[-1, -2, -0.5, -3], [-0.7, -1.2, -2.2, -0.1]],
    new: [[-0.5, -2.1, -0.4, -30], [-0.9, -0.2, -0.9, -0.1]],
    advantages: [[1, 1, 1, 1], [-0.5, -0.5, -0.5, -0.5]], lengths: [4, 3])

  @Test(
    arguments: [
      "token-mean", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm", "token-sum",
      "weighted",
    ])
  func `losses, gradients and metrics are verl's`(name: String) throws {
    var batch = Self.batch
    if name == "weighted" { batch.weights = [[1, 0.5, 2, 1], [1, 1, 0, 1]] }
    let mode = try LossAggregation(name: name == "weighted" ? "token-mean" : name, maximumResponseLength: 4)
    let result = batch.evaluate(ClippedObjective(), mode)
    let golden = try Fixture.goldens()["vanilla"][name]
    expectClose([result.loss], [try #require(golden["loss"].number)])
    expectClose(result.gradient.flatMap { $0 }, golden["grad"].list.flatMap(\.numbers))
    expectClose(
      [
        result.sums.clipFraction ?? -1, result.sums.dualClipFraction ?? -1,
        result.sums.meanKLToDenominator ?? -1,
      ],
      ["actor/pg_clipfrac", "actor/pg_clipfrac_lower", "actor/ppo_kl"].compactMap {
        golden["metrics"][$0].number
      })
  }

  @Test(arguments: ["3.0", "10.0"])
  func `the dual clip caps negative advantages as verl's`(c: String) throws {
    let new = [2.9, 3.1, 0.5].map { Float(log($0)) } + [25]
    let batch = VanillaBatch(
      old: [[0, 0, 0, 0]], new: [new], advantages: [[-1, -1, -1, -1]], lengths: [4])
    let objective = ClippedObjective(
      clipRatioLow: 0.2, clipRatioHigh: 0.2, clipRatioC: try #require(Double(c)))
    let result = batch.evaluate(objective, .tokenMean)
    let golden = try Fixture.goldens()["dualClip"][c]
    expectClose([result.loss], [try #require(golden["loss"].number)])
    expectClose(result.gradient.flatMap { $0 }, golden["grad"].list.flatMap(\.numbers))
    expectClose(
      [
        result.sums.clipFraction ?? -1, result.sums.dualClipFraction ?? -1,
        result.sums.meanKLToDenominator ?? -1,
      ],
      ["actor/pg_clipfrac", "actor/pg_clipfrac_lower", "actor/ppo_kl"].compactMap {
        golden["metrics"][$0].number
      })
  }

  @Test func `on policy the loss is minus the advantage, and so is its derivative, to the bit`() {
    for advantage: Float in [-2.5, -0.1, 0, 0.3, 1.7] {
      let token = ClippedObjective().token(new: -1.234, old: -1.234, advantage: advantage)
      #expect(token.loss == -advantage && token.derivative == -advantage)
      #expect(token.logRatio == 0 && !token.isClipped && !token.isDualClipped)
    }
  }

  @Test(arguments: 0..<200)
  func `the derivative is the slope of the loss`(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let objective = ClippedObjective(
      clipRatioLow: .random(in: 0.05...0.5, using: &random),
      clipRatioHigh: .random(in: 0.05...0.5, using: &random),
      clipRatioC: .random(in: 1.5...4, using: &random))
    let old = Float.random(in: -5 ... -0.1, using: &random)
    let new = old + Float.random(in: -2...2, using: &random)
    let advantage = Float.random(in: -2...2, using: &random)
    let slope = centralSlope(at: new.double) { formula(objective, $0, old.double, advantage.double) }
    guard let slope else { return }  // A kink within the step has no slope to compare with.
    let token = objective.token(new: new, old: old, advantage: advantage)
    expectClose([token.derivative.double], [slope], relative: 1e-5, absolute: 1e-5)
    expectClose([token.loss.double], [formula(objective, new.double, old.double, advantage.double)])
  }

  /// The loss as written in the papers, with the C library's exponential.
  private func formula(_ o: ClippedObjective, _ new: Double, _ old: Double, _ advantage: Double) -> Double {
    let ratio = exp(min(max(new - old, -20), 20))
    let held = min(max(ratio, 1 - o.clipRatioLow), 1 + o.clipRatioHigh)
    let loss = -min(ratio * advantage, held * advantage)
    return advantage < 0 ? min(loss, -advantage * o.clipRatioC) : loss
  }

  @Test(
    arguments: [
      (-21, -0.5, -1),  // log-ratio below -20
      (0.5, -21, 1),  // above 20, clipped
      (0.5, -21, -1),  // above 20, capped
      (-.infinity, -1, 1),
    ] as [(Float, Float, Float)])
  func `beyond a log-ratio of 20 nothing flows back and nothing overflows`(
    new: Float, old: Float, advantage: Float
  ) {
    let token = ClippedObjective().token(new: new, old: old, advantage: advantage)
    #expect(token.derivative == 0 && token.loss.isFinite && token.logRatio.magnitude == 20)
  }

  @Test func `at a log-ratio of exactly 20 the gradient still flows, as torch's clamp lets it`() {
    let objective = ClippedObjective(clipRatioLow: 0.2, clipRatioHigh: 1e12, clipRatioC: 1e12)
    let token = objective.token(new: 19, old: -1, advantage: -1)
    #expect(token.derivative == Float(exp(20.0)))
  }

  @Test func `on a tie with the dual clip half of the gradient remains, as torch's minimum gives it`() {
    let objective = ClippedObjective(clipRatioLow: 0.2, clipRatioHigh: 0.2, clipRatioC: exp(1.0))
    let token = objective.token(new: 0, old: -1, advantage: -1)
    #expect(token.derivative == Float(exp(1.0) / 2) || token.isDualClipped)
    let atOne = ClippedObjective(clipRatioC: 1).token(new: -1, old: -1, advantage: -1)
    #expect(atOne.derivative == 0.5 && !atOne.isDualClipped)
  }

  @Test(
    arguments: [(.nan, 0, 1), (0, .nan, 1), (0, 0, .nan), (-.infinity, -.infinity, 1)]
      as [(Float, Float, Float)])
  func `a NaN reaches loss and derivative`(new: Float, old: Float, advantage: Float) {
    let token = ClippedObjective().token(new: new, old: old, advantage: advantage)
    #expect(token.loss.isNaN && token.derivative.isNaN)
  }
}

/// The slope of `f` at `x` by central differences; nil where two step sizes disagree, at a kink.
func centralSlope(at x: Double, _ f: (Double) -> Double) -> Double? {
  func slope(_ h: Double) -> Double { (f(x + h) - f(x - h)) / (2 * h) }
  let (fine, coarse) = (slope(1e-6), slope(3e-4))
  return (fine - coarse).magnitude <= 1e-3 * (1 + fine.magnitude) ? fine : nil
}
