/// The learning rate of each training step.
///
/// ```
/// step < warmup:  peak · step / warmup
/// constant:       peak
/// cosine:         peak · max(minimum, ½ (1 + minimum) + ½ (1 - minimum) · cos(2π · cycles · progress))
/// linear:         peak · (1 - (1 - minimum) · min(progress, 1))
/// progress = (step - warmup) / max(1, total - warmup)
/// ```
///
/// It moves once per training step, whatever the number of mini-batches, and depends on the step alone:
/// there is nothing to save. As in verl, steps count from 0, so that the first step of a warm-up has rate 0,
/// and a cosine that runs past its total rises again; `isZeroIndexed` and `holdsFinalRate` do without either.
///
/// Source: verl's `get_constant_schedule_with_warmup` and `get_cosine_schedule_with_warmup`; linear is the
/// usual one, which verl does not have.
public struct LearningRateSchedule: Sendable, Equatable {
  /// What happens after the warm-up.
  ///
  /// Key `actor_rollout_ref.actor.optim.lr_scheduler_type`, `constant` (default), `cosine` or `linear`; the
  /// minimum is `min_lr_ratio`, default 0, range 0...1, relative to the peak; the cycles are `num_cycles`,
  /// default 0.5.
  public enum Shape: Sendable, Equatable {
    /// The peak for ever, as ProRL trains.
    case constant
    /// Half a cosine wave down, by default.
    case cosine(minimumRatio: Double = 0, cycles: Double = 0.5)
    /// A straight line down, then the minimum.
    case linear(minimumRatio: Double = 0)
  }

  /// The rate after the warm-up.
  ///
  /// Key `actor_rollout_ref.actor.optim.lr`, default 1e-6, range 0...1; verl. ProRL uses 2e-6.
  public var peak: Double

  /// What happens after the warm-up.
  public var shape: Shape

  /// Over how many steps the rate rises from 0.
  ///
  /// Keys `actor_rollout_ref.actor.optim.lr_warmup_steps`, default -1, and `lr_warmup_steps_ratio`, default
  /// 0, range 0...1; see `warmupSteps(_:ratio:totalSteps:)`.
  public var warmupSteps: Int

  /// How many steps the run has.
  ///
  /// `trainer.total_training_steps`, or as many as the epochs give. The constant shape does not look at it.
  public var totalSteps: Int

  /// Whether the first step is step 0, with rate 0 if there is a warm-up, or step 1.
  ///
  /// Key `actor_rollout_ref.actor.optim.zero_indexed_step`, default true; verl.
  public var isZeroIndexed: Bool

  /// Whether the rate stays what it is after the last step, should the run go on.
  ///
  /// Default false, as in verl, where a cosine goes on as a wave; a line stays at its minimum either way.
  public var holdsFinalRate: Bool

  /// Creates a schedule.
  public init(
    peak: Double = 1e-6, shape: Shape = .constant, warmupSteps: Int = 0, totalSteps: Int = 0,
    isZeroIndexed: Bool = true, holdsFinalRate: Bool = false
  ) {
    self.peak = peak
    self.shape = shape
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
    self.isZeroIndexed = isZeroIndexed
    self.holdsFinalRate = holdsFinalRate
  }

  /// How long the warm-up is: `steps` if above 0, else that part of the run, rounded down.
  public static func warmupSteps(_ steps: Int, ratio: Double, totalSteps: Int) -> Int {
    guard steps <= 0 else { return steps }
    return Int(exactly: (min(max(ratio, 0), 1) * Double(totalSteps)).rounded(.down)) ?? 0
  }

  /// The peak for batches of another size, `peak · √(batchSize / reference)`.
  ///
  /// | batch, from 1e-6 at 512 | rate |
  /// |---|---|
  /// | 128 | 5e-7 |
  /// | 2048 | 2e-6 |
  ///
  /// Source: Hu et al. 2025, "BroRL", arXiv:2510.01180.
  public static func scaled(peak: Double, batchSize: Int, reference: Int) -> Double {
    peak * (Double(batchSize) / Double(reference)).squareRoot()
  }

  /// The rate of the step before which `finishedSteps` were done.
  public func learningRate(finishedSteps: Int) -> Double {
    let step = finishedSteps + (isZeroIndexed ? 0 : 1)
    guard step >= warmupSteps else { return peak * Double(step) / Double(warmupSteps) }
    let progress = Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
    return peak * factor(holdsFinalRate ? min(progress, 1) : progress)
  }

  private func factor(_ progress: Double) -> Double {
    switch shape {
    case .constant: 1
    case .cosine(let minimum, let cycles):
      max(minimum, cosine(halfTurns: 2 * cycles * progress) * (1 - minimum) / 2 + (1 + minimum) / 2)
    case .linear(let minimum): 1 - (1 - minimum) * min(progress, 1)
    }
  }
}
