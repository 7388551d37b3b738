import Foundation
import Randomness

/// A power to three significant digits; a wrong number scores 0.01.
///
/// Levels have bases up to 10, 20, 100, 500, 1000 with 0, 1, 2, 3, 4 decimals, exponents 2 to 3, then up to 4,
/// -3 to 5, -5 to 6, -8 to 8.
enum PowerFunction: PuzzleTask {
  static let name = "power_function"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let places = level - 1
    let scale = (0..<places).reduce(1) { power, _ in power * 10 }
    let steps = generator.integer(in: scale...at(level, 10, 20, 100, 500, 1000) * scale)
    let signed = level > 2 && generator.chance(0.4) ? -steps : steps
    let base = Double(signed) / Double(scale)
    let exponent = generator.integer(in: at(level, 2...3, 2...4, -3...5, -5...6, -8...8))
    let solution = pow(base, Double(exponent))
    let written = shortDecimalText(signed, places: places)
    return Puzzle(
      question:
        "Raise \(signed < 0 ? "(\(written))" : written) to the power \(exponent). Round to 3 significant digits "
        + "and answer in the form 4.56e+7, with nothing else.",
      answer: scientific(solution),
      metadata: ["base": .number(base), "exponent": .integer(exponent), "solution": .number(solution)])
  }

  private static func scientific(_ number: Double) -> String {
    guard case .finite(let exact)? = DecimalValue(AnswerText("\(number)")) else { return "0.00e+0" }
    let rounded = exact.rounded(to: 3)
    let digits = (rounded.digits + [0, 0]).prefix(3).map(String.init)
    return (rounded.isNegative ? "-" : "") + "\(digits[0]).\(digits[1])\(digits[2])e"
      + (rounded.magnitude < 0 ? "" : "+") + "\(rounded.magnitude)"
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard case .finite(let expected)? = DecimalValue(try key.answer) else {
      throw PuzzleFault(reason: "the reference answer is not a number")
    }
    guard case .finite(let number)? = DecimalValue(answer) else { return .unparsed("not a number") }
    return number.rounded(to: 3) == expected.rounded(to: 3)
      ? .correct("the expected number to 3 digits") : .wrong(floor: 0.01)
  }
}
