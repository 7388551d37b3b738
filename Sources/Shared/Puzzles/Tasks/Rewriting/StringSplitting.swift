import Randomness

/// Machines A, B, C taken apart into parts X, Y, Z; the six counts are asked.
///
/// Levels have up to 2, 3, 5, 10, 30 machines of a kind.
enum StringSplitting: PuzzleTask {
  static let name = "string_splitting"

  private static let rewriting = CountRewriting(rules: [
    .init(takes: [0: 1], gives: [3: 2, 4: 1]), .init(takes: [1: 2], gives: [3: 1]),
    .init(takes: [2: 2], gives: [4: 1]), .init(takes: [1: 1, 2: 1], gives: [0: 1]),
    .init(takes: [3: 1, 4: 1], gives: [5: 1]),
  ])

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let machines = (0..<3).map { _ in generator.integer(in: 0...at(level, 2, 3, 5, 10, 30)) }
    let solution = rewriting.result(from: machines + [0, 0, 0])
    return Puzzle(
      question: """
        A workshop changes machines and parts by these rules, always by the first that can be used:
        1. one machine A becomes two parts X and one part Y
        2. two machines B become one part X
        3. two machines C become one part Y
        4. one machine B and one machine C become one machine A
        5. one part X and one part Y become one part Z
        It starts with \(machines[0]) of A, \(machines[1]) of B and \(machines[2]) of C and goes on until no rule \
        can be used. How many of A, B, C, X, Y and Z are there at the end? Answer with six numbers in this order \
        only, separated by blanks.
        """,
      answer: solution.map(String.init).joined(separator: " "),
      metadata: ["solution": PuzzleValue(solution), "initial_machines": PuzzleValue(machines)])
  }
}
