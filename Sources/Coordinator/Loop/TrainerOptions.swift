public import Experience
public import PolicyOptimization
public import Tasks

/// How the training loop runs.
public struct TrainerOptions: Sendable {
  /// What happens when all rounds of a step are used up with too few informative groups.
  public enum OnExhausted: String, Sendable, CaseIterable {
    /// The step trains on those there are.
    case train
    /// The step trains nothing.
    case skip
    /// The run ends with an error, as verl's does.
    case error
  }

  /// The steps of the run.
  public var totalSteps = 1
  /// A checkpoint every so many steps, and at the end; 0 for the end only, -1 for none.
  public var saveFrequency = 0
  /// How long the run may take from its start, in seconds; nil for as long as it needs.
  public var maximumSeconds: Double?
  /// Validation every so many steps, and at the end; 0 for never.
  public var testFrequency = 0
  /// Whether validation also runs before the first step.
  public var validatesBefore = true
  /// Whether the run is nothing but that.
  public var validatesOnly = false
  /// How many checkpoints stay.
  public var checkpointsKept = 2
  /// Passes over each step's mini-batches.
  public var epochs = 1
  /// Steps in a row without any informative group, or with skipped updates, before the run ends.
  public var maximumSkippedSteps = 10
  /// What becomes of a step with too few groups.
  public var onExhausted = OnExhausted.train
  /// What makes a group informative.
  public var filterMetric = FilterMetric.accuracy
  /// The k of pass@k in validation, ascending.
  public var passCounts = [8]
  /// Which prompts are asked.
  public var prompts = PromptSampler.Options()
  /// Dynamic sampling.
  public var admission = AdmissionLedger.Options(groupsWanted: 1, roundSize: 1, miniBatchSize: 1)
  /// Responses per prompt.
  public var samplesPerPrompt = 8
  /// How responses are drawn in training.
  public var sampling = SamplingParameters(maximumTokens: 128)
  /// How responses are drawn in validation.
  public var validationSampling = SamplingParameters(maximumTokens: 128)
  /// Responses per validation prompt, beside the greedy one.
  public var validationSamples = 8
  /// How many steps sampling may lie ahead of training.
  public var staleness = 0
  /// The run's seed, for tokens that a loss picks at random.
  public var seed: UInt64 = 1
  /// The share of a task's responses in a step whose reward may fail before the run ends.
  public var maximumErrorRate = 0.5
  /// How scores become rewards.
  public var shaping = RewardShaping()
  /// Whether the loss has a KL penalty, so that learners measure the KL to the reference.
  public var measuresKL = true
  /// The KL to the reference that rewards are reduced by, if they are.
  public var rewardPenalty: KLEstimator?
  /// Advantages.
  public var estimator = AdvantageEstimator.grpo
  /// What is done about tokens that older weights sampled.
  public var correction = RolloutCorrection()
  /// The policy's part of the loss, as far as it picks tokens out of a mini-batch.
  public var selector = TokenSelector()
  /// How token losses add up.
  public var aggregation = LossAggregation.tokenMean
  /// The learning rate by step.
  public var schedule = LearningRateSchedule(peak: 1e-6, shape: .constant, warmupSteps: 0, totalSteps: 1)
  /// How the reference follows the policy between resets, if it does (TR-DPO).
  public var referenceSync: ReferenceSync?
  /// Whether a checkpoint is kept of what a reset of the reference replaces.
  public var keepsSnapshots = true
  /// The overflow rule.
  public var updateGuard = UpdateGuard()

  /// The defaults.
  public init() {}

  /// Whether a group may be trained as soon as it is certain to be admitted, while others are still sampled.
  public var isStreaming: Bool { reasonToWait == nil }

  /// What in a group's training depends on other groups, so that it must wait for them; nil where nothing does.
  public var reasonToWait: String? {
    if estimator.scope == .batch {
      return "the advantages of `\(estimator.kind.rawValue)` look at the whole batch"
    }
    if correction.options.isActive { return "rollout correction looks at the whole batch" }
    if selector.loss.scope == .miniBatch { return "the policy loss picks tokens out of a whole mini-batch" }
    if selector.needsEntropies { return "`top_entropy_quantile` compares the tokens of a whole mini-batch" }
    if mixesAggregations {
      return "policy loss and KL penalty or entropy bonus are divided by different counts"
    }
    return nil
  }

  /// How the token losses of the policy's part add up.
  public var policyAggregation: LossAggregation { selector.loss.forcedAggregation ?? aggregation }

  /// Whether the parts of the loss are divided by different counts, which must be known before any group is trained.
  public var mixesAggregations = false
}

/// How the reference follows the policy: every so many steps by a share of the way.
///
/// Source: Gorbatovski et al. 2024, "Learn your reference model", arXiv:2404.09656; TRL's `sync_ref_model`.
public struct ReferenceSync: Sendable, Equatable {
  /// Steps between two moves.
  public var interval: Int
  /// The share of the policy in the new reference, above 0 to 1.
  public var share: Double

  /// Creates a rule.
  public init(interval: Int, share: Double) {
    self.interval = interval
    self.share = share
  }
}

extension KLController {
  /// Whether both began alike and follow the divergence alike.
  func hasSettings(of other: KLController) -> Bool {
    rule == other.rule && initialCoefficient == other.initialCoefficient
  }
}

extension EntropyController {
  /// Whether both began alike and follow the entropy alike.
  func hasSettings(of other: EntropyController) -> Bool {
    rule == other.rule && initialCoefficient == other.initialCoefficient
  }
}

/// What steers a run from step to step.
public struct Controllers: Sendable {
  /// The weight of the KL penalty in the loss.
  public var kl: KLController
  /// The weight of the KL penalty in the reward.
  public var rewardKL: KLController
  /// The weight of the entropy bonus.
  public var entropy: EntropyController
  /// When the reference is reset.
  public var reset: ReferenceResetPolicy

  /// Creates controllers.
  public init(
    kl: KLController, rewardKL: KLController, entropy: EntropyController, reset: ReferenceResetPolicy
  ) {
    self.kl = kl
    self.rewardKL = rewardKL
    self.entropy = entropy
    self.reset = reset
  }
}
