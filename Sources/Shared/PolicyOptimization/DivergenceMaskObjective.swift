/// DPPO: the plain policy gradient times a truncated ratio, for the tokens inside a trust region.
///
/// ```
/// r = exp(clamp(new - old, -20, 20))      w = min(r, c), a constant to the gradient
/// l = -w · A · new · valid                dl/d new = -w · A · valid
/// ```
///
/// With p = e^new and q = e^old, the probabilities of the sampled token, and the bound `high` where A > 0 and
/// `low` otherwise, a token is valid
///
/// | divergence | where |
/// |---|---|
/// | total variation | A > 0: p - q ≤ high; otherwise p - q ≥ -low |
/// | binary KL | q (old - new) + (1 - q) log((1 - q + 1e-8) / (1 - p + 1e-8)) ≤ bound, or p moves back |
///
/// A token counts as clipped where it is not valid, and as dual-clipped where it is and r > c.
///
/// Source: arXiv:2602.04879; verl's `compute_policy_loss_dppo_tv` and `compute_policy_loss_dppo_kl`.
public struct DivergenceMaskObjective: Sendable, Equatable {
  /// How far the policy has moved at a token.
  public enum Divergence: Sendable, Equatable {
    /// The difference of the sampled token's probabilities.
    case totalVariation
    /// The KL divergence between drawing the sampled token and any other.
    case binaryKL
  }

  /// The measure.
  public var divergence: Divergence

  /// The bound for tokens of negative or no advantage; key `clip_ratio_low`, a divergence here.
  public var low: Double

  /// The bound for tokens of positive advantage; key `clip_ratio_high`, a divergence here.
  public var high: Double

  /// The largest ratio; key `clip_ratio_c`, default 3 in verl's file, the paper suggests 20.
  public var maximumRatio: Double

  /// Creates an objective.
  public init(_ divergence: Divergence, low: Double = 0.2, high: Double = 0.28, maximumRatio: Double = 3) {
    self.divergence = divergence
    self.low = low
    self.high = high
    self.maximumRatio = maximumRatio
  }

  func term(new: Double, old: Double, advantage: Double) -> PolicyTerm {
    let logRatio = clamped(new - old, bound: logRatioBound)
    let ratio = exponential(logRatio.value)
    let isValid = isValid(new: new, old: old, advantage: advantage)
    let weight = (ratio > maximumRatio ? maximumRatio : ratio) * (isValid ? 1 : 0)
    return PolicyTerm(
      loss: -weight * advantage * new, derivative: -weight * advantage, logRatio: logRatio.value,
      isClipped: !isValid, isDualClipped: isValid && ratio > maximumRatio)
  }

  private func isValid(new: Double, old: Double, advantage: Double) -> Bool {
    let (p, q) = (exponential(new), exponential(old))
    switch divergence {
    case .totalVariation:
      return advantage > 0 ? p - q <= high : p - q >= -low
    case .binaryKL:
      let others = (1 - q) * logarithm((1 - q + 1e-8) / (1 - p + 1e-8))
      let moved = q * (old - new) + others
      return advantage > 0 ? moved <= high || p <= q : moved <= low || p >= q
    }
  }
}
