import Testing

@testable import Tokenization

@Suite("Text and ids, there and back")
struct RoundTripTests {
  @Test(
    "decode(encode(x)) is x over all scalars, composed where the tokenizer composes",
    arguments: [("tok-gpt2", Normalizer.none), ("tok-llama3", .none), ("tok-qwen2", .nfc)])
  func allScalars(name: String, normalizer: Normalizer) throws {
    let tokenizer = try Tokenizer(directory: fixture(name))
    let scalars = (0...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
    for start in stride(from: 0, to: scalars.count, by: 4096) {
      let chunk = scalars[start..<min(start + 4096, scalars.count)]
      let text = String(String.UnicodeScalarView(chunk))
      let back = tokenizer.decode(tokenizer.encode(text), skipSpecialTokens: false)
      #expect(
        back.unicodeScalars.elementsEqual(normalizer(text).unicodeScalars), "from \(chunk.first ?? "?")")
    }
  }

  @Test(
    "any ids decode, and one by one they decode to the same",
    arguments: ["tok-gpt2", "tok-llama3", "added-qwen2"])
  func soup(name: String) throws {
    let tokenizer = try Tokenizer(directory: fixture(name))
    var random = SeededGenerator(seed: 5)
    for round in 0..<2000 {
      let range = Int32(-2)...Int32(round.isMultiple(of: 2) ? 300 : tokenizer.vocabularySize + 2)
      let ids = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        Int32.random(in: range, using: &random)
      }
      for skips in [false, true] {
        let text = tokenizer.decode(ids, skipSpecialTokens: skips)
        var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: skips)
        let parts = ids.map { decoder.feed($0) } + [decoder.finish()]
        #expect(parts.joined().unicodeScalars.elementsEqual(text.unicodeScalars), "\(ids)")
      }
    }
  }

  @Test(
    "bytes that are no character become U+FFFD, one for each beginning of a character",
    arguments: [
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xE2, 0x82], "\u{FFFD}"), ([0xE2, 0x82, 0x61], "\u{FFFD}a"),
      ([0xF0, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xF0, 0x9F, 0x91, 0x8D], "👍"), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"), ([], ""),
    ] as [([Int32], String)])
  func replacement(ids: [Int32], expected: String) throws {
    #expect(try tokenizer(try tokenizerJSON()).decode(ids, skipSpecialTokens: true) == expected)
  }

  @Test(
    "a character waits for its last byte, and only that long",
    arguments: [
      ([0xF0, 0x9F, 0x91, 0x8D, 0x21], ["", "", "", "👍", "!"], ""),
      ([0xE2, 0x82, 0x61], ["", "", "\u{FFFD}a"], ""),
      ([0xE2, 0x28], ["", "\u{FFFD}("], ""),
      ([0xF4, 0x90], ["", "\u{FFFD}\u{FFFD}"], ""),
      ([0xED, 0xA0], ["", "\u{FFFD}\u{FFFD}"], ""),
      ([0x80, 0x61], ["\u{FFFD}", "a"], ""),
      ([0x61, 0xC3], ["a", ""], "\u{FFFD}"),
    ] as [([Int32], [String], String)])
  func streaming(ids: [Int32], parts: [String], rest: String) throws {
    var decoder = StreamingDecoder(try tokenizer(try tokenizerJSON()), skipSpecialTokens: true)
    #expect(ids.map { decoder.feed($0) } == parts)
    #expect(decoder.finish() == rest)
    #expect(decoder.feed(0x61) == "a")
  }

  @Test("an id that is no token decodes to nothing", arguments: [-1, 256, 1024, .max, .min] as [Int32])
  func outOfRange(id: Int32) throws {
    let tokenizer = try tokenizer(try tokenizerJSON())
    #expect(tokenizer.decode([0x61, id, 0x62], skipSpecialTokens: false) == "ab")
    #expect(!tokenizer.isSpecial(id))
  }
}
