/// GSPO: one ratio for a response, the geometric mean of its tokens', clipped as PPO clips a token's.
///
/// ```
/// s = exp(min(mean over counted tokens of (new - old), 10))
/// l = max(-A · s, -A · clamp(s, 1 - low, 1 + high))       at each token, with its own advantage
/// dl/d new = -A · s where the free branch carries the loss and the mean is at most 10, otherwise 0
/// ```
///
/// The derivative is GSPO-token's: each token's log-probability moves its own term alone, by the whole ratio.
/// Aggregated as the mean over tokens and then sequences, it is the derivative of the response's own loss
/// wherever the advantage is the same at all its tokens.
///
/// Source: Zheng et al. 2025, "Group Sequence Policy Optimization", sections 4.1 and 4.3, arXiv:2507.18071;
/// verl's `compute_policy_loss_gspo`.
public struct SequenceObjective: Sendable, Equatable {
  /// How far the ratio may fall below 1, as in `ClippedObjective`; GSPO's paper uses 0.0003.
  public var clipRatioLow: Double

  /// How far the ratio may rise above 1, as in `ClippedObjective`; GSPO's paper uses 0.0004.
  public var clipRatioHigh: Double

  /// Creates an objective.
  public init(clipRatioLow: Double = 0.2, clipRatioHigh: Double = 0.28) {
    self.clipRatioLow = clipRatioLow
    self.clipRatioHigh = clipRatioHigh
  }

  func terms(of response: LossResponse) -> [PolicyTerm] {
    let counted = response.countedTokens
    let sum = counted.reduce(0.0) { $0 + response.logRatio(of: $1) }
    let mean = sum / Double(max(counted.count, 1))
    let sequenceRatio = ratio(
      of: mean > 10 ? Slope(value: 10, derivative: 0) : Slope(value: mean, derivative: 1))
    return response.weightedTerms { token in
      let branches = ClippedBranches(
        ratio: sequenceRatio, advantage: Double(response.advantages[token]), low: clipRatioLow,
        high: clipRatioHigh)
      return PolicyTerm(
        loss: branches.larger.value, derivative: branches.larger.derivative,
        logRatio: response.logRatio(of: token), isClipped: branches.isClipped)
    }
  }
}
