import Randomness

/// Conway's game of life after some steps, on a grid whose edges meet, as a JSON list of rows.
///
/// The score is the share of cells that are right; a grid with rows or columns too many scores 0.
///
/// Levels have 3, 4, 5, 7, 9 rows and columns and 1, 1, 2, 2, 3 steps.
enum GameOfLife: PuzzleTask {
  static let name = "game_of_life"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 3, 4, 5, 7, 9)
    let steps = at(level, 1, 1, 2, 2, 3)
    let filled = size * size / 3
    var grid = Array(repeating: Array(repeating: 0, count: size), count: size)
    for _ in 0..<filled { grid[generator.next(below: size)][generator.next(below: size)] = 1 }
    let result = (0..<steps).reduce(grid) { grid, _ in next(grid) }
    return Puzzle(
      question:
        "Here is a board of Conway's game of life; 1 is alive. Its left and right edges meet, and so do its upper "
        + "and lower edges.\n\(PuzzleValue(grid).json)\nWhat does it look like after \(steps) "
        + "step\(steps == 1 ? "" : "s")? Answer with the board only, written in the same way.",
      answer: PuzzleValue(result).json,
      metadata: [
        "grid_size_x": .integer(size), "grid_size_y": .integer(size), "filled_cells": .integer(filled),
        "simulation_steps": .integer(steps),
      ])
  }

  private static func next(_ grid: [[Int]]) -> [[Int]] {
    let (rows, columns) = (grid.count, grid[0].count)
    return grid.indices.map { row in
      grid[row].indices.map { column in
        var alive = -grid[row][column]
        for r in -1...1 {
          for c in -1...1 { alive += grid[modulo(row + r, rows)][modulo(column + c, columns)] }
        }
        return alive == 3 || alive == 2 && grid[row][column] == 1 ? 1 : 0
      }
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let value = PuzzleValue(answer), let rows = value.list else { return .unparsed("not a JSON list") }
    guard let expected = PuzzleValue(try key.answer)?.matrix, let width = expected.first?.count else {
      throw PuzzleFault(reason: "the reference answer is not a grid")
    }
    let given = rows.map { $0.list ?? [] }
    if given.count > expected.count || given.contains(where: { $0.count > width }) {
      return .wrong("rows or columns too many")
    }
    var right = 0
    for (row, wanted) in zip(given, expected) {
      right += zip(row, wanted).count { cell, alive in
        cell.bool.map { $0 ? 1 : 0 } ?? cell.integer == alive
      }
    }
    let total = expected.count * width
    return .share(Double(right) / Double(total), "\(right) of \(total) cells right")
  }
}
