/// One response's log-probabilities in Double.
struct CorrectionRow {
  let old: [Double]
  let rollout: [Double]
  /// old - rollout at every token.
  let logRatios: [Double]
  /// Their exponentials, held within ±20 before; one for all who ask, since nothing here costs more.
  let ratios: [Double]
  let isCounted: [Bool]
  /// How many tokens count.
  let count: Int

  init(_ response: RolloutCorrection.Response) {
    old = response.old.map { Double($0) }
    rollout = response.rollout.map { Double($0) }
    logRatios = zip(old, rollout).map { $0 - $1 }
    ratios = logRatios.map { exponential(clamped($0, bound: logRatioBound).value) }
    isCounted = response.isCounted ?? Array(repeating: true, count: old.count)
    count = isCounted.count { $0 }
  }

  /// The counted ones of `values`, in order.
  func counted(_ values: [Double]) -> [Double] { zip(values, isCounted).filter(\.1).map(\.0) }

  /// Over the counted tokens, in order.
  func sum(_ values: [Double]) -> Double {
    zip(values, isCounted).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
  }

  /// Over the counted tokens; 0 without any.
  func mean(_ values: [Double]) -> Double { count == 0 ? 0 : sum(values) / Double(count) }

  /// Over the counted tokens; 0 without any, NaN with a NaN.
  func maximum(_ values: [Double]) -> Double { largest(counted(values)) ?? 0 }
}

/// The responses of a batch.
struct CorrectionBatch {
  let rows: [CorrectionRow]
  /// How many tokens count.
  let count: Int

  init(_ rows: [CorrectionRow]) {
    self.rows = rows
    count = rows.reduce(0) { $0 + $1.count }
  }

  /// Over all counted tokens, by response and then by token.
  func mean(_ values: [[Double]]) -> Double {
    zip(rows, values).reduce(0) { $0 + $1.0.sum($1.1) } / Double(max(count, 1))
  }

  /// The mean over responses with counted tokens of the means over theirs.
  func meanOfRows(_ values: [[Double]]) -> Double {
    let means = zip(rows, values).filter { $0.0.count > 0 }.map { $0.mean($1) }
    return PolicyOptimization.mean(means)
  }

  /// The counted ones of `values`, by response and then by token.
  func counted(_ values: [[Double]]) -> [Double] { zip(rows, values).flatMap { $0.counted($1) } }
}

extension RolloutCorrection.Weighting {
  /// Ratios before the bound, `[tokens]`, 0 for those that do not count.
  func rawWeights(of row: CorrectionRow) -> [Double] {
    switch level {
    case .token: return zip(row.ratios, row.isCounted).map { $1 ? $0 : 0 }
    case .sequence:
      let ratio = exponential(clamped(row.sum(row.logRatios), bound: logRatioBound).value)
      return row.isCounted.map { $0 ? ratio : 0 }
    }
  }

  func weights(of row: CorrectionRow) -> [Double] { rawWeights(of: row).map { bound.held($0) } }
}

extension RolloutCorrection.Weighting.Bound {
  /// `weight` after the bound.
  func held(_ weight: Double) -> Double {
    switch self {
    case .truncated(let largest): weight > largest ? largest : weight
    case .band(let low, let high): weight < low || weight > high ? 0 : weight
    }
  }

  var upper: Double {
    switch self {
    case .truncated(let largest): largest
    case .band(_, let high): high
    }
  }

  /// What counts as low in the metrics.
  var lower: Double {
    switch self {
    case .truncated(let largest): 1 / largest
    case .band(let low, _): low
    }
  }
}

extension RolloutCorrection.Rejection {
  /// The divergence at each token, `[tokens]`.
  func divergences(_ row: CorrectionRow) -> [Double] {
    zip(row.logRatios, row.ratios).map { logRatio, ratio in
      let held = clamped(logRatio, bound: logRatioBound).value
      return switch divergence {
      case .k1: -held
      case .k2: held * held / 2
      case .k3: ratio - 1 - held
      }
    }
  }

  /// What is compared at each token, `[tokens]`.
  func statistics(_ row: CorrectionRow) -> [Double] {
    let divergences = divergences(row)
    guard let summary = summary(row, divergences) else { return divergences }
    return Array(repeating: summary, count: divergences.count)
  }

  /// What is compared for the response as a whole; nil where each token is.
  func summary(_ row: CorrectionRow, _ divergences: [Double]) -> Double? {
    switch level {
    case .token: nil
    case .sum: row.sum(divergences)
    case .mean: row.mean(divergences)
    case .maximum: row.maximum(divergences)
    }
  }

  /// Which counted tokens pass, `[tokens]`; a NaN does not.
  func isKept(_ row: CorrectionRow) -> [Bool] {
    zip(statistics(row), row.isCounted).map { $1 && passes($0) }
  }

  func passes(_ statistic: Double) -> Bool {
    statistic <= upper && lower.map { statistic >= $0 } ?? true
  }
}
