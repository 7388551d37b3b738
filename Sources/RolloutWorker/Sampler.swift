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

/// Draws tokens: temperature, then top-k, top-p and min-p, then one uniform number that walks the tokens left in order
/// of their ids.
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
    let (chosen, statistics) = choose(logits, inverseTemperature, uniform, &weights)
    let nonFinite = Int32(clamping: statistics.nonFinite)
    guard let token = chosen else {
      return Draw(token: fallback, logProbability: 0, entropy: 0, nonFinite: nonFinite)
    }
    return Draw(
      token: Int32(token),
      logProbability: statistics.logProbability(logit: logits[token], inverseTemperature: inverseTemperature),
      entropy: statistics.entropy, nonFinite: nonFinite)
  }

  private func choose(
    _ logits: Span<Float>, _ inverseTemperature: Float, _ uniform: Double,
    _ weights: inout MutableSpan<Float>
  ) -> (token: Int?, statistics: DistributionStatistics) {
    if parameters.isGreedy {
      let statistics = distributionStatistics(logits, inverseTemperature: inverseTemperature)
      return (mostLikelyToken(logits, statistics: statistics), statistics)
    }
    let truncation = Truncation(topK: parameters.topK, topP: parameters.topP, minP: parameters.minP)
    return drawToken(
      logits, inverseTemperature: inverseTemperature, truncation: truncation, uniform: uniform,
      weights: &weights)
  }
}
