/// The tokens of a mini-batch with the highest entropies, which alone keep their policy loss.
///
/// ```
/// threshold = quantile 1 - share of the counted tokens' entropies, linear between neighbours
/// kept      = counted, and entropy ≥ threshold
/// ```
///
/// A token that is not kept has importance weight 0 (`LossResponse.weights`): it stays in the normaliser, and
/// its KL penalty and entropy bonus stay.
///
/// Source: Wang et al. 2025, "Beyond the 80/20 Rule", section 5, arXiv:2506.01939; TRL's
/// `get_high_entropy_mask`, which takes the quantile in Float by `torch.quantile`, as this does.
public struct HighEntropyTokens: Sendable, Equatable {
  /// The share of tokens to keep.
  ///
  /// TRL's `top_entropy_quantile`, default 1, range 0...1; the paper uses 0.2.
  public let share: Double

  /// Creates a selection.
  ///
  /// - Throws: `optionOutOfRange` for a share outside 0...1.
  public init(share: Double) throws(PolicyOptimizationError) {
    guard (0...1).contains(share) else {
      throw .optionOutOfRange(key: "top_entropy_quantile", value: share, range: "in 0...1")
    }
    self.share = share
  }

  /// Tells which tokens keep their policy loss.
  ///
  /// - Parameters:
  ///   - entropies: Of each response's tokens in the mini-batch, in nats.
  ///   - isCounted: Which tokens count in the loss; all where nil. Others are not looked at and not kept.
  /// - Returns: One flag per token; none is set where no token counts.
  public func flags(of entropies: [[Float]], isCounted: [[Bool]]? = nil) -> [[Bool]] {
    let sorted = entropies.indices.flatMap { response in
      entropies[response].indices.filter { isCounted?[response][$0] ?? true }.map { entropies[response][$0] }
    }.sorted()
    guard let threshold = threshold(in: sorted) else { return entropies.map { $0.map { _ in false } } }
    return entropies.indices.map { response in
      entropies[response].indices.map { token in
        (isCounted?[response][token] ?? true) && entropies[response][token] >= threshold
      }
    }
  }

  /// The quantile of ascending numbers; nil for none.
  private func threshold(in sorted: [Float]) -> Float? {
    guard let last = sorted.last, share < 1 else { return sorted.first }
    let rank = Float(1 - share) * Float(sorted.count - 1)
    let below = Int(rank)
    guard below + 1 < sorted.count else { return last }
    let (lower, upper, weight) = (sorted[below], sorted[below + 1], rank - Float(below))
    // torch's lerp, which gives either end exactly.
    return weight < 0.5 ? lower + weight * (upper - lower) : upper - (upper - lower) * (1 - weight)
  }
}
