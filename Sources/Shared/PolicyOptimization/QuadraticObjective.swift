/// DRO: the plain policy gradient with a quadratic pull towards the policy that sampled.
///
/// ```
/// l = -A · new + ½ β (new - old)²         dl/d new = -A + β (new - old)
/// ```
///
/// No ratio, nothing held, nothing counts as clipped.
///
/// Source: Richemond et al. 2024, "Offline Regularised Reinforcement Learning", arXiv:2405.19107; verl's
/// `compute_policy_loss_dro`.
public struct QuadraticObjective: Sendable, Equatable {
  /// The strength of the pull.
  ///
  /// Key `actor_rollout_ref.actor.policy_loss.dro_beta`, no default, range above 0; verl.
  public var beta: Double

  /// Creates an objective.
  public init(beta: Double) { self.beta = beta }

  func term(new: Double, old: Double, advantage: Double) -> PolicyTerm {
    let logRatio = new - old
    return PolicyTerm(
      loss: -(new * advantage - 0.5 * beta * logRatio * logRatio),
      derivative: -(advantage - beta * logRatio), logRatio: logRatio)
  }
}
