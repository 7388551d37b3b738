import Randomness

/// A product of whole numbers: `12 * 7`.
///
/// Levels have 2, 2, 2, 3, 4 factors of up to 1, 2, 3, 3, 3 digits.
enum Products: PuzzleTask {
  static let name = "products"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 2, 2, 2, 3, 4)
    let digits = generator.integer(in: max(1, level / 2)...at(level, 1, 2, 3, 3, 3))
    let factors = (0..<count).map { _ in generator.number(digits: digits) }
    let expression = factors.map(String.init).joined(separator: " * ")
    return Puzzle(
      question: "Multiply: \(expression) = ? Answer with the number only.",
      answer: "\(factors.reduce(1, *))",
      metadata: [
        "num_terms": .integer(count), "num_digits": .integer(digits), "expression": .text(expression),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .decimal(answer, reference: try key.answer)
  }
}
