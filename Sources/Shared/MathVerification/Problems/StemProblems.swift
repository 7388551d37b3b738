public import Randomness

/// Problems of physics, chemistry and biology in 21 families with five levels each.
///
/// Every constant that an answer depends on is in the question. Numbers are computed in Double from what the
/// question says and kept to eight significant digits; they are right within 1 %, pH within 0.5 %, counts within
/// 0.1 %. A third of the numeric problems are multiple choice. The same arguments give the same text on every
/// machine with the same C library.
public enum StemProblems {
  /// The names of the families.
  public static var tasks: [String] { families.map(\.name) }

  /// Problem `index` of `seed`, the families in turn.
  public static func generate(index: Int, seed: UInt64, difficulty: Int) -> GeneratedProblem {
    let family = families[index % families.count]
    var generator = NamedGenerator(
      RandomName(
        seed: seed, purpose: .problems, step: 2_000 + index % families.count, ordinal: index,
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
    let isChoice = generator.next(below: 3) == 0
    if isChoice, case .numeric(let value, let unit, _) = draft.answer,
      let choice = choices(value, unit, &generator)
    {
      return GeneratedProblem(
        task: family.name, difficulty: level,
        question: draft.question + choice.list + " Put the letter of the right value within \\boxed{}.",
        answer: .stem(.choice(choice.letter)), answerType: "choice")
    }
    return GeneratedProblem(
      task: family.name, difficulty: level, question: draft.question + ending(draft.answer),
      answer: .stem(draft.answer),
      answerType: type(draft.answer))
  }

  private static func type(_ answer: StemAnswer) -> String {
    switch answer {
    case .numeric: "numeric"
    case .exact: "exact"
    case .choice: "choice"
    case .integers: "int_list"
    case .expression: "rational"
    }
  }

  private static func ending(_ answer: StemAnswer) -> String {
    switch answer {
    case .numeric(_, let unit, _): " Put a number\(unit.isEmpty ? "" : " in \(unit)") within \\boxed{}."
    case .exact: " Put the letters alone within \\boxed{}."
    case .integers: " Put the numbers, separated by commas, within \\boxed{}."
    case .choice, .expression: " Put your final answer within \\boxed{}."
    }
  }

  /// The value among three that typical errors give, in random order; nil where they lie too close together.
  private static func choices(
    _ value: Double, _ unit: String, _ generator: inout NamedGenerator
  ) -> (list: String, letter: String)? {
    guard value != 0 else { return nil }
    var wrong = [value * 2, value / 2, value * 10, value / 10, value * value, value * 0.75, value * 1.3]
    generator.shuffle(&wrong)
    var values = [value]
    for candidate in wrong where values.count < 4 {
      let isClear = values.allSatisfy { abs($0 - candidate) >= 0.05 * max(abs($0), abs(candidate)) }
      if isClear, candidate.isFinite { values.append(candidate) }
    }
    guard values.count == 4 else { return nil }
    generator.shuffle(&values)
    var list = ""
    var letter = ""
    for (name, candidate) in zip(["A", "B", "C", "D"], values) {
      list += "\n\(name)) \(Decimal.short(candidate, digits: 4))\(unit.isEmpty ? "" : " \(unit)")"
      if candidate == value { letter = name }
    }
    return (list + "\n", letter)
  }

  /// A question with its answer, before it is wrapped.
  struct StemDraft {
    let question: String
    let answer: StemAnswer

    init(_ question: String, _ answer: StemAnswer) {
      self.question = question
      self.answer = answer
    }

    /// A number, right within 1 % unless told otherwise.
    init(_ question: String, _ value: Double, _ unit: String, tolerance: Double = 0.01) {
      self.question = question
      answer = .numeric(value: Decimal.rounded(value), unit: unit, relativeTolerance: tolerance)
    }
  }

  struct Family: Sendable {
    let name: String
    let draft: @Sendable (Int, inout NamedGenerator) -> StemDraft
  }

  static let families = [
    Family(name: "kinematics", draft: PhysicsProblems.kinematics),
    Family(name: "projectile", draft: PhysicsProblems.projectile),
    Family(name: "forces", draft: PhysicsProblems.forces),
    Family(name: "energy", draft: PhysicsProblems.energy),
    Family(name: "collision", draft: PhysicsProblems.collision),
    Family(name: "resistors", draft: PhysicsProblems.resistors),
    Family(name: "optics", draft: PhysicsProblems.optics),
    Family(name: "heat", draft: PhysicsProblems.heat),
    Family(name: "half_life", draft: PhysicsProblems.halfLife),
    Family(name: "fields_and_waves", draft: PhysicsProblems.fields),
    Family(name: "molar_mass", draft: ChemistryProblems.molarMass),
    Family(name: "stoichiometry", draft: ChemistryProblems.stoichiometry),
    Family(name: "balancing", draft: ChemistryProblems.balancing),
    Family(name: "solutions", draft: ChemistryProblems.solutions),
    Family(name: "acidity", draft: ChemistryProblems.acidity),
    Family(name: "gas", draft: ChemistryProblems.gas),
    Family(name: "crosses", draft: BiologyProblems.crosses),
    Family(name: "allele_frequency", draft: BiologyProblems.alleles),
    Family(name: "nucleic_acids", draft: BiologyProblems.nucleicAcids),
    Family(name: "populations", draft: BiologyProblems.populations),
    Family(name: "enzymes_and_energy", draft: BiologyProblems.enzymes),
  ]
}

/// Numbers as questions show them.
enum Decimal {
  /// `tenths` / 10, without a needless point.
  static func tenths(_ tenths: Int) -> String {
    tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// `hundredths` / 100 with two digits behind the point.
  static func hundredths(_ hundredths: Int) -> String {
    "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  /// The nearest number of eight significant digits.
  static func rounded(_ value: Double) -> Double { Double(short(value, digits: 8)) ?? value }

  /// `value` with `digits` significant digits, as 123.4, 0.00123 or 1.234e6.
  static func short(_ value: Double, digits: Int) -> String {
    guard value != 0, value.isFinite else { return "0" }
    // Digits come from an exact decimal expansion of whole steps, not from the C library's formatting.
    var exponent = 0
    var size = abs(value)
    while size >= 10 {
      size /= 10
      exponent += 1
    }
    while size < 1 {
      size *= 10
      exponent -= 1
    }
    var scale = 1.0
    for _ in 1..<digits { scale *= 10 }
    var whole = Int((size * scale).rounded())
    if whole >= Int(scale * 10) {
      whole /= 10
      exponent += 1
    }
    var text = String(whole)
    while text.count > 1, text.last == "0" { text.removeLast() }
    return (value < 0 ? "-" : "") + placed(text, exponent)
  }

  /// The digits with the point behind the first times 10^`exponent`.
  private static func placed(_ digits: String, _ exponent: Int) -> String {
    switch exponent {
    case -5..<0: return "0." + String(repeating: "0", count: -exponent - 1) + digits
    case 0..<9:
      if digits.count <= exponent + 1 {
        return digits + String(repeating: "0", count: exponent + 1 - digits.count)
      }
      return "\(digits.prefix(exponent + 1)).\(digits.dropFirst(exponent + 1))"
    default:
      return (digits.count > 1 ? "\(digits.prefix(1)).\(digits.dropFirst())" : digits) + "e\(exponent)"
    }
  }
}
