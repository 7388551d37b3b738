import Foundation
import Randomness

/// Two complex numbers with whole parts, added, subtracted, multiplied or divided without remainder.
///
/// The score is exp(-distance) from the right number, which may be written `3-4i`, `(3 - 4j)`, `-4i` or `3`.
///
/// Levels have parts up to 5, 10, 10, 20, 50, and multiplication and division from 2 and 3 on.
enum ComplexArithmetic: PuzzleTask {
  static let name = "complex_arithmetic"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let bound = at(level, 5, 10, 10, 20, 50)
    func part(_ generator: inout NamedGenerator) -> Int { generator.integer(in: -bound...bound) }
    var first = (part(&generator), part(&generator))
    var second = (part(&generator), part(&generator))
    if second == (0, 0) { second = (1, 1) }
    let operation = generator.element(of: Array(["+", "-", "*", "/"].prefix(at(level, 2, 3, 4, 4, 4))))
    let product = (first.0 * second.0 - first.1 * second.1, first.0 * second.1 + first.1 * second.0)
    var result = (first.0 + second.0, first.1 + second.1)
    switch operation {
    case "-": result = (first.0 - second.0, first.1 - second.1)
    case "*": result = product
    case "/": (result, first) = (first, product)
    default: break
    }
    return Puzzle(
      question:
        "Calculate (\(written(first))) \(operation == "/" ? "÷" : operation == "*" ? "·" : operation) "
        + "(\(written(second))), where i·i = -1. Answer with the number only, as in -2 + 5i.",
      answer: written(result),
      metadata: [
        "num1": PuzzleValue([first.0, first.1]), "num2": PuzzleValue([second.0, second.1]),
        "operation": .text(operation), "result": PuzzleValue([result.0, result.1]),
      ])
  }

  private static func written(_ number: (Int, Int)) -> String {
    "\(number.0) \(number.1 < 0 ? "-" : "+") \(abs(number.1))i"
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let result = try key.numbers("result")
    guard result.count == 2 else { throw PuzzleKey.malformed("result", "a pair of numbers") }
    guard let number = complex(answer) else { return .unparsed("not a complex number") }
    let distance = hypot(number.0 - result[0], number.1 - result[1])
    return .share(exp(-distance), "at a distance of \(distance)")
  }

  /// The parts of the number that `text` writes.
  private static func complex(_ text: AnswerText) -> (Double, Double)? {
    var rest = AnswerText(text.without(" ").lowered.scalars.map { $0 == "i" ? "j" : $0 }).scalars[...]
    while rest.count > 1 && rest.first == "(" && rest.last == ")" { rest = rest.dropFirst().dropLast() }
    guard rest.contains("j") else { return AnswerText(rest).real.map { ($0, 0) } }
    guard rest.last == "j" else { return nil }
    let coefficients = rest.dropLast()
    // The sign of the imaginary part is the last that no exponent's `e` stands before.
    let split = coefficients.indices.last { place in
      (coefficients[place] == "+" || coefficients[place] == "-")
        && (place == coefficients.startIndex || coefficients[place - 1] != "e")
    }
    let start = split ?? coefficients.startIndex
    guard let real = start == coefficients.startIndex ? 0 : AnswerText(coefficients[..<start]).real else {
      return nil
    }
    let factor = AnswerText(coefficients[start...])
    switch factor {
    case "", "+": return (real, 1)
    case "-": return (real, -1)
    default: return factor.real.map { (real, $0) }
    }
  }
}
