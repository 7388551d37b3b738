// Scores, rewards and advantages. Source: verl, which keeps them under `critic` though there is none.

extension MetricName {
  /// `critic/score/mean`.
  public static let criticScoreMean = MetricName(
    "critic/score/mean", .one, "Mean score of a response as its verifier gives it.")

  /// `critic/score/max`.
  public static let criticScoreMax = MetricName(
    "critic/score/max", .one, "Largest score of a response as its verifier gives it.")

  /// `critic/score/min`.
  public static let criticScoreMin = MetricName(
    "critic/score/min", .one, "Smallest score of a response as its verifier gives it.")

  /// `critic/rewards/mean`.
  public static let criticRewardsMean = MetricName(
    "critic/rewards/mean", .one, "Mean reward of a response, after penalties.")

  /// `critic/rewards/max`.
  public static let criticRewardsMax = MetricName(
    "critic/rewards/max", .one, "Largest reward of a response, after penalties.")

  /// `critic/rewards/min`.
  public static let criticRewardsMin = MetricName(
    "critic/rewards/min", .one, "Smallest reward of a response, after penalties.")

  /// `critic/advantages/mean`.
  public static let criticAdvantagesMean = MetricName(
    "critic/advantages/mean", .one, "Mean advantage of a response token.")

  /// `critic/advantages/max`.
  public static let criticAdvantagesMax = MetricName(
    "critic/advantages/max", .one, "Largest advantage of a response token.")

  /// `critic/advantages/min`.
  public static let criticAdvantagesMin = MetricName(
    "critic/advantages/min", .one, "Smallest advantage of a response token.")

  static let rewards = [
    criticScoreMean, criticScoreMax, criticScoreMin, criticRewardsMean, criticRewardsMax,
    criticRewardsMin, criticAdvantagesMean, criticAdvantagesMax, criticAdvantagesMin,
  ]
}
