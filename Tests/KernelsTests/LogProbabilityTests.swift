import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite("Log-probabilities and entropy")
struct LogProbabilityTests {
  @Test(
    "agree with the same in Double", arguments: [1, 7, 8, 9, 37, 1000, 151_936], [1, 0.6, 1.7] as [Float])
  func oracle(vocabulary: Int, temperature: Float) {
    let logits = namedFloats("logits", vocabulary, in: -9...9)
    let statistics = distributionStatistics(logits.span, inverseTemperature: 1 / temperature)
    let expected = Distribution(doubles(logits), inverseTemperature: Double(1 / temperature))
    let tokens = [0, vocabulary / 2, vocabulary - 1]
    let found = tokens.map {
      statistics.logProbability(logit: logits[$0], inverseTemperature: 1 / temperature)
    }
    let tolerance = 2e-6
    expectClose(
      found, tokens.map { expected.logProbabilities[$0] }, absolute: tolerance, relative: 1e-6, "log p")
    expectClose([statistics.entropy], [expected.entropy], absolute: tolerance, relative: 1e-6, "entropy")
    #expect(statistics.nonFinite == 0 && !statistics.isEmpty && statistics.entropy >= 0)
  }

  @Test(
    "unnormalised probabilities divided by their sum are probabilities", arguments: [1, 7, 8, 9, 37, 1000])
  func unnormalized(vocabulary: Int) {
    var logits = namedFloats("logits", vocabulary, in: -9...9)
    if vocabulary > 8 { logits[3] = -.infinity }
    let statistics = distributionStatistics(logits.span, inverseTemperature: 1.25)
    let weights = Storage<Float>(zeros: vocabulary)
    var target = weights.mutableSpan
    unnormalizedProbabilities(logits.span, statistics: statistics, inverseTemperature: 1.25, into: &target)
    let expected = Distribution(doubles(logits), inverseTemperature: 1.25).probabilities
    expectClose(weights.elements.map { $0 / statistics.sum }, expected, absolute: 1e-9, relative: 3e-6)
  }

  @Test("unnormalised probabilities have the bits of e^x", arguments: [1, 15, 16, 17, 5000])
  func exponentials(vocabulary: Int) {
    var logits = namedFloats("logits", vocabulary, in: -100...0)
    logits[0] = 0
    for (i, edge) in [-87.3, Float(-87.3).nextDown, Float(-87.3).nextUp, -0.0, -1e-30].enumerated()
    where vocabulary > 5 {
      logits[vocabulary - 1 - i] = edge
    }
    let weights = Tensor(zeros: [vocabulary])
    var target = weights.mutableSpan
    unnormalizedProbabilities(
      logits.span, statistics: distributionStatistics(logits.span, inverseTemperature: 1),
      inverseTemperature: 1,
      into: &target)
    expectSameBits(weights.elements, logits.map { exponential($0) })
  }

  @Test(
    "logits that are not finite have no probability and are counted", arguments: [9, 16, 37],
    [Float.nan, .infinity, -.infinity])
  func masked(vocabulary: Int, value: Float) {
    var logits = namedFloats("logits", vocabulary, in: -9...9)
    for i in [0, 5, vocabulary - 1] { logits[i] = value }
    let statistics = distributionStatistics(logits.span, inverseTemperature: 0.5)
    let expected = Distribution(doubles(logits), inverseTemperature: 0.5)
    #expect(statistics.nonFinite == 3)
    expectClose(
      logits.map { statistics.logProbability(logit: $0, inverseTemperature: 0.5) }, expected.logProbabilities)
    expectClose([statistics.entropy], [expected.entropy])
  }

  @Test("when no logit is finite there is no distribution, and nothing flows back", arguments: [1, 8, 13])
  func allMasked(vocabulary: Int) {
    let row = Tensor(
      (0..<vocabulary).map { [-Float.infinity, .nan, .infinity][$0 % 3] }, shape: [vocabulary])
    let statistics = distributionStatistics(row.span, inverseTemperature: 1)
    #expect(statistics.isEmpty && statistics.nonFinite == vocabulary && statistics.entropy == 0)
    #expect(statistics.logProbability(logit: row.span[0], inverseTemperature: 1) == 0)
    var elements = row.mutableSpan
    logProbabilityBackward(
      &elements, statistics: statistics, inverseTemperature: 1,
      gradients: [TokenGradient(token: 0, logProbability: 1, entropy: 1)])
    #expect(row.elements.allSatisfy { $0 == 0 })
  }

  @Test(
    "one certain token has log-probability 0 and the distribution no entropy", arguments: [1, 7, 8, 9, 1000])
  func certain(vocabulary: Int) {
    var logits = [Float](repeating: -200, count: vocabulary)
    logits[vocabulary - 1] = 50
    let statistics = distributionStatistics(logits.span, inverseTemperature: 1)
    #expect(statistics.entropy == 0 && statistics.sum == 1)
    #expect(statistics.logProbability(logit: 50, inverseTemperature: 1) == 0)
  }

  @Test(
    "equal logits have the largest entropy, however large they are",
    arguments: [0, 88, 1e30, -1e30] as [Float])
  func uniform(logit: Float) {
    let statistics = distributionStatistics([Float](repeating: logit, count: 37).span, inverseTemperature: 1)
    expectClose([statistics.entropy], [log(37.0)])
    expectClose([statistics.logProbability(logit: logit, inverseTemperature: 1)], [-log(37.0)])
  }

  @Test(
    "the gradient is the slope, for one token or several of one row", arguments: [1, 7, 8, 9, 37], [1, 3])
  func gradientIsSlope(vocabulary: Int, count: Int) {
    let inverse: Float = 1.25
    let row = Tensor(named: "logits", [vocabulary], in: -3...3)
    let logits = doubles(row.elements)
    let gradients = (0..<count).map { i in
      TokenGradient(
        token: Int32((i * 5 + 3) % vocabulary), logProbability: Float(i) - 1.5, entropy: 0.25 * Float(i + 1))
    }
    let expected = slopes(at: logits) { point in
      let distribution = Distribution(point, inverseTemperature: Double(inverse))
      return gradients.reduce(0) {
        $0 + Double($1.logProbability) * distribution.logProbabilities[Int($1.token)]
          + Double($1.entropy) * distribution.entropy
      }
    }
    backward(row, gradients, inverse)
    expectClose(row.elements, expected, absolute: 2e-6)
  }

  @Test("masked logits get no gradient, the others get theirs")
  func maskedGradient() {
    let values = namedFloats("logits", 13, in: -3...3)
    let kept = [0, 2, 3, 4, 7, 8, 10, 11]
    let row = Tensor(values, shape: [13])
    for (i, value) in [(1, Float.nan), (5, .infinity), (6, -.infinity), (9, .nan), (12, -.infinity)] {
      setElement(row, i, value)
    }
    backward(row, [TokenGradient(token: 7, logProbability: -2, entropy: 0.5)], 1)
    let alone = Tensor(kept.map { values[$0] }, shape: [8])
    backward(alone, [TokenGradient(token: 4, logProbability: -2, entropy: 0.5)], 1)
    var expected = [Float](repeating: 0, count: 13)
    for (i, place) in kept.enumerated() { expected[place] = alone.span[i] }
    expectClose(row.elements, expected)
  }

  @Test("a logit that overflows when scaled is as good as one that is not finite")
  func overflow() {
    let logits: [Float] = [1, 3e38, 2, -3e38]
    let statistics = distributionStatistics(logits.span, inverseTemperature: 2)
    #expect(statistics.nonFinite == 2)
    let found = logits.map { statistics.logProbability(logit: $0, inverseTemperature: 2) }
    let expected = Distribution([1, .nan, 2, .nan], inverseTemperature: 2)
    expectClose(found, expected.logProbabilities)
    let row = Tensor(logits, shape: [4])
    backward(row, [TokenGradient(token: 0, logProbability: 1, entropy: 1)], 2)
    #expect(row.elements.allSatisfy(\.isFinite) && row.span[1] == 0)
  }

  private func backward(_ row: Tensor, _ gradients: [TokenGradient], _ inverseTemperature: Float) {
    let statistics = distributionStatistics(row.span, inverseTemperature: inverseTemperature)
    var elements = row.mutableSpan
    logProbabilityBackward(
      &elements, statistics: statistics, inverseTemperature: inverseTemperature, gradients: gradients)
  }
}

/// The same in Double; a logit that is not finite has no probability.
private struct Distribution {
  let logProbabilities: [Double]
  let probabilities: [Double]
  let entropy: Double

  init(_ logits: [Double], inverseTemperature: Double) {
    let scaled = logits.map { $0.isFinite ? $0 * inverseTemperature : -.infinity }
    let maximum = scaled.max() ?? 0
    let logSum = maximum + log(scaled.reduce(0) { $0 + exp($1 - maximum) })
    logProbabilities = scaled.map { $0 - logSum }
    probabilities = logProbabilities.map { exp($0) }
    entropy = zip(probabilities, logProbabilities).reduce(0) { $1.0 == 0 ? $0 : $0 - $1.0 * $1.1 }
  }
}
