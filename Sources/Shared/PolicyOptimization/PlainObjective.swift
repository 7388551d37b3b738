/// GPG: the plain policy gradient, without a ratio.
///
/// ```
/// l = -A · new        dl/d new = -A
/// ```
///
/// With importance weights it is REINFORCE under rollout correction. The old log-probability serves the
/// metric alone.
///
/// Source: Chu et al. 2025, "GPG", arXiv:2504.02546; verl's `compute_policy_loss_gpg`.
enum PlainObjective {
  static func term(new: Double, old: Double, advantage: Double) -> PolicyTerm {
    PolicyTerm(
      loss: -advantage * new, derivative: new.isNaN ? new : -advantage,
      logRatio: clamped(new - old, bound: logRatioBound).value)
  }
}
