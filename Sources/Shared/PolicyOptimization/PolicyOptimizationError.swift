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
  public var description: String {
    switch self {
    case .rewardOutOfRange(let response, let reward):
      "response \(response) of a group has reward \(reward); a reward must be a finite number within ±1e30, "
        + "so correct the reward function."
    case .unknownChoice(let key, let name, let choices):
      "`\(name)` is no value of `\(key)`; choose one of \(choices.joined(separator: ", "))."
    case .optionOutOfRange(let key, let value, let range):
      "`\(key)` is \(value); it must be \(range)."
    case .missingOption(let key, let choice):
      "`\(key)` is not given, and `\(choice)` needs it."
    case .klCoefficientsOutOfOrder(let minimum, let initial, let maximum):
      "`algorithm.kl_control` has min_coef \(minimum), initial_coef \(initial), max_coef \(maximum); "
        + "they must ascend and not be negative."
    case .klTargetNotPositive(let key, let value):
      "`\(key)` is \(value); an adaptive KL controller needs a positive number there."
    case .overlongBufferOutOfRange(let length, let maximum):
      "`overlong_buffer.len` is \(length); it must be at least 1 and at most the response limit of "
        + "\(maximum) tokens."
    case .groupCountedTwice(let ordinal):
      "group \(ordinal) reported its sums twice in one mini-batch; a message was repeated."
    case .advantage(let problem): problem.description
    case .thresholdInvalid(let key, let text, let requirement):
      "`\(key)` is `\(text)`; it must be \(requirement)."
    }
  }
}
