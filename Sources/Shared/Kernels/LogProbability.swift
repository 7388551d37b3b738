import CKernels
import Tensors

// Log-probabilities and entropy of a row of logits, forward and backward.
//
//   l_j     = logit_j / T, -∞ where that is not finite
//   log p_j = (l_j - m) - log s,  m = max l,  s = sum over j of e^(l_j - m)
//   H       = log s - (sum over j of e^(l_j - m) · (l_j - m)) / s
//   dlogit_j = (dlogp · (δ_j - p_j) - dH · p_j · (log p_j + H)) / T
//
// The sampler and the learner call the same functions, so that the recorded log-probability is the learner's,
// to the bit. The passes are in C (CKernels/softmax.c) for AVX-512 and AVX2, with the same bits.

/// What a row of logits says about its distribution.
public struct DistributionStatistics: Sendable, Equatable, BitwiseCopyable {
  /// The largest scaled logit; -∞ if none is finite.
  public var maximum: Float
  /// The sum over tokens of `e^(l - maximum)`, at least 1 if any logit is finite.
  public var sum: Float
  /// The logarithm of `sum`, rounded once.
  public var logSum: Float
  /// The entropy in nats.
  public var entropy: Float
  /// How many scaled logits were not finite; they have probability zero.
  public var nonFinite: Int

  /// Whether no logit is finite, so that there is no distribution.
  public var isEmpty: Bool { maximum == -.infinity }

  /// The log-probability, in nats, of a token with logit `logit`; 0 if there is no distribution, -∞ for a
  /// masked one.
  public func logProbability(logit: Float, inverseTemperature: Float) -> Float {
    if isEmpty { return 0 }
    let scaled = logit * inverseTemperature
    return scaled.isFinite ? (scaled - maximum) - logSum : -.infinity
  }
}

/// The statistics of `logits`, one row, scaled by `inverseTemperature`.
///
/// - Note: Row law: a function of the row alone. Sums run in sixteen lanes of Float by token id within blocks of a few
///   hundred tokens, beyond that in Double.
public func distributionStatistics(_ logits: Span<Float>, inverseTemperature: Float) -> DistributionStatistics
{
  var sums = BlockSums(positions: logits.count)
  return unsafe distributionStatistics(
    logits, inverseTemperature: inverseTemperature, weights: nil, sums: &sums)
}

/// The same; writes `e^(l - maximum)` of every token to `weights` unless it is nil, and their sums to `sums`.
@unsafe
func distributionStatistics(
  _ logits: Span<Float>, inverseTemperature: Float, weights: UnsafeMutablePointer<Float>?,
  sums: inout BlockSums
) -> DistributionStatistics {
  unsafe logits.withUnsafeBufferPointer { row in
    var finite = 0
    let maximum = unsafe ck_row_maximum(row.baseAddress, row.count, inverseTemperature, &finite)
    let nonFinite = row.count - finite
    guard finite > 0 else {
      return DistributionStatistics(maximum: maximum, sum: 0, logSum: 0, entropy: 0, nonFinite: nonFinite)
    }
    let products = unsafe sums.write { length, out in
      unsafe ck_row_exponentials(
        row.baseAddress, row.count, inverseTemperature, maximum, length, weights, out)
    }
    let sum = sums.total
    let logSum = logarithm(sum)
    return DistributionStatistics(
      maximum: maximum, sum: Float(sum), logSum: Float(logSum),
      entropy: Float(max(0, logSum - products / sum)),
      nonFinite: nonFinite)
  }
}

/// Sums over blocks of consecutive positions of a row.
struct BlockSums {
  /// Positions in a block, a multiple of 16.
  let length: Int
  /// The sums, at most 256.
  var sums: [Double]

  init(positions: Int) {
    length = max(512, ((positions + 255) / 256 + 15) & ~15)
    sums = [Double](repeating: 0, count: (positions + length - 1) / length)
  }

  /// The sum of all blocks, in order.
  var total: Double { sums.reduce(0, +) }

  /// Lets `body` fill the sums, given the length of a block.
  @unsafe
  mutating func write<Result>(_ body: (Int, UnsafeMutablePointer<Double>?) -> Result) -> Result {
    let length = length
    return unsafe sums.withUnsafeMutableBufferPointer { unsafe body(length, $0.baseAddress) }
  }
}

/// Writes `e^(l - maximum)` of every token into `weights`: unnormalised probabilities.
public func unnormalizedProbabilities(
  _ logits: Span<Float>, statistics: DistributionStatistics, inverseTemperature: Float,
  into weights: inout MutableSpan<Float>
) {
  precondition(
    logits.count == weights.count, "unnormalizedProbabilities: \(logits.count) logits, \(weights.count)")
  var sums = BlockSums(positions: logits.count)
  unsafe logits.withUnsafeBufferPointer { row in
    unsafe weights.withUnsafeMutableBufferPointer { weights in
      _ = unsafe sums.write { length, out in
        unsafe ck_row_exponentials(
          row.baseAddress, row.count, inverseTemperature, statistics.maximum, length, weights.baseAddress, out
        )
      }
    }
  }
}

/// One prediction to score: a row of logits and the token that followed, with the gradients that flow back to
/// it.
public struct TokenGradient: Sendable {
  /// The token whose log-probability enters the loss.
  public var token: Int32
  /// d loss / d log-probability of `token`.
  public var logProbability: Float
  /// d loss / d entropy of the row.
  public var entropy: Float

  /// Creates the gradient of one prediction.
  public init(token: Int32, logProbability: Float, entropy: Float) {
    self.token = token
    self.logProbability = logProbability
    self.entropy = entropy
  }
}

/// Overwrites one row of logits with the gradient of the loss with respect to it.
///
/// - Parameters:
///   - logits: `[vocabulary]`, overwritten by the gradient.
///   - statistics: Of this row, as ``distributionStatistics(_:inverseTemperature:)`` gave them.
///   - inverseTemperature: As given to the forward.
///   - gradients: One or more predictions made from this row (the last token of a prompt predicts the first token of
///     every response); summed in this order.
public func logProbabilityBackward(
  _ logits: inout MutableSpan<Float>, statistics: DistributionStatistics, inverseTemperature: Float,
  gradients: some Sequence<TokenGradient>
) {
  var perRow: Float = 0
  var perEntropy: Float = 0
  for gradient in gradients {
    perRow += gradient.logProbability
    perEntropy += gradient.entropy
  }
  var row = ck_softmax_gradient(
    scale: inverseTemperature, maximum: statistics.maximum,
    reciprocal: statistics.isEmpty ? 0 : 1 / statistics.sum, log_sum: statistics.logSum,
    entropy: statistics.entropy, per_log_probability: perRow, per_entropy: perEntropy)
  unsafe logits.withUnsafeMutableBufferPointer { logits in
    unsafe ck_softmax_backward(logits.baseAddress, logits.count, &row)
  }
  guard !statistics.isEmpty else { return }
  for gradient in gradients {
    logits[Int(gradient.token)] += gradient.logProbability * inverseTemperature
  }
}
