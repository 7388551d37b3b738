public import PolicyOptimization
public import Tasks

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
  /// Updates that were skipped since the run began.
  public var skippedUpdatesInAll = 0
  /// How far the streams of the task families were walked.
  public var prompts = PromptSampler.State()
  /// How often rows of the data were solved lately.
  public var passRates = PassRates()
  /// Which stages have begun.
  public var stage = StageState()
  /// The KL controller's.
  public var klController: KLController.State
  /// That of the KL penalty in the reward.
  public var rewardKLController: KLController.State
  /// The entropy controller's.
  public var entropyController: EntropyController.State
  /// The reset policy's.
  public var reset = ReferenceResetPolicy.State()
  /// Whether the reference was reset and no batch has shown yet that it is the policy.
  public var resetIsUnchecked = false
  /// The step whose checkpoint validated best, and its score.
  public var bestCheckpointStep: Int?
  /// The step whose validation was best, whether there is a checkpoint of it or not.
  public var bestStep: Int?
  /// The score of that validation.
  public var bestScore: Double?
  /// The entropy's recent history.
  public var entropyTrend = EntropyTrend()
  /// Sampled tokens so far.
  public var sampledTokens = 0
  /// What the run's bits depend on beside the weights: seed, fold scale and kernels.
  ///
  /// Resuming with others is refused.
  public var fingerprint = ""

  /// The state before the first step.
  public init(_ controllers: Controllers, fingerprint: String) {
    klController = controllers.kl.state
    rewardKLController = controllers.rewardKL.state
    entropyController = controllers.entropy.state
    self.fingerprint = fingerprint
  }
}
