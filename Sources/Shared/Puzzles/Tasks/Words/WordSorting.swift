import Randomness

/// Words in the order of their characters' codes, ascending or descending, separated by commas.
///
/// | answer | score |
/// |---|---|
/// | the right list | 1 |
/// | any other | the share of places that hold the right word |
/// | the same words | at least 0.2 |
/// | the right list with more behind it | the share of it that is right |
///
/// Levels have 3, 5, 7, 10, 15 words; from level 3 on some are capitalised.
enum WordSorting: PuzzleTask {
  static let name = "word_sorting"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let words = generator.choose(at(level, 3, 5, 7, 10, 15), of: Lexicon.words).map { word in
      level > 2 && generator.chance(0.4) ? word.prefix(1).uppercased() + word.dropFirst() : word
    }
    let isAscending = generator.chance(0.5)
    let ascending = words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let sorted = isAscending ? ascending : ascending.reversed()
    let direction = isAscending ? "ascending" : "descending"
    return Puzzle(
      question:
        "Sort in \(direction) order, by character codes, so that capital letters come before small ones: "
        + "\(words.joined(separator: ", ")). Answer with the words only, separated by commas.",
      answer: sorted.joined(separator: ", "),
      metadata: [
        "original_words": PuzzleValue(words), "sorted_words": PuzzleValue(sorted),
        "direction": .text(direction), "num_words": .integer(words.count),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.texts("sorted_words").map { AnswerText($0) }
    guard !expected.isEmpty else { throw PuzzleKey.malformed("sorted_words", "a list of words") }
    if answer.isEmpty { return .unparsed("no answer") }
    let words = answer.parts(between: ",").map(\.trimmed)
    if words == expected { return .correct("in order") }
    let right = zip(words, expected).count { $0 == $1 }
    if right == expected.count {
      return .share(Double(right) / Double(words.count), "in order, with more behind")
    }
    let share = Double(right) / Double(expected.count)
    let isPermutation = counted(words) == counted(expected)
    return .share(isPermutation ? max(share, 0.2) : share, "\(right) of \(expected.count) words in place")
  }

  /// How often each word occurs.
  static func counted(_ words: [AnswerText]) -> [AnswerText: Int] {
    words.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
