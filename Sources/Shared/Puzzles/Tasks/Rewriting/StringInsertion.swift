import Randomness

/// A text over A to E in which a letter is inserted behind certain runs of four.
///
/// The text scores 1, the right one in quotes or as a list of letters 0.1. Levels have 6, 9, 12, 16, 22
/// letters.
enum StringInsertion: PuzzleTask {
  static let name = "string_insertion"

  private static let insertions: [[UInt8]: UInt8] = Dictionary(
    uniqueKeysWithValues: [("ABCD", "A"), ("BCDE", "B"), ("CDEA", "C"), ("DEAB", "D"), ("EABC", "E")].map {
      (Array($0.0.utf8), Array($0.1.utf8)[0])
    })

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 6, 9, 12, 16, 22)
    var letters: [UInt8] = [UInt8(65 + generator.next(below: 5))]
    while letters.count < length {
      // Mostly the next letter of the circle, so that runs of four are there.
      let last = letters[letters.count - 1]
      letters.append(generator.chance(0.75) ? 65 + (last - 64) % 5 : UInt8(65 + generator.next(below: 5)))
    }
    var (result, place) = ([UInt8](), 0)
    while place < length {
      if place + 4 <= length, let inserted = insertions[Array(letters[place..<place + 4])] {
        result += letters[place..<place + 4] + [inserted]
        place += 4
      } else {
        result.append(letters[place])
        place += 1
      }
    }
    let texts = [letters, result].map { String(decoding: $0, as: UTF8.self) }
    return Puzzle(
      question: """
        Read a text from left to right. Behind each ABCD insert an A, behind BCDE a B, behind CDEA a C, behind \
        DEAB a D, and behind EABC an E; after an insertion go on behind the inserted letter, so that no letter \
        counts for two runs and none that was inserted counts for any. The text is \(texts[0]). Answer with the \
        resulting text only.
        """,
      answer: texts[1],
      metadata: ["string": .text(texts[0]), "solution": .text(texts[1]), "string_length": .integer(length)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer
    if answer == expected { return .correct() }
    let text = answer.trimmed
    if text.isEmpty { return .unparsed("no answer") }
    // In brackets, a quoted text is a list of one.
    let list =
      ListLiteral.read(text)
      ?? ListLiteral.read(AnswerText("[".unicodeScalars + text.scalars + "]".unicodeScalars))
    guard let letters = list.flatMap({ PuzzleValue.list($0).texts }), AnswerText(letters.joined()) == expected
    else { return .wrong() }
    return .share(0.1, "the expected text as a list of letters")
  }
}
