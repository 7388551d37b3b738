import Foundation
import PolicyOptimization
import Testing

@Suite struct OrderedSumTests {
  /// Sums whose Double additions round, so that their order shows.
  private func groups(_ count: Int, seed: UInt64) -> [(ordinal: Int, sums: GroupSums)] {
    var random = SeededNumbers(seed: seed)
    return (0..<count).map { ordinal in
      var sums = GroupSums()
      for _ in 0..<3 {
        let token = TokenLoss(entropyCoefficient: 0.1, klPenalty: .init()).token(
          new: .random(in: -9...0, using: &random), old: .random(in: -9...0, using: &random),
          reference: .random(in: -9...0, using: &random), advantage: .random(in: -2...2, using: &random),
          entropy: .random(in: 0...9, using: &random))
        sums.add(token, weight: .random(in: 0...1, using: &random))
      }
      sums.sequences = ordinal % 3
      return (ordinal, sums)
    }
  }

  @Test func `any order of arrival gives the same bits`() throws {
    let groups = groups(100, seed: 1)
    var random = SeededNumbers(seed: 2)
    let totals = try (0..<20).map { _ in
      var sum = OrderedSum()
      for group in groups.shuffled(using: &random) { try sum.add(group.sums, ordinal: group.ordinal) }
      return sum.total
    }
    #expect(totals.allSatisfy { $0 == totals[0] })
    #expect(totals[0].tokens == 300 && totals[0].sequences == 99)
    let losses = groups.map(\.sums.loss)
    #expect(totals[0].loss == losses.reduce(0, +))
    #expect(
      losses.reduce(0, +) != losses.reversed().reduce(0, +),
      "the order must matter for this test to say anything")
  }

  @Test func `a group that reports twice is refused and counted once`() throws {
    let group = groups(1, seed: 3)[0].sums
    var sum = OrderedSum()
    try sum.add(group, ordinal: 4)
    #expect(throws: PolicyOptimizationError.groupCountedTwice(ordinal: 4)) { try sum.add(group, ordinal: 4) }
    #expect(sum.total == group && sum.count == 1)
  }

  @Test func `means are over tokens, and there is none without tokens`() throws {
    #expect(OrderedSum().total.meanKL == nil)
    var sums = GroupSums()
    let loss = TokenLoss(klPenalty: .init(estimator: KLEstimator(.k1)))
    sums.add(loss.token(new: -1, old: -1.5, reference: -3, advantage: 1, entropy: 1), weight: 0.25)
    sums.add(loss.token(new: -1, old: -1, reference: -1, advantage: 1, entropy: 2), weight: 0.25)
    #expect(sums.meanKL == 1 && sums.meanEntropy == 1.5 && sums.meanKLToDenominator == -0.25)
    #expect(sums.clipFraction == 0.5 && sums.dualClipFraction == 0)
    #expect(sums.klLoss == 0.5 && sums.entropyLoss == 0.75)
  }

  @Test func `sums survive the way to rank 0`() throws {
    let sums = groups(1, seed: 5)[0].sums
    #expect(try JSONDecoder().decode(GroupSums.self, from: JSONEncoder().encode(sums)) == sums)
  }
}
