import Foundation
import Testing
import Tokenization

@Suite("Files that are refused")
struct MalformedTests {
  @Test("every beginning of a small tokenizer.json is refused, and only the whole is read")
  func smallTruncations() throws {
    let json = Data(
      """
      {"added_tokens": [{"id": 3, "content": "<a>"}], "normalizer": {"type": "NFC"}, "pre_tokenizer":
       {"type": "ByteLevel", "add_prefix_space": false}, "decoder": {"type": "ByteLevel"}, "model":
       {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}
      """.utf8)
    let directory = try ScratchDirectory()
    for count in 0..<json.count {
      try directory.write(json.prefix(count), to: "tokenizer.json")
      let said = try #require(sentence { _ = try Tokenizer(directory: directory.path) }, "\(count) bytes")
      #expect(said.hasPrefix(directory.path + "/tokenizer.json: "))
    }
    try directory.write(json, to: "tokenizer.json")
    #expect(try Tokenizer(directory: directory.path).encode("ab<a>") == [2, 3])
  }

  @Test(
    "beginnings of a whole tokenizer.json are refused", arguments: ["tok-gpt2", "tok-qwen2", "tok-llama3"])
  func truncations(name: String) throws {
    let json = try Data(contentsOf: URL(filePath: fixture(name) + "/tokenizer.json"))
    let end = try #require(json.lastIndex(of: UInt8(ascii: "}")))
    let directory = try ScratchDirectory()
    for count in Array(stride(from: 0, to: end, by: end / 60)) + Array(end - 20...end) {
      try directory.write(json.prefix(count), to: "tokenizer.json")
      let said = try #require(sentence { _ = try Tokenizer(directory: directory.path) }, "\(count) bytes")
      #expect(said.hasPrefix(directory.path + "/tokenizer.json: "))
    }
  }

  @Test("a changed byte is read or refused, never fatal", arguments: ["tok-gpt2", "tok-llama3"])
  func changedBytes(name: String) throws {
    let json = try Data(contentsOf: URL(filePath: fixture(name) + "/tokenizer.json"))
    let directory = try ScratchDirectory()
    var random = SeededGenerator(seed: 9)
    for _ in 0..<150 {
      var broken = json
      broken[Int.random(in: 0..<json.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      try directory.write(broken, to: "tokenizer.json")
      do {
        let tokenizer = try Tokenizer(directory: directory.path)
        _ = tokenizer.encode("Hello, world! 123 <|endoftext|>")
      } catch {
        #expect(error.description.hasPrefix(directory.path + "/tokenizer.json: "))
      }
    }
  }

  @Test(
    "what is not built is named with its place",
    arguments: [
      (["normalizer": #"{"type": "NFKC"}"#], "normalizer is `NFKC`"),
      (
        ["normalizer": #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}"#],
        "normalizer is `NFC, Lowercase`"
      ),
      (["pre_tokenizer": "null"], "pre_tokenizer is `missing`"),
      (["pre_tokenizer": #"{"type": "Metaspace"}"#], "pre_tokenizer is `Metaspace`"),
      (["pre_tokenizer": split(#"{"Regex": "\\s+"}"#)], #"the pattern of pre_tokenizer, Split, is `\s+`"#),
      (
        ["pre_tokenizer": split(#"{"String": " "}"#)],
        #"the pattern of pre_tokenizer, Split, is `["String": " "]`"#
      ),
      (["pre_tokenizer": split(gpt2, behavior: "Removed")], "Split.behavior is `Removed`"),
      (["pre_tokenizer": split(gpt2, usesRegex: true)], "ByteLevel.use_regex is `true`"),
      (["decoder": "null"], "decoder is `missing`"),
      (["decoder": #"{"type": "Metaspace"}"#], "decoder is `Metaspace`"),
      (["model": #""type": "WordPiece""#], "model.type is `WordPiece`"),
      (["model": #""byte_fallback": true"#], "model.byte_fallback is `true`"),
      (["model": #""dropout": 0.1"#], "model.dropout is `0.1`"),
      (["model": #""continuing_subword_prefix": "@@""#], "model.continuing_subword_prefix is `@@`"),
      (["model": #""end_of_word_suffix": "</w>""#], "model.end_of_word_suffix is `</w>`"),
    ] as [([String: String], String)])
  func unsupported(parts: [String: String], place: String) throws {
    let json = try tokenizerJSON(
      model: parts["model"] ?? #""type": "BPE""#,
      preTokenizer: parts["pre_tokenizer"] ?? #"{"type": "ByteLevel"}"#,
      normalizer: parts["normalizer"] ?? "null", decoder: parts["decoder"] ?? #"{"type": "ByteLevel"}"#)
    let said = try #require(sentence { _ = try tokenizer(json) })
    #expect(said.contains("/tokenizer.json: ") && said.contains(place) && said.contains("; supported: "))
  }

  @Test("a model whose vocabulary is a list is refused by its type")
  func unigram() throws {
    let said = sentence {
      _ = try tokenizer(
        """
        {"pre_tokenizer": {"type": "ByteLevel"}, "decoder": {"type": "ByteLevel"},
         "model": {"type": "Unigram", "vocab": [["a", -1.5]]}}
        """)
    }
    #expect(said?.contains("model.type is `Unigram`, which is not supported; supported: BPE") == true)
  }

  @Test(
    "empty strings, `false` and 0 in the model mean nothing",
    arguments: [
      #""continuing_subword_prefix": "", "end_of_word_suffix": """#, #""dropout": 0.0"#, #""type": null"#,
    ])
  func harmless(model: String) throws {
    #expect(try tokenizer(try tokenizerJSON(model: model)).encode("a") == [0x61])
  }

  @Test(
    "wrong merges, ids and tokens are told",
    arguments: [
      (["merges": #"["a b"]"#], "merge 1, `a b`, needs the token `ab`, which is not in the vocabulary"),
      (["merges": #"[["a", "b"], ["ab", "漢"]]"#, "token": "ab"], "merge 2, `ab 漢`, needs the token `漢`"),
      (["merges": #"["ab"]"#], "merge 1, `ab`, is not two tokens with a space between"),
      (["merges": #"["a b c"]"#], "merge 1, `a b c`, is not two tokens with a space between"),
      (["merges": #"[["a", "b", "c"]]"#], "merge 1 has 3 tokens in place of two"),
      (["merges": "[1]"], "at `model.merges"),
      (["model": #""unk_token": "<unk>""#], "`unk_token` is `<unk>`, which is not in the vocabulary"),
      (["added": #"[{"id": 97, "content": "<a>"}]"#], "the added token `<a>` has the id 97 of another token"),
      (
        ["added": #"[{"id": 300, "content": "a"}]"#],
        "the added token `a` has the id 300, but 97 in the vocabulary"
      ),
      (
        ["added": #"[{"id": -1, "content": "<a>"}]"#],
        "the token `<a>` has the id -1; ids lie in 0...16777215"
      ),
      (["added": #"[{"id": 2147483647, "content": "<a>"}]"#], "ids lie in 0...16777215"),
      (["added": #"[{"id": 4294967296, "content": "<a>"}]"#], "not valid JSON, or one of its numbers"),
      (["added": #"[{"id": 256}]"#], "at `added_tokens"),
    ])
  func malformed(parts: [String: String], reason: String) throws {
    let json = try tokenizerJSON(
      tokens: parts["token"].map { [$0] } ?? [], merges: parts["merges"] ?? "[]",
      model: parts["model"] ?? #""type": "BPE""#, added: parts["added"] ?? "[]")
    let said = try #require(sentence { _ = try tokenizer(json) })
    #expect(said.contains("/tokenizer.json: ") && said.contains(reason), "\(said)")
  }

  @Test(
    "two tokens of one id, and ids out of range, are told",
    arguments: [
      #"{"a": 0, "b": 0}"#, #"{"a": -1}"#, #"{"a": 16777216}"#, #"{"a": 0.5}"#, #"{"a": "b"}"#, "[]",
    ])
  func vocabulary(json: String) throws {
    let directory = try ScratchDirectory(["vocab.json": json, "merges.txt": ""])
    let said = sentence { _ = try Tokenizer(directory: directory.path) }
    #expect(said?.hasPrefix(directory.path + "/vocab.json: ") == true)
  }

  @Test(
    "the file that is wrong is the file that is named",
    arguments: [
      ("tokenizer_config.json", "{"), ("tokenizer_config.json", #"{"eos_token": "<none>"}"#),
      ("tokenizer_config.json", #"{"eos_token": 3}"#),
      ("special_tokens_map.json", #"{"eos_token": "<none>"}"#),
      ("tokenizer_config.json", #"{"added_tokens_decoder": {"x": {"content": "<a>"}}}"#),
      ("added_tokens.json", "[1]"), ("merges.txt", "a b\nc"), ("merges.txt", "a c"), ("vocab.json", ""),
    ])
  func namesTheFile(file: String, contents: String) throws {
    let directory = try ScratchDirectory(["vocab.json": #"{"a": 0, "b": 1, "ab": 2}"#, "merges.txt": "a b\n"])
    #expect(try Tokenizer(directory: directory.path).encode("ab") == [2])
    try directory.write(Data(contents.utf8), to: file)
    let said = sentence { _ = try Tokenizer(directory: directory.path) }
    #expect(said?.hasPrefix("\(directory.path)/\(file): ") == true, "\(said ?? "read")")
  }

  @Test("merges.txt that is not UTF-8 names its line")
  func notUTF8() throws {
    let directory = try ScratchDirectory(["vocab.json": #"{"a": 0, "b": 1, "ab": 2}"#])
    try directory.write(Data("a b\r\n".utf8) + [0xFF, 0x20, 0x61], to: "merges.txt")
    #expect(
      sentence { _ = try Tokenizer(directory: directory.path) }
        == "\(directory.path)/merges.txt: line 2 is not UTF-8")
  }

  @Test("a directory without a tokenizer says what belongs there")
  func missing() throws {
    let directory = try ScratchDirectory(["vocab.json": "{}"])
    #expect(throws: TokenizerError.missing(directory: directory.path)) {
      try Tokenizer(directory: directory.path)
    }
    #expect(
      TokenizerError.missing(directory: "d").description.contains("copy the tokenizer of the model there"))
  }

  @Test("a tokenizer.json that is a directory cannot be read")
  func unreadable() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/tokenizer.json"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(
      sentence { _ = try Tokenizer(directory: directory.path) }?.hasPrefix(path + ": cannot be read: ")
        == true)
  }
}

private let gpt2 =
  #"{"Regex": "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"}"#

private func split(_ pattern: String, behavior: String = "Isolated", usesRegex: Bool = false) -> String {
  """
  {"type": "Sequence", "pretokenizers": [
    {"type": "Split", "pattern": \(pattern), "behavior": "\(behavior)", "invert": false},
    {"type": "ByteLevel", "use_regex": \(usesRegex)}]}
  """
}
