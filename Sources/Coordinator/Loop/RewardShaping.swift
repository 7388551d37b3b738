public import Experience
public import PolicyOptimization

/// How a verifier's score becomes a reward, by the response's length and end.
public struct RewardShaping: Sendable, Equatable {
  /// The soft limit on length, if any.
  public var overlong: OverlongPenalty?
  /// What becomes of responses that were cut, if anything.
  public var stopProperly: StopProperly?
  /// ProRL v2's reward for short responses, if any.
  public var cosine: CosineLengthReward?
  /// Whether responses that were cut are left out of the loss (DAPO's overlong filtering).
  public var masksTruncated = false

  /// A score that stays as it is.
  public init() {}

  /// The reward of a response.
  ///
  /// - Parameters:
  ///   - response: The response.
  ///   - step: The step that trains on it, from 1; the cosine reward has a schedule.
  /// - Returns: What advantages are made of.
  public func reward(of response: Response, step: Int) -> Double {
    let (length, isCut) = (response.tokens.count, response.finish == .length)
    var reward = Double(response.score)
    if let stopProperly { reward = stopProperly.reward(reward, isTruncated: isCut) }
    if let overlong { reward += overlong.penalty(length: length) }
    if let cosine { reward += cosine.bonus(length: length, step: step) }
    return reward
  }
}

/// What dynamic sampling compares in a group: key `algorithm.filter_groups.metric`.
public enum FilterMetric: Sendable, Equatable {
  /// The verifier's score, or the number `acc` where the reward gives one.
  case accuracy
  /// The shaped reward (verl's sum of token-level scores).
  case sequenceReward
  /// The shaped reward with the KL penalty (verl's sum of token-level rewards).
  case sequenceFinalReward
  /// A number that the reward gives beside the score.
  case extra(String)

  /// The metric that verl calls `name`.
  public init(name: String) {
    switch name {
    case "acc": self = .accuracy
    case "seq_reward": self = .sequenceReward
    case "seq_final_reward": self = .sequenceFinalReward
    default: self = .extra(name)
    }
  }

  /// The number of each response; a response whose reward did not give it has 0.
  func values(of group: ScoredGroup, tokenRewards: [[Double]]) -> [Double] {
    group.responses.enumerated().map { index, response in
      switch self {
      case .accuracy: response.extras["acc"] ?? Double(response.score)
      case .sequenceReward: Double(response.reward)
      case .sequenceFinalReward:
        (tokenRewards.isEmpty ? [] : tokenRewards[index]).reduce(Double(response.reward), +)
      case .extra(let name): response.extras[name] ?? 0
      }
    }
  }
}
