import Randomness

/// A formula that follows from others.
///
/// | answer, given P and Q ∨ R | score | because |
/// |---|---|---|
/// | `P ∧ (Q ∨ R)` | 1 | it follows |
/// | `P`, `P ∨ ¬P` | 0.25 | it follows, but is a variable or always true |
/// | `¬P` | 0.05 | it does not follow |
/// | `P ∧ X` | 0 | X occurs nowhere |
/// | `it rains` | 0 | no formula |
///
/// Levels have 2, 2, 3, 4, 4 variables and 2, 2, 3, 3, 4 premises of depth 1, 2, 2, 3, 3.
enum PropositionalLogic: PuzzleTask {
  static let name = "propositional_logic"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let variables = (0..<at(level, 2, 2, 3, 4, 4)).map { 15 + $0 }
    while true {
      let premises = (0..<at(level, 2, 2, 3, 3, 4)).map { index in
        formula(variables, depth: index == 0 ? 2 : at(level, 1, 2, 2, 3, 3), &generator)
      }
      let mask = premises.reduce(0) { $0 | $1.variables }
      let models = Proposition.assignments(of: mask).filter { model in premises.allSatisfy { $0.holds(model) }
      }
      // Premises that contradict each other, or say nothing, make every or no formula follow.
      guard !models.isEmpty, models.count < 1 << mask.nonzeroBitCount, !isTautology(premises[0]) else {
        continue
      }
      let names = variables.map { String(UnicodeScalar(UInt8(65 + $0))) }
      let list = premises.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
      return Puzzle(
        question: """
          These formulas are true:
          \(list)
          Give a formula that follows from them, is not always true, and is not just a variable. Use only the \
          variables \(listed(names)), brackets, and ¬ (not), ∧ (and), ∨ (or), → (implies), ↔ (if and only if). Answer \
          with the formula only.
          """,
        answer: premises[0].text,
        metadata: [
          "premises": PuzzleValue(premises.map(\.text)), "variables": PuzzleValue(names),
          "complexity": .integer(at(level, 1, 2, 2, 3, 3)), "example_answer": .text(premises[0].text),
        ])
    }
  }

  private static func formula(
    _ variables: [Int], depth: Int, _ generator: inout NamedGenerator
  ) -> Proposition {
    guard depth > 1 else { return .variable(generator.element(of: variables)) }
    let choice = generator.next(below: 5)
    let part = formula(variables, depth: depth - 1, &generator)
    guard choice < 4 else { return .not(part) }
    return .joined(Proposition.Sign.allCases[choice], part, formula(variables, depth: depth - 1, &generator))
  }

  private static func isTautology(_ formula: Proposition) -> Bool {
    Proposition.assignments(of: formula.variables).allSatisfy { formula.holds($0) }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let variables = Set(try key.texts("variables").flatMap { Array($0.unicodeScalars) })
    var premises: [Proposition] = []
    for text in try key.texts("premises") {
      guard let premise = Proposition(AnswerText(text)) else {
        throw PuzzleKey.malformed("premises", "a list of formulas")
      }
      premises.append(premise)
    }
    guard answer.scalars.allSatisfy({ !("A"..."Z").contains($0) || variables.contains($0) }) else {
      return .wrong("a variable that is not there")
    }
    guard let formula = Proposition(answer) else {
      return isAlmostFormula(answer)
        ? .wrong("brackets or signs do not match", floor: 0.05) : .unparsed("no formula")
    }
    let mask = premises.reduce(formula.variables) { $0 | $1.variables }
    guard mask.nonzeroBitCount <= 12 else { throw PuzzleFault(reason: "more than 12 variables") }
    let follows = Proposition.assignments(of: mask).allSatisfy { model in
      formula.holds(model) || premises.contains { !$0.holds(model) }
    }
    guard follows else { return .wrong("it does not follow", floor: 0.05) }
    if case .variable = formula { return .share(0.25, "just a variable") }
    return isTautology(formula) ? .share(0.25, "always true") : .correct("it follows")
  }

  /// Whether only signs and variables were written, a variable among them.
  private static func isAlmostFormula(_ text: AnswerText) -> Bool {
    let signs = AnswerText("¬∧∨→↔() ").scalars
    return text.scalars.contains { ("A"..."Z").contains($0) } && text.count <= 2000
      && text.scalars.allSatisfy { ("A"..."Z").contains($0) || signs.contains($0) }
  }
}
