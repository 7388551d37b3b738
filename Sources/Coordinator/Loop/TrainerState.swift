public import PolicyOptimization

/// What the coordinator must know to go on as if it had never stopped; `state.json` of a checkpoint.
///
/// Randomness has names, so no generator's state is here.
public struct TrainerState: Sendable, Equatable, Codable {
  /// The last finished step.
  public var step = 0
  /// The next draw from the prompt stream.
  public var nextOrdinal = 0
  /// Optimizer updates so far; the version of the weights.
  public var policyVersion = 0
  /// Steps in a row without any informative group.
  public var skippedSteps = 0
  /// Updates in a row that were skipped.
  public var skippedUpdates = 0
  /// The KL controller's.
  public var klController: KLController.State
  /// The reset policy's.
  public var reset = ReferenceResetPolicy.State()
  /// The entropy's recent history.
  public var entropyTrend = EntropyTrend()
  /// Validation scores since the last reset.
  public var validationTrend = ValidationTrend()
  /// Sampled tokens so far.
  public var sampledTokens = 0
  /// What the run's bits depend on beside the weights: seed, fold scale and kernels.
  ///
  /// Resuming with others is refused.
  public var fingerprint = ""

  /// The state before the first step.
  public init(klCoefficient: Double, fingerprint: String) {
    klController = KLController.State(coefficient: klCoefficient)
    self.fingerprint = fingerprint
  }
}
