/// One response as a policy loss sees it: numbers per token, in order.
///
/// What stands at a token that does not count is never looked at, be it a NaN.
public struct LossResponse: Sendable, Equatable {
  /// Log-probabilities under the policy in training, in nats.
  public var new: [Float]

  /// Log-probabilities under the policy the ratio is taken to, in nats (`RatioDenominator`).
  public var old: [Float]

  /// One advantage per token.
  public var advantages: [Float]

  /// Which tokens count in the loss; all where nil.
  public var isCounted: [Bool]?

  /// Importance weights of rollout correction, which multiply loss and derivative; 1 where nil.
  ///
  /// verl's `rollout_is_weights`.
  public var weights: [Float]?

  /// Which tokens `PolicyLoss.selection(of:draw:)` chose from the mini-batch; none where nil.
  public var isSelected: [Bool]?

  /// Creates a response; all arrays that are given have one element per token.
  public init(
    new: [Float], old: [Float], advantages: [Float], isCounted: [Bool]? = nil, weights: [Float]? = nil,
    isSelected: [Bool]? = nil
  ) {
    let counts = [old.count, advantages.count, isCounted?.count, weights?.count, isSelected?.count]
    precondition(
      counts.allSatisfy { $0 ?? new.count == new.count }, "LossResponse: \(new.count) tokens, but \(counts)")
    self.new = new
    self.old = old
    self.advantages = advantages
    self.isCounted = isCounted
    self.weights = weights
    self.isSelected = isSelected
  }

  /// The tokens that count, in order.
  public var countedTokens: [Int] { new.indices.filter { isCounted?[$0] ?? true } }

  /// The importance weight of a token.
  func weight(of token: Int) -> Double { weights.map { Double($0[token]) } ?? 1 }

  /// new - old of a token, in nats.
  func logRatio(of token: Int) -> Double { Double(new[token]) - Double(old[token]) }

  /// `term` of each token that counts, weighted, and nothing for the others.
  func weightedTerms(_ term: (Int) -> PolicyTerm) -> [PolicyTerm] {
    new.indices.map { token in
      guard isCounted?[token] ?? true else { return .uncounted }
      return term(token).weighted(by: weight(of: token))
    }
  }
}
