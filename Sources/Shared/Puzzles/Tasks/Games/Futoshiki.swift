import Randomness

/// A Latin square with signs between neighbours and one solution; `Mark.square` scores it.
///
/// Levels have 4, 4, 5, 5, 6 rows and leave 6, 10, 14, 19, 25 cells empty, as far as that leaves one solution.
enum Futoshiki: PuzzleTask {
  static let name = "futoshiki"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 4, 4, 5, 5, 6)
    var solver = SquareSolver(size: size, block: nil)
    solver.solve(
      Array(repeating: 0, count: size * size), limit: 1, order: generator.shuffled(Array(1...size)))
    let order = (generator.shuffled(Array(0..<size)), generator.shuffled(Array(0..<size)))
    let base = Sudoku.rows(solver.solutions[0], size)
    let solution = order.0.flatMap { row in order.1.map { base[row][$0] } }
    // Pairs of neighbours with a sign between them, smaller cell first.
    var signs: [(Int, Int)] = []
    for cell in 0..<size * size {
      for (isThere, other) in [(cell % size < size - 1, cell + 1), (cell / size < size - 1, cell + size)] {
        if isThere, generator.chance(0.3) {
          signs.append(solution[cell] < solution[other] ? (cell, other) : (other, cell))
        }
      }
    }
    solver = SquareSolver(size: size, block: nil, smaller: signs)
    var (puzzle, removed) = (solution, 0)
    for cell in generator.shuffled(Array(solution.indices)) where removed < at(level, 6, 10, 14, 19, 25) {
      puzzle[cell] = 0
      if solver.isUnique(puzzle) { removed += 1 } else { puzzle[cell] = solution[cell] }
    }
    return Puzzle(
      question: """
        Fill in this square. Every row and every column must hold each number from 1 to \(size) once; _ is an \
        empty cell. A sign between two neighbours in a row, < or >, or in a column, ∧ or ∨, points with its tip at \
        the smaller number.
        \(picture(puzzle, size, signs))
        Answer with the filled square only, written in the same way.
        """,
      answer: picture(solution, size, signs),
      metadata: [
        "puzzle": PuzzleValue(Sudoku.rows(puzzle, size)),
        "solution": PuzzleValue(Sudoku.rows(solution, size)),
        "constraints": .list(
          signs.map { pair in
            [
              .integer(pair.0 / size), .integer(pair.0 % size), .integer(pair.1 / size),
              .integer(pair.1 % size), "<",
            ]
          }),
        "board_size": .integer(size),
      ])
  }

  private static func picture(_ cells: [Int], _ size: Int, _ signs: [(Int, Int)]) -> String {
    func sign(_ first: Int, _ second: Int, _ up: String, _ down: String) -> String {
      if signs.contains(where: { $0 == (first, second) }) { return up }
      return signs.contains { $0 == (second, first) } ? down : " "
    }
    var lines: [String] = []
    for row in 0..<size {
      var (line, below) = ("", "")
      for column in 0..<size {
        let cell = row * size + column
        line += cells[cell] == 0 ? "_" : "\(cells[cell])"
        if column < size - 1 { line += " \(sign(cell, cell + 1, "<", ">")) " }
        if row < size - 1 { below += sign(cell, cell + size, "∧", "∨") + (column < size - 1 ? "   " : "") }
      }
      lines.append(line)
      if row < size - 1 { lines.append(below) }
    }
    return lines.joined(separator: "\n")
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .square(answer, reference: try key.answer, solution: try key.matrix("solution"))
  }
}
