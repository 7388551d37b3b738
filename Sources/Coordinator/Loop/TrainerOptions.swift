public import Experience
public import PolicyOptimization

/// How the training loop runs.
public struct TrainerOptions: Sendable {
  /// What happens when all rounds of a step are used up with too few informative groups.
  public enum WhenExhausted: String, Sendable, CaseIterable {
    /// The step trains on those there are.
    case partial
    /// The run ends with an error, as verl's does.
    case error
  }

  /// What makes a group informative.
  public enum FilterMetric: String, Sendable, CaseIterable {
    /// The verifier's score.
    case acc
    /// The shaped reward.
    case sequenceReward = "seq_reward"
  }

  /// The steps of the run.
  public var totalSteps = 1
  /// A checkpoint every so many steps, and at the end; 0 for the end only, -1 for none.
  public var saveFrequency = 0
  /// Validation every so many steps, and at the end; 0 for never.
  public var testFrequency = 0
  /// Whether validation also runs before the first step.
  public var validatesBefore = true
  /// How many checkpoints stay.
  public var checkpointsKept = 2
  /// Passes over each step's mini-batches.
  public var epochs = 1
  /// Steps in a row without any informative group, or with skipped updates, before the run ends.
  public var maximumSkippedSteps = 10
  /// What becomes of a step with too few groups.
  public var whenExhausted = WhenExhausted.partial
  /// What makes a group informative.
  public var filterMetric = FilterMetric.acc
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
  /// Advantages.
  public var advantage = GroupAdvantage()
  /// How token losses add up.
  public var aggregation = LossAggregation.tokenMean
  /// The learning rate by step.
  public var schedule = LearningRateSchedule(peak: 1e-6, shape: .constant, warmupSteps: 0, totalSteps: 1)
  /// The reward's soft limit on length, if any.
  public var overlongPenalty: OverlongPenalty?
  /// Whether worse validation resets the reference.
  public var resetsOnDegradation = false
  /// The overflow rule.
  public var updateGuard = UpdateGuard()

  /// The defaults.
  public init() {}
}
