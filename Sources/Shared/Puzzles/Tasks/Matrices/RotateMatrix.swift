import Randomness

/// A square matrix turned clockwise by some quarters.
///
/// Levels have 2, 3, 4, 6, 8 rows and up to 1, 3, 4, 8, 10 quarters.
enum RotateMatrix: PuzzleTask {
  static let name = "rotate_matrix"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 2, 3, 4, 6, 8)
    let matrix = DigitMatrix.draw(rows: size, columns: size, from: &generator)
    let turns = generator.integer(in: 1...at(level, 1, 3, 4, 8, 10))
    let solution = (0..<turns % 4).reduce(matrix) { matrix, _ in DigitMatrix.turned(matrix) }
    return Puzzle(
      question:
        "Turn this matrix clockwise by \(turns * 90) degrees.\n\(written(matrix))\nAnswer with the resulting "
        + "matrix only, written in the same way.",
      answer: written(solution),
      metadata: [
        "matrix": PuzzleValue(matrix), "num_rotations": .integer(turns), "solution": PuzzleValue(solution),
        "n": .integer(size),
      ])
  }
}
