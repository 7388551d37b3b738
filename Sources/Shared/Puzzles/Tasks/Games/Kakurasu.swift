import Randomness

/// A grid of zeros and ones whose ones add up, by column numbers along rows and by row numbers along columns,
/// to given sums; any that does is right.
///
/// Levels have 3, 4, 5, 6, 7 rows and columns.
enum Kakurasu: PuzzleTask {
  static let name = "kakurasu"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 3, 4, 5, 6, 7)
    let grid = (0..<size).map { _ in (0..<size).map { _ in generator.chance(0.4) ? 1 : 0 } }
    let (rowSums, columnSums) = (sums(grid), sums(DigitMatrix.transposed(grid)))
    return Puzzle(
      question: """
        Fill a grid of \(size) rows and \(size) columns with 0 and 1. A 1 in column c, counted from 1, adds c to the \
        sum of its row, and a 1 in row r adds r to the sum of its column. The sums of the rows must be \
        \(rowSums.map(String.init).joined(separator: ", ")) from top to bottom, the sums of the columns \
        \(columnSums.map(String.init).joined(separator: ", ")) from left to right. Answer with the rows of the grid \
        only, numbers separated by blanks.
        """,
      answer: written(grid),
      metadata: [
        "n_rows": .integer(size), "n_cols": .integer(size), "row_sums": PuzzleValue(rowSums),
        "col_sums": PuzzleValue(columnSums), "solution": PuzzleValue(grid),
      ])
  }

  private static func sums(_ grid: [[Int]]) -> [Int] {
    grid.map { row in zip(row, 1...max(1, row.count)).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let (rowSums, columnSums) = (try key.integers("row_sums"), try key.integers("col_sums"))
    let grid = answer.trimmed.lines.map { line in
      line.scalars.compactMap { $0 == "0" ? 0 : $0 == "1" ? 1 : nil }
    }
    guard grid.count == rowSums.count, grid.allSatisfy({ $0.count == columnSums.count }) else {
      return .unparsed("not a grid of \(rowSums.count) rows and \(columnSums.count) columns")
    }
    return sums(grid) == rowSums && sums(DigitMatrix.transposed(grid)) == columnSums
      ? .correct("all sums are right") : .wrong("a sum is not right")
  }
}
