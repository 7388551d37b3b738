import Foundation
import Testing

@testable import Tokenization

@Suite("The reference library's ids and texts")
struct GoldenTests {
  @Test(
    "every golden line agrees",
    arguments: [
      ("tok-gpt2", 205), ("tok-qwen2", 205), ("tok-llama3", 205), ("added-gpt2", 293), ("added-qwen2", 314),
    ])
  func golden(name: String, lines: Int) throws {
    let check = try TokenizerCheck.run(directory: fixture(name))
    #expect(check == TokenizerCheck(lines: lines, mismatchedLines: 0, mismatches: []))
  }

  @Test("vocab.json with merges.txt says the same as tokenizer.json", arguments: ["GPT2Tokenizer", nil])
  func vocabularyFiles(tokenizerClass: String?) throws {
    let name = tokenizerClass.map { #""tokenizer_class": "\#($0)", "# } ?? ""
    let directory = try ScratchDirectory([
      "tokenizer_config.json": "{\(name)\"eos_token\": \"<|endoftext|>\"}"
    ])
    try directory.copy(["vocab.json", "merges.txt", "golden.jsonl"], of: "tok-gpt2")
    let check = try TokenizerCheck.run(directory: directory.path)
    #expect(check == TokenizerCheck(lines: 205, mismatchedLines: 0, mismatches: []))
  }

  @Test("a Qwen2 class gives vocab.json Qwen2's rules; its tokens come from any of three files")
  func qwen2VocabularyFiles() throws {
    let directory = try ScratchDirectory([
      "tokenizer_config.json": """
      {"tokenizer_class": "Qwen2Tokenizer", "eos_token": {"content": "<|im_end|>", "special": true},
       "added_tokens_decoder": {"1": {"content": "<|im_start|>", "special": true}}}
      """,
      "special_tokens_map.json": #"{"pad_token": "<|endoftext|>"}"#,
      "added_tokens.json": #"{"<|im_end|>": 2}"#,
    ])
    try directory.copy(["vocab.json", "merges.txt", "golden.jsonl"], of: "tok-qwen2")
    let check = try TokenizerCheck.run(directory: directory.path)
    #expect(check == TokenizerCheck(lines: 205, mismatchedLines: 0, mismatches: []))
  }

  @Test("merges as strings and as pairs are the same")
  func mergesAsStrings() throws {
    let directory = try ScratchDirectory()
    try directory.copy(["golden.jsonl"], of: "tok-llama3")
    let data = try Data(contentsOf: URL(filePath: fixture("tok-llama3") + "/tokenizer.json"))
    var json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    var model = try #require(json["model"] as? [String: Any])
    let pairs = try #require(model["merges"] as? [[String]])
    model["merges"] = ["#version: 0.2"] + pairs.map { $0.joined(separator: " ") }
    json["model"] = model
    try directory.write(try JSONSerialization.data(withJSONObject: json), to: "tokenizer.json")
    #expect(try TokenizerCheck.run(directory: directory.path).mismatchedLines == 0)
  }

  @Test("each way a line can differ is told in a sentence")
  func mismatches() throws {
    let lines = [
      #"{"text": "ab", "ids": [97, 98], "decoded": "ab", "decoded_skip_special": "ab"}"#,
      #"{"text": "ab", "ids": [97]}"#,
      #"{"text": "ab", "ids": [98, 97]}"#,
      #"{"text": "\u00e9", "ids": [195, 169], "decoded": "e\u0301"}"#,
      #"{"text": "a", "ids": [97], "decoded_skip_special": ""}"#,
    ]
    let directory = try ScratchDirectory([
      "tokenizer.json": try tokenizerJSON(), "golden.jsonl": lines.joined(separator: "\n") + "\n",
    ])
    let check = try TokenizerCheck.run(directory: directory.path)
    let file = directory.path + "/golden.jsonl"
    #expect((check.lines, check.mismatchedLines) == (5, 4))
    #expect(
      check.mismatches == [
        #"\#(file):2: "ab" has the id 98 at position 1, where no id is expected"#,
        #"\#(file):3: "ab" has the id 97 at position 0, where the id 98 is expected"#,
        "\(file):4: [195, 169] decodes to \"é\", where \("e\u{301}".debugDescription) is expected",
        #"\#(file):5: [97] decodes to "a" without special tokens, where "" is expected"#,
      ])
  }

  @Test("a golden line that is not one names its line")
  func brokenGolden() throws {
    let directory = try ScratchDirectory([
      "tokenizer.json": try tokenizerJSON(), "golden.jsonl": "{\"text\": \"\", \"ids\": []}\n{\"text\"",
    ])
    let said = sentence { _ = try TokenizerCheck.run(directory: directory.path) }
    #expect(said?.hasPrefix(directory.path + "/golden.jsonl:2: ") == true)
    #expect(
      sentence { _ = try TokenizerCheck.run(directory: fixture("tok-none")) }?.contains("tok-none") == true)
  }
}
