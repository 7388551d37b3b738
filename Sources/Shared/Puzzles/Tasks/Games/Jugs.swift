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
    var paths: [[Int]: [String]] = [[0, 0, 0]: []]
    var queue = [[0, 0, 0]]
    var found: [(target: Int, moves: [String])] = []
    var index = 0
    while index < queue.count {
      let state = queue[index]
      let path = paths[state] ?? []
      index += 1
      for amount in state where amount > 0 && !found.contains(where: { $0.target == amount }) {
        found.append((amount, path))
      }
      for move in allMoves {
        guard let next = apply(AnswerText(move), to: state, capacities), paths[next] == nil else { continue }
        paths[next] = path + [move]
        queue.append(next)
      }
    }
    return found
  }

  private static let allMoves = ["A", "B", "C"].flatMap { jug in
    ["fill \(jug)", "empty \(jug)"] + ["A", "B", "C"].filter { $0 != jug }.map { "pour \(jug)->\($0)" }
  }

  /// What the jugs hold after `move`; nil if it is none.
  private static func apply(_ move: AnswerText, to state: [Int], _ capacities: [Int]) -> [Int]? {
    let words = move.fields
    guard words.count > 1 else { return nil }
    func jug(_ name: ArraySlice<Unicode.Scalar>) -> Int? {
      guard name.count == 1, let letter = name.first, letter.value >= 65 else { return nil }
      let index = Int(letter.value) - 65
      return index < capacities.count ? index : nil
    }
    var state = state
    switch words[0] {
    case "fill", "empty":
      guard let index = jug(words[1].scalars[...]) else { return nil }
      state[index] = words[0] == "fill" ? capacities[index] : 0
    case "pour":
      guard let arrow = words[1].firstIndex(of: "->"), let from = jug(words[1].scalars[..<arrow]),
        let to = jug(words[1].scalars[(arrow + 2)...])
      else { return nil }
      let amount = min(state[from], capacities[to] - state[to])
      state[from] -= amount
      state[to] += amount
    default: return nil
    }
    return state
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    // Rows of the library have the puzzle in an object of its own.
    let key = key.metadata["puzzle"] == nil ? key : try key.key("puzzle")
    let (capacities, target) = (try key.integers("jug_capacities"), try key.integer("target"))
    guard let moves = PuzzleValue(answer)?.list else { return .unparsed("not a JSON list") }
    guard moves.count <= 10000 else { return .unparsed("more than 10000 moves") }
    var state = Array(repeating: 0, count: capacities.count)
    for move in moves {
      guard let text = move.text, let next = apply(AnswerText(text), to: state, capacities) else {
        return .unparsed("\(move.json) is no move")
      }
      state = next
    }
    return state.contains(target)
      ? .correct("a jug holds \(target)") : .wrong("no jug holds \(target)", floor: 0.01)
  }
}
