import Randomness

/// A sum of whole numbers with some subtracted: `4 + 9 - 3`.
///
/// Levels have 2, 3, 4, 5, 6 terms of up to 2, 2, 3, 4, 6 digits.
enum ChainSum: PuzzleTask {
  static let name = "chain_sum"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 2, 3, 4, 5, 6)
    let digits = generator.integer(in: 1...at(level, 2, 2, 3, 4, 6))
    var sum = generator.number(digits: digits)
    var expression = "\(sum)"
    for _ in 1..<count {
      let term = generator.number(digits: digits)
      let isAdded = generator.chance(0.5)
      sum += isAdded ? term : -term
      expression += (isAdded ? " + " : " - ") + "\(term)"
    }
    return Puzzle(
      question: "Work out \(expression). Answer with the number only.", answer: "\(sum)",
      metadata: [
        "num_terms": .integer(count), "num_digits": .integer(digits), "expression": .text(expression),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .decimal(answer, reference: try key.answer)
  }
}
