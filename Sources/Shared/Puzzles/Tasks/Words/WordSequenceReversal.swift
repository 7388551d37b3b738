import Randomness

/// A list of words from its end.
///
/// Levels have 3, 5, 8, 12, 18 words.
enum WordSequenceReversal: PuzzleTask {
  static let name = "word_sequence_reversal"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let words = generator.choose(at(level, 3, 5, 8, 12, 18), of: Lexicon.words)
    return Puzzle(
      question:
        "Write these words in the opposite order: \(words.joined(separator: ", ")). Answer with the words only, "
        + "separated by a comma and a blank.",
      answer: words.reversed().joined(separator: ", "),
      metadata: ["num_words": .integer(words.count), "words": PuzzleValue(words)])
  }
}
