import Randomness

/// A text whose letters were all moved on by the same number of places in the alphabet.
///
/// Levels have 2, 3, 4, 5, 6 words.
enum CaesarCipher: PuzzleTask {
  static let name = "caesar_cipher"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let words = generator.choose(at(level, 2, 3, 4, 5, 6), of: Lexicon.words)
    let rotation = generator.integer(in: 1...at(level, 3, 13, 25, 25, 25))
    let clear = words.joined(separator: " ").uppercased()
    let cipher = clear.utf8.map { byte in
      byte == 0x20 ? byte : 65 + (byte - 65 + UInt8(rotation)) % 26
    }
    let text = String(decoding: cipher, as: UTF8.self)
    let hint = level == 1 ? ", by at most three places" : ""
    return Puzzle(
      question:
        "Every letter of an English text was moved on in the alphabet by the same number of places\(hint), Z "
        + "being followed by A. The result is: \(text). Answer with the original text only, in capital letters.",
      answer: clear,
      metadata: [
        "rotation": .integer(rotation), "cipher_text": .text(text), "clear_text": .text(clear),
        "num_words": .integer(words.count),
      ])
  }
}
