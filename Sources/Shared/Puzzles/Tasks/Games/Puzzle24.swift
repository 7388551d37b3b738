import Randomness

/// An expression of four numbers, each used once, with the value 24.
///
/// Another expression scores 0.01. (The library does not compare the numbers.)
///
/// Levels have numbers up to 6, 8, 9, 10, 13.
enum Puzzle24: PuzzleTask {
  static let name = "puzzle24"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    while true {
      let numbers = (0..<4).map { _ in generator.integer(in: 1...at(level, 6, 8, 9, 10, 13)) }
      guard let solution = solution(numbers.map { ("\($0)", Rational($0)) }) else { continue }
      return Puzzle(
        question:
          "Combine the numbers \(listed(numbers.map(String.init))), each used exactly once, with +, -, *, / and "
          + "brackets so that the result is 24. Answer with the expression only, without the result.",
        answer: solution, metadata: ["numbers": PuzzleValue(numbers)])
    }
  }

  /// An expression of all `terms` that is 24: two are joined and the rest solved, at most 6 · 3 · 1 pairs of six
  /// joins each.
  private static func solution(_ terms: [(String, Rational)]) -> String? {
    if terms.count == 1 {
      guard terms[0].1 == Rational(24) else { return nil }
      return terms[0].0.hasPrefix("(") ? String(terms[0].0.dropFirst().dropLast()) : terms[0].0
    }
    for first in terms.indices {
      for second in terms.indices where second != first {
        let rest = terms.indices.filter { $0 != first && $0 != second }.map { terms[$0] }
        let (a, b) = (terms[first], terms[second])
        let joins: [(String, Rational?)] = [
          ("+", Rational.sum(a.1, b.1)), ("-", Rational.sum(a.1, b.1.negated)),
          ("*", Rational.product(a.1, b.1)), ("/", b.1.inverse.flatMap { Rational.product(a.1, $0) }),
        ]
        for (sign, value) in joins {
          guard let value else { continue }
          if let found = solution(rest + [("(\(a.0) \(sign) \(b.0))", value)]) { return found }
        }
      }
    }
    return nil
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    try Countdown.mark(answer, numbers: try key.integers("numbers"), target: 24, floor: 0.01)
  }
}
