import Randomness

/// Whether the letters of one word can be exchanged one for one to give the other.
///
/// Levels have words of 3, 4, 6, 8, 12 letters.
enum IsomorphicStrings: PuzzleTask {
  static let name = "isomorphic_strings"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 3, 4, 6, 8, 12)
    // Few letters, so that some occur more than once.
    let first = (0..<length).map { _ in UInt8(97 + generator.next(below: max(2, length - 1))) }
    let alphabet = generator.shuffled(Array(UInt8(97)...122))
    var second = first.map { alphabet[Int($0) - 97] }
    if generator.chance(0.5) {
      let place = generator.next(below: length)
      second[place] = alphabet[generator.next(below: 26)]
    }
    let pairs = Set(zip(first, second).map { [$0, $1] })
    let isSolvable = pairs.count == Set(first).count && pairs.count == Set(second).count
    let words = [first, second].map { String(decoding: $0, as: UTF8.self) }
    return Puzzle(
      question:
        "Is there a way to replace letters so that \"\(words[0])\" becomes \"\(words[1])\", where the same letter "
        + "is always replaced by the same one, and different letters by different ones? Answer True or False.",
      answer: isSolvable ? "True" : "False",
      metadata: [
        "words": PuzzleValue(words), "solution": .bool(isSolvable), "solvable": .bool(isSolvable),
        "string_length": .integer(length),
      ])
  }
}
