// Prolonged training: the reference policy and its reset. Source: ProRL, and the reference document.

extension MetricName {
  /// `prorl/kl_divergence`.
  public static let proRLKLDivergence = MetricName(
    "prorl/kl_divergence", .natsPerToken,
    "Divergence of the policy from the reference policy by `kl_loss_type`, mean over response tokens; "
      + "with a penalty in the reward, that of `actor/reward_kl_penalty`; absent where neither measures it.")

  /// `prorl/kl_coefficient`.
  public static let proRLKLCoefficient = MetricName(
    "prorl/kl_coefficient", .one, "Weight of that divergence in the loss; absent without `use_kl_loss`.")

  /// `prorl/reset_count`.
  public static let proRLResetCount = MetricName(
    "prorl/reset_count", .count,
    "Times the reference policy was reset to the policy, since the start of the run.")

  /// `prorl/steps_since_reset`.
  public static let proRLStepsSinceReset = MetricName(
    "prorl/steps_since_reset", .steps, "Steps since the last reset, or since the start if there was none.")

  /// `prorl/entropy`.
  public static let proRLEntropy = MetricName(
    "prorl/entropy", .natsPerToken,
    "Entropy of the policy over the vocabulary, mean over response tokens; absent where none is in the loss.")

  /// `prorl/entropy_trend`.
  public static let proRLEntropyTrend = MetricName(
    "prorl/entropy_trend", .natsPerToken,
    "Mean entropy of the last ten steps less that of the ten before; 0 in the first twenty steps.")

  /// `prorl/avg_response_length`.
  public static let proRLAvgResponseLength = MetricName(
    "prorl/avg_response_length", .tokens, "Mean length of the responses of the step.")

  static let prolonged = [
    proRLKLDivergence, proRLKLCoefficient, proRLResetCount, proRLStepsSinceReset, proRLEntropy,
    proRLEntropyTrend, proRLAvgResponseLength,
  ]
}
