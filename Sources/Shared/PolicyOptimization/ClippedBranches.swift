/// PPO's two branches at one token: -A · r, and the same with the ratio held within bounds; the larger counts.
///
/// Where the two tie, torch gives each half of the gradient, and so does this: inside the bounds both halves
/// are the same and add up; on a tie with a constant branch one half remains.
struct ClippedBranches {
  /// The larger branch, and its derivative by the new log-probability.
  let larger: Slope

  /// Whether the clipped branch is the larger one.
  let isClipped: Bool

  /// - Parameters:
  ///   - ratio: The ratio, and its derivative by the new log-probability.
  ///   - advantage: Of the token.
  ///   - low: How far the ratio may fall below 1.
  ///   - high: How far it may rise above 1.
  ///   - ceiling: What caps the ratio of the free branch.
  init(ratio: Slope, advantage: Double, low: Double, high: Double, ceiling: Double = .infinity) {
    let (least, most) = (1 - low, 1 + high)
    let held = ratio.value > most ? most : ratio.value < least ? least : ratio.value
    let capped = ratio.value > ceiling ? ceiling : ratio.value
    let (free, clipped) = (-advantage * capped, -advantage * held)
    let throughHeld: Double = held == ratio.value ? 1 : 0
    let throughCeiling: Double = capped == ceiling && ratio.value > ceiling ? 0 : 1
    let through =
      share(of: free, over: clipped) * throughCeiling + share(of: clipped, over: free) * throughHeld
    // A branch that carries nothing sends nothing back, even where the ratio is infinite.
    larger = Slope(
      value: clipped > free ? clipped : free,
      derivative: through == 0 ? 0 : -advantage * ratio.derivative * through)
    isClipped = clipped > free
  }
}

/// The part of a gradient that goes to `mine` where the larger of the two is taken: all, none, or half on a
/// tie.
func share(of mine: Double, over other: Double) -> Double {
  mine > other ? 1 : mine < other ? 0 : 0.5
}

/// The ratio of a log-ratio, and its derivative by the new log-probability.
func ratio(of logRatio: Slope) -> Slope {
  let value = exponential(logRatio.value)
  return Slope(value: value, derivative: value * logRatio.derivative)
}
