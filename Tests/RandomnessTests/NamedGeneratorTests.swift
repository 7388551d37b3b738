import Randomness
import Testing

@Suite("NamedGenerator")
struct NamedGeneratorTests {
  static func generator(_ ordinal: Int) -> NamedGenerator {
    NamedGenerator(RandomName(seed: 11, purpose: .test, step: 0, ordinal: ordinal, sample: 0))
  }

  @Test("numbers below a bound stay below it and come equally often", arguments: [1, 2, 3, 7, 10, 100])
  func below(bound: Int) {
    var generator = Self.generator(bound)
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<(1000 * bound) { counts[generator.next(below: bound)] += 1 }
    #expect(chiSquare(counts) <= 3 * Double(bound - 1) + 12)
  }

  @Test("products that favour some numbers are drawn again")
  func rejection() {
    // With a bound of 3 × 2^61, a quarter of all products is surplus: 2^64 mod bound is 2^62.
    let bound = 3 << 61
    var generator = Self.generator(0)
    let draws = 4000
    for _ in 0..<draws { #expect(generator.next(below: bound) < bound) }
    #expect(abs(Double(generator.position) / Double(draws) - 4.0 / 3) < 0.05)
  }

  @Test("ranges include both ends", arguments: [-3...3, 5...5, 10...99, Int.max - 1...Int.max])
  func ranges(range: ClosedRange<Int>) {
    var generator = Self.generator(1)
    let drawn = Set((0..<2000).map { _ in generator.integer(in: range) })
    #expect(drawn == Set(range))
  }

  @Test("a shuffle keeps the elements and every order comes equally often")
  func shuffle() {
    var counts: [[Int]: Int] = [:]
    for ordinal in 0..<24_000 {
      var generator = Self.generator(ordinal)
      var elements = [0, 1, 2, 3]
      generator.shuffle(&elements)
      counts[elements, default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(chiSquare(Array(counts.values)) < 55)  // 23 degrees of freedom: exceeded once in 5 000 seeds
  }

  @Test("the draws are frozen")
  func frozen() {
    var generator = Self.generator(2)
    var letters = Array("abcdefgh")
    generator.shuffle(&letters)
    #expect(String(letters) == "hdgefcab")
    #expect((0..<6).map { _ in generator.next(below: 1000) } == [596, 570, 434, 239, 505, 131])
    #expect(String(generator.choose(3, of: letters)) == "dbe")
  }

  @Test("a choice holds different elements", arguments: 0...5)
  func choice(count: Int) {
    var generator = Self.generator(3)
    let chosen = generator.choose(count, of: [1, 2, 3, 4, 5])
    #expect(chosen.count == count)
    #expect(Set(chosen).count == count)
  }

  @Test("shuffles of nothing and of one element draw nothing")
  func trivial() {
    var generator = Self.generator(4)
    var none: [Int] = []
    var one = [1]
    generator.shuffle(&none)
    generator.shuffle(&one)
    #expect(none.isEmpty && one == [1] && generator.position == 0)
  }
}
