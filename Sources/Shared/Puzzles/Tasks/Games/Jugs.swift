import Randomness

/// Moves that measure an amount of water with jugs, as a JSON list.
///
/// Moves after which some jug holds the amount score 1, others 0.01, a list of anything else 0.
///
/// Levels need at least 2, 4, 6, 8, 10 moves.
enum Jugs: PuzzleTask {
  static let name = "jugs"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let least = at(level, 2, 4, 6, 8, 10)
    while true {
      let capacities = (0..<3).map { _ in generator.integer(in: 3...(3 + 2 * least)) }
      let solutions = solutions(capacities).filter { $0.moves.count >= least && $0.moves.count <= least + 3 }
      guard !solutions.isEmpty else { continue }
      let solution = generator.element(of: solutions)
      let sizes = listed(zip("ABC", capacities).map { "\($0) holds \($1)" })
      return Puzzle(
        question: """
          Three jugs are empty: \(sizes) litres. A move fills a jug to the brim, as in "fill A", empties it, as in \
          "empty B", or pours from one into another until the first is empty or the second full, as in \
          "pour A->B". Find moves after which one of the jugs holds exactly \(solution.target) litres. Answer with a \
          JSON list of moves only, such as ["fill A", "pour A->B"].
          """,
        answer: PuzzleValue(solution.moves).json,
        metadata: [
          "puzzle": [
            "jug_capacities": PuzzleValue(capacities), "target": .integer(solution.target),
            "min_moves": .integer(solution.moves.count),
          ]
        ])
    }
  }

  /// A shortest way to every amount that some jug can hold, in the order they are found.
  private static func solutions(_ capacities: [Int]) -> [(target: Int, moves: [String])] {
    // States by number; `before` holds the move that led there and the state it came from.
    let strides = [1, capacities[0] + 1, (capacities[0] + 1) * (capacities[1] + 1)]
    func number(_ state: [Int]) -> Int { zip(state, strides).reduce(0) { $0 + $1.0 * $1.1 } }
    var before = Array(repeating: (move: -1, state: -1), count: strides[2] * (capacities[2] + 1))
    var (queue, index) = ([[0, 0, 0]], 0)
    var (found, seen) = ([(target: Int, moves: [String])](), Set([0]))
    while index < queue.count {
      let state = queue[index]
      index += 1
      for amount in state where seen.insert(amount).inserted {
        var (path, at) = ([String](), number(state))
        while at != 0 {
          path.append(moves[before[at].move].text)
          at = before[at].state
        }
        found.append((amount, path.reversed()))
      }
      for (move, way) in moves.enumerated() {
        let next = way.applied(to: state, capacities)
        let place = number(next)
        guard place != 0, before[place].move < 0 else { continue }
        before[place] = (move, number(state))
        queue.append(next)
      }
    }
    return found
  }

  private enum Move {
    case fill(Int)
    case empty(Int)
    case pour(Int, Int)

    var text: String {
      switch self {
      case .fill(let jug): "fill \(Self.letters[jug])"
      case .empty(let jug): "empty \(Self.letters[jug])"
      case .pour(let from, let to): "pour \(Self.letters[from])->\(Self.letters[to])"
      }
    }

    private static let letters = ["A", "B", "C"]

    /// What the jugs hold after it.
    func applied(to state: [Int], _ capacities: [Int]) -> [Int] {
      var state = state
      switch self {
      case .fill(let jug): state[jug] = capacities[jug]
      case .empty(let jug): state[jug] = 0
      case .pour(let from, let to):
        let amount = min(state[from], capacities[to] - state[to])
        state[from] -= amount
        state[to] += amount
      }
      return state
    }
  }

  private static let moves: [Move] = (0..<3).flatMap { jug in
    [.fill(jug), .empty(jug)] + (0..<3).filter { $0 != jug }.map { .pour(jug, $0) }
  }

  /// The move that `text` writes for `count` jugs; nil if it writes none.
  private static func move(_ text: AnswerText, _ count: Int) -> Move? {
    let words = text.fields
    guard words.count > 1 else { return nil }
    func jug(_ name: ArraySlice<Unicode.Scalar>) -> Int? {
      guard name.count == 1, let letter = name.first, letter.value >= 65 else { return nil }
      let index = Int(letter.value) - 65
      return index < count ? index : nil
    }
    switch words[0] {
    case "fill": return jug(words[1].scalars[...]).map(Move.fill)
    case "empty": return jug(words[1].scalars[...]).map(Move.empty)
    case "pour":
      guard let arrow = words[1].firstIndex(of: "->"), let from = jug(words[1].scalars[..<arrow]),
        let to = jug(words[1].scalars[(arrow + 2)...])
      else { return nil }
      return .pour(from, to)
    default: return nil
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    // Rows of the library have the puzzle in an object of its own.
    let key = key.metadata["puzzle"] == nil ? key : try key.key("puzzle")
    let (capacities, target) = (try key.integers("jug_capacities"), try key.integer("target"))
    guard let moves = PuzzleValue(answer)?.list else { return .unparsed("not a JSON list") }
    guard moves.count <= 10000 else { return .unparsed("more than 10000 moves") }
    var state = Array(repeating: 0, count: capacities.count)
    for move in moves {
      guard let text = move.text, let move = Self.move(AnswerText(text), capacities.count) else {
        return .unparsed("\(move.json) is no move")
      }
      state = move.applied(to: state, capacities)
    }
    return state.contains(target)
      ? .correct("a jug holds \(target)") : .wrong("no jug holds \(target)", floor: 0.01)
  }
}
