import Experience
import Kernels
import Messages
import PolicyOptimization

/// The loss of one group as its tokens come by: what to send backwards, and what to report.
struct GroupLoss {
  private let samples: [TrainingGroup.Sample]
  /// The samples' numbers in the group.
  private let numbers: [Int]
  private let denominator: RatioDenominator
  private let reference: [[Float]]?
  /// The loss of each response's tokens; they differ in coefficients where the parts add up differently.
  private let losses: [TokenLoss]
  private let weights: [Double]
  /// Those of KL and entropy, over what the policy's part is divided by in the end.
  private let otherWeights: [Double]
  /// The policy's part, token by token, of losses that look at whole responses.
  private var terms: [[PolicyTerm]]?
  private var sums = GroupSums()
  private var difference = (largest: 0.0, sum: 0.0)
  private var trouble = ""

  /// - Parameters:
  ///   - plan: The stage's loss.
  ///   - settings: The coefficients.
  ///   - numbered: The responses with their numbers in the group.
  ///   - reference: Log-probabilities under the reference, where the loss looks at them.
  init(
    _ plan: LossPlan, _ settings: LossSettings, numbered: [(offset: Int, element: TrainingGroup.Sample)],
    reference: [[Float]]?
  ) {
    let samples = numbered.map(\.element)
    self.samples = samples
    numbers = numbered.map(\.offset)
    self.reference = reference
    denominator = plan.denominator
    weights = samples.map { plan.policyAggregation.tokenWeight(length: $0.countedTokens) }
    otherWeights =
      plan.mixesAggregations
      ? samples.map { settings.normalizerRatio * plan.aggregation.tokenWeight(length: $0.countedTokens) }
      : weights
    losses = zip(weights, otherWeights).map { weight, other in
      let share = other / weight
      var loss = plan.loss
      loss.klPenalty?.coefficient = settings.klCoefficient * share
      loss.entropyCoefficient = settings.entropyCoefficient * share
      return loss
    }
    sums.sequences = samples.count
  }

  /// Computes the policy's part of all tokens from their log-probabilities under the policy in training.
  mutating func takeTerms(new: [[Float]]) {
    terms = samples.indices.map { i in
      let sample = samples[i]
      return losses[i].policy.terms(
        of: LossResponse(
          new: new[i], old: sample.tokens.indices.map { denominators(i)[$0] },
          advantages: sample.tokens.indices.map(sample.advantage(of:)),
          isCounted: sample.isCounted.isEmpty ? nil : sample.isCounted,
          weights: sample.importanceWeights.isEmpty ? nil : sample.importanceWeights,
          isSelected: sample.isSelected.isEmpty ? nil : sample.isSelected))
    }
  }

  /// What a response's ratios are taken to.
  private func denominators(_ i: Int) -> [Float] {
    if denominator == .reference, let reference { return reference[i] }
    return samples[i].oldLogProbabilities
  }

  /// Takes note of a token and says what to send backwards.
  mutating func derivative(of scored: ScoredToken) -> TokenDerivative {
    let sample = samples[scored.branch]
    guard sample.counts(scored.index) else { return TokenDerivative(logProbability: 0) }
    let old = sample.oldLogProbabilities[scored.index]
    let distance = probabilityDistance(old, scored.logProbability)
    difference = (max(difference.largest, distance), difference.sum + distance)
    let token = token(scored, of: sample)
    let weight = weights[scored.branch]
    sums.add(token, weight: weight, otherWeight: otherWeights[scored.branch])
    if !token.derivative.isFinite && trouble.isEmpty {
      trouble =
        "response \(numbers[scored.branch]), token \(scored.index): log-probability \(scored.logProbability), "
        + "at sampling \(old), advantage \(sample.advantage(of: scored.index))"
    }
    return TokenDerivative(
      logProbability: token.derivative * Float(weight), entropy: token.entropyDerivative * Float(weight))
  }

  private func token(_ scored: ScoredToken, of sample: TrainingGroup.Sample) -> TokenLoss.Token {
    let (branch, index, new) = (scored.branch, scored.index, scored.logProbability)
    let (loss, old) = (losses[branch], denominators(branch)[index])
    let term =
      terms?[branch][index]
      ?? loss.policy.term(
        new: new, old: old, advantage: sample.advantage(of: index),
        weight: sample.importanceWeights.isEmpty ? 1 : sample.importanceWeights[index],
        isSelected: !sample.isSelected.isEmpty && sample.isSelected[index])
    return loss.token(
      term: term, new: new, old: old, reference: reference?[branch][index] ?? new, entropy: scored.entropy)
  }

  /// What the coordinator is told; the gradient's magnitude is not known here.
  func report(ordinal: Int) -> GroupReport {
    GroupReport(
      ordinal: ordinal, sums: sums, largestMagnitude: 0, probabilityDifference: difference, trouble: trouble)
  }
}

/// How far apart two log-probabilities put their token's probability; never zero unless they are the same
/// bits.
private func probabilityDistance(_ a: Float, _ b: Float) -> Double {
  if a == b { return 0 }
  let distance = abs(Double(exponential(a)) - Double(exponential(b)))
  return max(distance, .leastNormalMagnitude)
}
