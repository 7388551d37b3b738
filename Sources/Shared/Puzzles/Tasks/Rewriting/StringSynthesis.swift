import Randomness

/// Blocks in three sorts of brackets made from others; the nine counts are asked.
///
/// Levels have up to 2, 3, 5, 10, 30 blocks of a kind.
enum StringSynthesis: PuzzleTask {
  static let name = "string_synthesis"

  private static let rewriting = CountRewriting(rules: [
    .init(takes: [0: 1, 1: 1, 2: 1], gives: [3: 1]), .init(takes: [0: 1, 1: 1], gives: [5: 1]),
    .init(takes: [1: 1, 2: 1], gives: [4: 1]), .init(takes: [2: 2], gives: [5: 1]),
    .init(takes: [3: 1, 5: 1], gives: [6: 1, 7: 1]), .init(takes: [4: 2], gives: [8: 1]),
  ])

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let blocks = (0..<3).map { _ in generator.integer(in: 0...at(level, 2, 3, 5, 10, 30)) }
    let solution = rewriting.result(from: blocks + [0, 0, 0, 0, 0, 0])
    return Puzzle(
      question: """
        There are blocks [A] [B] [C] {A} {B} {C} (A) (B) (C). They are changed by these rules, always by the first \
        that can be used:
        1. one [A], one [B] and one [C] become one {A}
        2. one [A] and one [B] become one {C}
        3. one [B] and one [C] become one {B}
        4. two [C] become one {C}
        5. one {A} and one {C} become one (A) and one (B)
        6. two {B} become one (C)
        At the start there are \(blocks[0]) of [A], \(blocks[1]) of [B] and \(blocks[2]) of [C]. How many of each \
        are there when no rule can be used any more? Answer with nine numbers in the order of the first line only, \
        separated by blanks.
        """,
      answer: solution.map(String.init).joined(separator: " "),
      metadata: ["solution": PuzzleValue(solution), "initial_blocks": PuzzleValue(blocks)])
  }
}
