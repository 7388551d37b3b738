import Randomness

/// A sum of decimals with some subtracted; an answer must be the very number, however it is written.
///
/// Levels have 2, 3, 4, 5, 6 terms with up to 1, 1, 2, 3, 4 decimal places.
enum DecimalChainSum: PuzzleTask {
  static let name = "decimal_chain_sum"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 2, 3, 4, 5, 6)
    let places = at(level, 1, 1, 2, 3, 4)
    let scale = (0..<places).reduce(1) { power, _ in power * 10 }
    let digits = generator.integer(in: 1...at(level, 1, 2, 2, 3, 4))
    var (sum, expression) = (0, "")
    for index in 0..<count {
      let term = generator.number(digits: digits) * scale + generator.next(below: scale)
      let isAdded = index == 0 || generator.chance(0.5)
      sum += isAdded ? term : -term
      expression += (index == 0 ? "" : isAdded ? " + " : " - ") + shortDecimalText(term, places: places)
    }
    return Puzzle(
      question: "Work out \(expression). Answer with the exact number only.",
      answer: shortDecimalText(sum, places: places),
      metadata: [
        "num_terms": .integer(count), "num_digits": .integer(digits), "expression": .text(expression),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = DecimalValue(try key.answer) else {
      throw PuzzleFault(reason: "the reference answer is not a number")
    }
    guard let number = DecimalValue(answer) else { return .unparsed("not a number") }
    return number.equals(expected) ? .correct("the expected number") : .wrong()
  }
}
