import Randomness

/// Whether a conclusion follows from two premises, or from one of them turned round.
///
/// By the classical rules, in which there is something of every kind. Levels 1 and 2 turn one premise round,
/// the others join two.
enum Syllogism: PuzzleTask {
  static let name = "syllogism"

  private enum Quantifier: String, CaseIterable {
    case all
    case no
    case some
    case someNot

    func text(_ subject: String, _ predicate: String) -> String {
      switch self {
      case .all: "All \(subject) are \(predicate)"
      case .no: "No \(subject) are \(predicate)"
      case .some: "Some \(subject) are \(predicate)"
      case .someNot: "Some \(subject) are not \(predicate)"
      }
    }
  }

  private static let kinds = [
    "actors", "bakers", "climbers", "collectors", "cyclists", "dancers", "doctors", "farmers", "gardeners",
    "gamblers", "hikers", "lawyers", "musicians", "painters", "philosophers", "pilots", "poets", "readers",
    "sailors", "singers", "swimmers", "tailors", "teachers", "travellers", "vegetarians", "writers",
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let wanted = generator.chance(0.5)
    while true {
      let terms = generator.choose(3, of: kinds)
      let quantifiers = (0..<3).map { _ in generator.element(of: Quantifier.allCases) }
      let turnsRound = level < 3
      let isValid =
        turnsRound
        ? turns(quantifiers[0], into: quantifiers[2])
        : follows(quantifiers[2], from: quantifiers[0], quantifiers[1])
      guard isValid == wanted else { continue }
      let premises = [
        quantifiers[0].text(terms[0], terms[1]), quantifiers[1].text(terms[1], terms[2]),
      ]
      let conclusion =
        turnsRound ? quantifiers[2].text(terms[1], terms[0]) : quantifiers[2].text(terms[0], terms[2])
      let given = level == 1 ? premises[0] + "." : premises.map { $0 + "." }.joined(separator: " ")
      return Puzzle(
        question: """
          Assume that there are people of each kind that is named. \(given) Does it follow that \
          \(conclusion.prefix(1).lowercased() + conclusion.dropFirst())? Answer Yes or No.
          """,
        answer: isValid ? "Yes" : "No",
        metadata: [
          "premise1": .text(premises[0]), "premise2": .text(premises[1]), "conclusion": .text(conclusion),
          "is_valid": .bool(isValid), "type": .text(turnsRound ? "inversion" : "syllogism"),
        ])
    }
  }

  /// Whether `first` of S and P gives `second` of P and S.
  private static func turns(_ first: Quantifier, into second: Quantifier) -> Bool {
    switch (first, second) {
    case (.no, .no), (.some, .some), (.all, .some), (.no, .someNot): true
    default: false
    }
  }

  /// Whether the premises, of S and M and of M and P, give `conclusion` of S and P: no kind of thing that may be
  /// there contradicts it.
  ///
  /// Every set of the eight combinations of S, M and P in which all three occur is tried.
  private static func follows(
    _ conclusion: Quantifier, from first: Quantifier, _ second: Quantifier
  ) -> Bool {
    func holds(_ quantifier: Quantifier, _ a: Int, _ b: Int, _ world: Int) -> Bool {
      let kinds = (0..<8).filter { world & 1 << $0 != 0 && $0 & a != 0 }
      return switch quantifier {
      case .all: kinds.allSatisfy { $0 & b != 0 }
      case .no: kinds.allSatisfy { $0 & b == 0 }
      case .some: kinds.contains { $0 & b != 0 }
      case .someNot: kinds.contains { $0 & b == 0 }
      }
    }
    return (0..<256).allSatisfy { world in
      let isInhabited = [1, 2, 4].allSatisfy { term in
        (0..<8).contains { world & 1 << $0 != 0 && $0 & term != 0 }
      }
      return !isInhabited || !holds(first, 1, 2, world) || !holds(second, 2, 4, world)
        || holds(conclusion, 1, 4, world)
    }
  }
}
