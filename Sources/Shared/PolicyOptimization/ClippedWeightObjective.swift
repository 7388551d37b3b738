/// CISPO: the plain policy gradient times a ratio that is held within bounds and a constant to the gradient.
///
/// ```
/// r = exp(clamp(new - old, -20, 20))      w = clamp(r, minimum, maximum)
/// l = -w · A · new                        dl/d new = -w · A
/// ```
///
/// So every token keeps a gradient; a token counts as clipped where w ≠ r. verl's bounds stand around 1, at
/// 1 - clip_ratio_low and 1 + clip_ratio_high; TRL has the upper one alone, and `epsilon_high` is the bound
/// itself, not its distance from 1.
///
/// Source: MiniMax 2025, "MiniMax-M1", section 3.1, arXiv:2506.13585; verl's `compute_policy_loss_cispo`.
public struct ClippedWeightObjective: Sendable, Equatable {
  /// The smallest weight.
  public var minimumRatio: Double

  /// The largest weight.
  public var maximumRatio: Double

  /// An objective with verl's bounds around 1.
  public init(clipRatioLow: Double = 0.2, clipRatioHigh: Double = 0.28) {
    minimumRatio = 1 - clipRatioLow
    maximumRatio = 1 + clipRatioHigh
  }

  /// An objective with TRL's one bound, `epsilon_high` itself.
  public init(maximumRatio: Double) {
    minimumRatio = 0
    self.maximumRatio = maximumRatio
  }

  func term(new: Double, old: Double, advantage: Double) -> PolicyTerm {
    let logRatio = clamped(new - old, bound: logRatioBound)
    let ratio = exponential(logRatio.value)
    let weight = ratio > maximumRatio ? maximumRatio : ratio < minimumRatio ? minimumRatio : ratio
    return PolicyTerm(
      loss: -weight * advantage * new, derivative: -weight * advantage, logRatio: logRatio.value,
      isClipped: weight != ratio)
  }
}
