/// SAPO: a soft gate on the ratio in place of a clip.
///
/// ```
/// r = exp(clamp(new - old, -20, 20))      τ = tau_pos for A > 0, tau_neg otherwise
/// l = -A · σ(τ (r - 1)) · 4 / τ
/// dl/d new = -A · 4 σ (1 - σ) · r         0 beyond ±20
/// ```
///
/// At r = 1 the slope of the gate is 1, that of the plain ratio. Nothing counts as clipped.
///
/// Source: Gao et al. 2025, "Soft Adaptive Policy Optimization", arXiv:2511.20347; verl's
/// `compute_policy_loss_sapo`, TRL's `get_sapo_token_loss`.
public struct SoftGateObjective: Sendable, Equatable {
  /// The steepness of the gate for positive advantages.
  ///
  /// Key `actor_rollout_ref.actor.tau_pos`, default 1, range above 0; verl, and TRL's `sapo_temperature_pos`.
  public var tauPositive: Double

  /// The steepness of the gate for the others; larger, so that they fade sooner.
  ///
  /// Key `actor_rollout_ref.actor.tau_neg`, default 1.05, range above 0; verl, and TRL's
  /// `sapo_temperature_neg`.
  public var tauNegative: Double

  /// Creates an objective.
  public init(tauPositive: Double = 1, tauNegative: Double = 1.05) {
    self.tauPositive = tauPositive
    self.tauNegative = tauNegative
  }

  func term(new: Double, old: Double, advantage: Double) -> PolicyTerm {
    let logRatio = clamped(new - old, bound: logRatioBound)
    let ratio = ratio(of: logRatio)
    let tau = advantage > 0 ? tauPositive : tauNegative
    let gate = 1 / (1 + exponential(-tau * (ratio.value - 1)))
    return PolicyTerm(
      loss: -advantage * gate * (4 / tau), derivative: -advantage * 4 * gate * (1 - gate) * ratio.derivative,
      logRatio: logRatio.value)
  }
}
