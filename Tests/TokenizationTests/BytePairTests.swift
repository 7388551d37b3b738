import Foundation
import Testing

@testable import Tokenization

@Suite("Byte pair encoding")
struct BytePairTests {
  @Test("the heap merges as the plain algorithm does: the first rule learned, at its leftmost place")
  func agreesWithPlain() throws {
    let tokenizer = try Tokenizer(directory: fixture("tok-gpt2"))
    let merges = try String(contentsOfFile: fixture("tok-gpt2") + "/merges.txt", encoding: .utf8)
    let lines = merges.split(separator: "\n").filter { !$0.hasPrefix("#version") }
    let ranks = Dictionary(uniqueKeysWithValues: lines.enumerated().map { (String($1), $0) })
    var random = SeededGenerator(seed: 6)
    for length in [1, 2, 3, 5, 8, 13, 40, 200] {
      for _ in 0..<40 {
        // Letters alone are one piece.
        let word = String((0..<length).compactMap { _ in "aeinorstlcdTHE".randomElement(using: &random) })
        #expect(tokenizer.encode(word) == plain(word, ranks).compactMap(tokenizer.id(of:)), "\(word)")
      }
    }
  }

  private func plain(_ word: String, _ ranks: [String: Int]) -> [String] {
    var symbols = word.map(String.init)
    while symbols.count > 1 {
      let pairs = symbols.indices.dropLast().compactMap { i in
        ranks["\(symbols[i]) \(symbols[i + 1])"].map { (rank: $0, index: i) }
      }
      guard let best = pairs.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { break }
      symbols.replaceSubrange(
        best.index...best.index + 1, with: [symbols[best.index] + symbols[best.index + 1]])
    }
    return symbols
  }

  @Test(
    "a text of one long piece takes no quadratic time", .timeLimit(.minutes(1)),
    arguments: ["a", "etaoin", " ", "'"])
  func longPieces(unit: String) throws {
    let text = String(repeating: unit, count: 200_000 / unit.utf8.count)
    for name in ["tok-gpt2", "tok-llama3"] {
      let tokenizer = try Tokenizer(directory: fixture(name))
      #expect(tokenizer.decode(tokenizer.encode(text), skipSpecialTokens: false) == text)
    }
  }

  @Test(
    "with `ignore_merges` a piece that is a token stays one, without any merge", arguments: [true, false])
  func ignoresMerges(ignores: Bool) throws {
    let tokenizer = try tokenizer(
      try tokenizerJSON(tokens: ["abc"], model: #""type": "BPE", "ignore_merges": \#(ignores)"#))
    #expect(tokenizer.encode("abc") == (ignores ? [256] : [0x61, 0x62, 0x63]))
    #expect(tokenizer.encode("abcd") == [0x61, 0x62, 0x63, 0x64])
  }

  @Test(
    "a byte that is no token becomes `unk_token`, one for each or one for all, or nothing",
    arguments: [
      (#""unk_token": null"#, [0, 1]), (#""unk_token": "?""#, [0, 2, 2, 1]),
      (#""unk_token": "?", "fuse_unk": true"#, [0, 2, 1]),
    ] as [(String, [Int32])])
  func unknownBytes(model: String, ids: [Int32]) throws {
    let tokenizer = try tokenizer(
      """
      {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "decoder": {"type": "ByteLevel"},
       "model": {"vocab": {"a": 0, "b": 1, "?": 2}, "merges": [], \(model)}}
      """)
    #expect(tokenizer.encode("axyb") == ids)
  }

  @Test("a space goes before text, or before pieces, that have none", arguments: [true, false])
  func prefixSpace(hasSplit: Bool) throws {
    let byteLevel = #"{"type": "ByteLevel", "add_prefix_space": true, "use_regex": \#(!hasSplit)}"#
    let pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"#
    let split =
      #"{"type": "Split", "pattern": {"Regex": "\#(pattern)"}, "behavior": "Removed", "invert": true}"#
    let both = #"{"type": "Sequence", "pretokenizers": [\#(split), \#(byteLevel)]}"#
    let tokenizer = try tokenizer(try tokenizerJSON(preTokenizer: hasSplit ? both : byteLevel))
    func text(_ text: String) -> String { tokenizer.decode(tokenizer.encode(text), skipSpecialTokens: false) }
    #expect(text("ab1") == (hasSplit ? " ab 1" : " ab1"))
    #expect(text(" ab") == " ab")
    #expect(text("") == "")
  }

  @Test("the byte alphabet is GPT-2's")
  func alphabet() {
    for (byte, spelling) in byteSpellings.enumerated() {
      var bytes: [UInt8] = []
      #expect(ByteAlphabet.appendBytes(of: spelling[...], to: &bytes))
      #expect(bytes == [UInt8(byte)])
    }
    var bytes: [UInt8] = [1]
    #expect(!ByteAlphabet.appendBytes(of: "ab 漢", to: &bytes))
    #expect(bytes == [1] + Array("ab 漢".utf8))
  }
}
