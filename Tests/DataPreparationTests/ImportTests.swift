import DataPreparation
import Foundation
import Tasks
import TestSupport
import Testing

@Suite("Imported rows")
struct ImportTests {
  /// The rows of a file that holds `text`.
  static func rows(_ format: ImportFormat, _ text: String, name: String = "set.jsonl") throws -> [DataRow] {
    let folder = try TemporaryDirectory()
    return try ImportFile.rows(at: folder.write(name, text), by: RowImporter(format))
  }

  static let examples: [(ImportFormat, String, dataSource: String, answer: String)] = [
    (
      .gsm8k, #"{"question": "How many?", "answer": "6*8=<<6*8=48>>48\n#### 1,048"}"#, "openai/gsm8k",
      "#### 1048"
    ),
    (
      .math, #"{"problem": "Sum?", "level": "Level 1", "solution": "By Vieta \\boxed{7}."}"#, "math_verify",
      #"\boxed{7.0}"#
    ),
    (.math, #"{"problem": "Root?", "answer": "5\\sqrt{2}"}"#, "math_verify", #"\boxed{\sqrt{50}}"#),
    (
      .ifeval,
      #"{"key": 1, "prompt": "Say it.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{"num_words": null}]}"#,
      "ifeval", "I say it."
    ),
    (
      .reasoningGym,
      #"{"question": "GCD?", "answer": "12", "metadata": "{\"source_dataset\": \"gcd\", \"numbers\": [84, 36]}"}"#,
      "reasoning_gym/gcd", "<answer>12</answer>"
    ),
    (
      .verl,
      #"{"data_source": "openai/gsm8k", "prompt": [{"role": "user", "content": "?"}], "reward_model": {"ground_truth": "3"}, "extra_info": {"index": 4}}"#,
      "openai/gsm8k", "#### 3"
    ),
    (.trl, #"{"prompt": [{"role": "user", "content": "?"}], "solution": "$15$"}"#, "math_verify", "$15$"),
  ]

  @Test("are scored as their source is", arguments: examples)
  func scored(format: ImportFormat, text: String, dataSource: String, answer: String) throws {
    let row = try #require(try Self.rows(format, text).first)
    #expect(row.dataSource == dataSource)
    let problem = try DataFile.row(row.line, path: "row", line: 1)
    let verdict = RewardScorer().score(response: answer, problem: problem, finished: true)
    #expect(verdict.kind == .correct, "\(verdict)")
  }

  @Test("of code keep their tests")
  func code() throws {
    let humanEval = try Self.rows(
      .humaneval,
      #"{"task_id": "H/0", "prompt": "def f(x):\n", "entry_point": "f", "canonical_solution": "    return x\n", "test": "def check(c):\n    assert c(1) == 1\n"}"#
    )
    let mbpp = try Self.rows(
      .mbpp,
      #"[{"task_id": 2, "prompt": "Count.", "code": "c", "test_imports": ["import re"], "test_list": ["assert f(1) == 1"]}]"#,
      name: "set.json")
    for row in humanEval + mbpp { _ = try DataFile.row(row.line, path: "row", line: 1) }
    #expect(mbpp[0].prompt[0].content.contains("assert f(1) == 1"))
  }

  @Test("may be compressed")
  func compressed() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("set.jsonl", Self.examples[0].1 + "\n")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", path]
    try process.run()
    process.waitUntilExit()
    #expect(try ImportFile.rows(at: path + ".gz", by: RowImporter(.gsm8k)).count == 1)
  }

  @Test(
    "that are none end the import with their place and what is missing",
    arguments: [
      (ImportFormat.gsm8k, #"{"question": "?", "answer": "7"}"#, "set.jsonl:1: `answer` has no `####`"),
      (.gsm8k, "\n{}", "set.jsonl:2: `question` is missing"), (.gsm8k, "x", "set.jsonl:1: not a JSON object"),
      (.gsm8k, "", "holds no rows"), (.math, #"{"problem": "?"}"#, "no `answer`"),
      (.trl, #"{"prompt": "?"}"#, "no `solution`"), (.verl, "[1", "begins with `[`"),
      (.reasoningGym, #"{"question": "?", "metadata": {}}"#, "`metadata.source_dataset`"),
    ])
  func faults(format: ImportFormat, text: String, reason: String) {
    let failure = #expect(throws: ImportFile.Failure.self) { try Self.rows(format, text) }
    #expect(failure?.description.contains(reason) == true, "\(failure?.description ?? "")")
  }

  @Test("of Parquet files are refused with the line that converts them")
  func parquet() {
    let failure = #expect(throws: ImportFile.Failure.self) {
      try Self.rows(.verl, "PAR1", name: "set.parquet")
    }
    #expect(failure?.description.contains("read_parquet") == true)
  }
}
