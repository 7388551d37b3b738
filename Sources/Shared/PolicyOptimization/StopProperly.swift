/// What becomes of the reward of a response that was cut off at the length limit.
///
/// | coefficient | reward of a truncated response |
/// |---|---|
/// | 0 and above | reward · coefficient |
/// | below 0 | the coefficient itself |
///
/// Source: `stop_properly_penalty_coef` of NeMo-RL (0 and above) and OpenRLHF; ProRL v2's recipes use 0.
public struct StopProperly: Sendable, Equatable {
  /// The coefficient; key `stop_properly_penalty_coef`, any finite number.
  public let coefficient: Double

  /// Creates a rule.
  ///
  /// - Throws: `optionOutOfRange` for a coefficient that is no number.
  public init(coefficient: Double) throws(PolicyOptimizationError) {
    guard coefficient.isFinite else {
      throw .optionOutOfRange(key: "stop_properly_penalty_coef", value: coefficient, range: "a finite number")
    }
    self.coefficient = coefficient
  }

  /// The reward after the rule.
  public func reward(_ reward: Double, isTruncated: Bool) -> Double {
    guard isTruncated else { return reward }
    return coefficient < 0 ? coefficient : reward * coefficient
  }

  /// Whether being cut off earns a wrong response, one of the lowest reward, more than ending would.
  ///
  /// So it is with coefficient 0 where wrong answers earn -1: truncation lifts them to 0, and the policy
  /// learns never to stop. Meant for rewards of 0 and 1.
  public func rewardsTruncation(lowestReward: Double) -> Bool {
    reward(lowestReward, isTruncated: true) > lowestReward
  }

  /// For the console where `rewardsTruncation` holds.
  public func warning(lowestReward: Double) -> String {
    "stop_properly_penalty_coef \(coefficient) lifts the reward of a truncated wrong answer from "
      + "\(lowestReward) to \(reward(lowestReward, isTruncated: true)), which rewards answers that never "
      + "end; use it with rewards of 0 and 1, or set it to \(lowestReward) or below."
  }
}
