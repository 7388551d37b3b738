import Randomness

/// A colouring of a graph in which no edge joins equal colours, as a JSON object.
///
/// Any such colouring scores 1, another JSON object 0.01.
///
/// Levels have 4, 6, 8, 10, 14 vertices and edges with probability 0.3, 0.3, 0.3, 0.3, 0.25; three colours.
enum GraphColoring: PuzzleTask {
  static let name = "graph_color"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 4, 6, 8, 10, 14)
    // A colouring drawn first makes sure that there is one.
    let colors = (0..<count).map { _ in generator.integer(in: 1...3) }
    let share = at(level, 0.4, 0.45, 0.45, 0.45, 0.4)
    var edges: [[Int]] = []
    for a in 0..<count {
      for b in a + 1..<count where colors[a] != colors[b] && generator.chance(share) { edges.append([a, b]) }
    }
    if edges.isEmpty { return draw(level: level, from: &generator) }
    let answer = PuzzleValue.object(colors.enumerated().map { PuzzleMember("\($0)", .integer($1)) })
    return Puzzle(
      question: """
        A graph has the vertices 0 to \(count - 1) and the edges \
        \(edges.map { "\($0[0])-\($0[1])" }.joined(separator: ", ")). Give each vertex one of the colours 1, 2 and 3, \
        so that the ends of every edge differ. Answer with a JSON object from vertices to colours only, such as \
        {"0": 1, "1": 3}.
        """,
      answer: answer.json,
      metadata: [
        "possible_answer": answer,
        "puzzle": [
          "vertices": PuzzleValue(Array(0..<count)), "edges": PuzzleValue(edges), "num_colors": 3,
          "color_options": [1, 2, 3],
        ],
        "num_vertices": .integer(count),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let key = try key.key("puzzle")
    let vertices = try key.list("vertices").map(\.plainText)
    let edges = try key.list("edges").map { ($0.list ?? []).map(\.plainText) }
    let options = try key.list("color_options")
    guard let members = PuzzleValue(answer)?.members else { return .unparsed("not a JSON object") }
    let colors = Dictionary(members.map { ($0.name, $0.value) }) { $1 }
    for vertex in vertices {
      guard let color = colors[vertex] else { return .wrong("\(vertex) has no colour", floor: 0.01) }
      guard options.contains(color) else {
        return .wrong("\(vertex) has a colour that is not there", floor: 0.01)
      }
    }
    for edge in edges where edge.count == 2 && colors[edge[0]] == colors[edge[1]] {
      return .wrong("\(edge[0]) and \(edge[1]) are equal", floor: 0.01)
    }
    return .correct("every edge joins different colours")
  }
}
