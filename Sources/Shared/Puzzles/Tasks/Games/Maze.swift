import Randomness

/// The least number of steps through a maze drawn with four random characters.
///
/// Levels have 5, 6, 8, 10, 13 rows and columns, walls around included, and ways of at least 2, 3, 5, 7, 10
/// steps.
enum Maze: PuzzleTask {
  static let name = "maze"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 5, 6, 8, 10, 13)
    while true {
      let walls = (0..<size).map { row in
        (0..<size).map { column in
          row == 0 || column == 0 || row == size - 1 || column == size - 1 || generator.chance(0.3) ? 1 : 0
        }
      }
      let free = DigitMatrix.places(of: 0, in: walls)
      guard free.count > 3 else { continue }
      let ends = generator.choose(2, of: free)
      let distances = DigitMatrix.distances(in: walls, from: [ends[0]], isOpen: { $0 == 0 })
      let length = distances[ends[1].0][ends[1].1]
      guard length >= at(level, 2, 3, 5, 7, 10) else { continue }
      return puzzle(walls, ends, length, &generator)
    }
  }

  private static func puzzle(
    _ walls: [[Int]], _ ends: [(Int, Int)], _ length: Int, _ generator: inout NamedGenerator
  ) -> Puzzle {
    let characters = generator.choose(
      4, of: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#$%&@+=?").map(String.init))
    let rows = walls.indices.map { row in
      walls[row].indices.map { column in
        if (row, column) == ends[0] { return characters[2] }
        return (row, column) == ends[1] ? characters[3] : characters[1 - walls[row][column]]
      }.joined()
    }
    return Puzzle(
      question: """
        In this maze \(characters[0]) is a wall, \(characters[1]) is free, \(characters[2]) is the start and \
        \(characters[3]) the goal.
        \(rows.joined(separator: "\n"))
        Going up, down, left or right, how many steps does the shortest way from the start to the goal have? Answer \
        with the number only.
        """,
      answer: "\(length)",
      metadata: [
        "grid_size": .integer(walls.count), "grid": PuzzleValue(rows),
        "shortest_path_length": .integer(length), "start": .text(characters[2]),
        "goal": .text(characters[3]), "wall": .text(characters[0]), "path": .text(characters[1]),
      ])
  }
}
