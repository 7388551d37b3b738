/// Why a response ended.
public enum FinishReason: UInt8, Sendable, CaseIterable {
  /// The policy chose an end-of-sequence token.
  case endOfSequence = 0
  /// The text contains a stop string.
  case stopString = 1
  /// The response reached its longest length, or the sequence the model's context.
  case length = 2

  /// The name in files: `stop`, `stop_string` or `length`.
  public var name: String {
    switch self {
    case .endOfSequence: "stop"
    case .stopString: "stop_string"
    case .length: "length"
    }
  }
}

/// One sampled and scored continuation of a prompt.
public struct Response: Sendable, Equatable {
  /// The sampled tokens, an end-of-sequence token included.
  public var tokens: [Int32]
  /// The log-probability of each token, in nats, of the temperature-scaled distribution before truncation.
  public var logProbabilities: [Float]
  /// The sum over tokens of the entropy, in nats, of the distribution each was drawn from.
  public var entropySum: Double
  /// Why it ended.
  public var finish: FinishReason
  /// The text, without end-of-sequence token and stop string.
  public var text: String
  /// The verifier's score, 0…1.
  public var score: Float
  /// The score after shaping (overlong penalty); what advantages are made of.
  public var reward: Float
  /// How many logits were not finite while it was sampled.
  public var nonFiniteLogits: Int
  /// What the verifier said of it: `correct`, `wrong`, …; empty where it gave a score alone.
  public var verdict: String
  /// The answer that the verifier found; empty where it found none.
  public var answer: String
  /// Why it said so, for a reader of the rollouts.
  public var reason: String
  /// Further numbers that the reward gave, by name, such as `acc`.
  public var extras: [String: Double]

  /// Creates a response.
  public init(
    tokens: [Int32], logProbabilities: [Float], entropySum: Double, finish: FinishReason, text: String,
    score: Float,
    reward: Float, nonFiniteLogits: Int, verdict: String = "", answer: String = "",
    reason: String = "", extras: [String: Double] = [:]
  ) {
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.entropySum = entropySum
    self.finish = finish
    self.text = text
    self.score = score
    self.reward = reward
    self.nonFiniteLogits = nonFiniteLogits
    self.verdict = verdict
    self.answer = answer
    self.reason = reason
    self.extras = extras
  }
}
