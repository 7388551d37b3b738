import Randomness
import Testing

@Suite("RandomName")
struct RandomNameTests {
  static let name = RandomName(seed: 7, purpose: .test, step: 3, ordinal: 5, sample: 2)

  @Test("the fields lie in key and counter as the table says")
  func layout() {
    let name = RandomName(
      seed: 0x1111_2222_3333_4444, purpose: .demonstrations, step: 0x5555_6666, ordinal: 0x77_8888_9999,
      sample: 0xAAAA)
    let words = Philox.block(
      counter: SIMD4(0x21, 0x5555_6666, 0x8888_9999, 0x7706_AAAA), key: SIMD2(0x3333_4444, 0x1111_2222))
    #expect(name.bits(at: 0x42) == UInt64(words.y) << 32 | UInt64(words.x))
    #expect(name.bits(at: 0x43) == UInt64(words.w) << 32 | UInt64(words.z))
  }

  @Test("the bits of every purpose stay what they were when checkpoints were first written")
  func frozen() {
    #expect(RandomPurpose.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    #expect(RandomPurpose.sampling.rawValue == 2)
    #expect(RandomPurpose.problems.rawValue == 5)
  }

  @Test("names that differ in one field share no number")
  func distinct() {
    var names: [RandomName] = []
    for value in [0, 1, 2, 0xFFFF] {
      names.append(RandomName(seed: UInt64(value) << 32, purpose: .test, step: 0, ordinal: 0, sample: 0))
      names.append(RandomName(seed: UInt64(value), purpose: .test, step: 0, ordinal: 0, sample: 0))
      names.append(RandomName(seed: 0, purpose: .test, step: value, ordinal: 0, sample: 0))
      names.append(RandomName(seed: 0, purpose: .test, step: value << 16, ordinal: 0, sample: 0))
      names.append(RandomName(seed: 0, purpose: .test, step: 0, ordinal: value, sample: 0))
      names.append(RandomName(seed: 0, purpose: .test, step: 0, ordinal: value << 24, sample: 0))
      names.append(RandomName(seed: 0, purpose: .test, step: 0, ordinal: 0, sample: value))
    }
    names += RandomPurpose.allCases.map { RandomName(seed: 0, purpose: $0, step: 0, ordinal: 0, sample: 0) }
    let different = Set(names)
    // 7 families with 3 values other than 0, the other 10 purposes, and the name of zeros.
    #expect(different.count == 7 * 3 + 10 + 1)
    let numbers = different.flatMap { name in (0..<64).map { name.bits(at: $0) } }
    #expect(Set(numbers).count == 64 * different.count)
  }

  @Test("the largest fields and positions are names like any other")
  func extremes() {
    let name = RandomName(
      seed: .max, purpose: .test, step: 1 << 32 - 1, ordinal: 1 << 40 - 1, sample: 1 << 16 - 1)
    #expect(name.bits(at: 1 << 33 - 1) != name.bits(at: 1 << 33 - 2))
    #expect((0..<1).contains(name.uniform(at: 1 << 33 - 1)))
  }

  @Test("uniform numbers lie in [0, 1) and fill it evenly")
  func uniform() {
    let draws = 100_000
    var tenths = [Int](repeating: 0, count: 10)
    var sum = 0.0
    for position in 0..<draws {
      let number = Self.name.uniform(at: position)
      #expect(number >= 0 && number < 1)
      tenths[Int(number * 10)] += 1
      sum += number
    }
    #expect(abs(sum / Double(draws) - 0.5) < 0.005)
    #expect(chiSquare(tenths) < 30)  // 9 degrees of freedom: exceeded once in 2 000 names
  }

  @Test("a generator walks the positions of its name")
  func walk() {
    var generator = NamedGenerator(Self.name)
    for position in 0..<9 {
      #expect(generator.position == position)
      #expect(generator.next() == Self.name.bits(at: position))
    }
    #expect(generator.uniform() == Self.name.uniform(at: 9))
  }
}

/// The sum of squared differences from the mean count, each divided by it.
func chiSquare(_ counts: [Int]) -> Double {
  let mean = Double(counts.reduce(0, +)) / Double(counts.count)
  return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
}
