import Testing

@testable import Tokenization

@Suite("Pieces")
struct PieceTests {
  @Test(
    "GPT-2's pattern",
    arguments: [
      ("Hello world", ["Hello", " world"]),
      ("a  b", ["a", " ", " b"]),
      ("a \n b ", ["a", " \n", " b", " "]),
      ("  ", ["  "]),
      ("it's 'S they'll", ["it", "'s", " '", "S", " they", "'ll"]),
      ("'ſ", ["'", "ſ"]),
      ("12345 67", ["12345", " 67"]),
      ("x²Ⅷ٣", ["x", "²Ⅷ٣"]),
      ("!?\n\nx", ["!?", "\n", "\n", "x"]),
      ("\u{3000}\u{85}x", ["\u{3000}", "\u{85}", "x"]),
      ("a\u{301}b", ["a", "\u{301}", "b"]),
    ])
  func gpt2(text: String, pieces: [String]) {
    #expect(scan(text, .gpt2) == pieces.map { Array($0.unicodeScalars) })
  }

  @Test(
    "Qwen2's pattern",
    arguments: [
      ("Hello world", ["Hello", " world"]),
      ("12 34", ["1", "2", " ", "3", "4"]),
      ("\tx\u{A0}y", ["\tx", "\u{A0}y"]),
      ("  x", [" ", " x"]),
      ("a \n \n  b", ["a", " \n \n", " ", " b"]),
      ("!?\r\n\nx", ["!?\r\n\n", "x"]),
      (" !x", [" !", "x"]),
      ("!x", ["!x"]),
      ("\nx", ["\n", "x"]),
      ("we'RE 'Sx 'ſ 'LL 'lx", ["we", "'RE", " '", "Sx", " '", "ſ", " '", "LL", " '", "lx"]),
      ("'Re'vE'Ll'ſ'D'hello", ["'Re", "'vE", "'Ll", "'ſ", "'D", "'hello"]),
      ("'r", ["'r"]),
      ("'", ["'"]),
    ])
  func qwen2(text: String, pieces: [String]) {
    #expect(scan(text, .cl100k(digits: 1)) == pieces.map { Array($0.unicodeScalars) })
  }

  @Test(
    "Llama 3's pattern cuts numbers in threes",
    arguments: [
      ("1234567", ["123", "456", "7"]), ("a12 ²³٣9", ["a", "12", " ", "²³٣", "9"]), (" 1", [" ", "1"]),
    ])
  func llama3(text: String, pieces: [String]) {
    #expect(scan(text, .cl100k(digits: 3)) == pieces.map { Array($0.unicodeScalars) })
  }

  @Test(
    "pieces put together are the text, over every pair of kinds",
    arguments: [PiecePattern.gpt2, .cl100k(digits: 1), .cl100k(digits: 3)])
  func nothingIsLost(pattern: PiecePattern) {
    var random = SeededGenerator(seed: 3)
    let alphabet = Array("a'sSreVl 1٣\n\r\t\u{A0}!_é漢👍\u{301}".unicodeScalars)
    for _ in 0..<3000 {
      let scalars = (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in
        alphabet.randomElement(using: &random)
      }
      let pieces = scan(String(String.UnicodeScalarView(scalars)), pattern)
      #expect(Array(pieces.joined()) == scalars)
      #expect(pieces.allSatisfy { !$0.isEmpty })
    }
  }

  @Test("an unknown expression is none of the three", arguments: ["", #"\p{L}+"#, #"\p{N}{1,3}"#])
  func unknown(expression: String) {
    #expect(PiecePattern(expression) == nil)
  }

  @Test("a letter younger than Unicode 16 is a symbol, as in the reference")
  func youngLetters() {
    #expect(ScalarKind("\u{88F}") == .other)  // Unicode 17
    #expect(ScalarKind("\u{16FF4}") == .other)  // Unicode 17
    #expect(ScalarKind("\u{10D4A}") == .letter)  // Unicode 16
  }

  private func scan(_ text: String, _ pattern: PiecePattern) -> [[Unicode.Scalar]] {
    var scanner = PieceScanner()
    var pieces: [[Unicode.Scalar]] = []
    let bytes = Array(text.utf8)
    scanner.scan(text, pattern) { range in
      pieces.append(Array(String(decoding: bytes[range], as: UTF8.self).unicodeScalars))
    }
    return pieces
  }
}
