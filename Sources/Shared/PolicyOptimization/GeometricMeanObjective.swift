/// GMPO: the geometric mean of a response's ratios, each held on the side that hurts.
///
/// ```
/// d  = new - old                  h = min(sign A · d, sign A · clamp(d, -low, high)) · sign A, 0 for A = 0
/// r  = exp(Σ h / (n + 1e-8))      Ā = Σ A / (n + 1e-8)            over the n counted tokens
/// L  = -Ā · r                     dL/d new = -Ā · r / (n + 1e-8) where h is d, otherwise 0
/// ```
///
/// The bounds hold log-ratios, not ratios. A response's loss is given as one term per token, L at each, and
/// -Ā · r as the derivative where h is d: the mean over tokens and then sequences makes them L and dL/d new.
/// A token counts as clipped where d is outside its bounds and A > 0, as dual-clipped where A < 0.
///
/// Importance weights enter by their geometric mean, exp(Σ log(w + 1e-10) / (n + 1e-8)). A response without a
/// counted token has no part, as in every loss; verl's mean over responses counts it here alone.
///
/// Source: Zhao et al. 2025, "Geometric-Mean Policy Optimization", arXiv:2507.20673; verl's
/// `compute_policy_loss_geo_mean`.
public struct GeometricMeanObjective: Sendable, Equatable {
  /// How far a log-ratio may fall below 0, in nats; key `clip_ratio_low`, GMPO's paper uses 0.4.
  public var low: Double

  /// How far a log-ratio may rise above 0, in nats; key `clip_ratio_high`, GMPO's paper uses 0.4.
  public var high: Double

  /// Creates an objective.
  public init(low: Double = 0.2, high: Double = 0.28) {
    self.low = low
    self.high = high
  }

  func terms(of response: LossResponse) -> [PolicyTerm] {
    let counted = response.countedTokens
    let count = Double(counted.count) + 1e-8
    var (logRatio, advantage, logWeight) = (0.0, 0.0, 0.0)
    for token in counted {
      logRatio += held(response.logRatio(of: token), Double(response.advantages[token])).value
      advantage += Double(response.advantages[token])
      if response.weights != nil { logWeight += logarithm(response.weight(of: token) + 1e-10) }
    }
    let weight = response.weights == nil ? 1 : exponential(logWeight / count)
    let loss = -(advantage / count) * exponential(logRatio / count) * weight
    return response.new.indices.map { token in
      guard response.isCounted?[token] ?? true else { return .uncounted }
      return term(response.logRatio(of: token), Double(response.advantages[token]), loss: loss)
    }
  }

  private func term(_ logRatio: Double, _ advantage: Double, loss: Double) -> PolicyTerm {
    let isOutside = !(-low <= logRatio && logRatio <= high)
    return PolicyTerm(
      loss: loss, derivative: loss * held(logRatio, advantage).derivative, logRatio: logRatio,
      isClipped: isOutside && advantage > 0, isDualClipped: isOutside && advantage < 0)
  }

  /// A token's log-ratio as it enters the mean, and its derivative.
  private func held(_ logRatio: Double, _ advantage: Double) -> Slope {
    let isHeld = advantage > 0 ? logRatio > high : logRatio < -low
    // Of no sign, torch makes both branches zero.
    if advantage == 0, !logRatio.isNaN { return Slope(value: 0, derivative: 0) }
    return isHeld
      ? Slope(value: advantage > 0 ? high : -low, derivative: 0) : Slope(value: logRatio, derivative: 1)
  }
}
