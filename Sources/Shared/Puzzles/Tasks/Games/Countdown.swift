import Randomness

/// An expression of all given numbers, each used once, that has a given value.
///
/// | answer for 25 out of 3, 4, 7 | score | because |
/// |---|---|---|
/// | `(3 * 7) + 4` | 1 | the value and the numbers |
/// | `4 * 7 - 3 - 0` | 0.05 | an expression |
/// | `twenty-five`, `3/0` | 0 | none |
///
/// Levels have 3, 4, 5, 6, 7 numbers up to 12, 25, 50, 100, 100.
enum Countdown: PuzzleTask {
  static let name = "countdown"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let targets = at(level, 5...99, 10...99, 50...500, 100...999, 100...999)
    while true {
      let numbers = (0..<at(level, 3, 4, 5, 6, 7)).map { _ in
        generator.integer(in: 1...at(level, 12, 25, 50, 100, 100))
      }
      let (expression, value) = combined(numbers, &generator)
      guard targets.contains(value), !numbers.contains(value) else { continue }
      let shown = generator.shuffled(numbers)
      return Puzzle(
        question:
          "Combine the numbers \(listed(shown.map(String.init))), each used exactly once, with +, -, *, / and "
          + "brackets so that the result is \(value). Answer with the expression only, without the result.",
        answer: expression, metadata: ["numbers": PuzzleValue(shown), "target": .integer(value)])
    }
  }

  /// The numbers combined from the left; divisions leave no remainder.
  private static func combined(
    _ numbers: [Int], _ generator: inout NamedGenerator
  ) -> (String, Int) {
    var (text, value, isSum) = ("\(numbers[0])", numbers[0], false)
    for number in numbers.dropFirst() {
      let divides = value != 0 && value.isMultiple(of: number) && number > 1
      let choice = generator.next(below: divides ? 5 : 4)
      switch choice {
      case 0, 1:
        text += choice == 0 ? " + \(number)" : " - \(number)"
        value += choice == 0 ? number : -number
        isSum = true
      case 2 where abs(value * number) < 5000:
        text = (isSum ? "(\(text))" : text) + " * \(number)"
        value *= number
        isSum = false
      case 4:
        text = (isSum ? "(\(text))" : text) + " / \(number)"
        value /= number
        isSum = false
      default:
        text = "\(number) - (\(text))"
        value = number - value
        isSum = true
      }
    }
    return (text, value)
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    try mark(answer, numbers: try key.integers("numbers"), target: try key.integer("target"), floor: 0.05)
  }

  /// The mark of an expression that is to have the value `target` and to use just `numbers`; another
  /// expression scores `floor`.
  static func mark(
    _ answer: AnswerText, numbers: [Int], target: Int, floor: Double
  ) throws(PuzzleFault) -> Mark {
    do throws(ExactExpression.Failure) {
      let expression = try ExactExpression(answer)
      guard expression.integers.sorted() == numbers.sorted() else {
        return .wrong("other numbers", floor: floor)
      }
      return expression.value == Rational(target)
        ? .correct("the numbers make \(target)") : .wrong("another value", floor: floor)
    } catch {
      return .unparsed(error == .zeroDivision ? "a division by zero" : "not an expression")
    }
  }
}
