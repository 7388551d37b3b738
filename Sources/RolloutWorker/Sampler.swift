import Experience
import Kernels
import Tensors

/// A token drawn from a row of logits.
struct Draw: BitwiseCopyable, Sendable, Equatable {
  /// The token.
  var token: Int32
  /// Its log-probability, in nats, of the temperature-scaled distribution before truncation.
  var logProbability: Float
  /// The entropy of that distribution, in nats.
  var entropy: Float
  /// How many logits were not finite; they have probability zero.
  var nonFinite: Int32
}

/// Draws tokens: temperature, then top-k, top-p and min-p, then one uniform number.
///
/// | logits | outcome |
/// |---|---|
/// | some NaN or infinite | these tokens are never drawn, and counted |
/// | none finite | `fallback`, log-probability 0 |
/// | several equally likely at a truncation's edge | the lower ids stay |
struct Sampler {
  /// How to draw.
  let parameters: SamplingParameters
  /// The token that stands in where there is no distribution: it ends the response.
  let fallback: Int32

  /// The token that `uniform`, in [0, 1), picks from `logits`.
  ///
  /// - Parameters:
  ///   - logits: `[vocabulary]`.
  ///   - uniform: The random number.
  ///   - weights: `[vocabulary]`, scratch.
  /// - Returns: The token with its log-probability and the entropy of its distribution.
  func draw(_ logits: Span<Float>, uniform: Double, weights: inout MutableSpan<Float>) -> Draw {
    let inverseTemperature = 1 / parameters.scoringTemperature
    let statistics = distributionStatistics(logits, inverseTemperature: inverseTemperature)
    let nonFinite = Int32(clamping: statistics.nonFinite)
    if statistics.isEmpty {
      return Draw(token: fallback, logProbability: 0, entropy: 0, nonFinite: nonFinite)
    }
    unnormalizedProbabilities(
      logits, statistics: statistics, inverseTemperature: inverseTemperature, into: &weights)
    let token: Int
    if parameters.isGreedy {
      token = mostLikely(logits)
    } else if isTruncating {
      token = pick(among: candidates(weights.span), weights: weights.span, uniform: uniform)
    } else {
      token = pick(weights.span, uniform: uniform)
    }
    return Draw(
      token: Int32(token),
      logProbability: statistics.logProbability(logit: logits[token], inverseTemperature: inverseTemperature),
      entropy: statistics.entropy, nonFinite: nonFinite)
  }

  private var isTruncating: Bool { parameters.topK > 0 || parameters.topP < 1 || parameters.minP > 0 }

  /// The lowest id with the largest finite logit.
  private func mostLikely(_ logits: Span<Float>) -> Int {
    var best = -1
    for id in 0..<logits.count where logits[id].isFinite && (best < 0 || logits[id] > logits[best]) {
      best = id
    }
    return best
  }

  /// The first token, in order of ids, at which the running sum exceeds its share; sums in Double.
  private func pick(_ weights: Span<Float>, uniform: Double) -> Int {
    var total = 0.0
    for id in 0..<weights.count { total += Double(weights[id]) }
    let threshold = uniform * total
    var sum = 0.0
    var last = 0
    for id in 0..<weights.count where weights[id] > 0 {
      sum += Double(weights[id])
      last = id
      if sum > threshold { return id }
    }
    return last
  }

  private func pick(among candidates: [Int], weights: Span<Float>, uniform: Double) -> Int {
    var total = 0.0
    for id in candidates { total += Double(weights[id]) }
    let threshold = uniform * total
    var sum = 0.0
    for id in candidates {
      sum += Double(weights[id])
      if sum > threshold { return id }
    }
    return candidates[candidates.count - 1]
  }

  /// What truncation leaves, most likely first; never empty.
  private func candidates(_ weights: Span<Float>) -> [Int] {
    let possible = (0..<weights.count).filter { weights[$0] > 0 }
    // Copied, since a span cannot be captured by the comparison.
    let values = possible.map { weights[$0] }
    var order = Array(possible.indices).sorted {
      values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
    }
    if parameters.topK > 0 { order = Array(order.prefix(parameters.topK)) }
    if parameters.topP < 1 {
      let total = order.reduce(0.0) { $0 + Double(values[$1]) }
      var sum = 0.0
      var kept = 0
      while kept < order.count && (kept == 0 || sum < Double(parameters.topP) * total) {
        sum += Double(values[order[kept]])
        kept += 1
      }
      order = Array(order.prefix(kept))
    }
    let floor = parameters.minP * values[order[0]]
    return order.filter { values[$0] >= floor }.map { possible[$0] }
  }
}
