public import Randomness

/// Problems of school mathematics in twenty families with five levels each, answers computed exactly.
///
/// ```swift
/// let problem = MathProblems.generate(index: 42, seed: 1, difficulty: 3)
/// ```
///
/// The same arguments give the same text on every machine. Each reference answer is accepted by
/// ``MathVerifier``; ten thousand different questions need some thirteen thousand draws.
public enum MathProblems {
  /// The names of the families.
  public static var tasks: [String] { families.map(\.name) }

  /// Problem `index` of `seed`, the families in turn.
  public static func generate(index: Int, seed: UInt64, difficulty: Int) -> GeneratedProblem {
    let family = families[index % families.count]
    var generator = NamedGenerator(
      RandomName(
        seed: seed, purpose: .problems, step: 1_000 + index % families.count, ordinal: index,
        sample: difficulty))
    return make(family, difficulty, &generator)
  }

  /// A problem of `task`, nil for a name not in ``tasks``; `difficulty` from 1 to 5.
  public static func generate(
    task: String, difficulty: Int, generator: inout NamedGenerator
  ) -> GeneratedProblem? {
    families.first { $0.name == task }.map { make($0, difficulty, &generator) }
  }

  private static func make(
    _ family: Family, _ difficulty: Int, _ generator: inout NamedGenerator
  ) -> GeneratedProblem {
    let level = min(max(difficulty, 1), 5)
    let draft = family.draft(level, &generator)
    return GeneratedProblem(
      task: family.name, difficulty: level,
      question: draft.question + " Put your final answer within \\boxed{}.", answer: .math(draft.answer),
      answerType: draft.type)
  }

  struct Family: Sendable {
    let name: String
    let draft: @Sendable (Int, inout NamedGenerator) -> Draft
  }

  static let families = [
    Family(name: "story_chain", draft: WordProblems.story),
    Family(name: "speed", draft: WordProblems.speed),
    Family(name: "percent_chain", draft: WordProblems.percents),
    Family(name: "ratio", draft: WordProblems.ratio),
    Family(name: "linear_equation", draft: EquationProblems.linear),
    Family(name: "linear_system", draft: EquationProblems.system),
    Family(name: "quadratic_equation", draft: EquationProblems.quadratic),
    Family(name: "polynomial_remainder", draft: EquationProblems.remainder),
    Family(name: "number_theory", draft: CountingProblems.numberTheory),
    Family(name: "counting", draft: CountingProblems.counting),
    Family(name: "probability", draft: CountingProblems.probability),
    Family(name: "geometry", draft: GeometryProblems.geometry),
    Family(name: "sequence", draft: SequenceProblems.sequence),
    Family(name: "sum", draft: SequenceProblems.sum),
    Family(name: "calculus", draft: SequenceProblems.calculus),
    Family(name: "exponent_logarithm", draft: EquationProblems.exponents),
    Family(name: "matrix", draft: AlgebraProblems.matrix),
    Family(name: "complex_number", draft: AlgebraProblems.complex),
    Family(name: "exact_trigonometry", draft: GeometryProblems.trigonometry),
    Family(name: "quadratic_inequality", draft: AlgebraProblems.inequality),
  ]
}
