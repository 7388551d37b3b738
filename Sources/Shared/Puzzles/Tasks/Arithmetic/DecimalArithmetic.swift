import Randomness

/// Products and sums of decimals; an answer may be off by one in the last decimal place of the operands.
///
/// The library calculates with 12 digits at every step; here divisors are powers of two that leave few
/// places, and nothing has more than 12 digits, so that any order of rounding gives the same.
///
/// Levels have 2, 3, 3, 4, 5 numbers with 1, 1, 2, 2, 3 decimal places.
enum DecimalArithmetic: PuzzleTask {
  static let name = "decimal_arithmetic"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let places = at(level, 1, 1, 2, 2, 3)
    var left = at(level, 2, 3, 3, 4, 5)
    let count = left
    // All values in steps of 10^-(2 places + 2): a product has twice the places, a quotient by 4 two more.
    let unit = (0..<places).reduce(1) { power, _ in power * 10 }
    var (sum, expression) = (0, "")
    while left > 0 {
      let first = generator.integer(in: 1...(10 * unit - 1))
      var (text, value) = (decimalText(first, places: places), first * unit * 100)
      if left > 1 {
        switch generator.next(below: 3) {
        case 0:
          let second = generator.integer(in: 1...(10 * unit - 1))
          text += "*" + decimalText(second, places: places)
          value = first * second * 100
          left -= 1
        case 1:
          let divisor = generator.element(of: [2, 4])
          text += "/" + decimalText(divisor * unit, places: places)
          value /= divisor
          left -= 1
        default: break
        }
      }
      let isAdded = expression.isEmpty || generator.chance(0.6)
      expression += (expression.isEmpty ? "" : isAdded ? " + " : " - ") + text
      sum += isAdded ? value : -value
      left -= 1
    }
    return Puzzle(
      question: "Calculate \(expression) and give up to 12 significant digits. Answer with the number only.",
      answer: shortDecimalText(sum, places: 2 * places + 2),
      metadata: ["decimal_places": .integer(places), "num_terms": .integer(count)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard case .finite(let expected)? = DecimalValue(try key.answer) else {
      throw PuzzleFault(reason: "the reference answer is not a number")
    }
    // Exported rows name the range that places were drawn from; the tolerance goes by its end.
    let range = key.metadata["difficulty"]?["decimal_places"]?.integers
    let places = range?.max() ?? key.metadata["decimal_places"]?.integer ?? 3
    guard (0...100).contains(places) else { throw PuzzleKey.malformed("decimal_places", "from 0 to 100") }
    guard let number = DecimalValue(answer) else { return .unparsed("not a number") }
    guard case .finite(let given) = number, given.isNear(expected, places: places) else { return .wrong() }
    return .correct("the expected number to \(places) places")
  }
}
