import Randomness

/// Words whose letters were shuffled; the score is the share of words in place, in any case of letters.
///
/// Only words are drawn whose letters make no other word of the lexicon. Levels have 1, 2, 3, 5, 8 words.
enum LetterJumble: PuzzleTask {
  static let name = "letter_jumble"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let lengths = at(level, 3...4, 4...5, 4...6, 5...8, 5...20)
    let words = generator.choose(
      at(level, 1, 2, 3, 5, 8), of: unambiguous.filter { lengths.contains($0.utf8.count) })
    let scrambled = words.map { word in
      String(decoding: generator.shuffled(Array(word.utf8)), as: UTF8.self)
    }
    return Puzzle(
      question:
        "The letters of each word were shuffled; the order of the words was not: \(scrambled.joined(separator: " ")). "
        + "All are common English words. Answer with the words only, separated by blanks.",
      answer: words.joined(separator: " "),
      metadata: [
        "num_words": .integer(words.count), "scrambled_words": PuzzleValue(scrambled),
        "original_words": PuzzleValue(words),
      ])
  }

  private static let unambiguous: [String] = {
    let groups = Dictionary(grouping: Lexicon.words) { String($0.sorted()) }
    return Lexicon.words.filter { groups[String($0.sorted())]?.count == 1 }
  }()

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer.trimmed.lowered
    let given = answer.trimmed.lowered
    if given == expected { return .correct() }
    let (words, wanted) = (given.fields, expected.fields)
    guard !wanted.isEmpty, !words.isEmpty else { return .unparsed("no words") }
    let right = zip(words, wanted).count { $0 == $1 }
    // Words behind the expected ones count against it when nothing else does.
    let count = right == wanted.count ? max(words.count, wanted.count) : wanted.count
    return .share(Double(right) / Double(count), "\(right) of \(count) words in place")
  }
}
