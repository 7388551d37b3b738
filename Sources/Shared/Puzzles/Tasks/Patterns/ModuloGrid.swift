import Randomness

/// A grid whose marks follow an arithmetic rule of row and column, with some cells hidden.
///
/// Levels hide 1, 1, 2, 3, 4 cells and combine row and column by their sum, then difference, product or more.
enum ModuloGrid: PuzzleTask {
  static let name = "modulo_grid"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let (width, height) = (at(level, 6, 8, 8, 10, 10), at(level, 5, 6, 6, 8, 8))
    let operation = generator.element(
      of: Array(["sum", "diff", "prod", "squares"].prefix(at(level, 1, 2, 3, 3, 4))))
    let divisor = generator.integer(in: 2...at(level, 4, 5, 6, 7, 8))
    let target = generator.next(below: divisor)
    func isMarked(_ row: Int, _ column: Int) -> Bool {
      let value =
        switch operation {
        case "sum": row + column
        case "diff": abs(row - column)
        case "prod": row * column
        default: row * row + column * column
        }
      return value % divisor == target
    }
    let full = (0..<height).map { row in (0..<width).map { isMarked(row, $0) ? "✅" : "❌" } }
    let marks = full.joined().count { $0 == "✅" }
    guard marks > 2, marks < width * height - 2 else { return draw(level: level, from: &generator) }
    var grid = full
    for cell in generator.choose(at(level, 1, 1, 2, 3, 4), of: Array(0..<width * height)) {
      grid[cell / width][cell % width] = "❔"
    }
    return Puzzle(
      question: """
        Whether a cell of this grid is ✅ or ❌ follows from the numbers of its row and its column by an arithmetic rule. \
        Some cells are hidden, ❔.
        \(grid.map { $0.joined() }.joined(separator: "\n"))
        Find the rule. Answer with the complete grid only, written in the same way.
        """,
      answer: full.map { $0.joined() }.joined(separator: "\n"),
      metadata: ["divisor": .integer(divisor), "target": .integer(target), "operation": .text(operation)])
  }
}
