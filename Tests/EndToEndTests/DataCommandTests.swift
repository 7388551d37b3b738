import Foundation
import TestSupport
import Testing

/// `data` and `score`, as a person uses them.
@Suite("Data sets and scores")
struct DataCommandTests {
  private struct Verdict: Decodable {
    let index: Int
    let score: Double
    let verdict: String
    let extracted: String?
    let reason: String
    let milliseconds: Double
    let reward: Double?
  }

  private func verdicts(_ run: ProgramRun) throws -> [Verdict] {
    try run.lines.map { try JSONDecoder().decode(Verdict.self, from: Data($0.utf8)) }
  }

  /// `values` as JSON Lines.
  private func lines(_ values: [[String: Any]]) throws -> String {
    try values.map { value in
      String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self) + "\n"
    }.joined()
  }

  @Test("problems that were made are read, shown, and answered rightly by their references")
  func prepared() throws {
    let folder = try TemporaryDirectory()
    let made = try Program.run([
      "data", "prepare", "--output-dir", folder.file("data"), "--only", "math,stem", "--count", "math=20",
      "--count", "stem=10", "--validation-count", "3",
    ])
    #expect(made.exitCode == 0 && made.lines.count == 3, "\(made.errors)")
    let rows = try String(contentsOfFile: folder.file("data/math_problems.jsonl"), encoding: .utf8)
      .split(separator: "\n")
    #expect(rows.count == 20)
    let shown = try Program.run(["data", "inspect", folder.file("data/math_problems.jsonl")])
    #expect(shown.exitCode == 0 && shown.output.contains("prorl/math") && shown.output.contains("\\boxed{}"))
    let responses = try rows.enumerated().map { index, row -> [String: Any] in
      let fields = try #require(try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any])
      let extra = try #require(fields["extra_info"] as? [String: Any])
      return ["index": index, "response": extra["reference_response"] ?? ""]
    }
    try folder.write("responses.jsonl", lines(responses))
    let scored = try Program.run([
      "score", "--data", folder.file("data/math_problems.jsonl"), "--responses",
      folder.file("responses.jsonl"),
    ])
    #expect(try verdicts(scored).map(\.index) == Array(0..<20))
    #expect(try verdicts(scored).allSatisfy { $0.score == 1 && $0.verdict == "correct" })
    #expect(scored.errors.contains("prorl/math: 20 responses, mean score 1.0"))
  }

  @Test("rows may stand with their responses; a row that nothing can score is a verdict, no end")
  func inline() throws {
    let folder = try TemporaryDirectory()
    let dapo: [String: Any] = [
      "data_source": "math_dapo", "prompt": "?", "reward_model": ["ground_truth": "34"],
    ]
    let unknown: [String: Any] = [
      "data_source": "reasoning_gym/n_queens", "prompt": "?", "reward_model": ["ground_truth": ""],
    ]
    let code: [String: Any] = [
      "data_source": "stdio", "prompt": "?", "extra_info": ["tests": [["input": "3\n", "output": "9"]]],
    ]
    try folder.write(
      "responses.jsonl",
      lines([
        ["row": dapo, "response": "Answer: 35"], ["row": unknown, "response": "1"],
        ["row": code, "response": "```python\nprint(int(input()) ** 2)\n```"],
      ])
        + #"{"row": {"data_source": "math_dapo", "prompt": "?", "answer": "4"}, "response": "Answer: 4 \ud800"}"#
    )
    let run = try Program.run(["score", "--responses", folder.file("responses.jsonl")])
    let found = try verdicts(run)
    #expect(
      run.exitCode == 0 && found.map(\.verdict) == ["wrong", "error", "correct", "wrong"], "\(run.errors)")
    #expect(found.first?.score == 0 && found.first?.reward == -1)
  }

  @Test(
    "a line that is no response ends the command with its place",
    arguments: [
      ("{\"index\": 3, \"response\": \"1\"}", "no data was given"), ("{\"index\": 3}", "write one object"),
      ("{\"response\": \"1\"}", "neither `index` nor `row`"), ("", "holds no responses"),
    ])
  func badLines(line: String, reason: String) throws {
    let folder = try TemporaryDirectory()
    try folder.write("responses.jsonl", line + "\n")
    let run = try Program.run(["score", "--responses", folder.file("responses.jsonl")])
    #expect(run.exitCode != 0 && run.output.isEmpty && run.errorLines.count == 1)
    #expect(run.errors.contains(reason) && run.errors.contains("responses.jsonl"), "\(run.errors)")
  }

  @Test(
    "what cannot be made or imported is refused in one sentence, and nothing is written",
    arguments: [
      (["prepare", "--output-dir", "OUT", "--only", "poetry"], "there is no family `poetry`"),
      (["prepare", "--output-dir", "OUT", "--difficulty", "7"], "--difficulty is `7`"),
      (["prepare", "--output-dir", "OUT", "--count", "math"], "--count is `math`"),
      (["import", "--format", "gsm8k", "/nowhere.jsonl", "--output", "OUT"], "/nowhere.jsonl"),
    ])
  func refused(arguments: [String], reason: String) throws {
    let folder = try TemporaryDirectory()
    let run = try Program.run(["data"] + arguments.map { $0 == "OUT" ? folder.file("out") : $0 })
    #expect(run.exitCode != 0 && run.errorLines.count == 1 && run.errors.contains(reason), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
  }
}
