// Progress of the run, and agreement of sampling with training. Source: verl; `train/num_gen_batches` is
// DAPO's.

extension MetricName {
  /// `train/num_gen_batches`.
  public static let trainNumGenBatches = MetricName(
    "train/num_gen_batches", .count,
    "Rounds of sampling the step took until enough groups had a learning signal.")

  /// `training/global_step`.
  public static let trainingGlobalStep = MetricName(
    "training/global_step", .steps, "The step, from 1; it goes on after a resume.")

  /// `training/epoch`.
  public static let trainingEpoch = MetricName(
    "training/epoch", .epochs, "Complete passes over the training data so far.")

  /// `training/rollout_probs_diff_max`.
  public static let trainingRolloutProbsDiffMax = MetricName(
    "training/rollout_probs_diff_max", .one,
    "Largest difference between the probability of a sampled token at sampling and at training.")

  /// `training/rollout_probs_diff_mean`.
  public static let trainingRolloutProbsDiffMean = MetricName(
    "training/rollout_probs_diff_mean", .one, "Mean of that difference over response tokens.")

  /// `training/learner_groups_min`.
  public static let trainingLearnerGroupsMin = MetricName(
    "training/learner_groups_min", .groups,
    "Groups that the learner with the fewest folded in the step.")

  /// `training/stage`.
  public static let trainingStage = MetricName(
    "training/stage", .count, "The stage of the run that the step belongs to, from 0.")

  /// `training/staleness`.
  public static let trainingStaleness = MetricName(
    "training/staleness", .count,
    "Optimizer updates between the weights that sampled the step and those it began with.")

  /// `training/prompts_seen`.
  public static let trainingPromptsSeen = MetricName(
    "training/prompts_seen", .count, "Rows of the data whose pass rate is known; with a curriculum.")

  /// `training/prompts_retired`.
  public static let trainingPromptsRetired = MetricName(
    "training/prompts_retired", .count,
    "Rows that were always or never solved in all groups that are remembered; with a curriculum.")

  static let training = [
    trainNumGenBatches, trainingGlobalStep, trainingEpoch, trainingRolloutProbsDiffMax,
    trainingRolloutProbsDiffMean, trainingLearnerGroupsMin, trainingStage, trainingStaleness,
    trainingPromptsSeen, trainingPromptsRetired,
  ]
}
