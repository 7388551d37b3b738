import Randomness

/// Who of some people always tells the truth and who always lies, from what each of them says.
///
/// All right scores 1; as many people with some of them right 0.3 + 0.7 times the share of these; else 0.
///
/// Levels have 2, 2, 3, 4, 5 people and statements of depth 2, 2, 2, 3, 3; each puzzle has one solution.
enum KnightsAndKnaves: PuzzleTask {
  static let name = "knights_knaves"

  private static let roles = [
    ("knight", "knave"), ("pioneer", "laggard"), ("saint", "sinner"), ("hero", "villain"), ("angel", "devil"),
    ("altruist", "egoist"), ("sage", "fool"),
  ]

  private indirect enum Statement {
    case isTruthful(Int, Bool)
    case not(Statement)
    case joined(String, Statement, Statement)

    func holds(_ truthful: Int) -> Bool {
      switch self {
      case .isTruthful(let person, let wanted): (truthful & 1 << person != 0) == wanted
      case .not(let part): !part.holds(truthful)
      case .joined("and", let a, let b): a.holds(truthful) && b.holds(truthful)
      case .joined("or", let a, let b): a.holds(truthful) || b.holds(truthful)
      case .joined("->", let a, let b): !a.holds(truthful) || b.holds(truthful)
      case .joined(_, let a, let b): a.holds(truthful) == b.holds(truthful)
      }
    }

    var value: PuzzleValue {
      switch self {
      case .isTruthful(let person, let wanted): [.text(wanted ? "telling-truth" : "lying"), .integer(person)]
      case .not(let part): ["not", part.value]
      case .joined(let word, let a, let b): [.text(word), a.value, b.value]
      }
    }

    func text(_ names: [String], _ roles: (String, String)) -> String {
      func inner(_ part: Statement) -> String {
        if case .isTruthful = part { return part.text(names, roles) }
        return "(\(part.text(names, roles)))"
      }
      switch self {
      case .isTruthful(let person, let wanted):
        let role = wanted ? roles.0 : roles.1
        return "\(names[person]) is \("aeiou".contains(role.prefix(1)) ? "an" : "a") \(role)"
      case .not(let part): return "it is not true that \(inner(part))"
      case .joined("->", let a, let b): return "if \(inner(a)), then \(inner(b))"
      case .joined("<=>", let a, let b): return "\(inner(a)) if and only if \(inner(b))"
      case .joined(let word, let a, let b): return "\(inner(a)) \(word) \(inner(b))"
      }
    }
  }

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 2, 2, 3, 4, 5)
    while true {
      let statements = (0..<count).map { person in
        statement(of: person, depth: at(level, 2, 2, 2, 3, 3), count, &generator)
      }
      let solutions = (0..<1 << count).filter { truthful in
        statements.indices.allSatisfy { statements[$0].holds(truthful) == (truthful & 1 << $0 != 0) }
      }
      guard solutions.count == 1 else { continue }
      let solution = solutions[0]
      let names = generator.choose(count, of: Lexicon.names)
      let roles = generator.element(of: Self.roles)
      let said = statements.indices.map { "\(names[$0]) says: \"\(statements[$0].text(names, roles)).\"" }
      let answer = names.indices.map { index in
        Statement.isTruthful(index, solution & 1 << index != 0).text(names, roles)
      }
      return Puzzle(
        question: """
          In a town everybody is either \(article(roles.0)) and always tells the truth, or \(article(roles.1)) and always \
          lies. You meet \(listed(names)). \(said.joined(separator: " ")) Who is what? Answer in the form \
          "\(names[0]) is a ..., \(names[1]) is a ..." for all of them, with nothing else.
          """,
        answer: answer.joined(separator: ", "),
        metadata: [
          "statements": .list(statements.map(\.value)),
          "solution": .list(names.indices.map { .bool(solution & 1 << $0 != 0) }),
          "names": PuzzleValue(names),
          "knight_knave_terms": ["knight": .text(roles.0), "knave": .text(roles.1)],
        ])
    }
  }

  private static func article(_ role: String) -> String {
    ("aeiou".contains(role.prefix(1)) ? "an " : "a ") + role
  }

  private static func statement(
    of person: Int, depth: Int, _ count: Int, _ generator: inout NamedGenerator
  ) -> Statement {
    if depth <= 1 || generator.chance(1 / 6) {
      let about = generator.next(below: count)
      // "I am lying" can be said by nobody.
      return .isTruthful(about, about == person || generator.chance(0.5))
    }
    func part(_ generator: inout NamedGenerator) -> Statement {
      statement(of: person, depth: depth - 1, count, &generator)
    }
    let word = generator.element(of: ["not", "and", "or", "->", "<=>"])
    return word == "not" ? .not(part(&generator)) : .joined(word, part(&generator), part(&generator))
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = pairs(try key.answer)
    let given = pairs(answer)
    if given.isEmpty { return .unparsed("nobody is said to be anything") }
    if given == expected { return .correct("all of them") }
    let right = given.intersection(expected).count
    guard given.count == expected.count, right > 0 else {
      return .wrong("\(right) of \(expected.count) right")
    }
    return .share(0.3 + 0.7 * Double(right) / Double(expected.count), "\(right) of \(expected.count) right")
  }

  /// Names with roles: every word for a role closes a pair with the last other word.
  private static func pairs(_ text: AnswerText) -> Set<[AnswerText]> {
    let roles = Set(Self.roles.flatMap { [AnswerText($0.0), AnswerText($0.1)] })
    let cleared = text.lowered.scalars.map { ".,()".unicodeScalars.contains($0) ? " " : $0 }
    var (pairs, name) = (Set<[AnswerText]>(), nil as AnswerText?)
    let words = AnswerText(cleared).fields
    for (index, word) in words.enumerated() {
      // A last "and" has no blank behind it, so the library takes it for a name.
      let isFiller =
        ["is", "a", "an"].contains(word) || word == "and" && index > 0 && index < words.count - 1
      if isFiller { continue }
      if roles.contains(word) {
        if let name { pairs.insert([name, word]) }
        name = nil
      } else {
        name = word
      }
    }
    return pairs
  }
}
