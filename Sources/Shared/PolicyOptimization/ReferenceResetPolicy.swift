/// Decides when the reference policy becomes a copy of the policy in training.
///
/// After the update of a step, ask `decision`; on `.reset`, copy the weights bit for bit, restart the
/// optimizer if `optimizer` says so, call `KLController.reset()`, and then `performed(step:)`. The next
/// batch's KL is then 0 before its update. Log-probabilities of the old reference must not outlive the
/// reset, so it never falls between the sampling and the update of one batch. Neither the learning rate nor
/// the entropy's history is touched.
///
/// Source: Liu et al. 2025, "ProRL", section 2.3.1, arXiv:2505.24864; the triggers are those of ProRL's
/// recipe for verl, `algorithm.reference_reset`.
public struct ReferenceResetPolicy: Sendable, Equatable {
  /// What happens to the optimizer's moments and step count at a reset.
  public enum Optimizer: String, Sendable, Equatable, Codable {
    /// They start again from zero, as in ProRL.
    case reinit
    /// They stay, as in ProRL v2.
    case keep
  }

  /// When to reset.
  public struct Options: Sendable, Equatable {
    /// Steps after which a reset is due; nil for none.
    ///
    /// Key `algorithm.reference_reset.interval`, default 100, range 1 and above, or null. ProRL v2 uses 200
    /// to 500.
    public var interval: Int?

    /// Mean KL to the reference, in nats per token, above which a reset is due; nil for none.
    ///
    /// Key `algorithm.reference_reset.kl_threshold`, default 0.1, range above 0, or null.
    public var klThreshold: Double?

    /// Steps that must pass between two resets, and before the first.
    ///
    /// Key `algorithm.reference_reset.min_steps_between`, default 1, range 1 and above. Keeps a policy that
    /// moves fast from resetting at every step, which would leave it without any anchor.
    public var minimumStepsBetween: Int

    /// What happens to the optimizer.
    ///
    /// Key `algorithm.reference_reset.optimizer`, `reinit` (default) or `keep`.
    public var optimizer: Optimizer

    /// Creates options.
    public init(
      interval: Int? = 100, klThreshold: Double? = 0.1, minimumStepsBetween: Int = 1,
      optimizer: Optimizer = .reinit
    ) {
      self.interval = interval
      self.klThreshold = klThreshold
      self.minimumStepsBetween = minimumStepsBetween
      self.optimizer = optimizer
    }
  }

  /// What a checkpoint keeps.
  public struct State: Sendable, Equatable, Codable {
    /// How many resets there were.
    public var resetCount: Int

    /// The step after which the last one was; 0 before the first.
    public var lastResetStep: Int

    /// Creates a state, by default that of a run's beginning.
    public init(resetCount: Int = 0, lastResetStep: Int = 0) {
      self.resetCount = resetCount
      self.lastResetStep = lastResetStep
    }
  }

  /// Why a reset is due.
  public enum Reason: Sendable, Equatable, CustomStringConvertible {
    /// So many steps have passed.
    case interval(stepsSinceReset: Int)
    /// The policy is too far from the reference.
    case divergence(kl: Double, threshold: Double)

    /// For the log: "100 steps since the last reset".
    public var description: String {
      switch self {
      case .interval(let steps): "\(steps) steps since the last reset"
      case .divergence(let kl, let threshold): "KL \(kl) is above \(threshold) nats per token"
      }
    }
  }

  /// What to do after a step.
  public enum Decision: Sendable, Equatable {
    /// Keep the reference.
    case none
    /// Reset it.
    case reset(Reason)
  }

  /// When to reset.
  public let options: Options

  /// What a checkpoint keeps.
  public private(set) var state: State

  /// Creates a policy at a run's beginning, or where a checkpoint left it.
  public init(options: Options = Options(), state: State = State()) {
    self.options = options
    self.state = state
  }

  /// What to do after `step`, the first step being 1.
  ///
  /// - Parameters:
  ///   - step: The step whose update is done.
  ///   - kl: Mean KL to the reference over that step's tokens, in nats; nil or NaN when none was measured.
  /// - Returns: The first trigger that applies; the interval goes before the KL.
  public func decision(step: Int, kl: Double?) -> Decision {
    let steps = stepsSinceReset(at: step)
    guard steps >= max(options.minimumStepsBetween, 1) else { return .none }
    if let interval = options.interval, steps >= interval { return .reset(.interval(stepsSinceReset: steps)) }
    if let threshold = options.klThreshold, let kl, kl > threshold {
      return .reset(.divergence(kl: kl, threshold: threshold))
    }
    return .none
  }

  /// Takes note of a reset after `step`.
  public mutating func performed(step: Int) {
    state.resetCount += 1
    state.lastResetStep = step
  }

  /// How many steps have been trained against the present reference, `step` included.
  public func stepsSinceReset(at step: Int) -> Int { step - state.lastResetStep }
}
