import Randomness
import Testing

@Suite("Permutation")
struct PermutationTests {
  static func permutation(_ count: Int, _ step: Int = 0) -> Permutation {
    Permutation(
      count: count, name: RandomName(seed: 3, purpose: .promptOrder, step: step, ordinal: 0, sample: 0))
  }

  @Test("every element comes once", arguments: Array(0...40) + [100, 127, 128, 129, 1000, 7473, 10_000])
  func bijection(count: Int) {
    let permutation = Self.permutation(count)
    #expect(Set((0..<count).map { permutation.element(at: $0) }) == Set(0..<count))
  }

  @Test(
    "every order of a few elements comes equally often",
    arguments: [(2, 2), (3, 6), (4, 24), (5, 120), (6, 720)])
  func uniform(count: Int, orders: Int) {
    var counts: [[Int]: Int] = [:]
    for step in 0..<(200 * orders) {
      let permutation = Self.permutation(count, step)
      counts[(0..<count).map { permutation.element(at: $0) }, default: 0] += 1
    }
    #expect(counts.count == orders)
    let freedom = Double(orders - 1)
    #expect(chiSquare(Array(counts.values)) < freedom + 4 * (2 * freedom).squareRoot() + 6)
  }

  @Test("an element's place says nothing about its neighbour's")
  func neighbours() {
    // The difference of neighbours, round the circle, is uniform but for 0.
    let count = 64
    var counts = [Int](repeating: 0, count: count)
    for step in 0..<500 {
      let permutation = Self.permutation(count, step)
      for place in 1..<count {
        counts[(permutation.element(at: place) - permutation.element(at: place - 1) + count) % count] += 1
      }
    }
    #expect(counts[0] == 0)
    #expect(chiSquare(Array(counts.dropFirst())) < 62 + 4 * (2.0 * 62).squareRoot())
  }

  @Test("a set too large to hold is permuted too", arguments: [1 << 40, 1 << 56])
  func huge(count: Int) {
    let permutation = Self.permutation(count)
    let elements = (0..<1000).map { permutation.element(at: count - 1 - $0) }
    #expect(Set(elements).count == 1000)
    #expect(elements.allSatisfy { (0..<count).contains($0) })
    #expect(elements.contains { $0 < count / 2 } && elements.contains { $0 > count / 2 })
  }

  @Test("the order is frozen")
  func frozen() {
    let permutation = Self.permutation(10, 1)
    #expect((0..<10).map { permutation.element(at: $0) } == [8, 7, 0, 4, 1, 2, 9, 6, 5, 3])
  }
}
