import Randomness

/// How often a letter occurs in some words.
///
/// Levels have 2, 4, 7, 11, 16 words.
enum LetterCounting: PuzzleTask {
  static let name = "letter_counting"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let words = generator.choose(at(level, 2, 4, 7, 11, 16), of: Lexicon.words)
    let letters = Set(words.joined()).sorted()
    let letter = generator.element(of: letters)
    let count = words.joined().count { $0 == letter }
    return Puzzle(
      question:
        "Count the letter \"\(letter)\" in: \(words.joined(separator: " ")). How often does it occur? Answer "
        + "with the number only.",
      answer: "\(count)",
      metadata: [
        "span_length": .integer(words.count), "target_letter": .text(String(letter)),
        "span": PuzzleValue(words),
      ])
  }
}
