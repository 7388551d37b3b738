import Randomness

/// How many ones the binary form of a number has.
///
/// Levels go to 2^5, 2^8, 2^14, 2^22, 2^31.
enum CountBits: PuzzleTask {
  static let name = "count_bits"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let number = generator.integer(in: 1...(1 << at(level, 5, 8, 14, 22, 31) - 1))
    let count = number.nonzeroBitCount
    return Puzzle(
      question: "Written in binary, how many digits of \(number) are 1? Answer with the number only.",
      answer: "\(count)",
      metadata: [
        "number": .integer(number), "solution": .integer(count), "binary": .text(String(number, radix: 2)),
      ])
  }
}
