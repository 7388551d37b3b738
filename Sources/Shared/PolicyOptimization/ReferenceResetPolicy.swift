/// Decides when the reference policy becomes a copy of the policy in training.
///
/// After the update of a step, and its validation if it has one, ask `decision` once; on `.reset`, copy the
/// weights bit for bit, restart the optimizer if `optimizer` says so, call `KLController.reset()`, and then
/// `performed(step:)`. The next batch's KL is then 0 before its update. Log-probabilities of the old
/// reference must not outlive the reset, so it never falls between the sampling and the update of one
/// batch. Neither the learning rate nor the entropy's history is touched.
///
/// | trigger | due when |
/// |---|---|
/// | request | the operator asks; regardless of the guards below |
/// | interval | so many steps have passed |
/// | threshold | the KL is above a number |
/// | spike | the KL is above a multiple of its recent median |
/// | degradation | the best of the recent scores is below a share of the best one |
/// | plateau | no score was better than the best one for too long |
///
/// Guards: so many steps between two resets, and so many resets at most. After a reset the histories of KL
/// and scores begin again, with the last score as the best one; otherwise one bad stretch would trigger
/// resets for ever.
///
/// Source: Liu et al. 2025, "ProRL", section 2.3.1, arXiv:2505.24864; Hu et al. 2025, "ProRL v2"; interval,
/// threshold and degradation are those of ProRL's recipe for verl, `algorithm.reference_reset`.
public struct ReferenceResetPolicy: Sendable, Equatable {
  /// What to do after a step.
  public enum Decision: Sendable, Equatable {
    /// Keep the reference.
    case none
    /// Reset it.
    case reset(Reason)
  }

  /// When to reset.
  public let options: Options

  /// What a checkpoint keeps; it changes with every decision, not with resets alone.
  public private(set) var state: State

  /// Creates a policy at a run's beginning, or where a checkpoint left it.
  public init(options: Options = Options(), state: State = State()) {
    self.options = options
    self.state = state
  }

  /// What to do after `step`, the first step being 1; takes note of the step's numbers.
  ///
  /// - Parameters:
  ///   - step: The step whose update is done.
  ///   - kl: Mean KL to the reference over that step's tokens, in nats; nil or NaN when none was measured.
  ///   - validation: The score of the validation after that step, larger is better; nil without one.
  ///   - isRequested: Whether the operator asks for a reset.
  /// - Returns: The first trigger of the table that applies.
  public mutating func decision(
    step: Int, kl: Double?, validation: Double? = nil, isRequested: Bool = false
  ) -> Decision {
    let spike = spike(kl)
    record(kl: kl)
    record(validation: validation)
    guard stepsSinceReset(at: step) >= 1 else { return .none }
    if isRequested { return .reset(.request) }
    guard isAllowed(at: step) else { return .none }
    let reason =
      interval(step) ?? divergence(kl) ?? spike
      ?? (validation == nil ? nil : degradation ?? plateau)
    return reason.map { .reset($0) } ?? .none
  }

  /// Takes note of a reset after `step`.
  public mutating func performed(step: Int) {
    state.resetCount += 1
    state.lastResetStep = step
    state.klHistory = []
    state.best = state.scores.last ?? state.best
    state.plateauBest = state.best
    state.scores = []
    state.validationsWithoutImprovement = 0
    state.degradedValidations = 0
  }

  /// How many steps have been trained against the present reference, `step` included.
  public func stepsSinceReset(at step: Int) -> Int { step - state.lastResetStep }

  private func isAllowed(at step: Int) -> Bool {
    stepsSinceReset(at: step) >= options.minimumStepsBetween
      && options.maximumResets.map { state.resetCount < $0 } ?? true
  }

  // MARK: Triggers

  private func interval(_ step: Int) -> Reason? {
    let steps = stepsSinceReset(at: step)
    return options.interval.flatMap { steps >= $0 ? .interval(stepsSinceReset: steps) : nil }
  }

  private func divergence(_ kl: Double?) -> Reason? {
    guard let threshold = options.klThreshold, let kl, kl > threshold else { return nil }
    return .divergence(kl: kl, threshold: threshold)
  }

  /// Compares with the values before this one.
  private func spike(_ kl: Double?) -> Reason? {
    guard let spike = options.klSpike, let kl, state.klHistory.count >= spike.minimumValues,
      let median = median(state.klHistory), kl > spike.factor * median
    else { return nil }
    return .spike(kl: kl, median: median, factor: spike.factor)
  }

  private var degradation: Reason? {
    guard let degradation = options.degradation, state.degradedValidations >= degradation.patience,
      let best = state.best, let recent = state.scores.suffix(degradation.window).max()
    else { return nil }
    return .degradation(recent: recent, best: best)
  }

  private var plateau: Reason? {
    guard let plateau = options.plateau, state.validationsWithoutImprovement >= plateau.patience,
      let best = state.plateauBest
    else { return nil }
    return .plateau(validations: state.validationsWithoutImprovement, best: best)
  }

  // MARK: Histories

  private mutating func record(kl: Double?) {
    guard let spike = options.klSpike, let kl, kl.isFinite else { return }
    state.klHistory = (state.klHistory + [kl]).suffix(max(spike.window, 1))
  }

  private mutating func record(validation: Double?) {
    guard let score = validation, score.isFinite else { return }
    state.scores = (state.scores + [score]).suffix(max(options.degradation?.window ?? 1, 1))
    state.best = max(state.best ?? score, score)
    state.degradedValidations = isDegraded ? state.degradedValidations + 1 : 0
    let improves = state.plateauBest.map { score > $0 + (options.plateau?.minimumDelta ?? 0) } ?? true
    state.validationsWithoutImprovement = improves ? 0 : state.validationsWithoutImprovement + 1
    if improves { state.plateauBest = score }
  }

  /// Below `tolerance` times the best, or, for a negative best, as far below it.
  private var isDegraded: Bool {
    guard let degradation = options.degradation, state.scores.count >= degradation.window,
      let best = state.best, let recent = state.scores.max()
    else { return false }
    return best > 0 ? recent < degradation.tolerance * best : recent < (2 - degradation.tolerance) * best
  }
}

/// The middle value, or the mean of the two in the middle; nil of none.
private func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
