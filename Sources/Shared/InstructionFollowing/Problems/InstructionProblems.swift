public import Randomness

/// Draws requests with one to three instructions that do not contradict each other.
///
/// | difficulty | instructions |
/// |---|---|
/// | 1 | one that is simple |
/// | 2 | one that counts |
/// | 3 | two |
/// | 4 | three |
/// | 5 | three, two of them counting, with large numbers |
///
/// The same generator gives the same bytes on any machine. Each problem carries a response that its own check
/// accepts.
public enum InstructionProblems {
  /// A problem of `difficulty`, clamped to 1...5.
  public static func problem(difficulty: Int, generator: inout NamedGenerator) -> InstructionProblem {
    let difficulty = min(max(difficulty, 1), 5)
    while true {
      let demands = demands(difficulty, &generator)
      var writer = Witness(demands: demands, difficulty: difficulty, generator: &generator)
      let draft = writer.write(&generator)
      let prompt = Wording.prompt(draft, &generator)
      let problem = InstructionProblem(
        difficulty: difficulty, prompt: prompt, instructionIDs: demands.map(\.rawValue),
        arguments: demands.map { draft.arguments[$0] ?? [:] }, reference: draft.reference)
      // A draw whose numbers cannot be kept together, rare, is drawn anew.
      if let check = try? problem.check(), !check.followed(by: problem.reference).contains(false) {
        return problem
      }
    }
  }

  /// Instructions of which no two conflict, in the order in which they are said.
  private static func demands(_ difficulty: Int, _ generator: inout NamedGenerator) -> [Demand] {
    switch difficulty {
    case 1: return [generator.pick(Demand.simple)]
    case 2: return [generator.pick(Demand.counting)]
    default: break
    }
    let count = difficulty == 3 ? 2 : 3
    while true {
      var demands: [Demand] = []
      for place in 0..<count {
        let pool = difficulty == 5 && place < 2 ? Demand.counting : Demand.allCases
        let open = pool.filter { demand in !demands.contains { $0.conflicts(with: demand) } }
        // Some first choices leave nothing to add.
        if open.isEmpty { break }
        demands.append(generator.pick(open))
      }
      if demands.count == count {
        generator.shuffle(&demands)
        return demands
      }
    }
  }
}

extension NamedGenerator {
  /// One of `elements`.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(below: elements.count)] }

  /// True half of the time.
  mutating func coin() -> Bool { next(below: 2) == 0 }
}
