import Randomness

/// The number of cells of the largest connected patch of ones.
///
/// Levels have 3, 4, 6, 8, 10 rows and up to 2, 2, 3, 5, 7 patches, drawn as random walks.
enum LargestIsland: PuzzleTask {
  static let name = "largest_island"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 3, 4, 6, 8, 10)
    var grid = Array(repeating: Array(repeating: 0, count: size), count: size)
    for _ in 0..<generator.integer(in: 1...at(level, 2, 2, 3, 5, 7)) {
      var (row, column) = (generator.next(below: size), generator.next(below: size))
      for _ in 0..<generator.integer(in: 1...at(level, 3, 5, 8, 12, 16)) {
        grid[row][column] = 1
        (row, column) = generator.element(of: DigitMatrix.neighbors(row, column, in: grid))
      }
    }
    var (largest, seen) = (0, grid.map { $0.map { _ in false } })
    for (row, column) in DigitMatrix.places(of: 1, in: grid) where !seen[row][column] {
      let distances = DigitMatrix.distances(in: grid, from: [(row, column)], isOpen: { $0 == 1 })
      let island = grid.indices.flatMap { r in
        grid.indices.filter { distances[r][$0] >= 0 }.map { (r, $0) }
      }
      for (r, c) in island { seen[r][c] = true }
      largest = max(largest, island.count)
    }
    return Puzzle(
      question:
        "On this map 1 is land and 0 is water.\n\(written(grid))\nCells of land that touch above, below, left or "
        + "right belong to one island. How many cells has the largest island? Answer with the number only.",
      answer: "\(largest)", metadata: ["grid": PuzzleValue(grid), "solution": .integer(largest)])
  }
}
