import Randomness

/// After how many minutes rot has spread to all that it can reach; -1 if something stays fresh.
///
/// Levels have 3, 4, 5, 6, 8 rows and columns.
enum RottenOranges: PuzzleTask {
  static let name = "rotten_oranges"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 3, 4, 5, 6, 8)
    let matrix = (0..<size).map { _ in
      (0..<size).map { _ in generator.chance(0.15) ? 0 : generator.chance(0.12) ? 2 : 1 }
    }
    let distances = DigitMatrix.distances(
      in: matrix, from: DigitMatrix.places(of: 2, in: matrix), isOpen: { $0 == 1 })
    let fresh = DigitMatrix.places(of: 1, in: matrix).map { distances[$0.0][$0.1] }
    let solution = fresh.contains(-1) ? -1 : fresh.max() ?? 0
    return Puzzle(
      question:
        "In this box of fruit, 0 is an empty place, 1 a fresh orange and 2 a rotten one.\n\(written(matrix))\nEvery "
        + "minute, fresh oranges directly above, below, left or right of a rotten one rot. After how many minutes "
        + "is none fresh? Answer with the number only, or -1 if some stay fresh for ever.",
      answer: "\(solution)",
      metadata: ["matrix": PuzzleValue(matrix), "solution": .integer(solution), "n": .integer(size)])
  }
}
