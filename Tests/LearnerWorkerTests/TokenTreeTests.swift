import Randomness
import TestSupport
import Testing

@testable import LearnerWorker

/// Where trees are cut.
@Suite("Token trees")
struct TokenTreeTests {
  private func tree(_ lengths: [Int]) -> TokenTree {
    TokenTree(trunk: [1, 2, 3], branches: lengths.map { .init(tokens: [Int32](repeating: 5, count: $0)) })
  }

  @Test(
    "branches fill pieces up to the limit",
    arguments: [
      ([], 4, []), ([3], 4, [0..<1]), ([9], 4, [0..<1]), ([2, 2, 2], 4, [0..<2, 2..<3]),
      ([1, 1, 1, 1, 1], 4, [0..<4, 4..<5]), ([9, 1, 9], 4, [0..<1, 1..<2, 2..<3]), ([4, 4], 8, [0..<2]),
      ([0, 0, 4, 0, 1], 4, [0..<4, 4..<5]), ([5, 0], 4, [0..<1, 1..<2]), ([2, 2], 1 << 24, [0..<2]),
    ] as [([Int], Int, [Range<Int>])])
  func examples(lengths: [Int], limit: Int, pieces: [Range<Int>]) {
    #expect(tree(lengths).pieces(tokens: limit) == pieces)
  }

  @Test("pieces are consecutive, complete, within the limit, and as long as it allows", arguments: 0..<100)
  func law(number: Int) {
    var draw = namedGenerator("pieces \(number)")
    let lengths = (0..<draw.next(below: 20)).map { _ in draw.next(below: 12) }
    let limit = draw.integer(in: 1...20)
    let pieces = tree(lengths).pieces(tokens: limit)
    #expect(pieces.flatMap { Array($0) } == Array(lengths.indices))
    for (index, piece) in pieces.enumerated() {
      let rows = lengths[piece].reduce(0, +)
      #expect(
        rows <= limit || lengths[piece.dropLast()].allSatisfy { $0 == 0 } || lengths[piece].first == rows)
      guard index + 1 < pieces.count else { continue }
      #expect(rows + lengths[pieces[index + 1].lowerBound] > limit, "the next branch would have had room")
    }
  }

  @Test("targets begin where they are said to, and never beyond the end", arguments: [0, 1, 3, 4, 9])
  func targets(first: Int) {
    let branch = TokenTree.Branch(tokens: [1, 2, 3, 4], firstTarget: first)
    #expect(branch.targets == min(first, 4)..<4)
  }
}
