/// GRPO's advantage of each response over its group.
///
/// ```
/// A[i] = (reward[i] - mean) / (deviation + 1e-6)      with normalisation (GRPO)
/// A[i] =  reward[i] - mean                            without            (Dr. GRPO)
/// ```
///
/// `deviation` divides by n - 1. A group of one has mean 0 and deviation 1, so its advantage is its reward
/// (over 1 + 1e-6). A group of equal rewards gets exactly 0, which the quotient alone would not give: the
/// mean of three times 0.1 is not 0.1.
///
/// Source: Shao et al. 2024, "DeepSeekMath", section 4.1.2, arXiv:2402.03300; verl's
/// `compute_grpo_outcome_advantage`.
public struct GroupAdvantage: Sendable, Equatable {
  /// Whether to divide by the group's standard deviation.
  ///
  /// Key `algorithm.norm_adv_by_std_in_grpo`, default true, as in verl; false is Dr. GRPO, arXiv:2503.20783.
  public var normalizeByStandardDeviation: Bool

  /// Creates an estimator.
  public init(normalizeByStandardDeviation: Bool = true) {
    self.normalizeByStandardDeviation = normalizeByStandardDeviation
  }

  /// One advantage per response from their final rewards, shaped and penalised.
  ///
  /// Computed in Double and rounded once. The advantages sum to zero up to that rounding, and a response's
  /// advantage does not depend on its place in the group, to the bit.
  ///
  /// - Parameter rewards: One per response.
  /// - Returns: The advantages in the same order; none for no rewards.
  /// - Throws: `rewardOutOfRange` for a reward that is NaN, infinite or beyond ±1e30.
  public func advantages(of rewards: [Double]) throws(PolicyOptimizationError) -> [Float] {
    for (response, reward) in rewards.enumerated() where !(reward.magnitude <= 1e30) {
      throw .rewardOutOfRange(response: response, reward: reward)
    }
    guard Self.hasLearningSignal(rewards) else { return rewards.map { _ in 0 } }
    // A group of one is measured from 0 with deviation 1.
    let moments = rewards.count > 1 ? RewardMoments(of: rewards) : nil
    let divisor = normalizeByStandardDeviation ? (moments?.deviation ?? 1) + 1e-6 : 1
    return rewards.map { Float(($0 - (moments?.mean ?? 0)) / divisor) }
  }

  /// Whether a group can move the policy: its largest value differs from its smallest.
  ///
  /// The test of dynamic sampling, on the filter's metric of each response
  /// (`algorithm.filter_groups.metric`), such as its accuracy or its reward. It never asks for the standard
  /// deviation, since that of equal numbers may be 1e-17 in floating point. As in verl, a group of one
  /// always passes: it has no spread to judge by. An empty group never does. A NaN differs from everything,
  /// so its group passes here and `advantages(of:)` names it.
  ///
  /// | values | signal |
  /// |---|---|
  /// | 0.1, 0.1, 0.1 | no |
  /// | 1, 0, 1 | yes |
  /// | 0 | yes |
  public static func hasLearningSignal(_ values: [Double]) -> Bool {
    guard let first = values.first else { return false }
    return values.count == 1 || values.contains { $0 != first }
  }
}
