/// KL-Cov: the unclipped surrogate, with a penalty on the tokens that would change the entropy most.
///
/// ```
/// d   = new - old                                 r = exp(d)
/// l   = -A · r,  and for selected tokens + c |d|  dl/d new = -A · r, + c · sign d (0 at 0)
/// cov = (A - mean A) (new - mean new)             means over the counted tokens of the mini-batch
/// ```
///
/// The `max(⌊ratio · tokens⌋, 1)` tokens of largest cov are selected, of equal ones the first by response and
/// token. Nothing counts as clipped; the log-ratio of the term is -|d|, as verl's metric is the mean of |d|.
///
/// Source: Cui et al. 2025, "The Entropy Mechanism of Reinforcement Learning", section 4.3, arXiv:2505.22617;
/// verl's `compute_policy_loss_kl_cov`.
public struct CovariancePenalty: Sendable, Equatable {
  /// The share of the mini-batch's tokens to penalise.
  ///
  /// Key `actor_rollout_ref.actor.policy_loss.kl_cov_ratio`, default 0.0002, range above 0 to 1; verl.
  public var ratio: Double

  /// The weight of the penalty, per nat.
  ///
  /// Key `actor_rollout_ref.actor.policy_loss.ppo_kl_coef`, default 0.1, range 0 and above; verl's file.
  public var coefficient: Double

  /// Creates an objective.
  public init(ratio: Double = 0.0002, coefficient: Double = 0.1) {
    self.ratio = ratio
    self.coefficient = coefficient
  }

  func term(new: Double, old: Double, advantage: Double, isSelected: Bool) -> PolicyTerm {
    let logRatio = new - old
    let surrogate = -advantage * exponential(logRatio)
    let sign: Double = logRatio > 0 ? 1 : logRatio < 0 ? -1 : logRatio
    let penalty = isSelected ? coefficient : 0
    return PolicyTerm(
      loss: isSelected ? surrogate + penalty * logRatio.magnitude : surrogate,
      derivative: isSelected ? surrogate + penalty * sign : surrogate, logRatio: -logRatio.magnitude)
  }

  /// The tokens to penalise.
  func selection(of miniBatch: [LossResponse]) -> [MiniBatchToken] {
    let tokens = MiniBatchCovariance(of: miniBatch, epsilon: 0).tokens
    let count = min(max(Int(ratio * Double(tokens.count)), 1), tokens.count)
    // Swift's sort is stable, so that equal ones stay in order.
    return tokens.sorted { $0.covariance > $1.covariance }.prefix(count).map(\.place)
  }
}
