import Randomness

/// An expression of whole numbers with brackets whose divisions leave no remainder.
///
/// Levels have 2, 3, 4, 5, 6 numbers of up to 1, 1, 2, 2, 3 digits, brackets from level 2 on and negative
/// numbers from level 3 on.
enum BasicArithmetic: PuzzleTask {
  static let name = "basic_arithmetic"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 2, 3, 4, 5, 6)
    let digits = at(level, 1, 1, 2, 2, 3)
    let (expression, value) = sum(of: count, digits: digits, level: level, from: &generator)
    return Puzzle(
      question: "Evaluate \(expression). Answer with the number only.", answer: "\(value)",
      metadata: [
        "expression": .text(expression), "num_terms": .integer(count), "num_digits": .integer(digits),
      ])
  }

  /// A sum of products of together `count` numbers.
  private static func sum(
    of count: Int, digits: Int, level: Int, from generator: inout NamedGenerator
  ) -> (String, Int) {
    var left = count
    var (text, value) = ("", 0)
    while left > 0 {
      // Not all of several numbers in one product.
      let most = left == count && count > 1 ? min(2, count - 1) : min(2, left)
      let taken = generator.integer(in: 1...most)
      let (term, number) = product(of: taken, digits: digits, level: level, from: &generator)
      let isAdded = left == count || generator.chance(0.5)
      text += text.isEmpty ? term : (isAdded ? " + " : " - ") + term
      value += isAdded ? number : -number
      left -= taken
    }
    return (text, value)
  }

  /// A number, or two joined by `*` or `/`, or two sums in brackets.
  private static func product(
    of count: Int, digits: Int, level: Int, from generator: inout NamedGenerator
  ) -> (String, Int) {
    let (left, first) = literal(digits, level, &generator)
    guard count == 2 else { return (left, first) }
    if level > 1, generator.chance(0.3) {
      let (right, second) = literal(digits, 1, &generator)
      return generator.chance(0.5)
        ? ("(\(left) + \(right))", first + second) : ("(\(left) - \(right))", first - second)
    }
    let divisors = (2...9).filter { first != 0 && first.isMultiple(of: $0) }
    if !divisors.isEmpty, generator.chance(0.5) {
      let divisor = generator.element(of: divisors)
      return ("\(left) / \(divisor)", first / divisor)
    }
    let (right, second) = literal(1, level, &generator)
    return ("\(left) * \(right)", first * second)
  }

  private static func literal(
    _ digits: Int, _ level: Int, _ generator: inout NamedGenerator
  ) -> (String, Int) {
    let number = generator.number(digits: generator.integer(in: 1...digits))
    let signed = level > 2 && generator.chance(0.2) ? -number : number
    return ("\(signed)", signed)
  }
}
