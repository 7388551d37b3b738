/// A prompt with its sampled and scored responses: what a rollout rank hands in.
public struct ScoredGroup: Sendable, Equatable {
  /// The number of the draw from the prompt stream.
  public var ordinal: Int
  /// The weights that sampled it, in optimizer updates.
  public var policyVersion: Int
  /// The prompt's tokens.
  public var promptTokens: [Int32]
  /// The responses, by sample number.
  public var responses: [Response]

  /// Creates a group.
  public init(ordinal: Int, policyVersion: Int, promptTokens: [Int32], responses: [Response]) {
    self.ordinal = ordinal
    self.policyVersion = policyVersion
    self.promptTokens = promptTokens
    self.responses = responses
  }

  /// The number of sampled tokens.
  public var tokenCount: Int { responses.reduce(0) { $0 + $1.tokens.count } }
}

/// A group with advantages: what a learner turns into a gradient.
public struct TrainingGroup: Sendable, Equatable {
  /// One response as the loss sees it.
  public struct Sample: Sendable, Equatable {
    /// The sampled tokens.
    public var tokens: [Int32]
    /// Their log-probabilities under the policy that sampled them, in nats.
    public var oldLogProbabilities: [Float]
    /// The advantage of every one of its tokens.
    public var advantage: Float

    /// Creates a sample.
    public init(tokens: [Int32], oldLogProbabilities: [Float], advantage: Float) {
      self.tokens = tokens
      self.oldLogProbabilities = oldLogProbabilities
      self.advantage = advantage
    }
  }

  /// The number of the draw from the prompt stream.
  public var ordinal: Int
  /// The weights that sampled it, in optimizer updates.
  public var policyVersion: Int
  /// The prompt's tokens.
  public var promptTokens: [Int32]
  /// The responses, by sample number.
  public var samples: [Sample]

  /// Creates a group.
  public init(ordinal: Int, policyVersion: Int, promptTokens: [Int32], samples: [Sample]) {
    self.ordinal = ordinal
    self.policyVersion = policyVersion
    self.promptTokens = promptTokens
    self.samples = samples
  }

  /// `group` with one advantage per response.
  ///
  /// - Precondition: As many advantages as responses.
  public init(_ group: ScoredGroup, advantages: [Float]) {
    precondition(advantages.count == group.responses.count, "TrainingGroup: \(advantages.count) advantages")
    self.init(
      ordinal: group.ordinal, policyVersion: group.policyVersion, promptTokens: group.promptTokens,
      samples: zip(group.responses, advantages).map { response, advantage in
        Sample(
          tokens: response.tokens, oldLogProbabilities: response.logProbabilities, advantage: advantage)
      })
  }

  /// The number of tokens in the loss.
  public var tokenCount: Int { samples.reduce(0) { $0 + $1.tokens.count } }
}
