import Randomness

/// A palindrome of given letters.
///
/// | answer for a, b, a | score | because |
/// |---|---|---|
/// | `aba`, `ABA` | 1 | any palindrome of all the letters |
/// | `bab` | 0.05 | a palindrome of others |
/// | `abb` | 0.02 | none |
///
/// Levels have 3, 5, 7, 9, 12 letters.
enum PalindromeGeneration: PuzzleTask {
  static let name = "palindrome_generation"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 3, 5, 7, 9, 12)
    let half = (0..<(length + 1) / 2).map { _ in
      String(UnicodeScalar(UInt8(97 + generator.next(below: 26))))
    }
    let letters = half + half.reversed().dropFirst(length % 2)
    let shuffled = generator.shuffled(letters)
    return Puzzle(
      question:
        "Arrange all of these letters so that they read the same from both ends: "
        + "\(shuffled.joined(separator: ", ")). Answer with the letters in one word, nothing else.",
      answer: letters.joined(),
      metadata: [
        "letters": PuzzleValue(shuffled), "generated_palindrome": .text(letters.joined()),
        "length": .integer(length),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let letters = try key.texts("letters").map { AnswerText($0) }
    if answer.isEmpty { return .unparsed("no answer") }
    let word = answer.trimmed.lowered
    guard word.scalars.elementsEqual(word.scalars.reversed()) else {
      return .wrong("not a palindrome", floor: 0.02)
    }
    let used = word.scalars.map { AnswerText([$0]) }
    return WordSorting.counted(used) == WordSorting.counted(letters)
      ? .correct("a palindrome of the letters") : .wrong("a palindrome of other letters", floor: 0.05)
  }
}
