import Experience
import Messages
public import PolicyOptimization

/// Picks tokens out of a mini-batch for losses that ask for it, before its groups go to learners.
public struct TokenSelector: Sendable, Equatable {
  /// The policy's part of the loss.
  public var loss: PolicyLoss
  /// Which tokens keep it, if not all.
  public var highEntropy: HighEntropyTokens?

  /// A selector of a loss that picks nothing.
  public init(loss: PolicyLoss = .vanilla(ClippedObjective()), highEntropy: HighEntropyTokens? = nil) {
    self.loss = loss
    self.highEntropy = highEntropy
  }

  /// Whether anything is picked, so that a mini-batch must be complete before any of it is trained.
  public var isNeeded: Bool { loss.scope == .miniBatch || needsEntropies }

  /// Whether entropies under the policy in training are looked at.
  public var needsEntropies: Bool { (highEntropy?.share ?? 1) < 1 }

  /// The groups of a mini-batch with what was picked noted in them.
  ///
  /// - Parameters:
  ///   - groups: The mini-batch, by ascending ordinal.
  ///   - scores: By ordinal, what the policy in training makes of them; of groups that are not there, the old
  ///     log-probabilities are the policy's own.
  ///   - draw: A random number below its argument.
  /// - Returns: The groups, in their order.
  func select(
    _ groups: [JudgedGroup], scores: [Int: GroupScores], draw: (Int) -> Int
  ) -> [JudgedGroup] {
    var groups = groups
    if loss.scope == .miniBatch {
      var flags = loss.selection(
        of: groups.flatMap { $0.responses(scores[$0.group.ordinal]?.policy) }, draw: draw)[...]
      for index in groups.indices {
        let count = groups[index].group.responses.count
        groups[index].isSelected = Array(flags.prefix(count))
        flags = flags.dropFirst(count)
      }
    }
    if let highEntropy, needsEntropies { keep(highEntropy, of: &groups, scores) }
    return groups
  }

  /// Gives all other tokens the weight 0.
  private func keep(
    _ highEntropy: HighEntropyTokens, of groups: inout [JudgedGroup], _ scores: [Int: GroupScores]
  ) {
    let entropies = groups.flatMap { scores[$0.group.ordinal]?.entropies ?? [] }
    let isCounted = groups.flatMap { group in group.old.indices.map { group.mask(of: $0) } }
    var flags = highEntropy.flags(of: entropies, isCounted: isCounted)[...]
    for index in groups.indices {
      let count = groups[index].group.responses.count
      let weights = groups[index].weightsBeforeSelection
      groups[index].importanceWeights = flags.prefix(count).enumerated().map { response, flags in
        flags.enumerated().map { $1 ? (weights.isEmpty ? 1 : weights[response][$0]) : 0 }
      }
      flags = flags.dropFirst(count)
    }
  }
}

extension JudgedGroup {
  /// Whether each token of a response counts.
  func mask(of response: Int) -> [Bool] {
    isCounted.isEmpty ? [Bool](repeating: true, count: old[response].count) : isCounted[response]
  }

  /// The responses as losses see them, with `new` log-probabilities or, where there are none, the old ones.
  fileprivate func responses(_ new: [[Float]]?) -> [LossResponse] {
    old.indices.map { index in
      LossResponse(
        new: new?[index] ?? old[index], old: old[index],
        advantages: old[index].indices.map { advantages[index][$0] }, isCounted: mask(of: index))
    }
  }
}
