import Tensors
import TestSupport
import Testing

@testable import Kernels

@Suite("Truncation without sorting")
struct TruncationTests {
  @Test("keeps the very tokens that sorting keeps", arguments: RowKind.allCases, truncations)
  func keepsTheSame(kind: RowKind, truncation: Truncation) {
    for vocabulary in kind.vocabularies {
      let weights = kind.weights(vocabulary)
      let expected = sortedTruncation(weights, truncation)
      // The sum that a caller knows is rough.
      let total = weights.reduce(0) { $0 + Double($1) } * 1.000_001
      let (kept, sums) = truncate(weights.span, total: total, truncation)
      let found = weights.indices.filter { kept.contains(weights[$0], id: $0) }
      #expect(found == expected, "\(vocabulary) tokens: \(found.count) kept, \(expected.count) expected")
      let sum = expected.reduce(0) { $0 + Double(weights[$1]) }
      #expect((sums.total - sum).magnitude <= 1e-12 * sum)
    }
  }

  @Test("a wrong guess about a row's weights changes nothing but the time")
  func misleadingSample() {
    // Every token that the sample looks at is negligible; 37 vectors lie between two of its looks.
    var weights = [Float](repeating: 1e-30, count: 151_936)
    let heavy = (0..<400).map { 16 + $0 * 37 * 16 % 151_000 / 16 * 16 + $0 % 16 }
    for (i, id) in heavy.enumerated() { weights[id] = 1 / Float(1 + i) }
    for truncation in [
      Truncation(topP: 0.9), Truncation(topK: 300), Truncation(topK: 200, topP: 0.99, minP: 0.01),
    ] {
      let (kept, _) = truncate(weights.span, total: weights.reduce(0) { $0 + Double($1) }, truncation)
      #expect(
        weights.indices.filter { kept.contains(weights[$0], id: $0) } == sortedTruncation(weights, truncation)
      )
    }
  }
}

@Suite("Drawing tokens")
struct TokenDrawTests {
  @Test(
    "a number in the middle of a token's share draws that token", arguments: RowKind.allCases,
    [Truncation(), Truncation(topP: 0.9), Truncation(topK: 40), Truncation(minP: 0.2)])
  func shares(kind: RowKind, truncation: Truncation) {
    for vocabulary in kind.vocabularies {
      let logits = kind.logits(vocabulary)
      let weights = kind.weights(vocabulary)
      let kept =
        truncation == Truncation()
        ? weights.indices.filter { weights[$0] > 0 } : sortedTruncation(weights, truncation)
      let total = kept.reduce(0) { $0 + Double(weights[$1]) }
      let every = max(1, kept.count / 200)
      var sum = 0.0
      for (place, token) in kept.enumerated() {
        let weight = Double(weights[token])
        if place % every == 0, weight > 1e-5 * total {
          #expect(draw(logits, truncation, (sum + weight / 2) / total) == token)
        }
        sum += weight
      }
      #expect(draw(logits, truncation, 0) == kept[0])
      #expect(kept.contains(draw(logits, truncation, 1 - 0x1p-53) ?? -1))
    }
  }

  @Test("statistics come with the bits of those without a draw", arguments: RowKind.allCases)
  func statistics(kind: RowKind) {
    for vocabulary in kind.vocabularies {
      let logits = kind.logits(vocabulary)
      let scratch = Tensor(zeros: [vocabulary])
      var weights = scratch.mutableSpan
      let found = drawToken(
        logits.span, inverseTemperature: 1.25, truncation: Truncation(topP: 0.5), uniform: 0.3,
        weights: &weights)
      #expect(found.statistics == distributionStatistics(logits.span, inverseTemperature: 1.25))
    }
  }

  @Test(
    "the most likely token is the lowest id of the largest finite logit", arguments: [1, 15, 16, 17, 1000])
  func mostLikely(vocabulary: Int) {
    for place in [0, vocabulary / 2, vocabulary - 1] {
      var logits = [Float](repeating: -1, count: vocabulary)
      for i in place..<vocabulary where i % 3 == place % 3 { logits[i] = 2 }
      for i in 0..<place { logits[i] = [.nan, .infinity, -.infinity, 1][i % 4] }
      let statistics = distributionStatistics(logits.span, inverseTemperature: 1)
      #expect(mostLikelyToken(logits.span, statistics: statistics) == place)
    }
    let none = [Float](repeating: .nan, count: vocabulary)
    #expect(
      mostLikelyToken(none.span, statistics: distributionStatistics(none.span, inverseTemperature: 1)) == nil)
    #expect(draw(none, Truncation(topK: 1), 0.5) == nil)
  }

  private func draw(_ logits: [Float], _ truncation: Truncation, _ uniform: Double) -> Int? {
    let scratch = Tensor(zeros: [logits.count])
    var weights = scratch.mutableSpan
    return drawToken(
      logits.span, inverseTemperature: 1, truncation: truncation, uniform: uniform, weights: &weights
    ).token
  }
}

private let truncations = [
  Truncation(topP: 0), Truncation(topP: 0.01), Truncation(topP: 0.5), Truncation(topP: 0.95),
  Truncation(topP: 0.999), Truncation(topP: 0.999_999_9), Truncation(topK: 1), Truncation(topK: 50),
  Truncation(topK: 5000), Truncation(minP: 0.05), Truncation(minP: 1), Truncation(topK: 30, topP: 0.9),
  Truncation(topK: 3000, topP: 0.8, minP: 1e-3), Truncation(topP: 0.95, minP: 0.3),
]

/// Rows that differ in how their weights are spread.
enum RowKind: CaseIterable, Sendable {
  case flat, wide, peaked, tied, equal, certain, masked

  /// Small ones, one at which sampling starts, a real one.
  var vocabularies: [Int] { [1, 2, 33, 700, 16_384, 151_936] }

  func logits(_ vocabulary: Int) -> [Float] {
    let spread = namedFloats("\(self)", vocabulary)
    switch self {
    case .flat: return spread
    // Cubes are dense near zero, with tails.
    case .wide: return spread.map { 12 * $0 * $0 * $0 }
    case .peaked: return spread.enumerated().map { $0 % 1009 == 7 ? 20 - Float($0 / 1009).squareRoot() : $1 }
    case .tied: return spread.map { (3 * $0).rounded() }
    case .equal: return [Float](repeating: 0.5, count: vocabulary)
    case .certain: return spread.enumerated().map { $0 == vocabulary / 3 ? 200 : $1 }
    case .masked:
      return spread.enumerated().map { $0 % 5 == 1 ? [.nan, .infinity, -.infinity][$0 % 3] : 4 * $1 }
    }
  }

  /// Unnormalised probabilities.
  func weights(_ vocabulary: Int) -> [Float] {
    let logits = logits(vocabulary)
    let weights = Tensor(zeros: [vocabulary])
    var target = weights.mutableSpan
    unnormalizedProbabilities(
      logits.span, statistics: distributionStatistics(logits.span, inverseTemperature: 1),
      inverseTemperature: 1,
      into: &target)
    return weights.elements
  }
}

/// The ids that a truncation keeps, ascending, by sorting them all.
private func sortedTruncation(_ weights: [Float], _ truncation: Truncation) -> [Int] {
  var order = weights.indices.filter { weights[$0] > 0 }
  order.sort { (weights[$0], -$0) > (weights[$1], -$1) }
  if truncation.topK > 0 { order = Array(order.prefix(truncation.topK)) }
  if truncation.topP < 1 {
    let total = order.reduce(0) { $0 + Double(weights[$1]) }
    var sum = 0.0
    let stays = order.prefix { id in
      defer { sum += Double(weights[id]) }
      return sum == 0 || sum < Double(truncation.topP) * total
    }
    order = Array(stays)
  }
  return order.filter { weights[$0] >= truncation.minP }.sorted()
}
