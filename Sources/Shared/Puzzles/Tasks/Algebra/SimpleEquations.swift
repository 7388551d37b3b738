import Randomness

/// A linear equation with one unknown, whose solution is a whole number.
///
/// Levels have 2, 2, 3, 4, 5 terms, with brackets from level 4 on.
enum SimpleEquations: PuzzleTask {
  static let name = "simple_equations"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let variable = generator.element(of: ["x", "y", "z", "n", "k", "t"])
    let solution = generator.integer(in: level < 3 ? 1...20 : -50...99)
    var (coefficient, constant, text) = (0, 0, "")
    for index in 0..<at(level, 2, 2, 3, 4, 5) {
      let isAdded = index == 0 || generator.chance(0.6)
      let sign = isAdded ? 1 : -1
      let factor = generator.integer(in: 2...at(level, 5, 9, 20, 50, 99))
      text += index == 0 ? "" : isAdded ? " + " : " - "
      if index == 0 || index > 1 && generator.chance(0.5) {
        let inner = level > 3 && index > 0 ? generator.integer(in: 1...20) : 0
        text += inner == 0 ? "\(factor)*\(variable)" : "\(factor)*(\(variable) + \(inner))"
        coefficient += sign * factor
        constant += sign * factor * inner
      } else {
        text += "\(factor)"
        constant += sign * factor
      }
    }
    // Terms that cancel leave nothing to solve.
    if coefficient == 0 {
      text += " + \(variable)"
      coefficient = 1
    }
    let equation = "\(text) = \(coefficient * solution + constant)"
    return Puzzle(
      question: "Which number is \(variable) if \(equation)? Answer with the number only.",
      answer: "\(solution)", metadata: ["equation": .text(equation), "variable": .text(variable)])
  }
}
