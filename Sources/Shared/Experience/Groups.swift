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
    /// Their log-probabilities in nats, the ratio's denominators.
    public var oldLogProbabilities: [Float]
    /// One advantage for all of its tokens, or one for each.
    public var advantages: [Float]
    /// Whether each token counts in the loss; empty where all do.
    public var isCounted: [Bool]
    /// What each token's policy loss is multiplied by; empty where that is 1.
    public var importanceWeights: [Float]
    /// Whether each token was picked out of its mini-batch, for losses that pick; empty where none was.
    public var isSelected: [Bool]

    /// Creates a sample.
    public init(
      tokens: [Int32], oldLogProbabilities: [Float], advantages: [Float], isCounted: [Bool] = [],
      importanceWeights: [Float] = [], isSelected: [Bool] = []
    ) {
      self.tokens = tokens
      self.oldLogProbabilities = oldLogProbabilities
      self.advantages = advantages
      self.isCounted = isCounted
      self.importanceWeights = importanceWeights
      self.isSelected = isSelected
    }

    /// The number of tokens in the loss.
    public var countedTokens: Int { isCounted.isEmpty ? tokens.count : isCounted.count { $0 } }

    /// Whether token `index` is in the loss.
    public func counts(_ index: Int) -> Bool { isCounted.isEmpty || isCounted[index] }

    /// The advantage of token `index`.
    public func advantage(of index: Int) -> Float {
      advantages.count == 1 ? advantages[0] : advantages[index]
    }
  }

  /// The number of the draw from the prompt stream.
  public var ordinal: Int
  /// The weights that the old log-probabilities are of, in optimizer updates.
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

  /// `group` with the advantages of each response, whose old log-probabilities are those it was sampled with.
  ///
  /// - Precondition: As many lists of advantages as responses.
  public init(_ group: ScoredGroup, advantages: [[Float]]) {
    precondition(advantages.count == group.responses.count, "TrainingGroup: \(advantages.count) advantages")
    self.init(
      ordinal: group.ordinal, policyVersion: group.policyVersion, promptTokens: group.promptTokens,
      samples: zip(group.responses, advantages).map { response, advantages in
        Sample(
          tokens: response.tokens, oldLogProbabilities: response.logProbabilities, advantages: advantages)
      })
  }

  /// The number of tokens in the loss.
  public var tokenCount: Int { samples.reduce(0) { $0 + $1.countedTokens } }
}
