import Randomness

/// A word spelled from its end.
///
/// In any case of letters; otherwise the share of places that hold the right letter.
///
/// Levels have words of 3, 4, 5 to 6, 7 to 8, 9 and more letters.
enum SpellBackward: PuzzleTask {
  static let name = "spell_backward"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let lengths = at(level, 3...3, 4...4, 5...6, 7...8, 9...20)
    let word = generator.element(of: Lexicon.words.filter { lengths.contains($0.utf8.count) })
    return Puzzle(
      question:
        "Spell the word \"\(word)\" backwards, as \"stop\" becomes \"pots\". Answer with the word only.",
      answer: String(word.reversed()),
      metadata: ["word": .text(word), "word_len": .integer(word.utf8.count)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let (answer, expected) = (answer.lowered, try key.answer.lowered)
    if answer == expected { return .correct() }
    // Summed as the library sums it: whether all letters with more behind them score 0.8 or 1 is a matter of
    // how the shares round.
    let share = 1 / Double(expected.count)
    let right = zip(answer.scalars, expected.scalars).count { $0 == $1 }
    let sum = (0..<right).reduce(0) { sum, _ in sum + share }
    return .share(sum == 1 ? 0.8 : min(sum, 1), "\(right) of \(expected.count) letters in place")
  }
}
