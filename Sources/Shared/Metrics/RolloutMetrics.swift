// What sampling did in the step.

extension MetricName {
  /// `rollout/nonfinite_logits`.
  public static let rolloutNonfiniteLogits = MetricName(
    "rollout/nonfinite_logits", .count, "Logits that were NaN or infinite; they were masked.")

  /// `rollout/tokens`.
  public static let rolloutTokens = MetricName(
    "rollout/tokens", .tokens, "Response tokens sampled, including those of dropped groups.")

  /// `rollout/groups`.
  public static let rolloutGroups = MetricName("rollout/groups", .groups, "Groups sampled.")

  /// `rollout/dropped_groups`.
  public static let rolloutDroppedGroups = MetricName(
    "rollout/dropped_groups", .groups,
    "Groups not trained on because their responses were all rewarded alike.")

  /// `rollout/finish_stop`.
  public static let rolloutFinishStop = MetricName(
    "rollout/finish_stop", .responses, "Responses that ended with an end token or a stop string.")

  /// `rollout/finish_length`.
  public static let rolloutFinishLength = MetricName(
    "rollout/finish_length", .responses, "Responses that were cut at the greatest length.")

  static let rollout = [
    rolloutNonfiniteLogits, rolloutTokens, rolloutGroups, rolloutDroppedGroups, rolloutFinishStop,
    rolloutFinishLength,
  ]
}
