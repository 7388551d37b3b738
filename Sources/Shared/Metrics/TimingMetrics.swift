// Where the time of a step goes. Source: verl; `timing_s/weights` is ours.

extension MetricName {
  /// `timing_s/step`.
  public static let timingStep = MetricName("timing_s/step", .seconds, "The whole step.")

  /// `timing_s/gen`.
  public static let timingGen = MetricName("timing_s/gen", .seconds, "Sampling, scoring included.")

  /// `timing_s/update_actor`.
  public static let timingUpdateActor = MetricName(
    "timing_s/update_actor", .seconds, "Training on the samples of the step.")

  /// `timing_s/testing`.
  public static let timingTesting = MetricName("timing_s/testing", .seconds, "Validation.")

  /// `timing_s/save_checkpoint`.
  public static let timingSaveCheckpoint = MetricName(
    "timing_s/save_checkpoint", .seconds, "Saving a checkpoint.")

  /// `timing_s/weights`.
  public static let timingWeights = MetricName(
    "timing_s/weights", .seconds, "Sending the new weights to the rollout ranks.")

  /// `timing_s/old_log_prob`.
  public static let timingOldLogProb = MetricName(
    "timing_s/old_log_prob", .seconds,
    "Computing log-probabilities again of what older weights sampled, and correcting for the difference.")

  static let timing = [
    timingStep, timingGen, timingOldLogProb, timingUpdateActor, timingTesting, timingSaveCheckpoint,
    timingWeights,
  ]
}
