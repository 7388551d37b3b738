import CKernels
import Tensors

// Drawing a token from a row of logits.
//
//   w_j = e^(l_j - maximum)          unnormalised probabilities, exactly 1 for the most likely token
//   token = the first id at which the running sum of the kept w exceeds uniform · (their sum)
//
// The running sum goes over blocks of ids in order, then id by id within the block that it ends in, in Double. Blocks
// that are not truncated are those of the statistics, summed in Float lanes: within 1e-6 of their share.

/// Draws a token with the number `uniform`.
///
/// - Parameters:
///   - logits: `[vocabulary]`.
///   - inverseTemperature: Multiplies the logits.
///   - truncation: Which tokens may be drawn.
///   - uniform: The random number, in [0, 1).
///   - weights: `[vocabulary]`, scratch.
/// - Returns: The token, or nil if no logit is finite; and the statistics of the whole distribution, with the bits of
///   ``distributionStatistics(_:inverseTemperature:)``. A function of logits and number alone.
public func drawToken(
  _ logits: Span<Float>, inverseTemperature: Float, truncation: Truncation, uniform: Double,
  weights: inout MutableSpan<Float>
) -> (token: Int?, statistics: DistributionStatistics) {
  precondition(logits.count == weights.count, "drawToken: \(logits.count) logits, \(weights.count) weights")
  var sums = BlockSums(positions: logits.count)
  let statistics = unsafe weights.withUnsafeMutableBufferPointer { out in
    unsafe distributionStatistics(
      logits, inverseTemperature: inverseTemperature, weights: out.baseAddress, sums: &sums)
  }
  if statistics.isEmpty { return (nil, statistics) }
  var kept = KeptTokens.all
  if truncation.isTruncating(logits.count) {
    (kept, sums) = truncate(weights.span, total: sums.total, truncation)
  }
  return (pick(weights.span, kept: kept, sums: sums, uniform: uniform), statistics)
}

/// The token to take where none is drawn.
///
/// - Parameters:
///   - logits: `[vocabulary]`.
///   - statistics: Of this row at inverse temperature 1.
/// - Returns: The lowest id with the largest finite logit; nil if none is finite.
public func mostLikelyToken(_ logits: Span<Float>, statistics: DistributionStatistics) -> Int? {
  if statistics.isEmpty { return nil }
  let maximum = statistics.maximum
  var first = 0
  while first + 16 <= logits.count {
    if any(logits.lanes16(at: first) .== maximum) { break }
    first += 16
  }
  return (first..<logits.count).first { logits[$0] == maximum }
}

private func pick(_ weights: Span<Float>, kept: KeptTokens, sums: BlockSums, uniform: Double) -> Int {
  let threshold = uniform * sums.total
  var start = 0
  var (before, sum) = (0.0, 0.0)
  for (block, blockSum) in sums.sums.enumerated() where blockSum > 0 {
    (start, before) = (block * sums.length, sum)
    sum += blockSum
    if sum > threshold { break }
  }
  var last = start
  for id in start..<min(start + sums.length, weights.count) where kept.contains(weights[id], id: id) {
    before += Double(weights[id])
    last = id
    if before > threshold { break }
  }
  return last
}
