// The policy's update. Source: verl.

extension MetricName {
  /// `actor/pg_loss`.
  public static let actorPGLoss = MetricName(
    "actor/pg_loss", .one, "Clipped policy gradient loss, without the divergence term.")

  /// `actor/kl_loss`.
  public static let actorKLLoss = MetricName(
    "actor/kl_loss", .natsPerToken,
    "Divergence from the reference policy as the loss contains it, before its weight; absent without "
      + "`use_kl_loss`.")

  /// `actor/kl_coef`.
  public static let actorKLCoef = MetricName(
    "actor/kl_coef", .one, "Weight of `actor/kl_loss` in the loss; absent without `use_kl_loss`.")

  /// `actor/entropy`.
  public static let actorEntropy = MetricName(
    "actor/entropy", .natsPerToken,
    "Entropy of the policy, mean over the response tokens of the update; absent where none is in the loss.")

  /// `actor/pg_clipfrac`.
  public static let actorPGClipfrac = MetricName(
    "actor/pg_clipfrac", .one, "Share of response tokens whose ratio was clipped, from above or below.")

  /// `actor/pg_clipfrac_lower`.
  public static let actorPGClipfracLower = MetricName(
    "actor/pg_clipfrac_lower", .one,
    "Share of response tokens that the lower bound for negative advantages (dual clip) held.")

  /// `actor/ppo_kl`.
  public static let actorPPOKL = MetricName(
    "actor/ppo_kl", .natsPerToken,
    "Divergence of the policy from the one that its ratio is to, mean of that one's less its own "
      + "log-probability: from the old policy, or from the reference with `ratio_denominator: reference`.")

  /// `actor/grad_norm`.
  public static let actorGradNorm = MetricName(
    "actor/grad_norm", .one, "Euclidean norm of the gradient before clipping, mean over the step's updates.")

  /// `actor/lr`.
  public static let actorLr = MetricName("actor/lr", .one, "Learning rate of the last update.")

  /// `actor/loss`.
  public static let actorLoss = MetricName(
    "actor/loss", .one, "The whole loss: policy gradient, divergence and entropy terms with their weights.")

  /// `actor/skipped_steps`.
  public static let actorSkippedSteps = MetricName(
    "actor/skipped_steps", .count,
    "Steps in a row, this one included, that trained nothing for want of informative groups.")

  /// `actor/entropy_coeff`.
  public static let actorEntropyCoeff = MetricName(
    "actor/entropy_coeff", .one, "Weight of the entropy bonus in the loss.")

  /// `actor/reward_kl_penalty`.
  public static let actorRewardKLPenalty = MetricName(
    "actor/reward_kl_penalty", .natsPerToken,
    "Divergence from the reference policy that rewards are reduced by, mean over responses of their means.")

  /// `actor/reward_kl_penalty_coeff`.
  public static let actorRewardKLPenaltyCoeff = MetricName(
    "actor/reward_kl_penalty_coeff", .one, "Weight of that divergence in the reward.")

  /// `actor/skipped_updates`.
  public static let actorSkippedUpdates = MetricName(
    "actor/skipped_updates", .count,
    "Updates since the run began that were skipped for a gradient that was not finite or too large.")

  static let actor = [
    actorPGLoss, actorKLLoss, actorKLCoef, actorEntropy, actorPGClipfrac, actorPGClipfracLower,
    actorPPOKL, actorGradNorm, actorLr, actorLoss, actorEntropyCoeff, actorRewardKLPenalty,
    actorRewardKLPenaltyCoeff, actorSkippedSteps, actorSkippedUpdates,
  ]
}
