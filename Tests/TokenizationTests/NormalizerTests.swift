import Testing

@testable import Tokenization

@Suite("Canonical composition")
struct NormalizerTests {
  @Test(
    "composes as the reference does",
    arguments: [
      ("e\u{301}", "\u{E9}"),
      ("\u{212B}", "\u{C5}"),
      ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
      ("\u{C598}\u{11A8}", "\u{C599}"),
      ("a\u{323}\u{307}", "\u{1EA1}\u{307}"),
      ("a\u{307}\u{323}", "\u{1EA1}\u{307}"),
      ("\u{958}", "\u{915}\u{93C}"),  // excluded from composition
      ("\u{302C}\u{8D8}\u{614}\u{F81}", "\u{F71}\u{F80}\u{8D8}\u{614}\u{302C}"),
      ("\u{355}\u{F73}", "\u{F71}\u{F72}\u{355}"),
      ("\u{11935}\u{11930}", "\u{11935}\u{11930}"),  // Unicode 13
      ("\u{1E012}\u{10F50}\u{8DC}", "\u{1E012}\u{10F50}\u{8DC}"),  // Unicode 11 between marks
      ("\u{1E01E}\u{325}", "\u{325}\u{1E01E}"),  // Unicode 9
      ("caf\u{E9} \u{17F}", "caf\u{E9} \u{17F}"),
    ])
  func composes(text: String, expected: String) {
    #expect(Array(Normalizer.nfc(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("composing twice is composing once, and the text stays the same to a reader")
  func idempotent() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let scalars = (0..<20).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0x20...0x3100, using: &random))
      }
      .filter { !("\u{F73}"..."\u{F81}").contains($0) }  // `==` is wrong about some of these
      let text = String(String.UnicodeScalarView(scalars))
      let once = Normalizer.nfc(text)
      #expect(once == text)
      #expect(Normalizer.nfc(once).unicodeScalars.elementsEqual(once.unicodeScalars))
    }
  }
}
