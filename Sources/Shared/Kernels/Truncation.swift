import CKernels
import Tensors

// Which tokens may be drawn: top-k, then top-p of what is left, then min-p.
//
// All three keep the tokens above some weight, and of those at it the lower ids, so truncation is the search for that
// weight. It is found without sorting the vocabulary:
//
//   1. the weights of a few thousand tokens say between which two weights it lies, with certainty or nearly so;
//   2. one pass over all weights sums what lies above and collects what lies between;
//   3. histograms over the bits of the collected weights, coarse to fine, find it exactly.
//
// Where the second step shows that the first was wrong, everything is collected. So the result is exact: sums are in
// Double, of blocks of ids above the collected weights, then of histogram bins from the largest weight down, then
// token by token in order of weight.

/// Which tokens may be drawn.
public struct Truncation: Sendable, Equatable {
  /// Keeps the k most likely tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the most likely tokens that together have at least this share of what top-k left; 1 keeps all.
  public var topP: Float
  /// Keeps tokens at least this times as likely as the most likely one; 0 keeps all.
  public var minP: Float

  /// Keeps what all three keep; of several equally likely tokens at an edge, the lower ids.
  public init(topK: Int = 0, topP: Float = 1, minP: Float = 0) {
    self.topK = topK
    self.topP = topP
    self.minP = minP
  }

  func isTruncating(_ vocabulary: Int) -> Bool { (1..<vocabulary).contains(topK) || topP < 1 || minP > 0 }
}

/// The tokens of at least some weight; at the edge, those with ids up to some id.
struct KeptTokens {
  /// The weight of the lightest.
  let least: Float
  private let lastTie: Int
  private let leastAfterTies: Float

  /// Tokens that weigh at least `least`.
  init(least: Float) { (self.least, lastTie, leastAfterTies) = (least, -1, least) }

  /// Tokens heavier than `weight`, and those as heavy with ids up to `lastTie`.
  init(_ weight: Float, lastTie: Int) {
    (least, self.lastTie, leastAfterTies) = (weight, lastTie, weight.nextUp)
  }

  /// Every token that has a probability: weights are zero or normal numbers.
  static var all: KeptTokens { KeptTokens(least: .leastNormalMagnitude) }

  @inline(__always)
  func contains(_ weight: Float, id: Int) -> Bool { weight >= (id <= lastTie ? least : leastAfterTies) }
}

/// Decides which tokens may be drawn.
///
/// - Parameters:
///   - weights: Of all tokens; the largest is 1.
///   - total: Their sum, roughly.
///   - truncation: What to keep.
/// - Returns: The tokens that are kept, and the sums of their weights by blocks.
func truncate(
  _ weights: Span<Float>, total: Double, _ truncation: Truncation
) -> (kept: KeptTokens, sums: BlockSums) {
  var (candidates, kept): (Candidates, KeptTokens)
  if (1..<weights.count).contains(truncation.topK) {
    (candidates, kept) = heaviest(truncation.topK, weights)
    if truncation.topP < 1 {
      candidates.drop(weights, kept)
      let enough = share(truncation.topP, of: candidates.sum(weights))
      kept = candidates.boundary(weights, until: .sum(enough)) ?? kept
    }
  } else if truncation.topP < 1 {
    (candidates, kept) = nucleus(truncation.topP, total: total, weights)
  } else {
    kept = .all
    candidates = Candidates(weights, truncation.minP..<truncation.minP, expecting: 0)
  }
  if truncation.minP > kept.least {
    kept = KeptTokens(least: truncation.minP)
    if candidates.range.upperBound < kept.least {
      candidates = Candidates(weights, kept.least..<kept.least, expecting: 0)
    }
  }
  return (kept, candidates.sums(weights, kept))
}

/// More than nothing, so that the most likely token always stays.
private func share(_ p: Float, of sum: Double) -> Double { max(Double(p) * sum, .leastNonzeroMagnitude) }

/// The `count` heaviest tokens, and candidates among which they all are.
private func heaviest(_ count: Int, _ weights: Span<Float>) -> (Candidates, KeptTokens) {
  let least = Float.leastNormalMagnitude
  if let sample = WeightSample(weights, least: least) {
    let range = sample.floor(ofHeaviest: count)..<Float.infinity
    let candidates = Candidates(weights, range, expecting: sample.estimatedCount(range))
    if let kept = candidates.boundary(weights, until: .count(count)) { return (candidates, kept) }
  }
  let candidates = Candidates(weights, least..<Float.infinity, expecting: weights.count)
  return (candidates, candidates.boundary(weights, until: .count(count)) ?? .all)
}

/// The heaviest tokens that have the share `p` of all, and candidates among which is the lightest of them.
private func nucleus(_ p: Float, total: Double, _ weights: Span<Float>) -> (Candidates, KeptTokens) {
  // All tokens lighter than this are together lighter than what may be left out, since the total is at least 1.
  let least = max(.leastNormalMagnitude, Float(0.99 * (1 - Double(p)) / Double(weights.count)))
  if let sample = WeightSample(weights, least: least) {
    let range = sample.bracket(sumBelow: (1 - Double(p)) * total)
    let candidates = Candidates(weights, range, expecting: sample.estimatedCount(range))
    let enough = share(p, of: candidates.total)
    if let kept = candidates.boundary(weights, until: .sum(enough)) { return (candidates, kept) }
  }
  let candidates = Candidates(weights, least..<Float.infinity, expecting: weights.count)
  return (candidates, candidates.boundary(weights, until: .sum(share(p, of: candidates.total))) ?? .all)
}
