/// Why there are no advantages.
public enum AdvantageProblem: Sendable, Equatable, CustomStringConvertible {
  /// The estimator asks for something this program does not have.
  case notSupported(name: String, reason: String)
  /// No estimator has this name.
  case unknownEstimator(name: String)
  /// The options do not go together.
  case optionsContradict(key: String, reason: String)
  /// `grpo_passk` was given a prompt with fewer than two responses.
  case groupTooSmall(count: Int)
  /// There are fewer than two tokens to whiten over.
  case tooFewTokens(estimator: String, count: Int)
  /// `remax` was given a prompt without the reward of its greedy response.
  case baselineMissing
  /// The reward of a greedy response is no usable number.
  case baselineOutOfRange(reward: Double)
  /// `gdpo` was given a response that lacks a part of the reward.
  case componentMissing(response: Int, key: String)

  /// One sentence for the operator.
  public var description: String { (key.map { "`\($0)` " } ?? "") + reason + "." }

  /// The key of the configuration that is wrong; nil where it is none.
  public var key: String? {
    switch self {
    case .notSupported, .unknownEstimator: "algorithm.adv_estimator"
    case .optionsContradict(let key, _): key
    case .componentMissing: "algorithm.gdpo_reward_keys"
    case .groupTooSmall, .tooFewTokens, .baselineMissing, .baselineOutOfRange: nil
    }
  }

  /// What is wrong, to follow the key's name, without a full stop.
  public var reason: String {
    switch self {
    case .notSupported(let name, let reason): "is `\(name)`, which \(reason)"
    case .unknownEstimator(let name):
      "is `\(name)`; choose one of " + AdvantageEstimator.names.joined(separator: ", ")
    case .optionsContradict(_, let reason): reason
    case .groupTooSmall(let count):
      "`grpo_passk` compares the best two responses to a prompt, but a group has \(count); "
        + "set `actor_rollout_ref.rollout.n` to at least 2"
    case .tooFewTokens(let estimator, let count):
      "`\(estimator)` normalises over the tokens of the whole batch, which has \(count); it takes at least 2"
    case .baselineMissing:
      "`remax` needs the reward of a greedy response to each prompt, and a group has none"
    case .baselineOutOfRange(let reward):
      "the greedy response of a group has reward \(reward); a reward must be a finite number within "
        + "±1e30, so correct the reward function"
    case .componentMissing(let response, let key):
      "names `\(key)`, which the reward of response \(response) of a group does not have; let the reward "
        + "function return it, or correct the key"
    }
  }
}
