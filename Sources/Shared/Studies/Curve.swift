/// A metric over the steps of some runs: the mean over seeds, and the least and greatest of them.
struct Curve: Equatable {
  /// A few steps of a curve.
  struct Point: Equatable {
    /// The last of the steps.
    let step: Int
    let mean: Double
    let low: Double
    let high: Double
  }

  /// By ascending step; without those at which no run measured a finite number.
  let points: [Point]

  /// - Parameters:
  ///   - metric: The metric's name.
  ///   - runs: One per seed.
  ///   - bin: How many steps make a point, each run's mean over them.
  init(_ metric: String, of runs: [Study.Run], bin: Int) {
    let last = runs.map(\.metrics.lastStep).max() ?? 0
    points = stride(from: 1, through: last, by: bin).compactMap { first in
      let steps = first...min(last, first + bin - 1)
      let values = runs.compactMap { $0.metrics.mean(metric, over: steps) }.filter(\.isFinite)
      guard let low = values.min(), let high = values.max() else { return nil }
      return Point(
        step: steps.upperBound, mean: values.reduce(0, +) / Double(values.count), low: low, high: high)
    }
  }
}
