import Randomness

/// The greatest common divisor of some numbers, of 1 as seldom as three tries allow.
///
/// Levels have 2, 2, 3, 4, 5 numbers up to 50, 500, 1000, 5000, 20000.
enum GreatestDivisor: PuzzleTask {
  static let name = "gcd"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let bound = at(level, 50, 500, 1000, 5000, 20000)
    let count = at(level, 2, 2, 3, 4, 5)
    var numbers: [Int] = []
    for _ in 0..<3 {
      // A shared factor makes an answer other than 1 likely for many numbers.
      let factor = generator.integer(in: 1...(bound / 8))
      numbers = (0..<count).map { _ in factor * generator.integer(in: 1...max(2, bound / factor)) }
      if numbers.reduce(0, greatestCommonDivisor) > 1 { break }
    }
    let divisor = numbers.reduce(0, greatestCommonDivisor)
    return Puzzle(
      question:
        "What is the largest whole number that divides each of \(listed(numbers.map(String.init))) without "
        + "remainder? Answer with the number only.",
      answer: "\(divisor)",
      metadata: ["numbers": PuzzleValue(numbers), "result": .integer(divisor), "num_terms": .integer(count)])
  }
}
