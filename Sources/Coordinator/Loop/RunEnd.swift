import MessagePassing

/// How the loop of a run ended.
public enum RunEnd: Sendable, Equatable {
  /// All steps are trained.
  case finished
  /// It was asked to stop, and goes on when it is started again.
  case stopped
}

/// Whether a run has to stop before its last step.
struct StopWatch {
  /// How long the run may take from its start, in seconds; nil for as long as it needs.
  let limit: Double?

  private let start = ContinuousClock.now
  private var longestStep = 0.0

  init(limit: Double?) { self.limit = limit }

  /// Why the run stops after a step that took `stepSeconds`, save included; nil where it does not.
  ///
  /// It does not begin a step that, if it takes as long as the longest so far, would end too late.
  mutating func reasonToStop(stepSeconds: Double) -> String? {
    longestStep = max(longestStep, stepSeconds)
    if OperatorSignal.stop.take() { return "SIGUSR1 asked for it" }
    guard let limit else { return nil }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    guard elapsed + longestStep > limit else { return nil }
    return "another step could end after `trainer.max_time`"
  }
}
