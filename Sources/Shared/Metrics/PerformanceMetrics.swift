// Throughput. Source: verl; `perf/tokens_per_second` is ours.

extension MetricName {
  /// `perf/total_num_tokens`.
  public static let perfTotalNumTokens = MetricName(
    "perf/total_num_tokens", .tokens,
    "Prompt and response tokens of the groups looked at, a prompt once per group.")

  /// `perf/time_per_step`.
  public static let perfTimePerStep = MetricName(
    "perf/time_per_step", .seconds, "The whole step, as `timing_s/step`.")

  /// `perf/throughput`.
  public static let perfThroughput = MetricName(
    "perf/throughput", .tokensPerSecond, "`perf/total_num_tokens` per second and worker.")

  /// `perf/tokens_per_second`.
  public static let perfTokensPerSecond = MetricName(
    "perf/tokens_per_second", .tokensPerSecond,
    "`rollout/tokens` per second of the step, all ranks together.")

  static let performance = [
    perfTotalNumTokens, perfTimePerStep, perfThroughput, perfTokensPerSecond,
  ]
}
