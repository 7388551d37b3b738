/// A sentence whose words were shuffled; the score is the share of words in place, in any case of letters.
///
/// Another number of words scores 0.05. Such puzzles have more than one sensible answer, so none are drawn.
enum SentenceReordering: PuzzleRule {
  static let name = "sentence_reordering"

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer
    if answer == expected { return .correct() }
    let (words, wanted) = (answer.fields, expected.fields)
    if words.isEmpty { return .unparsed("no words") }
    guard words.count == wanted.count else { return .wrong("\(words.count) words", floor: 0.05) }
    let right = zip(words, wanted).count { $0.lowered == $1.lowered }
    return .share(Double(right) / Double(wanted.count), "\(right) of \(wanted.count) words in place")
  }
}
