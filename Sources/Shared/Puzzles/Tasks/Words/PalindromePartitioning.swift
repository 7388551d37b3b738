import Randomness

/// All ways to cut a word into palindromes, as a JSON list of lists in any order.
///
/// Levels have words of about 3, 4, 6, 7, 9 letters.
enum PalindromePartitioning: PuzzleTask {
  static let name = "palindrome_partitioning"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 3, 4, 6, 7, 9)
    var word: [UInt8] = []
    while word.count < length {
      let half = (0..<generator.integer(in: 1...2)).map { _ in UInt8(97 + generator.next(below: 6)) }
      word += half + half.reversed().dropFirst(generator.next(below: 2))
    }
    word = Array(word.prefix(length))
    let solution = partitions(word[...])
    let text = String(decoding: word, as: UTF8.self)
    return Puzzle(
      question:
        "Find every way to cut \"\(text)\" into pieces that each read the same from both ends; single letters "
        + "do. Answer with a JSON list that has one list of pieces for each way, such as "
        + "[[\"a\", \"a\"], [\"aa\"]] for \"aa\".",
      answer: PuzzleValue.list(solution.map { PuzzleValue($0) }).json,
      metadata: [
        "string": .text(text), "solution": .list(solution.map { PuzzleValue($0) }),
        "string_len": .integer(length),
      ])
  }

  private static func partitions(_ word: ArraySlice<UInt8>) -> [[String]] {
    guard !word.isEmpty else { return [[]] }
    var result: [[String]] = []
    for end in word.startIndex + 1...word.endIndex {
      let piece = word[word.startIndex..<end]
      guard piece.elementsEqual(piece.reversed()) else { continue }
      result += partitions(word[end...]).map { [String(decoding: piece, as: UTF8.self)] + $0 }
    }
    return result
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = pieces(try key.value("solution")) else {
      throw PuzzleKey.malformed("solution", "a list of lists of texts")
    }
    guard let value = PuzzleValue(answer), let given = pieces(value) else {
      return .unparsed("not a list of lists of texts")
    }
    return given == expected ? .correct("all the ways") : .wrong("not all the ways, or others")
  }

  private static func pieces(_ value: PuzzleValue) -> Set<[AnswerText]>? {
    value.all { $0.texts?.map { AnswerText($0) } }.map(Set.init)
  }
}
