/// The mean of some rewards and their deviation over n - 1.
///
/// The sums run over the sorted values, so that nothing depends on the order of the responses. Equal values
/// have a deviation of exactly 0, which the sums alone would not give: the mean of three times 0.1 is not
/// 0.1.
struct RewardMoments {
  let mean: Double
  let deviation: Double

  /// Of one value or more; a single one has deviation 0.
  init(of values: [Double]) {
    self.init(sorted: values.sorted())
  }

  init(sorted: [Double]) {
    guard let first = sorted.first, let last = sorted.last, first != last else {
      (mean, deviation) = (sorted.first ?? 0, 0)
      return
    }
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = (squares / Double(sorted.count - 1)).squareRoot()
  }
}

/// One number per counted token of a response, before rounding.
enum TokenValues {
  case uniform(Double)
  case perToken([Double])
}

/// Moves and scales the values of all counted tokens of a batch to mean 0 and variance 1.
///
/// ```
/// (x - mean) / √(Σ (x - mean)² / (n - 1) + 1e-8)      verl's masked_whiten
/// (x - mean) / √max(Σ (x - mean)² / n, 1e-8)          NeMo-RL and OpenRLHF
/// ```
///
/// Each response is summed in the order of its tokens and the responses in the order of their sums, so that
/// neither the order of groups nor that of responses changes a bit. Where all values are equal, all become
/// exactly 0.
struct TokenWhitening {
  /// How many tokens count.
  let count: Int
  private let mean: Double
  private let scale: Double

  init(_ rows: [(RewardedResponse, TokenValues)], variance: AdvantageOptions.TokenVariance) {
    count = rows.reduce(0) { $0 + $1.0.countedLength }
    let first = rows.lazy.compactMap { Self.first($0) }.first ?? 0
    let isEven = rows.allSatisfy { Self.allSatisfy($0) { $0 == first } }
    mean = isEven ? first : Self.sum(rows) { $0 } / Double(count)
    let center = mean
    let squares = isEven ? 0 : Self.sum(rows) { ($0 - center) * ($0 - center) }
    scale =
      switch variance {
      case .sample: 1 / (squares / Double(max(count - 1, 1)) + 1e-8).squareRoot()
      case .population: 1 / max(squares / Double(max(count, 1)), 1e-8).squareRoot()
      }
  }

  /// A whitened value.
  func callAsFunction(_ value: Double) -> Double { (value - mean) * scale }

  private static func sum(_ rows: [(RewardedResponse, TokenValues)], of term: (Double) -> Double) -> Double {
    rows.map { sum($0, of: term) }.sorted().reduce(0, +)
  }

  private static func sum(_ row: (RewardedResponse, TokenValues), of term: (Double) -> Double) -> Double {
    switch row.1 {
    case .uniform(let value): return Double(row.0.countedLength) * term(value)
    case .perToken(let values):
      guard let mask = row.0.isCounted else { return values.reduce(0) { $0 + term($1) } }
      return zip(values, mask).reduce(0) { $1.1 ? $0 + term($1.0) : $0 }
    }
  }

  private static func first(_ row: (RewardedResponse, TokenValues)) -> Double? {
    switch row.1 {
    case .uniform(let value): row.0.countedLength > 0 ? value : nil
    case .perToken(let values):
      row.0.isCounted.map { $0.firstIndex(of: true).map { values[$0] } } ?? values.first
    }
  }

  private static func allSatisfy(
    _ row: (RewardedResponse, TokenValues), _ test: (Double) -> Bool
  ) -> Bool {
    switch row.1 {
    case .uniform(let value): row.0.countedLength == 0 || test(value)
    case .perToken(let values):
      row.0.isCounted.map { zip(values, $0).allSatisfy { !$1 || test($0) } } ?? values.allSatisfy(test)
    }
  }
}
