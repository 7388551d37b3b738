import Randomness

/// A fraction in its lowest terms, as `a/b` or in LaTeX.
///
/// | answer for 6/8 | score | because |
/// |---|---|---|
/// | `3/4`, `$\frac{3}{4}$` | 1 | in any style |
/// | `6/5` | 0.1 | the numerator or the denominator that was given |
/// | `9/12` | 0.05 | a fraction |
/// | `0.75` | 0 | none |
///
/// Levels have numbers up to 10, 50, 100, 500, 1000 and shared factors up to 5, 10, 20, 50, 100.
enum FractionSimplification: PuzzleTask {
  static let name = "fraction_simplification"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let bound = at(level, 10, 50, 100, 500, 1000)
    var numerator = 0
    var denominator = 0
    repeat {
      numerator = generator.integer(in: 1...bound)
      denominator = generator.integer(in: 2...bound)
    } while greatestCommonDivisor(numerator, denominator) > 1
    let factor = generator.integer(in: 2...at(level, 5, 10, 20, 50, 100))
    let style = generator.element(of: ["plain", "latex_inline", "latex_frac", "latex_dfrac"])
    return Puzzle(
      question:
        "Reduce the fraction \(written(numerator * factor, denominator * factor, style)) to lowest terms. "
        + "Answer with the reduced fraction only, written in the same way.",
      answer: written(numerator, denominator, style),
      metadata: [
        "numerator": .integer(numerator * factor), "denominator": .integer(denominator * factor),
        "simplified_numerator": .integer(numerator), "simplified_denominator": .integer(denominator),
        "reduction_factor": .integer(factor), "style": .text(style), "factor": .integer(factor),
      ])
  }

  private static func written(_ numerator: Int, _ denominator: Int, _ style: String) -> String {
    switch style {
    case "latex_inline": "$\(numerator)/\(denominator)$"
    case "latex_frac": "$\\frac{\(numerator)}{\(denominator)}$"
    case "latex_dfrac": "$\\dfrac{\(numerator)}{\(denominator)}$"
    default: "\(numerator)/\(denominator)"
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = (try key.integer("simplified_numerator"), try key.integer("simplified_denominator"))
    let given = (try key.integer("numerator"), try key.integer("denominator"))
    guard let fraction = fraction(answer) else { return .unparsed("not a fraction") }
    if fraction == expected { return .correct() }
    if fraction.0 == given.0 || fraction.1 == given.1 {
      return .share(0.1, "half of the given fraction is still there")
    }
    return .share(0.05, "another fraction")
  }

  /// The numerator and denominator that `answer` writes.
  private static func fraction(_ answer: AnswerText) -> (Int, Int)? {
    let text = answer.trimmed.trimmed { $0 == "$" }.trimmed
    let lowered = text.lowered
    for command in ["\\frac", "\\dfrac"] where lowered.starts(with: AnswerText(command)) {
      var rest = text.scalars.dropFirst(command.count)
      if let numerator = braced(&rest), let denominator = braced(&rest) { return (numerator, denominator) }
    }
    guard let slash = text.scalars.firstIndex(of: "/"),
      let numerator = AnswerText(text.scalars[..<slash]).integer,
      let denominator = AnswerText(text.scalars[(slash + 1)...]).integer
    else { return nil }
    return (numerator, denominator)
  }

  /// The digits in the braces that `text` begins with.
  private static func braced(_ text: inout ArraySlice<Unicode.Scalar>) -> Int? {
    let inner = text.drop(while: AnswerText.isSpace)
    guard inner.first == "{", let end = inner.firstIndex(of: "}") else { return nil }
    text = inner[(end + 1)...]
    let digits = AnswerText(inner[..<end].dropFirst()).trimmed
    return digits.scalars.allSatisfy { AnswerText.digit($0) != nil } ? digits.integer : nil
  }
}
