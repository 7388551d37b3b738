import PolicyOptimization

/// A mini-batch as learners train it: token by token, the normaliser once at the end.
struct LossBatch {
  var responses: [LossResponse]

  /// The batch of the golden cases.
  static let golden = LossBatch(
    responses: [
      LossResponse(new: [-0.5, -2.1, -0.4, -30], old: [-1, -2, -0.5, -3], advantages: [1, 1, 1, 1]),
      LossResponse(
        new: [-0.9, -0.2, -0.9, -0.1], old: [-0.7, -1.2, -2.2, -0.1], advantages: [-0.5, -0.5, -0.5, -0.5],
        isCounted: [true, true, true, false]),
    ])

  func evaluate(
    _ policy: PolicyLoss, _ mode: LossAggregation
  ) -> (loss: Double, gradient: [Double], sums: GroupSums) {
    let lengths = responses.map(\.countedTokens.count)
    let normaliser = mode.normaliser(tokens: lengths.reduce(0, +), sequences: lengths.count { $0 > 0 })
    let flags = policy.selection(of: responses) { _ in 0 }
    var sums = GroupSums()
    var gradient: [Double] = []
    for (var response, flags) in zip(responses, flags) {
      response.isSelected = flags
      let (counted, terms) = (response.countedTokens, policy.terms(of: response))
      let weight = mode.tokenWeight(length: counted.count)
      for (index, term) in terms.enumerated() {
        gradient.append(weight * term.derivative / normaliser)
        guard counted.contains(index) else { continue }
        let token = TokenLoss(policy: policy).token(
          term: term, new: response.new[index], reference: .nan, entropy: 0)
        sums.add(token, weight: weight)
      }
    }
    return (sums.loss / normaliser, gradient, sums)
  }
}

/// A response of random numbers, for tests that hold for any.
func randomResponse(
  length: Int, spread: Float = 1.5, hasMask: Bool = true, hasWeights: Bool = true,
  using random: inout SeededNumbers
) -> LossResponse {
  let old = (0..<length).map { _ in Float.random(in: -4 ... -0.2, using: &random) }
  return LossResponse(
    new: old.map { min($0 + .random(in: -spread...spread, using: &random), -0.01) }, old: old,
    advantages: (0..<length).map { _ in Float.random(in: -2...2, using: &random) },
    isCounted: hasMask ? (0..<length).map { _ in .random(in: 0..<4, using: &random) > 0 } : nil,
    weights: hasWeights ? (0..<length).map { _ in Float.random(in: 0...2, using: &random) } : nil,
    isSelected: (0..<length).map { _ in .random(using: &random) })
}

/// Every loss, with bounds that random responses cross on both sides.
let everyLoss: [PolicyLoss] = [
  .vanilla(ClippedObjective(clipRatioC: 1.8)), .vanilla(ClippedObjective(clipRatioC: .infinity, delta: 1.9)),
  .gspo(SequenceObjective()), .sapo(SoftGateObjective()), .gpg, .cispo(ClippedWeightObjective()),
  .cispo(ClippedWeightObjective(maximumRatio: 1.5)), .clipCov(CovarianceClip(ratio: 0.3, lowerBound: 0)),
  .klCov(CovariancePenalty(ratio: 0.3)), .geoMean(GeometricMeanObjective()),
  .dppo(DivergenceMaskObjective(.totalVariation, low: 0.1, high: 0.1, maximumRatio: 1.5)),
  .dppo(DivergenceMaskObjective(.binaryKL, low: 0.05, high: 0.05, maximumRatio: 1.5)),
  .dro(QuadraticObjective(beta: 0.5)),
]
