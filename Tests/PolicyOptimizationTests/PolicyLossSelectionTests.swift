import PolicyOptimization
import Testing

@Suite struct PolicyLossSelectionTests {
  /// Covariances by hand: advantages 1 and -1, mean 0; log-probabilities -1 … -4, mean -2.5.
  private let miniBatch = [
    LossResponse(new: [-1, -2], old: [-1, -2], advantages: [1, 1]),
    LossResponse(new: [-3, -4], old: [-3, -4], advantages: [-1, -1]),
  ]

  private func places(_ flags: [[Bool]]) -> [[Int]] {
    flags.map { row in row.indices.filter { row[$0] } }
  }

  @Test(
    arguments: [(0.25, [[0], []]), (0.5, [[0], [1]]), (0.6, [[0], [1]]), (0.75, [[0, 1], [1]])]
      as [(Double, [[Int]])])
  func `kl_cov takes the largest covariances, of equal ones the first`(ratio: Double, expected: [[Int]]) {
    // 1.5, 0.5; 0.5, 1.5
    let loss = PolicyLoss.klCov(CovariancePenalty(ratio: ratio))
    #expect(places(loss.selection(of: miniBatch) { _ in 0 }) == expected)
  }

  @Test func `at least one token is selected, however small the share`() {
    let loss = PolicyLoss.klCov(CovariancePenalty(ratio: 1e-9))
    #expect(places(loss.selection(of: miniBatch) { _ in 0 }) == [[0], []])
  }

  @Test func `clip_cov draws without replacement from the candidates alone`() {
    let loss = PolicyLoss.clipCov(CovarianceClip(ratio: 0.5, lowerBound: 1, upperBound: 5))
    // Two candidates, of covariance 1.5.
    var bounds: [Int] = []
    let first = loss.selection(of: miniBatch) { bound in
      bounds.append(bound)
      return bound - 1
    }
    #expect(places(first) == [[0], [1]] && bounds == [2, 1])
    let one = PolicyLoss.clipCov(CovarianceClip(ratio: 0.25, lowerBound: 1, upperBound: 5))
    #expect(places(one.selection(of: miniBatch) { _ in 0 }) == [[0], []])
    #expect(places(one.selection(of: miniBatch) { _ in 1 }) == [[], [1]])
    let none = PolicyLoss.clipCov(CovarianceClip(ratio: 0.5, lowerBound: 1.6, upperBound: 5))
    #expect(places(none.selection(of: miniBatch) { _ in 0 }) == [[], []])
  }

  @Test func `clip_cov passes over what the clip already holds`() {
    var miniBatch = miniBatch
    miniBatch[0].old[0] = -2
    let loss = PolicyLoss.clipCov(CovarianceClip(ratio: 0.5, lowerBound: 1, upperBound: 5))
    #expect(places(loss.selection(of: miniBatch) { _ in 0 }) == [[], [1]])
  }

  @Test(
    arguments: [
      (.klCov(CovariancePenalty(ratio: 0.4)), 16), (.clipCov(CovarianceClip(ratio: 0.1, lowerBound: 0)), 4),
    ] as [(PolicyLoss, Int)])
  func `padding changes no selection`(loss: PolicyLoss, count: Int) {
    var random = SeededNumbers(seed: 11)
    let responses = (0..<6).map { _ in randomResponse(length: 7, hasMask: false, using: &random) }
    let padded = responses.map { response in
      LossResponse(
        new: response.new + [.nan], old: response.old + [0], advantages: response.advantages + [.infinity],
        isCounted: response.new.map { _ in true } + [false])
    }
    let selection = loss.selection(of: responses) { $0 / 2 }
    #expect(loss.selection(of: padded) { $0 / 2 } == selection.map { $0 + [false] })
    #expect(selection.joined().count { $0 } == count)
  }

  @Test func `a NaN makes no selection fail and appears in the loss`() {
    var miniBatch = miniBatch
    miniBatch[1].new[0] = .nan
    let clip = PolicyLoss.clipCov(CovarianceClip(ratio: 0.5, lowerBound: 1, upperBound: 5))
    #expect(places(clip.selection(of: miniBatch) { _ in 0 }) == [[], []])
    let penalty = PolicyLoss.klCov(CovariancePenalty(ratio: 0.5))
    #expect(places(penalty.selection(of: miniBatch) { _ in 0 }) == [[0, 1], []])
    #expect(penalty.terms(of: miniBatch[1])[0].loss.isNaN)
  }

  @Test func `other losses select nothing, and an empty mini-batch has nothing to select`() {
    #expect(places(PolicyLoss.gpg.selection(of: miniBatch) { _ in 0 }) == [[], []])
    #expect(PolicyLoss.klCov(CovariancePenalty()).selection(of: []) { _ in 0 }.isEmpty)
  }
}

@Suite struct HighEntropyTokensTests {
  @Test(
    arguments: [
      (0.2, [4, 9]),  // rank 7.2: 0.8 + 0.2 · 0.1
      (0.5, [1, 3, 4, 6, 9]), (0.1, [9]), (0.0, [9]),
      (1.0, Array(0..<10)), (0.7, [1, 2, 3, 4, 6, 8, 9]),
    ] as [(Double, [Int])])
  func `the tokens at or above the quantile are kept`(share: Double, kept: [Int]) throws {
    let entropies: [Float] = [0, 0.6, 0.4, 0.5, 0.8, 0.1, 0.7, 0.2, 0.3, 0.9]
    let flags = try HighEntropyTokens(share: share).flags(of: [
      Array(entropies[..<4]), Array(entropies[4...]),
    ])
    #expect(flags.map(\.count) == [4, 6])
    let all = Array(flags.joined())
    #expect(all.indices.filter { all[$0] } == kept)
  }

  @Test func `masked tokens are neither looked at nor kept`() throws {
    let flags = try HighEntropyTokens(share: 0.5).flags(
      of: [[3, .infinity], [1, .nan]], isCounted: [[true, false], [true, false]])
    #expect(flags == [[true, false], [false, false]])
    let none = try HighEntropyTokens(share: 0.5).flags(of: [[3]], isCounted: [[false]])
    #expect(none == [[false]])
  }

  @Test func `equal entropies are all kept`() throws {
    #expect(try HighEntropyTokens(share: 0.2).flags(of: [[0.3, 0.3], [0.3]]) == [[true, true], [true]])
  }

  @Test(arguments: [-0.1, 1.1, .nan])
  func `a share outside its range is refused`(share: Double) {
    #expect(throws: PolicyOptimizationError.self) { try HighEntropyTokens(share: share) }
  }
}
