import Randomness

/// A sudoku of four rows with one solution; `Mark.square` scores it.
///
/// Levels have up to 4, 6, 8, 10, 12 empty cells.
enum MiniSudoku: PuzzleTask {
  static let name = "mini_sudoku"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    Sudoku.draw(size: 4, block: (2, 2), empty: at(level, 4, 6, 8, 10, 12), from: &generator)
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    try Sudoku.mark(answer, key: key)
  }
}
