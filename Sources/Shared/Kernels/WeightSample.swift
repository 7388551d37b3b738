import Tensors

/// The weights of some thousand tokens, spread evenly over the ids: a guess at how all are distributed.
///
/// Whoever uses it checks the outcome, so it decides how long something takes and never what it gives.
struct WeightSample {
  /// Every how manieth vector of 16 tokens was taken.
  private let stride: Int
  private var histogram: Histogram

  /// A sample that knows weights of at least `least` apart; nil for vocabularies so small that it would save nothing.
  init?(_ weights: Span<Float>, least: Float) {
    let vectors = weights.count / 16
    guard vectors >= 1024 else { return nil }
    stride = vectors / 256
    // The largest weight is 1; a bin is 1/32 of an octave.
    histogram = Histogram(least.bitPattern..<Float(1).bitPattern + 1, shift: 18)
    for first in Swift.stride(from: 0, to: Int32(vectors) * 16, by: stride * 16) {
      histogram.add(first..<first + 16, weights)
    }
  }

  /// Roughly how many tokens have weights in `range`.
  func estimatedCount(_ range: Range<Float>) -> Int {
    let last = min(histogram.bin(range.upperBound), histogram.bins.count - 1)
    let bins = histogram.bins[min(histogram.bin(range.lowerBound), last)...last]
    return stride * bins.reduce(0) { $0 + $1.count }
  }

  /// A weight that at least `count` tokens very probably reach.
  func floor(ofHeaviest count: Int) -> Float {
    var found = 0.0
    for bin in histogram.bins.indices.reversed() {
      found += Double(histogram.bins[bin].count)
      // The deviation of a number of rare events is its root.
      if Double(stride) * (found - deviations * found.squareRoot()) >= Double(count) {
        return Float(bitPattern: histogram.bits(bin).lowerBound)
      }
    }
    return Float(bitPattern: histogram.bits(0).lowerBound)
  }

  /// Weights between which very probably lies the one below which tokens sum to `sum`.
  func bracket(sumBelow sum: Double) -> Range<Float> {
    var (low, found, variance) = (Float(bitPattern: histogram.bits(0).lowerBound), 0.0, 0.0)
    for (index, bin) in histogram.bins.enumerated() {
      let upperEdge = Float(bitPattern: histogram.bits(index).upperBound)
      found += bin.sum
      // A sum of rare events has the sum of their squares as its variance; no square exceeds this.
      variance += bin.sum * Double(upperEdge)
      let deviation = deviations * variance.squareRoot()
      // A few tokens that the sample has missed may be as heavy as the edge.
      if Double(stride) * (found + deviation + 4 * Double(upperEdge)) < sum { low = upperEdge }
      if Double(stride) * (found - deviation) > sum { return low..<upperEdge }
    }
    return low..<Float.infinity
  }
}

/// How far from its estimate a true value may lie, in standard deviations.
private let deviations = 3.0
