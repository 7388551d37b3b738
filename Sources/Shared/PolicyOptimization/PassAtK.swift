/// The probability that one of `k` responses is correct, from `samples` of which `correct` are; unbiased.
///
/// ```
/// 1 - Π (1 - k / j)  over j = samples - correct + 1 … samples;   1 where fewer than k are wrong
/// ```
///
/// | samples | correct | k | pass@k |
/// |---|---|---|---|
/// | 16 | 3 | 1 | 0.1875 |
/// | 16 | 3 | 8 | 0.9 |
///
/// Source: Chen et al. 2021, "Evaluating large language models trained on code", section 2.1,
/// arXiv:2107.03374.
///
/// - Precondition: 0 ≤ correct ≤ samples and 1 ≤ k ≤ samples.
public func passAtK(samples: Int, correct: Int, k: Int) -> Double {
  precondition(0 <= correct && correct <= samples && 1 <= k && k <= samples, "pass@\(k) of \(samples)")
  guard samples - correct >= k else { return 1 }
  var failure = 1.0
  for j in stride(from: samples - correct + 1, through: samples, by: 1) {
    failure *= 1 - Double(k) / Double(j)
  }
  return 1 - failure
}

/// The largest mean pass@k there can be over prompts whose pass rates have this mean and variance.
///
/// ```
/// 1 - ((1 - mean)² + variance)^(k/2)
/// ```
///
/// Source: Dang et al. 2025, "Weight ensembling improves reasoning in language models", arXiv:2504.10478, as
/// used by ProRL, section 4.2.
///
/// - Parameters:
///   - mean: Of the prompts' pass@1.
///   - variance: Of the prompts' pass@1, over their number.
///   - k: How many responses.
/// - Returns: nil for k below 2, where it is no bound.
public func passAtKBound(mean: Double, variance: Double, k: Int) -> Double? {
  guard k >= 2 else { return nil }
  let base = (1 - mean) * (1 - mean) + variance
  var power = k.isMultiple(of: 2) ? 1.0 : base.squareRoot()
  for _ in 0..<k / 2 { power *= base }
  return 1 - power
}

/// How long responses are, in tokens.
public struct LengthDistribution: Sendable, Equatable {
  /// The shortest.
  public let minimum: Double
  /// A quarter is not longer.
  public let lowerQuartile: Double
  /// Half are not longer.
  public let median: Double
  /// Three quarters are not longer.
  public let upperQuartile: Double
  /// Nine tenths are not longer.
  public let ninetiethPercentile: Double
  /// The longest.
  public let maximum: Double
  /// The mean.
  public let mean: Double

  /// The numbers with short names, the mean left out.
  public var named: [NamedValue] {
    [
      NamedValue("min", minimum), NamedValue("p25", lowerQuartile), NamedValue("median", median),
      NamedValue("p75", upperQuartile), NamedValue("p90", ninetiethPercentile), NamedValue("max", maximum),
    ]
  }

  /// Of some lengths; nil of none.
  ///
  /// Between two lengths a quantile lies on the straight line, as in numpy.
  public init?(_ lengths: [Int]) {
    guard !lengths.isEmpty else { return nil }
    let sorted = lengths.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return Double(sorted[below]) + (place - Double(below)) * Double(sorted[above] - sorted[below])
    }
    minimum = Double(sorted[0])
    lowerQuartile = quantile(0.25)
    median = quantile(0.5)
    upperQuartile = quantile(0.75)
    ninetiethPercentile = quantile(0.9)
    maximum = Double(sorted[sorted.count - 1])
    mean = Double(sorted.reduce(0, +)) / Double(sorted.count)
  }
}
