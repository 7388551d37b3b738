/// How much better a response did than could be expected: the estimators of verl, by their names.
///
/// With `s` the sum of all a response earned, `mean` and `deviation` (over n - 1) those of its group:
///
/// | name | advantage | scope |
/// |---|---|---|
/// | `grpo`, `grpo_vectorized` | (s - mean) / (deviation + 1e-6) | group |
/// | `grpo_passk` | best response: (best - second best) / (deviation + 1e-6); others 0 | group |
/// | `rloo` | s - mean of the others; alone: s | group |
/// | `rloo_vectorized` | as `rloo`; alone: 0 | group |
/// | `opo` | s - Σ length · s / Σ length; alone: s | group |
/// | `remax` | rewards from here on - s of the greedy response, by token | group |
/// | `gpg` | (s - mean) · responses / responses with s ≠ 0 | batch |
/// | `reinforce_plus_plus_baseline` | s - mean, whitened over the batch's tokens | batch |
/// | `reinforce_plus_plus` | Σ γ^k · reward k tokens later, whitened over the batch's tokens | batch |
/// | `gdpo` | Σ weight · grpo of each part of the reward, whitened over the batch's tokens | batch |
///
/// A group of one has mean 0 and deviation 1 unless said otherwise. Responses with equal rewards get exactly
/// 0 wherever the formula says 0. All is computed in Double and rounded once; no bit depends on the order of
/// the responses in a group, or of the groups in a batch.
///
/// Source: verl's `core_algos.py`; Shao et al. 2024, arXiv:2402.03300 (GRPO); Liu et al. 2025,
/// arXiv:2503.20783 (Dr. GRPO); Walder and Karkhanis 2025, arXiv:2505.15201, and Chen et al. 2025,
/// arXiv:2503.19595 (pass@k); Ahmadian et al. 2024, arXiv:2402.14740 (RLOO); Hao et al. 2025,
/// arXiv:2505.23585 (OPO); Li et al. 2023, arXiv:2310.10505 (ReMax); Chu et al. 2025, arXiv:2504.02546 (GPG);
/// Hu et al. 2025, arXiv:2501.03262 (REINFORCE++); Liu et al. 2026, arXiv:2601.05242 (GDPO).
public struct AdvantageEstimator: Sendable, Equatable {
  /// An estimator's formula, with its name in verl.
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// The distance from the group's mean in deviations.
    case grpo
    /// The same; verl has it for speed.
    case grpoVectorized = "grpo_vectorized"
    /// The best response's lead.
    case grpoPassK = "grpo_passk"
    /// The distance from the others' mean.
    case rloo
    /// The same, and 0 for a response without others.
    case rlooVectorized = "rloo_vectorized"
    /// The distance from the mean per token.
    case opo
    /// The distance from the greedy response.
    case remax
    /// The distance from the mean, scaled by how many responses earned anything.
    case gpg
    /// The distance from the mean, normalised over the batch.
    case reinforcePlusPlusBaseline = "reinforce_plus_plus_baseline"
    /// Discounted rewards, normalised over the batch.
    case reinforcePlusPlus = "reinforce_plus_plus"
    /// GRPO of each part of the reward, normalised over the batch.
    case gdpo
  }

  /// What must be known before an advantage is.
  public enum Scope: Sendable, Equatable {
    /// The group, so that it may be trained on as soon as it is there.
    case group
    /// All groups of the step.
    case batch
  }

  /// The formula.
  public let kind: Kind

  /// What the formula leaves open.
  public let options: AdvantageOptions

  /// Creates an estimator.
  ///
  /// - Throws: A sentence about options that are out of range or contradict each other.
  public init(
    _ kind: Kind = .grpo, options: AdvantageOptions = AdvantageOptions()
  )
    throws(PolicyOptimizationError)
  {
    if let problem = Self.problem(kind, options) { throw problem }
    self.kind = kind
    self.options = options
  }

  /// GRPO with verl's options.
  public static let grpo = AdvantageEstimator(checked: .grpo, AdvantageOptions())

  private init(checked kind: Kind, _ options: AdvantageOptions) {
    self.kind = kind
    self.options = options
  }

  /// Creates the estimator verl calls `name`: key `algorithm.adv_estimator`.
  ///
  /// - Throws: A sentence for a name that is unknown, or known and refused, such as `gae`.
  public init(name: String, options: AdvantageOptions = AdvantageOptions()) throws(PolicyOptimizationError) {
    if let reason = Self.refused[name] { throw .advantage(.notSupported(name: name, reason: reason)) }
    guard let kind = Kind(rawValue: name) else { throw .advantage(.unknownEstimator(name: name)) }
    try self.init(kind, options: options)
  }

  /// The names of all estimators.
  public static let names = Kind.allCases.map(\.rawValue)

  /// Names verl knows and this program refuses, each with the reason.
  private static let refused = [
    "gae":
      "needs a value model, and this program trains none; use `grpo`, or `reinforce_plus_plus` for "
      + "advantages by token",
    "optimal_token_baseline":
      "needs the sum of squared probabilities at every token, which rollouts do not record; use `opo` for a "
      + "baseline that weighs by length",
    "tir_optimal_token_baseline":
      "needs the sum of squared probabilities at every token, which rollouts do not record; use `opo` for a "
      + "baseline that weighs by length",
  ]

  /// What must be known before an advantage is.
  public var scope: Scope {
    switch kind {
    case .grpo, .grpoVectorized: options.deviation == .batch ? .batch : .group
    case .grpoPassK, .rloo, .rlooVectorized, .opo, .remax: .group
    case .gpg, .reinforcePlusPlus, .reinforcePlusPlusBaseline, .gdpo: .batch
    }
  }

  /// Whether each group needs the reward of a greedy response.
  public var needsGreedyBaseline: Bool { kind == .remax }

  /// Whether a group of one teaches nothing or makes no sense, so that `rollout.n` should be above 1.
  public var comparesResponses: Bool { kind != .remax && kind != .reinforcePlusPlus }

  /// The advantages of all responses of some groups.
  ///
  /// - Parameter groups: By ascending ordinal; all of a step for the scope `batch`, any number for `group`,
  ///   which gives the same bits one group at a time.
  /// - Returns: For each group one advantage per response, in order.
  /// - Throws: `rewardOutOfRange` for a reward that is NaN, infinite or beyond ±1e30, or a sentence where
  ///   verl raises a ValueError.
  public func advantages(
    of groups: [AdvantageGroup]
  ) throws(PolicyOptimizationError) -> [[ResponseAdvantage]] {
    var scores: [[Double]] = []
    for group in groups { scores.append(try Self.scores(of: group)) }
    guard scope == .group else { return try batchAdvantages(groups, scores) }
    var result: [[ResponseAdvantage]] = []
    for (index, group) in groups.enumerated() {
      result.append(try groupAdvantages(group, scores[index]))
    }
    return result
  }

  /// The advantages of one group's responses; for estimators of scope `group`.
  public func advantages(
    of group: AdvantageGroup
  ) throws(PolicyOptimizationError) -> [ResponseAdvantage] {
    precondition(scope == .group, "\(kind.rawValue) needs the whole batch")
    return try advantages(of: [group])[0]
  }

  private static func scores(of group: AdvantageGroup) throws(PolicyOptimizationError) -> [Double] {
    let scores = group.responses.map(\.score)
    for (response, score) in scores.enumerated() where !(score.magnitude <= 1e30) {
      throw .rewardOutOfRange(response: response, reward: score)
    }
    return scores
  }

  private static func problem(_ kind: Kind, _ options: AdvantageOptions) -> PolicyOptimizationError? {
    if !(options.gamma >= 0 && options.gamma <= 1) {
      return .optionOutOfRange(key: "algorithm.gamma", value: options.gamma, range: "within 0...1")
    }
    if !(options.epsilon >= 0 && options.epsilon.isFinite) {
      return .optionOutOfRange(
        key: "algorithm.adv_epsilon", value: options.epsilon, range: "finite and not below 0")
    }
    if options.deviation == .batch, kind != .grpo, kind != .grpoVectorized {
      return .advantage(
        .optionsContradict(
          key: "algorithm.scale_rewards",
          reason: "is `batch`, which `grpo` knows and `\(kind.rawValue)` does not; "
            + "choose `group` or `none`"))
    }
    return kind == .gdpo ? weightsProblem(options) : nil
  }

  private static func weightsProblem(_ options: AdvantageOptions) -> PolicyOptimizationError? {
    guard let weights = options.rewardWeights else { return nil }
    if weights.count != max(options.rewardKeys.count, 1) {
      return .advantage(
        .optionsContradict(
          key: "algorithm.gdpo_reward_weights",
          reason: "has \(weights.count) numbers for "
            + "\(options.rewardKeys.count) `gdpo_reward_keys`; give one weight for each key"))
    }
    return weights.first { !($0.magnitude <= 1e30) }.map {
      .optionOutOfRange(key: "algorithm.gdpo_reward_weights", value: $0, range: "finite, within ±1e30")
    }
  }
}
