import Tensors

// Log-probabilities and entropy of a row of logits, forward and backward.
//
//   l_j     = logit_j / T, -∞ where that is not finite
//   log p_j = (l_j - m) - log s,  m = max l,  s = sum over j of e^(l_j - m)
//   H       = log s - (sum over j of e^(l_j - m) · (l_j - m)) / s
//   dlogit_j = (dlogp · (δ_j - p_j) - dH · p_j · (log p_j + H)) / T
//
// The sampler and the learner call the same functions, so that the recorded log-probability is the learner's,
// to the bit. Sums run in eight lanes by token id.

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
public func distributionStatistics(_ logits: Span<Float>, inverseTemperature: Float) -> DistributionStatistics
{
  let count = logits.count
  var maxima = SIMD8<Float>(repeating: -.infinity)
  var finite = SIMD8<Int32>()
  forEachLane8Padded(count) { i, valid in
    let (scaled, isFinite) = scaledLogits(logits, at: i, valid: valid, inverseTemperature)
    maxima.replace(with: scaled, where: scaled .> maxima)
    finite.replace(with: finite &+ 1, where: isFinite)
  }
  let maximum = maxima.max()
  let nonFinite = count - Int(finite.wrappedSum())
  guard maximum > -.infinity else {
    return DistributionStatistics(maximum: maximum, sum: 0, logSum: 0, entropy: 0, nonFinite: nonFinite)
  }
  var sums = SIMD8<Float>()
  var products = SIMD8<Float>()
  forEachLane8Padded(count) { i, valid in
    let (scaled, _) = scaledLogits(logits, at: i, valid: valid, inverseTemperature)
    let e = exponential(scaled - maximum)
    sums += e
    products.addProduct(e, (scaled - maximum).replacing(with: 0, where: e .== 0))
  }
  let sum = sums.treeSum
  let logSum = Float(logarithm(Double(sum)))
  let entropy = max(0, logSum - products.treeSum / sum)
  return DistributionStatistics(
    maximum: maximum, sum: sum, logSum: logSum, entropy: entropy, nonFinite: nonFinite)
}

/// Writes `e^(l - maximum)` of every token into `weights`: unnormalised probabilities, for the sampler.
public func unnormalizedProbabilities(
  _ logits: Span<Float>, statistics: DistributionStatistics, inverseTemperature: Float,
  into weights: inout MutableSpan<Float>
) {
  precondition(
    logits.count == weights.count, "unnormalizedProbabilities: \(logits.count) logits, \(weights.count)")
  forEachLane8Padded(logits.count) { i, valid in
    let (scaled, _) = scaledLogits(logits, at: i, valid: valid, inverseTemperature)
    weights.storeUpTo8(exponential(scaled - statistics.maximum), at: i, count: valid)
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
  let reciprocal = statistics.isEmpty ? 0 : 1 / statistics.sum
  let count = logits.count
  forEachLane8Padded(count) { i, valid in
    let (scaled, isFinite) = scaledLogits(logits.span, at: i, valid: valid, inverseTemperature)
    let centred = scaled - statistics.maximum
    let p = exponential(centred) * reciprocal
    let logP = centred - statistics.logSum
    let value = -p * (perRow + perEntropy * (logP + statistics.entropy)) * inverseTemperature
    logits.storeUpTo8(value.replacing(with: 0, where: p .== 0 .| .!isFinite), at: i, count: valid)
  }
  guard !statistics.isEmpty else { return }
  for gradient in gradients {
    logits[Int(gradient.token)] += gradient.logProbability * inverseTemperature
  }
}

/// Eight scaled logits from `i` on, -∞ where not finite and beyond the row's end.
@inline(__always)
private func scaledLogits(
  _ logits: Span<Float>, at i: Int, valid: Int, _ inverseTemperature: Float
) -> (SIMD8<Float>, SIMDMask<SIMD8<Int32>>) {
  var raw = logits.loadUpTo8(at: i, count: valid)
  if valid < 8 { for lane in valid..<8 { raw[lane] = -.infinity } }
  // x - x is zero for finite x and NaN for the rest; scaling may overflow, so it comes first.
  let scaled = raw * inverseTemperature
  let isFinite = (scaled - scaled) .== 0
  return (scaled.replacing(with: -.infinity, where: .!isFinite), isFinite)
}
