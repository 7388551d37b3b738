import Randomness

/// A matrix with the sums of its rows and columns, some of whose numbers are missing and listed.
///
/// Puzzles have one solution, so the reference is compared. Levels have 3, 3, 4, 4, 5 rows, sums included, and
/// 2, 3, 4, 5, 7 missing numbers.
enum Survo: PuzzleTask {
  static let name = "survo"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 3, 3, 4, 4, 5)
    let missing = at(level, 2, 3, 4, 5, 7)
    while true {
      let inner = (0..<size - 1).map { _ in (0..<size - 1).map { _ in generator.integer(in: 1...9) } }
      let rows = inner.map { $0 + [$0.reduce(0, +)] }
      let solution = rows + [DigitMatrix.transposed(rows).map { $0.reduce(0, +) }]
      let holes = generator.choose(missing, of: Array(0..<(size - 1) * (size - 1)))
        .map { ($0 / (size - 1), $0 % (size - 1)) }
      var puzzle = solution
      for (row, column) in holes { puzzle[row][column] = 0 }
      let numbers = generator.shuffled(holes.map { solution[$0.0][$0.1] })
      var search = Search(cells: puzzle, holes: holes, numbers: numbers.sorted())
      search.fill(from: 0)
      guard search.solutions == 1 else { continue }
      return Puzzle(
        question: """
          In this matrix the last number of every row and of every column is the sum of the others, and 0 stands for \
          a number that is missing.
          \(written(puzzle))
          The missing numbers are \(listed(numbers.map(String.init))), each used once. Answer with the complete \
          matrix only, written in the same way.
          """,
        answer: written(solution),
        metadata: [
          "puzzle": PuzzleValue(puzzle), "solution": PuzzleValue(solution),
          "candidate_numbers": PuzzleValue(numbers), "board_size": .integer(size),
          "num_empty": .integer(missing),
        ])
    }
  }

  /// Counts the ways to fill the holes, up to two.
  private struct Search {
    var cells: [[Int]]
    let holes: [(Int, Int)]
    var numbers: [Int]
    var solutions = 0

    mutating func fill(from hole: Int) {
      guard hole < holes.count else {
        let sums = cells.map { $0.dropLast().reduce(0, +) == $0[$0.count - 1] }
        let others = DigitMatrix.transposed(cells).map { $0.dropLast().reduce(0, +) == $0[$0.count - 1] }
        if !sums.contains(false) && !others.contains(false) { solutions += 1 }
        return
      }
      let (row, column) = holes[hole]
      for index in numbers.indices where index == 0 || numbers[index] != numbers[index - 1] {
        let number = numbers.remove(at: index)
        cells[row][column] = number
        if solutions < 2 { fill(from: hole + 1) }
        cells[row][column] = 0
        numbers.insert(number, at: index)
      }
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let solution = try key.matrix("solution")
    let rows = answer.trimmed.lines.map { $0.fields.compactMap(\.integer) }.filter { !$0.isEmpty }
    if rows.isEmpty { return .unparsed("no numbers") }
    return rows == solution ? .correct("the expected matrix") : .wrong()
  }
}
