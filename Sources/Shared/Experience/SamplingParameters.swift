/// How tokens are drawn from the policy's distribution.
public struct SamplingParameters: Sendable, Equatable {
  /// Divides the logits; 0 takes the most likely token.
  public var temperature: Float
  /// Keeps the k most likely tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the most likely tokens that together have at least this probability; 1 keeps all.
  public var topP: Float
  /// Keeps tokens at least this times as likely as the most likely one; 0 keeps all.
  public var minP: Float
  /// The most tokens of a response.
  public var maximumTokens: Int
  /// Texts that end a response.
  public var stopStrings: [String]

  /// Creates parameters.
  public init(
    temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0, maximumTokens: Int,
    stopStrings: [String] = []
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.maximumTokens = maximumTokens
    self.stopStrings = stopStrings
  }

  /// The same with the most likely token each time.
  public var greedy: SamplingParameters {
    SamplingParameters(temperature: 0, maximumTokens: maximumTokens, stopStrings: stopStrings)
  }

  /// Whether the most likely token is taken.
  public var isGreedy: Bool { temperature == 0 }

  /// The temperature whose distribution log-probabilities are of: 1 where tokens are taken greedily.
  public var scoringTemperature: Float { isGreedy ? 1 : temperature }
}
