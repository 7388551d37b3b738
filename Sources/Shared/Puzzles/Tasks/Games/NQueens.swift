import Randomness

/// Queens on a board, none of which attacks another; some stand already.
///
/// Any placing that keeps those is right, written as rows of `_` and `Q`; as a list of lists it scores 0.5.
///
/// Levels have 5, 7, 7, 8, 10 rows.
enum NQueens: PuzzleTask {
  static let name = "n_queens"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 5, 7, 7, 8, 10)
    var columns: [Int] = []
    while !place(&columns, size, &generator) { columns = [] }
    let removed = generator.integer(in: 1...at(level, 1, 2, 4, 6, 8))
    let empty = generator.choose(removed, of: Array(0..<size))
    func board(_ rows: [Int]) -> [[String]] {
      (0..<size).map { row in
        (0..<size).map { rows.contains(row) && columns[row] == $0 ? "Q" : "_" }
      }
    }
    let puzzle = board((0..<size).filter { !empty.contains($0) })
    return Puzzle(
      question: """
        Place \(removed) more queen\(removed == 1 ? "" : "s") on this chess board of \(size) rows, so that there are \
        \(size) of them and no two stand in the same row, in the same column or on the same diagonal. Q is a queen, \
        _ an empty square.
        \(text(puzzle))
        Answer with the complete board only, written in the same way.
        """,
      answer: text(board(Array(0..<size))),
      metadata: [
        "puzzle": .list(puzzle.map { PuzzleValue($0) }), "num_removed": .integer(removed),
      ])
  }

  /// Rows filled one after the other with a random free square each; false where a row has none.
  private static func place(
    _ columns: inout [Int], _ size: Int, _ generator: inout NamedGenerator
  ) -> Bool {
    for row in 0..<size {
      let free = (0..<size).filter { column in
        columns.enumerated().allSatisfy { $1 != column && abs($1 - column) != row - $0 }
      }
      guard !free.isEmpty else { return false }
      columns.append(generator.element(of: free))
    }
    return true
  }

  private static func text(_ board: [[String]]) -> String {
    board.map { $0.joined(separator: " ") }.joined(separator: "\n")
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let puzzle = try key.value("puzzle").all(\.texts), !puzzle.isEmpty, puzzle.count <= 100 else {
      throw PuzzleKey.malformed("puzzle", "a board of up to 100 rows")
    }
    let board = answer.lines.map { $0.parts(between: " ").map(\.string) }
    if isBoard(board, puzzle.count) { return mark(board, puzzle) }
    guard let list = ListLiteral.read(answer), let rows = PuzzleValue.list(list).all(\.texts),
      isBoard(rows, puzzle.count)
    else { return .unparsed("not a board of \(puzzle.count) rows of _ and Q") }
    let verdict = mark(rows, puzzle)
    return verdict.score == 1 ? .share(0.5, "a right board as a list of lists") : verdict
  }

  private static func isBoard(_ board: [[String]], _ size: Int) -> Bool {
    board.count == size && board.allSatisfy { $0.count == size && $0.allSatisfy { $0 == "_" || $0 == "Q" } }
  }

  private static func mark(_ board: [[String]], _ puzzle: [[String]]) -> Mark {
    let keepsGiven = zip(board, puzzle).allSatisfy { row, given in
      zip(row, given).allSatisfy { $1 != "Q" || $0 == "Q" }
    }
    guard keepsGiven else { return .wrong("a given queen was moved") }
    let columns = board.compactMap { row in
      row.count(where: { $0 == "Q" }) == 1 ? row.firstIndex(of: "Q") : nil
    }
    let size = board.count
    let isRight =
      columns.count == size && Set(columns).count == size
      && Set(columns.enumerated().map { $0 + $1 }).count == size
      && Set(columns.enumerated().map { $0 - $1 }).count == size
    return isRight ? .correct("no queen attacks another") : .wrong("not one queen in every line")
  }
}
