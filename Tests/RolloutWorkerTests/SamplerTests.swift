import Experience
import Foundation
import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

@testable import RolloutWorker

/// What the sampler draws, against a definition that is slow and plain.
@Suite("Sampler")
struct SamplerTests {
  // MARK: Frequencies

  @Test(
    "tokens are drawn as often as their probabilities say",
    arguments: [
      SamplingParameters(maximumTokens: 1), SamplingParameters(temperature: 0.5, maximumTokens: 1),
      SamplingParameters(temperature: 2, topK: 7, maximumTokens: 1),
      SamplingParameters(topP: 0.8, maximumTokens: 1),
      SamplingParameters(temperature: 1.5, topK: 9, topP: 0.95, minP: 0.05, maximumTokens: 1),
    ])
  func frequencies(parameters: SamplingParameters) {
    let row = Row(namedFloats("frequencies", 12, in: -2...2))
    let kept = row.kept(parameters)
    let total = kept.reduce(0) { $0 + $1.weight }
    let name = RandomName(seed: 7, purpose: .test, step: 0, ordinal: 0, sample: 0)
    let draws = 20_000
    var counts = [Int](repeating: 0, count: 12)
    for i in 0..<draws { counts[Int(row.draw(parameters, name.uniform(at: i)).token)] += 1 }
    var chiSquare = 0.0
    for (token, weight) in kept {
      let expected = Double(draws) * weight / total
      chiSquare += pow(Double(counts[token]) - expected, 2) / expected
    }
    // Exceeded once in ten thousand by 11 degrees of freedom, the most there are here; the draws are always
    // the same.
    #expect(chiSquare < 37.4, "\(counts)")
    #expect(kept.reduce(0) { $0 + counts[$1.token] } == draws, "a token that truncation drops was drawn")
  }

  // MARK: Truncation

  @Test("what truncation keeps, and in which shares, is what its definition says", arguments: 0..<300)
  func truncation(number: Int) {
    var draw = namedGenerator("truncation \(number)")
    let parameters = randomParameters(&draw)
    let row = Row(randomLogits("truncation \(number)", &draw))
    let kept = row.kept(parameters)
    let total = kept.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    for (token, weight) in kept {
      // The middle of the token's share; shares that vanish beside the sum have no middle, and the sum of all tokens
      // is one of floats.
      if weight > 1e-6 * total {
        let found = row.draw(parameters, (sum + weight / 2) / total)
        #expect(found.token == Int32(token), "\(parameters) of \(row.logits)")
      }
      sum += weight
    }
    #expect(row.draw(parameters, 0).token == Int32(kept[0].token))
    let last = row.draw(parameters, 1 - 0x1p-53)
    #expect(kept.contains { Int32($0.token) == last.token })
  }

  @Test("at the edge of a truncation the lower ids stay")
  func ties() {
    let row = Row([1, 2, 2, 2, 1])
    let drawn = { (parameters: SamplingParameters) in
      Set((0..<200).map { row.draw(parameters, Double($0) / 200).token })
    }
    #expect(drawn(SamplingParameters(topK: 2, maximumTokens: 1)) == [1, 2])
    #expect(drawn(SamplingParameters(topK: 4, maximumTokens: 1)) == [0, 1, 2, 3])
    #expect(drawn(SamplingParameters(topP: 0.2, maximumTokens: 1)) == [1])
    #expect(drawn(SamplingParameters(topP: 0.5, maximumTokens: 1)) == [1, 2])
    #expect(drawn(SamplingParameters(minP: 1, maximumTokens: 1)) == [1, 2, 3])
    #expect(drawn(SamplingParameters(topK: 1, minP: 0.1, maximumTokens: 1)) == [1])
  }

  @Test("a truncation wider than the vocabulary keeps everything")
  func wideTruncation() {
    let row = Row([0, 1, 2])
    let drawn = (0..<100).map {
      row.draw(SamplingParameters(topK: 1 << 40, topP: 1, maximumTokens: 1), Double($0) / 100).token
    }
    #expect(Set(drawn) == [0, 1, 2])
  }

  // MARK: Greedy

  @Test(
    "greedy takes the lowest id of the largest finite logit, whatever the number",
    arguments: [
      ([0, 3, 1], 1), ([5, 5, 5], 0), ([.nan, -.infinity, -7, -7], 2), ([.infinity, 1, 2], 2),
      ([-.infinity, 4], 1),
    ] as [([Float], Int32)])
  func greedy(logits: [Float], token: Int32) {
    for uniform in [0, 0.5, 0.999] {
      let found = Row(logits).draw(SamplingParameters(temperature: 0, maximumTokens: 1), uniform)
      #expect(found.token == token)
    }
  }

  // MARK: Logits that are not finite

  @Test(
    "logits that are not finite are never drawn, and counted",
    arguments: [0, 0.7, 1] as [Float],
    [SamplingParameters(maximumTokens: 1), SamplingParameters(topK: 3, maximumTokens: 1)])
  func masked(temperature: Float, parameters: SamplingParameters) {
    var parameters = parameters
    parameters.temperature = temperature
    let row = Row([.nan, 1, .infinity, 2, -.infinity, 0, .nan, -.nan, 1, .infinity])
    for i in 0..<500 {
      let found = row.draw(parameters, Double(i) / 500)
      #expect([1, 3, 5, 8].contains(found.token))
      #expect(found.nonFinite == 6 && found.logProbability.isFinite && found.entropy.isFinite)
    }
  }

  @Test("where no logit is finite the fallback ends the response", arguments: [0, 1] as [Float])
  func allMasked(temperature: Float) {
    let row = Row([.nan, .infinity, -.infinity])
    let found = row.draw(
      SamplingParameters(temperature: temperature, topK: 2, topP: 0.5, maximumTokens: 1), 0.3)
    #expect(found == Draw(token: Row.fallback, logProbability: 0, entropy: 0, nonFinite: 3))
  }

  @Test("a logit that overflows by its temperature counts as not finite")
  func overflow() {
    let row = Row([3e38, 1, 0])
    for i in 0..<100 {
      let found = row.draw(SamplingParameters(temperature: 0.01, maximumTokens: 1), Double(i) / 100)
      #expect(found.token == 1 && found.nonFinite == 1 && found.logProbability == 0)
    }
  }

  @Test("a token that underflows to probability zero is never drawn")
  func underflow() {
    let row = Row([-200, 0, -300])
    for uniform in [0, 0.5, 1 - 0x1p-53] {
      #expect(row.draw(SamplingParameters(maximumTokens: 1), uniform).token == 1)
    }
  }

  // MARK: What is recorded

  @Test("the recorded numbers are those of the whole distribution at its temperature", arguments: 0..<60)
  func recorded(number: Int) {
    var draw = namedGenerator("recorded \(number)")
    let parameters = randomParameters(&draw)
    let row = Row(randomLogits("recorded \(number)", &draw))
    let inverse = 1 / parameters.scoringTemperature
    let statistics = distributionStatistics(row.tensor.span, inverseTemperature: inverse)
    let found = row.draw(parameters, draw.uniform())
    let logit = row.logits[Int(found.token)]
    let expected = statistics.logProbability(logit: logit, inverseTemperature: inverse)
    #expect(found.logProbability.bitPattern == expected.bitPattern)
    #expect(found.entropy.bitPattern == statistics.entropy.bitPattern)
    let scaled = row.logits.map { Double($0) * Double(inverse) }.map { $0.isFinite ? $0 : -.infinity }
    let largest = scaled.max() ?? 0
    let logSum = log(scaled.reduce(0) { $0 + exp($1 - largest) })
    #expect(abs(Double(found.logProbability) - (scaled[Int(found.token)] - largest - logSum)) < 1e-5)
  }

  // MARK: Made-up rows

  private func randomParameters(_ draw: inout NamedGenerator) -> SamplingParameters {
    SamplingParameters(
      temperature: Float(0.3 + 1.5 * draw.uniform()), topK: [0, 1, 2, 5, 20][draw.next(below: 5)],
      topP: [1, 0.9, 0.5, 0.01][draw.next(below: 4)], minP: [0, 0.1, 0.5, 1][draw.next(below: 4)],
      maximumTokens: 1)
  }

  /// Between 1 and 40 logits: spread out, or with many ties; some of them masked, but not the first.
  private func randomLogits(_ name: String, _ draw: inout NamedGenerator) -> [Float] {
    let count = draw.integer(in: 1...40)
    let isTied = draw.next(below: 2) == 0
    var logits = namedFloats(name, count, in: -4...4).map { isTied ? ($0 / 2).rounded() : $0 }
    for i in logits.indices.dropFirst() where draw.next(below: 8) == 0 {
      logits[i] = [.nan, .infinity, -.infinity][draw.next(below: 3)]
    }
    return logits
  }
}

/// A row of logits and what may be drawn from it.
private struct Row {
  static let fallback: Int32 = 77

  let logits: [Float]
  let tensor: Tensor
  private let scratch: Tensor

  init(_ logits: [Float]) {
    self.logits = logits
    tensor = Tensor(logits, shape: [1, logits.count])
    scratch = Tensor(zeros: [1, logits.count])
  }

  func draw(_ parameters: SamplingParameters, _ uniform: Double) -> Draw {
    var weights = scratch.mutableSpan
    return Sampler(parameters: parameters, fallback: Self.fallback).draw(
      tensor.span, uniform: uniform, weights: &weights)
  }

  /// The tokens that may be drawn with their weights, in the order in which the uniform number walks them.
  ///
  /// Each is judged by counting those before it: O(n²), and nothing is sorted.
  func kept(_ parameters: SamplingParameters) -> [(token: Int, weight: Double)] {
    let weights = weights(parameters)
    let possible = weights.indices.filter { weights[$0] > 0 }
    let isTruncating = parameters.topK > 0 || parameters.topP < 1 || parameters.minP > 0
    guard isTruncating else { return possible.map { ($0, Double(weights[$0])) } }
    func goesBefore(_ a: Int, _ b: Int) -> Bool {
      weights[a] > weights[b] || (weights[a] == weights[b] && a < b)
    }
    var ranked = [Int](repeating: -1, count: possible.count)
    for token in possible { ranked[possible.count { goesBefore($0, token) }] = token }
    if parameters.topK > 0 {
      ranked = ranked.enumerated().filter { $0.offset < parameters.topK }.map(\.element)
    }
    func sum(_ tokens: some Sequence<Int>) -> Double { tokens.reduce(0) { $0 + Double(weights[$1]) } }
    let enough = Double(parameters.topP) * sum(ranked)
    let nucleus = ranked.indices.filter { place in
      parameters.topP == 1 || place == 0 || sum(ranked[..<place]) < enough
    }
    let floor = parameters.minP * (weights.max() ?? 0)
    return nucleus.map { ranked[$0] }.filter { weights[$0] >= floor }.sorted().map {
      ($0, Double(weights[$0]))
    }
  }

  private func weights(_ parameters: SamplingParameters) -> [Float] {
    let inverse = 1 / parameters.scoringTemperature
    let weights = Tensor(zeros: [1, logits.count])
    var target = weights.mutableSpan
    unnormalizedProbabilities(
      tensor.span, statistics: distributionStatistics(tensor.span, inverseTemperature: inverse),
      inverseTemperature: inverse, into: &target)
    return weights.elements
  }
}
