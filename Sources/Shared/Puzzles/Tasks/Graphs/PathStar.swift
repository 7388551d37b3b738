import Randomness

/// The only way from one node to another in a graph of arms that meet in one node.
///
/// Levels have arms of 2, 3, 4, 5, 6 edges, and 2, 3, 3, 4, 5 of them. Source: Bachmann and Nagarajan 2024,
/// https://arxiv.org/abs/2403.06963.
enum PathStar: PuzzleTask {
  static let name = "path_star"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 2, 3, 4, 5, 6)
    let degree = at(level, 2, 3, 3, 4, 5)
    let nodes = generator.choose(1 + degree * length, of: Array(100...999))
    let arms = (0..<degree).map { arm in [nodes[0]] + nodes[(1 + arm * length)..<(1 + (arm + 1) * length)] }
    let edges = generator.shuffled(arms.flatMap { arm in zip(arm, arm.dropFirst()).map { "\($0) \($1)" } })
    let path = generator.element(of: arms)
    let goal = path[length]
    return Puzzle(
      question: """
        Each of these pairs of numbers is an edge from one node to another: \(edges.joined(separator: " | ")). Which \
        nodes lie on the way from \(nodes[0]) to \(goal)? Answer with the nodes from \(nodes[0]) to \(goal) only, \
        separated by blanks.
        """,
      answer: path.map(String.init).joined(separator: " "),
      metadata: [
        "center": .integer(nodes[0]), "goal": .integer(goal), "path_length": .integer(length),
        "goal_path": PuzzleValue(path),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let nodes = answer.fields
    if nodes.isEmpty { return .unparsed("no nodes") }
    return nodes == (try key.answer.fields) ? .correct() : .wrong()
  }
}
