/// What can be wrong with the options and the numbers this room is given.
public enum PolicyOptimizationError: Error, Equatable, CustomStringConvertible {
  /// A reward is NaN, infinite or beyond ±1e30.
  case rewardOutOfRange(response: Int, reward: Double)
  /// A name in the configuration is none of a key's choices.
  case unknownChoice(key: String, name: String, choices: [String])
  /// A number in the configuration is outside a key's range.
  case optionOutOfRange(key: String, value: Double, range: String)
  /// A key that a choice needs is not given.
  case missingOption(key: String, choice: String)
  /// The coefficients of the KL controller contradict each other.
  case klCoefficientsOutOfOrder(minimum: Double, initial: Double, maximum: Double)
  /// A KL controller's target or horizon is not a positive number.
  case klTargetNotPositive(key: String, value: Double)
  /// The soft zone of the overlong penalty is empty or longer than a response may be.
  case overlongBufferOutOfRange(length: Int, maximumResponseLength: Int)
  /// The same group reported its sums twice.
  case groupCountedTwice(ordinal: Int)
  /// There are no advantages.
  case advantage(AdvantageProblem)
  /// A threshold of the rollout correction cannot be read.
  case thresholdInvalid(key: String, text: String, requirement: String)

  /// One sentence for the operator.
  public var description: String { (key.map { "`\($0)` " } ?? "") + reason + "." }

  /// The key of the configuration that is wrong, at least its last parts; nil where it is none.
  public var key: String? {
    switch self {
    case .rewardOutOfRange, .groupCountedTwice: nil
    case .unknownChoice(let key, _, _), .optionOutOfRange(let key, _, _), .missingOption(let key, _),
      .klTargetNotPositive(let key, _), .thresholdInvalid(let key, _, _):
      key
    case .klCoefficientsOutOfOrder: "algorithm.kl_control.initial_coef"
    case .overlongBufferOutOfRange: "overlong_buffer.len"
    case .advantage(let problem): problem.key
    }
  }

  /// What is wrong, to follow the key's name, without a full stop.
  public var reason: String {
    switch self {
    case .rewardOutOfRange(let response, let reward):
      "response \(response) of a group has reward \(reward); a reward must be a finite number within ±1e30, "
        + "so correct the reward function"
    case .unknownChoice(_, let name, let choices):
      "is `\(name)`; choose one of \(choices.joined(separator: ", "))"
    case .optionOutOfRange(_, let value, let range): "is \(value); it must be \(range)"
    case .missingOption(_, let choice): "is not given, and `\(choice)` needs it"
    case .klCoefficientsOutOfOrder(let minimum, let initial, let maximum):
      "is \(initial), min_coef \(minimum) and max_coef \(maximum); they must ascend and not be negative"
    case .klTargetNotPositive(_, let value):
      "is \(value); an adaptive KL controller needs a positive number there"
    case .overlongBufferOutOfRange(let length, let maximum):
      "is \(length); it must be at least 1 and at most the response limit of \(maximum) tokens"
    case .groupCountedTwice(let ordinal):
      "group \(ordinal) reported its sums twice in one mini-batch; a message was repeated"
    case .advantage(let problem): problem.reason
    case .thresholdInvalid(_, let text, let requirement): "is `\(text)`; it must be \(requirement)"
    }
  }
}
