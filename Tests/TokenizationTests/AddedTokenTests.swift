import Foundation
import Testing

@testable import Tokenization

@Suite("Added tokens")
struct AddedTokenTests {
  @Test(
    "the leftmost, then the longest, is taken",
    arguments: [
      ("<a>", [256]), ("x<a>y", [0x78, 256, 0x79]), ("<a><a>b", [256, 257]), ("<a", [0x3C, 0x61]),
      ("<<a>>", [0x3C, 256, 0x3E]), ("", []),
    ] as [(String, [Int32])])
  func longest(text: String, ids: [Int32]) throws {
    let tokenizer = try tokenizer(
      try tokenizerJSON(added: #"[{"id": 256, "content": "<a>"}, {"id": 257, "content": "<a>b"}]"#))
    #expect(tokenizer.encode(text) == ids)
  }

  @Test(
    "flags are kept",
    arguments: [
      (#""lstrip": true"#, "x <a> y", [0x78, 256, 0x20, 0x79]),
      (#""rstrip": true"#, "x <a> \n y", [0x78, 0x20, 256, 0x79]),
      (#""lstrip": true, "rstrip": true"#, " <a>  <a> ", [256, 256]),
      (
        #""single_word": true"#, "<a> x<a> <a>_ <a>",
        [256, 0x20, 0x78, 0x3C, 0x61, 0x3E, 0x20, 0x3C, 0x61, 0x3E, 0x5F, 0x20, 256]
      ),
      (#""normalized": true"#, "<a>", [256]),
    ] as [(String, String, [Int32])])
  func flags(flags: String, text: String, ids: [Int32]) throws {
    let tokenizer = try tokenizer(try tokenizerJSON(added: #"[{"id": 256, "content": "<a>", \#(flags)}]"#))
    #expect(tokenizer.encode(text) == ids)
  }

  @Test("a blank that one token took along is not taken again", arguments: ["<a> <b>", "<a> <b>x"])
  func sharedBlank(text: String) throws {
    let tokenizer = try tokenizer(
      try tokenizerJSON(
        added: """
          [{"id": 256, "content": "<a>", "rstrip": true}, {"id": 257, "content": "<b>", "lstrip": true},
           {"id": 258, "content": " <b>x", "lstrip": true}]
          """))
    #expect(tokenizer.encode(text).prefix(2) == (text.hasSuffix("x") ? [256, 258] : [256, 257]))
  }

  @Test("only tokens that say so are looked for in composed text", arguments: [true, false])
  func normalized(isNormalized: Bool) throws {
    let tokenizer = try tokenizer(
      try tokenizerJSON(
        normalizer: #"{"type": "NFC"}"#,
        added: #"[{"id": 256, "content": "\u1ea1", "normalized": \#(isNormalized)}]"#))
    #expect(tokenizer.encode("\u{1EA1}") == [256])
    #expect(tokenizer.encode("a\u{323}") == (isNormalized ? [256] : [0xE1, 0xBA, 0xA1]))
  }

  @Test("special tokens can be left out, others not")
  func special() throws {
    let tokenizer = try tokenizer(
      try tokenizerJSON(
        added: #"[{"id": 256, "content": "<a>", "special": true}, {"id": 300, "content": "<b> 漢"}]"#))
    #expect(tokenizer.vocabularySize == 301)
    #expect(tokenizer.isSpecial(256) && !tokenizer.isSpecial(300) && !tokenizer.isSpecial(0x61))
    #expect(
      tokenizer.id(of: "<a>") == 256 && tokenizer.id(of: "<b> 漢") == 300 && tokenizer.id(of: "<c>") == nil)
    #expect(tokenizer.id(of: "Ġ") == 0x20)
    let ids = tokenizer.encode("x<a><b> 漢")
    #expect(ids == [0x78, 256, 300])
    #expect(tokenizer.decode(ids, skipSpecialTokens: false) == "x<a><b> 漢")
    #expect(tokenizer.decode(ids, skipSpecialTokens: true) == "x<b> 漢")
    #expect(tokenizer.bytes(of: [256, 299, 0xFF], skipSpecialTokens: true) == [0xFF])
  }

  @Test(
    "the end of text is what tokenizer_config.json names, else special_tokens_map.json, else GPT-2's",
    arguments: [
      ([:], [256]),
      (["tokenizer_config.json": #"{"eos_token": "<e>"}"#], [257]),
      (["tokenizer_config.json": #"{"eos_token": {"content": "<e>", "lstrip": false}}"#], [257]),
      (
        [
          "tokenizer_config.json": #"{"eos_token": null}"#,
          "special_tokens_map.json": #"{"eos_token": "<e>"}"#,
        ], [257]
      ),
      (["tokenizer_config.json": "{}"], [256]),
    ] as [([String: String], [Int32])])
  func endOfText(files: [String: String], ids: [Int32]) throws {
    let directory = try ScratchDirectory(files)
    let json = try tokenizerJSON(
      added: #"[{"id": 256, "content": "<|endoftext|>"}, {"id": 257, "content": "<e>"}]"#)
    try directory.write(Data(json.utf8), to: "tokenizer.json")
    #expect(try Tokenizer(directory: directory.path).endOfTextIds == ids)
  }

  @Test("a tokenizer may have no end of text")
  func noEndOfText() throws {
    #expect(try tokenizer(try tokenizerJSON()).endOfTextIds == [])
  }
}
