/// A shared beginning and the sequences that continue it: what is computed together, and folded as one.
///
/// A group is its prompt and its responses. Supervised examples have no trunk; each is a branch of its own.
public struct TokenTree: Sendable, Equatable {
  /// A sequence behind the trunk.
  public struct Branch: Sendable, Equatable {
    /// Its tokens.
    public var tokens: [Int32]
    /// The first of its tokens that is scored.
    ///
    /// The ones before are context; at least 1 where there is no trunk.
    public var firstTarget: Int

    /// Creates a branch.
    public init(tokens: [Int32], firstTarget: Int = 0) {
      self.tokens = tokens
      self.firstTarget = firstTarget
    }

    /// The tokens that are scored, as indices into `tokens`.
    var targets: Range<Int> { min(firstTarget, tokens.count)..<tokens.count }
  }

  /// The tokens that all branches begin with.
  public var trunk: [Int32]
  /// The branches.
  public var branches: [Branch]

  /// Creates a tree.
  public init(trunk: [Int32], branches: [Branch]) {
    self.trunk = trunk
    self.branches = branches
  }

  /// The branches in pieces of consecutive ones with at most `tokens` rows each (or a single longer branch).
  ///
  /// The bounds depend on the tree and `tokens` only, never on memory or threads: they fix the order of sums.
  func pieces(tokens: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    var rows = 0
    for (index, branch) in branches.enumerated() {
      if index > start && rows + branch.tokens.count > tokens {
        pieces.append(start..<index)
        (start, rows) = (index, 0)
      }
      rows += branch.tokens.count
    }
    if start < branches.count { pieces.append(start..<branches.count) }
    return pieces
  }
}

/// One scored token: where it stands and what the model says of it.
public struct ScoredToken: Sendable, Equatable {
  /// The branch.
  public var branch: Int
  /// The token's index in the branch.
  public var index: Int
  /// Its log-probability, in nats, of the temperature-scaled distribution.
  public var logProbability: Float
  /// The entropy of the distribution it was drawn from, in nats.
  public var entropy: Float
}

/// How the loss changes with one scored token.
public struct TokenDerivative: Sendable, Equatable {
  /// d loss / d log-probability.
  public var logProbability: Float
  /// d loss / d entropy.
  public var entropy: Float

  /// Creates a derivative.
  public init(logProbability: Float, entropy: Float = 0) {
    self.logProbability = logProbability
    self.entropy = entropy
  }
}
