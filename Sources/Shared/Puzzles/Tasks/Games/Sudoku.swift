import Randomness

/// A sudoku of nine rows with one solution; `Mark.square` scores it.
///
/// Levels have up to 20, 30, 40, 46, 50 empty cells.
enum Sudoku: PuzzleTask {
  static let name = "sudoku"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    draw(size: 9, block: (3, 3), empty: at(level, 20, 30, 40, 46, 50), from: &generator)
  }

  static func draw(
    size: Int, block: (rows: Int, columns: Int), empty: Int, from generator: inout NamedGenerator
  ) -> Puzzle {
    let solution = solved(size: size, block: block, from: &generator)
    var puzzle = solution
    var solver = SquareSolver(size: size, block: block)
    var removed = 0
    for cell in generator.shuffled(Array(solution.indices)) where removed < empty {
      puzzle[cell] = 0
      if solver.isUnique(puzzle) { removed += 1 } else { puzzle[cell] = solution[cell] }
    }
    let rows = rows(puzzle, size)
    let shown = rows.map { $0.map { $0 == 0 ? "_" : "\($0)" }.joined(separator: " ") }.joined(separator: "\n")
    return Puzzle(
      question: """
        Fill in this sudoku. Every row, every column and every block of \(block.rows) × \(block.columns) cells must \
        hold each number from 1 to \(size) once; _ is an empty cell.
        \(shown)
        Answer with the \(size) full rows only, numbers separated by blanks.
        """,
      answer: written(Self.rows(solution, size)),
      metadata: [
        "puzzle": PuzzleValue(rows), "solution": PuzzleValue(Self.rows(solution, size)),
        "num_empty": .integer(removed),
      ])
  }

  /// A full square: one that is known, its numbers, rows within bands, columns within stacks, bands and stacks
  /// exchanged.
  private static func solved(
    size: Int, block: (rows: Int, columns: Int), from generator: inout NamedGenerator
  ) -> [Int] {
    let numbers = generator.shuffled(Array(1...size))
    func order(_ groups: Int, of count: Int, _ generator: inout NamedGenerator) -> [Int] {
      generator.shuffled(Array(0..<groups)).flatMap { group in
        generator.shuffled((0..<count).map { group * count + $0 })
      }
    }
    let rows = order(size / block.rows, of: block.rows, &generator)
    let columns = order(size / block.columns, of: block.columns, &generator)
    return rows.flatMap { row in
      columns.map { column in numbers[(row % block.rows * block.columns + row / block.rows + column) % size] }
    }
  }

  static func rows(_ cells: [Int], _ size: Int) -> [[Int]] {
    stride(from: 0, to: cells.count, by: size).map { Array(cells[$0..<$0 + size]) }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    if answer.isEmpty { return .unparsed("no answer") }
    return .square(answer, reference: try key.answer, solution: try key.matrix("solution"))
  }
}
