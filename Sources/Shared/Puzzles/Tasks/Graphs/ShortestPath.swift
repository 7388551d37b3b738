import Randomness

/// A shortest way over the open cells of a grid, as directions; or that there is none.
///
/// Any shortest way scores 1, a longer one 0.5; "infeasible" scores 1 where there is none.
///
/// Levels have 4, 5, 6, 8, 10 rows and columns.
enum ShortestPath: PuzzleTask {
  static let name = "shortest_path"

  private static let steps: KeyValuePairs = ["up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 4, 5, 6, 8, 10)
    let isPossible = generator.chance(0.85)
    while true {
      var cells = (0..<size).map { _ in (0..<size).map { _ in generator.chance(0.35) ? 1 : 0 } }
      let ends = generator.choose(2, of: Array(0..<size * size)).map { ($0 / size, $0 % size) }
      for (row, column) in ends { cells[row][column] = 0 }
      let distances = DigitMatrix.distances(in: cells, from: [ends[1]], isOpen: { $0 == 0 })
      let length = distances[ends[0].0][ends[0].1]
      guard isPossible ? length > level : length < 0 else { continue }
      // Down the distances from the start.
      var (path, at) = ([String](), ends[0])
      while isPossible && at != ends[1] {
        let next = steps.first { step in
          let (row, column) = (at.0 + step.value.0, at.1 + step.value.1)
          return cells.indices.contains(row) && cells.indices.contains(column)
            && distances[row][column] == distances[at.0][at.1] - 1
        }
        guard let next else { break }
        path.append(next.key)
        at = (at.0 + next.value.0, at.1 + next.value.1)
      }
      let matrix = cells.indices.map { row in
        cells[row].indices.map { column in
          (row, column) == ends[0]
            ? "*" : (row, column) == ends[1] ? "#" : cells[row][column] == 1 ? "X" : "O"
        }
      }
      return Puzzle(
        question: """
          In this grid * is the start, # the goal, O a free cell and X a blocked one.
          \(matrix.map { $0.joined(separator: " ") }.joined(separator: "\n"))
          Which is a shortest way from the start to the goal, in steps up, down, left and right? Answer with the steps \
          only, separated by blanks, such as right right down, or with infeasible if there is no way.
          """,
        answer: isPossible ? path.joined(separator: " ") : "infeasible",
        metadata: [
          "matrix": .list(matrix.map { PuzzleValue($0) }),
          "solution": PuzzleValue(isPossible ? path : ["infeasible"]),
        ])
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer.trimmed
    let text = answer.trimmed
    if text == expected { return .correct() }
    guard let matrix = try key.value("matrix").all(\.texts) else {
      throw PuzzleKey.malformed("matrix", "a matrix of texts")
    }
    let path = text.fields.map(\.string)
    var place: (Int, Int)?
    for (row, cells) in matrix.enumerated() {
      if let column = cells.firstIndex(of: "*"), place == nil { place = (row, column) }
    }
    guard var at = place else { throw PuzzleFault(reason: "`matrix` has no start") }
    for word in path {
      guard let step = steps.first(where: { $0.key == word })?.value else {
        return .unparsed("\(word) is no step")
      }
      at = (at.0 + step.0, at.1 + step.1)
      guard matrix.indices.contains(at.0), matrix[at.0].indices.contains(at.1), matrix[at.0][at.1] != "X"
      else {
        return .wrong("the way leaves the open cells")
      }
    }
    guard !path.isEmpty, matrix[at.0][at.1] == "#" else { return .wrong("the way does not end at the goal") }
    return path.count == expected.fields.count ? .correct("a shortest way") : .share(0.5, "a longer way")
  }
}
