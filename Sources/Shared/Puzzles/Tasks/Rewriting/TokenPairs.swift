import Randomness

/// What is left of tokens A#, #A, B#, #B when neighbours whose # face each other are rewritten.
///
/// `A# #A` and `B# #B` vanish, `A# #B` becomes `#B A#`, and `B# #A` becomes `#A B#`. Levels have 3, 5, 7, 9,
/// 12 tokens.
enum TokenPairs: PuzzleTask {
  static let name = "ab"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let tokens = (0..<at(level, 3, 5, 7, 9, 12)).map { _ in
      generator.element(of: ["A#", "#A", "B#", "#B"])
    }
    let result = reduced(tokens)
    // An empty answer would be none.
    guard !result.isEmpty else { return draw(level: level, from: &generator) }
    return Puzzle(
      question: """
        Where two neighbouring tokens have their # towards each other, they are replaced:
        A# #A by nothing, B# #B by nothing, A# #B by #B A#, B# #A by #A B#.
        This is repeated until no # faces another. What becomes of
        \(tokens.joined(separator: " "))
        Answer with the remaining tokens only, separated by blanks.
        """,
      answer: result.joined(separator: " "), metadata: ["length": .integer(tokens.count)])
  }

  /// Every rewriting moves a token that looks right behind one that looks left or removes both, so it ends.
  private static func reduced(_ tokens: [String]) -> [String] {
    var tokens = tokens
    while let place = tokens.indices.dropLast().first(where: { place in
      tokens[place].hasSuffix("#") && tokens[place + 1].hasPrefix("#")
    }) {
      if tokens[place].first == tokens[place + 1].last {
        tokens.removeSubrange(place...place + 1)
      } else {
        tokens.swapAt(place, place + 1)
      }
    }
    return tokens
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    answer == (try key.answer) ? .correct() : answer.fields.isEmpty ? .unparsed("no answer") : .wrong()
  }
}
