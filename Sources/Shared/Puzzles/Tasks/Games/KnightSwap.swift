import Randomness

/// White and black knights that are to change places on a small board, moving in turn; or that this is
/// impossible.
///
/// | answer | score |
/// |---|---|
/// | `No`, where it is impossible | 1 |
/// | legal moves that do it | 1, or the share of them that the reference has |
/// | legal moves that do not | 0.05 |
/// | anything else | 0 |
///
/// Levels have boards of up to 8, 8, 9, 10, 11 squares and 1, 1, 2, 2, 2 knights of each colour.
enum KnightSwap: PuzzleTask {
  static let name = "knight_swap"

  private struct Position: Hashable {
    var white: Int
    var black: Int
    var isWhite: Bool
  }

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let isPossible = generator.chance(0.8)
    while true {
      let columns = level > 3 ? 4 : 3
      let size = generator.integer(in: 6...at(level, 8, 8, 9, 10, 11))
      let squares = generator.choose(size, of: Array(0..<columns * 3)).sorted()
      let names = squares.map { "\(String(UnicodeScalar(UInt8(65 + $0 % columns))))\($0 / columns + 1)" }
      let next = squares.map { from in
        squares.indices.filter { index in
          let (x, y) = (
            abs(squares[index] % columns - from % columns), abs(squares[index] / columns - from / columns)
          )
          return (x, y) == (1, 2) || (x, y) == (2, 1)
        }
      }
      let pieces = generator.choose(2 * at(level, 1, 1, 2, 2, 2), of: Array(squares.indices))
      let start = Position(
        white: pieces.prefix(pieces.count / 2).reduce(0) { $0 | 1 << $1 },
        black: pieces.suffix(pieces.count / 2).reduce(0) { $0 | 1 << $1 }, isWhite: true)
      guard pieces.allSatisfy({ !next[$0].isEmpty }) else { continue }
      let solution = solution(from: start, next)
      guard (solution != nil) == isPossible, solution.map({ $0.count >= 2 * level }) ?? true else { continue }
      return puzzle(names, next, start, solution)
    }
  }

  private static func puzzle(
    _ names: [String], _ next: [[Int]], _ start: Position, _ solution: [(Int, Int)]?
  ) -> Puzzle {
    func squares(_ mask: Int) -> [String] { names.indices.filter { mask & 1 << $0 != 0 }.map { names[$0] } }
    let moves = solution.map { moves in
      moves.enumerated().map { "\($0.isMultiple(of: 2) ? "w" : "B"),\(names[$1.0]),\(names[$1.1])" }
    }
    let pieces = names.indices.map { index -> PuzzleValue in
      start.white & 1 << index != 0 ? "w" : start.black & 1 << index != 0 ? "B" : .null
    }
    return Puzzle(
      question: """
        A board has only the squares \(listed(names)), named by column and row. White knights stand on \
        \(listed(squares(start.white))), black ones on \(listed(squares(start.black))). A knight moves as in chess, two \
        squares along and one across, to an empty square. White begins, and colours take turns. Can the white knights \
        get to where the black ones stand, and the black ones to where the white ones stand? If not, answer No. If \
        so, answer with a JSON list of moves, each with colour (w or B), from and to, such as ["w,A1,B3", "B,C2,A1"].
        """,
      answer: moves.map { PuzzleValue($0).json } ?? "No",
      metadata: [
        "board": .object(
          names.indices.map { PuzzleMember(names[$0], PuzzleValue(next[$0].map { names[$0] })) }),
        "pieces": .object(zip(names, pieces).map { PuzzleMember($0, $1) }),
        "start_turn": "w", "is_possible": .bool(solution != nil),
        "solution": .list((moves ?? []).map { .list($0.split(separator: ",").map { .text(String($0)) }) }),
      ])
  }

  /// A shortest sequence of moves; at most some ten thousand positions are there.
  private static func solution(from start: Position, _ next: [[Int]]) -> [(Int, Int)]? {
    var before: [Position: (Position, (Int, Int))] = [:]
    var (queue, index) = ([start], 0)
    while index < queue.count {
      let position = queue[index]
      index += 1
      if position.white == start.black && position.black == start.white {
        var (moves, at) = ([(Int, Int)](), position)
        while let (earlier, move) = before[at] {
          moves.append(move)
          at = earlier
        }
        return moves.reversed()
      }
      let own = position.isWhite ? position.white : position.black
      for from in next.indices where own & 1 << from != 0 {
        for to in next[from] where (position.white | position.black) & 1 << to == 0 {
          let moved = own & ~(1 << from) | 1 << to
          var after = position
          if position.isWhite { after.white = moved } else { after.black = moved }
          after.isWhite.toggle()
          guard before[after] == nil, after != start else { continue }
          before[after] = (position, (from, to))
          queue.append(after)
        }
      }
    }
    return nil
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let isPossible = try key.value("is_possible").bool else {
      throw PuzzleKey.malformed("is_possible", "a truth value")
    }
    let saysNo = answer.trimmed.lowered == "no"
    guard isPossible else { return saysNo ? .correct("impossible, as expected") : .wrong("it is impossible") }
    if saysNo { return .wrong("it is possible") }
    guard let moves = PuzzleValue(answer.trimmed)?.texts else { return .unparsed("not a JSON list of moves") }
    let board = Dictionary(
      (try key.value("board").members ?? []).map { ($0.name, Set($0.value.texts ?? [])) },
      uniquingKeysWith: { $1 })
    let pieces = try key.value("pieces").members ?? []
    let start = Dictionary(pieces.compactMap { piece in piece.value.text.map { (piece.name, $0) } }) { $1 }
    var (standing, turn) = (start, try key.text("start_turn"))
    for move in moves {
      let parts = AnswerText(move).parts(between: ",").map(\.string)
      guard parts.count == 3, parts[0] == turn, standing[parts[1]] == turn,
        board[parts[1]]?.contains(parts[2]) == true, standing[parts[2]] == nil
      else { return .wrong("\(move) is no legal move") }
      standing[parts[2]] = standing.removeValue(forKey: parts[1])
      turn = turn == "w" ? "B" : "w"
    }
    let swapped = start.mapValues { $0 == "w" ? "B" : "w" }
    guard standing == swapped else { return .wrong("legal, but not all changed places", floor: 0.05) }
    let optimal = try key.list("solution").count
    return .share(min(1, Double(optimal) / Double(max(1, moves.count))), "\(moves.count) moves")
  }
}
