/// One response to a prompt and what it earned.
///
/// Positions are the response's tokens, the last one included that ends it; a token that is not counted has
/// no part in the loss.
public struct RewardedResponse: Sendable, Equatable {
  /// How many tokens the response has.
  public var length: Int

  /// What the response earned as a whole, shaped and penalised; it falls due at the last counted token.
  public var reward: Double

  /// What each token earned beside that, such as -β · KL; one number per token, or nil for none.
  public var tokenRewards: [Double]?

  /// The parts of the reward by name, for `gdpo`.
  public var components: [String: Double]

  /// Which tokens are in the loss, one value per token; nil for all of them.
  public var isCounted: [Bool]?

  /// Creates a response.
  public init(
    length: Int, reward: Double, tokenRewards: [Double]? = nil, components: [String: Double] = [:],
    isCounted: [Bool]? = nil
  ) {
    precondition(
      tokenRewards.map { $0.count == length } ?? true,
      "\(tokenRewards?.count ?? 0) token rewards for \(length) tokens")
    precondition(
      isCounted.map { $0.count == length } ?? true, "a mask of \(isCounted?.count ?? 0) for \(length) tokens")
    self.length = length
    self.reward = reward
    self.tokenRewards = tokenRewards
    self.components = components
    self.isCounted = isCounted
  }

  /// How many tokens are in the loss.
  public var countedLength: Int { isCounted.map { $0.count(where: { $0 }) } ?? length }

  /// All the response earned: verl's `token_level_rewards.sum()`.
  public var score: Double { (tokenRewards ?? []).reduce(reward, +) }

  /// What each token earned, `[length]`, with the reward at the last counted token.
  var rewardsByToken: [Double] {
    var rewards = tokenRewards ?? Array(repeating: 0, count: length)
    let last = isCounted.map { $0.lastIndex(of: true) } ?? rewards.indices.last
    if let last { rewards[last] += reward }
    return rewards
  }
}

/// The responses to one prompt.
public struct AdvantageGroup: Sendable, Equatable {
  /// In order of their sample numbers.
  public var responses: [RewardedResponse]

  /// What the greedy response to the same prompt earned, for `remax`.
  public var baselineReward: Double?

  /// Creates a group.
  public init(_ responses: [RewardedResponse], baselineReward: Double? = nil) {
    self.responses = responses
    self.baselineReward = baselineReward
  }
}

/// The advantage of a response.
public enum ResponseAdvantage: Sendable, Equatable, Codable {
  /// The same for each counted token.
  case uniform(Float)
  /// One per token, 0 for those that do not count.
  case perToken([Float])

  /// The advantage of a counted token.
  public subscript(token: Int) -> Float {
    switch self {
    case .uniform(let value): value
    case .perToken(let values): values[token]
    }
  }

  /// Rounds `values`, one per token, and says `uniform` where all counted ones are equal.
  init(_ values: [Double], of response: RewardedResponse) {
    let rounded = values.map { Float($0) }
    let counted = response.isCounted.map { mask in zip(rounded, mask).filter(\.1).map(\.0) } ?? rounded
    if let first = counted.first, counted.allSatisfy({ $0 == first }) {
      self = .uniform(first)
    } else {
      self = .perToken(response.isCounted.map { zip(rounded, $0).map { $1 ? $0 : 0 } } ?? rounded)
    }
  }
}
