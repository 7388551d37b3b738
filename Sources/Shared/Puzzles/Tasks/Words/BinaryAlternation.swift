import Randomness

/// The least number of exchanges that make zeros and ones alternate; -1 if none do.
///
/// Levels have up to 7, 10, 14, 20, 30 digits.
enum BinaryAlternation: PuzzleTask {
  static let name = "binary_alternation"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 7, 10, 14, 20, 30) - generator.next(below: 2)
    var ones = length / 2 + (length.isMultiple(of: 2) ? 0 : generator.next(below: 2))
    let isSolvable = generator.chance(0.8)
    if !isSolvable { ones = max(0, ones - 2) }
    let digits = generator.shuffled((0..<length).map { $0 < ones ? 1 : 0 })
    // Exchanges are half the places that differ from an alternation with as many ones.
    let swaps = [0, 1].compactMap { first -> Int? in
      let target = (0..<length).map { (first + $0) % 2 }
      guard target.reduce(0, +) == ones else { return nil }
      return zip(digits, target).count { $0 != $1 } / 2
    }
    let text = digits.map(String.init).joined()
    let solution = swaps.min() ?? -1
    return Puzzle(
      question:
        "Any two digits of \(text) may change places. What is the least number of such exchanges after which no "
        + "two neighbours are equal? Answer with the number only, or -1 if it is impossible.",
      answer: "\(solution)",
      metadata: [
        "string": .text(text), "solution": .integer(solution), "solvable": .bool(solution >= 0),
        "n": .integer(length),
      ])
  }
}
