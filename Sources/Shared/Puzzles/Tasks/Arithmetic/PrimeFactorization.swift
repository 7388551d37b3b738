import Randomness

/// The prime factors of a number, in ascending order, joined by `×`.
///
/// | answer for 12 | score | because |
/// |---|---|---|
/// | `3 × 2 × 2` | 1 | in any order; `*`, `x` and `\times` will do |
/// | `4 × 3` | 0.5 | the product is right |
/// | `2 × 5` | 0.01 | factors of something else |
/// | `0 × 2`, `twelve` | 0 | no factors |
///
/// Levels go to 100, 1000, 5000, 50000, 500000.
enum PrimeFactorization: PuzzleTask {
  static let name = "prime_factorization"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let number = generator.integer(in: 2...at(level, 100, 1000, 5000, 50000, 500_000))
    let factors = factors(of: number)
    return Puzzle(
      question:
        "Write \(number) as a product of primes, smallest first, with × between them (84 would be "
        + "2 × 2 × 3 × 7). Answer with the product only.",
      answer: factors.map(String.init).joined(separator: " × "),
      metadata: ["number": .integer(number), "factors": PuzzleValue(factors)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let number = try key.integer("number")
    guard (2...1_000_000_000_000).contains(number) else {
      throw PuzzleFault(reason: "`number` is outside 2...10^12")
    }
    var text = answer
    while let place = text.firstIndex(of: "\\times") {
      text.scalars.replaceSubrange(place..<place + 6, with: ["×"])
    }
    let parts = text.scalars.split { $0 == "×" || $0 == "*" || $0 == "x" }.map { AnswerText($0).trimmed }
    var given: [Int] = []
    for part in parts where !part.isEmpty {
      guard let factor = part.integer, factor != 0 else { return .unparsed("not a list of factors") }
      given.append(factor)
    }
    if given.isEmpty { return .unparsed("no factors") }
    if given.sorted() == factors(of: number) { return .correct("the prime factors") }
    var product = 1
    for factor in given {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return .wrong("the product is not \(number)", floor: 0.01) }
      product = next
    }
    return product == number
      ? .share(0.5, "the product is right, but not all factors are prime")
      : .wrong("the product is not \(number)", floor: 0.01)
  }

  /// The prime factors of a number above 1 in ascending order; at most 10^6 divisions for numbers up to 10^12.
  static func factors(of number: Int) -> [Int] {
    var (rest, divisor, factors) = (number, 2, [Int]())
    while divisor * divisor <= rest {
      while rest.isMultiple(of: divisor) {
        factors.append(divisor)
        rest /= divisor
      }
      divisor += 1
    }
    return rest > 1 ? factors + [rest] : factors
  }
}
