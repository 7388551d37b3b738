/// What advantage estimators leave open, with verl's defaults.
///
/// | peer | options that give its numbers |
/// |---|---|
/// | verl | the defaults |
/// | Dr. GRPO | `deviation: .none` |
/// | TRL | `epsilon: 1e-4`, `deviation` as `scale_rewards` says |
/// | NeMo-RL | `baseline: .leaveOneOut`, `singleResponse: .zero`, `tokenVariance: .population` |
/// | OpenRLHF | `epsilon: 1e-9` for `group_norm`, `tokenVariance: .population` |
public struct AdvantageOptions: Sendable, Equatable {
  /// What a reward's distance from its baseline is divided by.
  public enum Deviation: String, Sendable, Equatable, CaseIterable {
    /// The standard deviation of the group.
    case group
    /// The standard deviation of all rewards of the batch.
    case batch
    /// Nothing, as in Dr. GRPO.
    case none
  }

  /// What GRPO measures a reward from.
  public enum Baseline: String, Sendable, Equatable, CaseIterable {
    /// The mean of the group, the response included.
    case group
    /// The mean of the other responses; the group's deviation is theirs as well, and where it is 0 nothing is
    /// divided.
    case leaveOneOut = "leave_one_out"
  }

  /// What a response without companions gets from the estimators that compare.
  public enum SingleResponse: String, Sendable, Equatable, CaseIterable {
    /// Its reward, as if the mean were 0 and the deviation 1; verl.
    case reward
    /// 0, since there is nothing to compare with; TRL and NeMo-RL.
    case zero
  }

  /// How the variance over the batch's tokens is taken, where an estimator whitens.
  public enum TokenVariance: String, Sendable, Equatable, CaseIterable {
    /// Over n - 1, plus 1e-8; verl.
    case sample
    /// Over n, at least 1e-8; NeMo-RL and OpenRLHF.
    case population
  }

  /// What `grpo`, `grpo_passk` and `gdpo` divide by.
  ///
  /// Keys `algorithm.norm_adv_by_std_in_grpo`, default true, and TRL's `scale_rewards`: `group` (default),
  /// `batch` or `none`; `batch` is for `grpo` alone.
  public var deviation: Deviation

  /// What is added to a deviation before it divides.
  ///
  /// Default 1e-6, verl's and NeMo-RL's; TRL has 1e-4, OpenRLHF 1e-9.
  public var epsilon: Double

  /// What `grpo` measures from.
  public var baseline: Baseline

  /// What a group of one gets.
  public var singleResponse: SingleResponse

  /// The discount of later tokens' rewards in `reinforce_plus_plus`.
  ///
  /// Key `algorithm.gamma`, default 1, range 0...1.
  public var gamma: Double

  /// How `reinforce_plus_plus`, `reinforce_plus_plus_baseline` and `gdpo` whiten.
  public var tokenVariance: TokenVariance

  /// The reward's parts `gdpo` normalises one by one; empty for the reward as a whole.
  ///
  /// Key `algorithm.gdpo_reward_keys`.
  public var rewardKeys: [String]

  /// The weight of each part, in the order of the keys; nil for 1 each.
  ///
  /// Key `algorithm.gdpo_reward_weights`.
  public var rewardWeights: [Double]?

  /// Creates options.
  public init(
    deviation: Deviation = .group, epsilon: Double = 1e-6, baseline: Baseline = .group,
    singleResponse: SingleResponse = .reward, gamma: Double = 1, tokenVariance: TokenVariance = .sample,
    rewardKeys: [String] = [], rewardWeights: [Double]? = nil
  ) {
    self.deviation = deviation
    self.epsilon = epsilon
    self.baseline = baseline
    self.singleResponse = singleResponse
    self.gamma = gamma
    self.tokenVariance = tokenVariance
    self.rewardKeys = rewardKeys
    self.rewardWeights = rewardWeights
  }

  /// Creates options with verl's `algorithm.norm_adv_by_std_in_grpo`.
  public init(normalizeByStandardDeviation: Bool) {
    self.init(deviation: normalizeByStandardDeviation ? .group : .none)
  }

  /// TRL's numbers, for its `scale_rewards`.
  public static func trl(scaleRewards: Deviation) -> AdvantageOptions {
    AdvantageOptions(deviation: scaleRewards, epsilon: 1e-4, singleResponse: .zero)
  }

  /// NeMo-RL's numbers, for its `use_leave_one_out_baseline` and `normalize_rewards`.
  public static func nemo(leavesOneOut: Bool = true, normalizes: Bool = true) -> AdvantageOptions {
    AdvantageOptions(
      deviation: normalizes ? .group : .none, baseline: leavesOneOut ? .leaveOneOut : .group,
      singleResponse: .zero, tokenVariance: .population)
  }
}
