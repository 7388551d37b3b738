import Foundation
import Tasks
import Testing

@Suite("Data files")
struct DataFileTests {
  /// Reads `content` as the file `name` of a directory of its own.
  static func read(_ content: Data, name: String = "set.jsonl", reward: RewardRule? = nil) throws -> [Problem]
  {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: name)
    try content.write(to: file)
    do {
      return try DataFile.read(file.path, reward: reward)
    } catch {
      throw Sentence(text: error.description.replacing(directory.path + "/", with: ""))
    }
  }

  static func read(_ text: String, name: String = "set.jsonl", reward: RewardRule? = nil) throws -> [Problem]
  {
    try read(Data(text.utf8), name: name, reward: reward)
  }

  /// An error's description, the file's directory left out.
  struct Sentence: Error, Equatable {
    let text: String
  }

  /// The sentence `content` is refused with.
  static func refusal(_ content: Data, name: String = "set.jsonl", reward: RewardRule? = nil) -> String? {
    do {
      _ = try read(content, name: name, reward: reward)
      return nil
    } catch {
      return (error as? Sentence)?.text
    }
  }

  static let row = #"{"prompt":"2+2?","answer":"4"}"#

  @Test("a verl row keeps its fields")
  func verl() throws {
    let text = #"""
      {"data_source": "openai/gsm8k", "ability": "math", "prompt": [{"role": "system", "content": "Think."},
      {"role": "user", "content": "48+24?"}], "reward_model": {"style": "rule", "ground_truth": "72"},
      "extra_info": {"split": "train", "index": 0, "answer": "…#### 72"}}
      """#.replacing("\n", with: "")
    #expect(
      try Self.read(text) == [
        Problem(
          dataSource: "openai/gsm8k",
          prompt: .messages([
            Message(role: "system", content: "Think."), Message(role: "user", content: "48+24?"),
          ]), groundTruth: "72", reward: RewardRule(.gsm8k),
          extra: #"{"answer":"…#### 72","index":0,"split":"train"}"#, origin: "set.jsonl:1")
      ])
  }

  @Test(
    "answers of any kind become text",
    arguments: [
      (#""answer": "4""#, "4"),
      (#""answer": 4"#, "4"),
      (#""answer": -0.50"#, "-0.5"),
      (#""answer": 1e3"#, "1000"),
      (#""answer": 12345678901234567890123"#, "12345678901234567890123"),
      (#""answer": true"#, "true"),
      (#""answer": """#, ""),
      (#""answer": {"b": [1, null], "a": "x"}"#, #"{"a":"x","b":[1,null]}"#),
      (#""answer": "She has 3.\n#### 1,234""#, "1234"),
      ("\"answer\": \"#### 3\\n#### -7 \\n\"", "-7"),
      (#""reward_model": {"ground_truth": "4"}"#, "4"),
      (#""reward_model": {"ground_truth": 4}"#, "4"),
      (#""reward_model": {"ground_truth": false}"#, "false"),
      (#""reward_model": {"ground_truth": "5"}, "answer": "6""#, "5"),
      (#""reward_model": {"ground_truth": null}, "answer": "6""#, "6"),
      (#""reward_model": "rule", "answer": "6""#, "6"),
    ] as [(String, String)])
  func answers(fields: String, truth: String) throws {
    let problems = try Self.read(#"{"prompt": "?", \#(fields)}"#)
    #expect(problems.map(\.groundTruth) == [truth])
    #expect(problems.map(\.dataSource) == ["custom"])
    #expect(problems.map(\.reward) == [RewardRule(.exact)])
    #expect(problems.map(\.extra) == ["{}"])
  }

  @Test(
    "an answer that is no text is known to be JSON",
    arguments: [
      (#""answer": "4""#, false), (#""answer": 4"#, true), (#""answer": "[1]""#, false),
      (#""answer": [1]"#, true),
      (#""reward_model": {"ground_truth": {"a": "x"}}"#, true), (##""answer": "a #### 4""##, false),
    ])
  func answersOfOtherKinds(fields: String, isJSON: Bool) throws {
    #expect(try Self.read(#"{"prompt": "?", \#(fields)}"#).map(\.isGroundTruthJSON) == [isJSON])
  }

  @Test(
    "prompts are text, messages or a question",
    arguments: [
      (#""prompt": "a\nb""#, Prompt.text("a\nb")),
      (#""question": "a""#, .text("a")),
      (#""prompt": "a", "question": "b""#, .text("a")),
      (#""prompt": null, "question": "b""#, .text("b")),
      (#""prompt": "\u0000🙂""#, .text("\u{0}🙂")),
      (#""prompt": [{"role": "user", "content": ""}]"#, .messages([Message(role: "user", content: "")])),
    ] as [(String, Prompt)])
  func prompts(field: String, prompt: Prompt) throws {
    #expect(try Self.read(#"{\#(field), "answer": "4"}"#).map(\.prompt) == [prompt])
  }

  @Test(
    "line ends, blank lines and a byte order mark do not matter",
    arguments: [
      ("\(row)\n\(row)\n", [1, 2]),
      ("\(row)\n\(row)", [1, 2]),
      ("\(row)\r\n\(row)\r\n", [1, 2]),
      ("\u{FEFF}\(row)\n", [1]),
      ("\n\n\(row)\n \t\r\n\(row)\n\n", [3, 5]),
      ("  \(row)  ", [1]),
    ])
  func lines(text: String, numbers: [Int]) throws {
    #expect(try Self.read(text).map(\.origin) == numbers.map { "set.jsonl:\($0)" })
  }

  @Test("of a key that comes twice one is read")
  func duplicateKeys() throws {
    let problem = try #require(try Self.read(#"{"prompt":"a","prompt":"b","answer":1,"answer":1}"#).first)
    #expect([Prompt.text("a"), .text("b")].contains(problem.prompt))
  }

  @Test("a line of many megabytes is a row like any other")
  func hugeLine() throws {
    let prompt = String(repeating: "x", count: 16 << 20)
    let problems = try Self.read(#"{"prompt":"\#(prompt)","answer":1}"#)
    #expect(problems.map(\.prompt) == [.text(prompt)])
  }

  @Test("the reward a run names scores every row, whatever its source")
  func namedReward() throws {
    let text = #"{"prompt":"a","data_source":"unheard/of"}"# + "\n" + Self.row
    let rule = RewardRule(.keywords, keywords: ["x"])
    #expect(try Self.read(text, reward: rule).map(\.reward) == [rule, rule])
    #expect(try Self.read(text, reward: rule).map(\.groundTruth) == ["", "4"])
  }

  @Test("rows of a built-in kind are scored as that kind", arguments: MiniatureKind.allCases)
  func miniature(kind: MiniatureKind) throws {
    let problems = try Self.read(#"{"prompt":"a","answer":"4","data_source":"\#(kind.dataSource)"}"#)
    #expect(problems.map(\.reward.name) == [kind.reward])
  }

  static let advice = "; write one complete object on each line"
  static let notJSON =
    "not JSON, or a number in it is too large or a text holds half a surrogate pair" + advice

  @Test("a bad row is refused with its place", arguments: badRowTable)
  func badRows(line: String, reason: String) {
    #expect(Self.refusal(Data("\(Self.row)\n\n\(line)\n".utf8)) == "set.jsonl:3: \(reason)")
  }

  static let badRowTable: [(line: String, reason: String)] = [
    ("{", notJSON),
    ("nope", notJSON),
    (row + row, notJSON),
    (#"{"prompt":"a","answer":NaN}"#, notJSON),
    (#"{"prompt":"a","answer":1e999}"#, notJSON),
    (#"{"prompt":"\ud800","answer":1}"#, notJSON),
    ("{\"prompt\":\"a\u{0}\",\"answer\":1}", notJSON),
    (#"{"prompt":"a","answer":"# + String(repeating: "[", count: 100_000), notJSON),
    (#"["prompt"]"#, #"not a JSON object; write {"prompt": …, "answer": …}"#),
    ("4", #"not a JSON object; write {"prompt": …, "answer": …}"#),
    ("{}", "no `prompt`; write it as text or as a list of messages"),
    (#"{"prompt":"","answer":1}"#, "the prompt is empty; write one, or remove the row"),
    (#"{"prompt":[],"answer":1}"#, "`prompt` has no messages; write one, or remove the row"),
    (#"{"prompt":4,"answer":1}"#, "`prompt` is neither text nor a list of messages; write one of them"),
    (
      #"{"prompt":["a"],"answer":1}"#,
      #"a message of `prompt` has no role; write {"role": "user", "content": …}"#
    ),
    (
      #"{"prompt":[{"role":"user"}],"answer":1}"#,
      #"a message of `prompt` has no content; write {"role": "user", "content": …}"#
    ),
    (
      #"{"prompt":[{"role":"user","content":["a"]}],"answer":1}"#, "`content` is not text; put it in quotes"
    ),
    (
      #"{"prompt":[{"role":"human","content":"a"}],"answer":1}"#,
      "a message of `prompt` has the role `human`; use system, user, assistant or tool"
    ),
    (#"{"prompt":"a","answer":1,"data_source":7}"#, "`data_source` is not text; put it in quotes"),
    (
      #"{"prompt":"a"}"#,
      "no answer for the reward `exact`; write `answer` or `reward_model.ground_truth`, or set reward.name to "
        + "`keywords`"
    ),
    (
      #"{"prompt":"a","answer":null,"data_source":"openai/gsm8k"}"#,
      "no answer for the reward `gsm8k`; write `answer` or `reward_model.ground_truth`, or set reward.name to "
        + "`keywords`"
    ),
    (
      #"{"prompt":"a","answer":1,"data_source":"unheard/of"}"#,
      "no reward belongs to the data_source `unheard/of`; set reward.name to one of "
        + RewardName.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        + ", or data_source to one of those in docs/rewards.md"
    ),
  ]

  @Test(
    "text that is not UTF-8 is refused with its line",
    arguments: [
      ([0x22, 0xFF, 0x22], 1), ([0x0A, 0x0A, 0xC3], 3), ([0xFF, 0xFE, 0x7B, 0x00], 1),
      (Array(row.utf8) + [0x0A, 0xED, 0xA0, 0x80], 2),
    ] as [([UInt8], Int)])
  func notUTF8(bytes: [UInt8], line: Int) {
    #expect(
      Self.refusal(Data(bytes))
        == "set.jsonl:\(line): not UTF-8; convert the file, for instance with `iconv -f latin1 -t utf8`")
  }

  @Test("a data set without rows is refused", arguments: ["", "\n", "\u{FEFF}", " \r\n\t\n"])
  func empty(text: String) {
    let reason = ": no line holds a row; put one JSON object, or in a .txt file one prompt, on each line"
    #expect(Self.refusal(Data(text.utf8)) == "set.jsonl" + reason)
    #expect(Self.refusal(Data(text.utf8), name: "p.txt", reward: RewardRule(.keywords)) == "p.txt" + reason)
  }

  @Test(
    "a file of another kind is refused with what to do",
    arguments: [
      ("a.jsonl.gz", "compressed files are not read; unpack it with `gunzip` first"),
      (
        "a.parquet",
        "Parquet is not read; convert it with `pandas.read_parquet(…).to_json(…, orient=\"records\", lines=True)`"
      ),
      ("a.csv", "unknown kind of data file; name a .jsonl file of rows or a .txt file of prompts"),
      ("jsonl", "unknown kind of data file; name a .jsonl file of rows or a .txt file of prompts"),
      ("a.json", "one JSON array; write its rows on a line each with `jq -c '.[]'`"),
    ])
  func otherKinds(name: String, advice: String) {
    #expect(Self.refusal(Data("[\(Self.row)]".utf8), name: name) == "\(name): \(advice)")
  }

  @Test("a path that is no readable file is refused")
  func noFile() {
    let directory = FileManager.default.temporaryDirectory.path
    #expect(throws: TasksError.missingFile(path: "/nowhere/a.jsonl")) {
      try DataFile.read("/nowhere/a.jsonl", reward: nil)
    }
    #expect(throws: TasksError.missingFile(path: "")) { try DataFile.read("", reward: nil) }
    #expect(throws: TasksError.directory(path: directory)) { try DataFile.read(directory, reward: nil) }
  }

  @Test("each line of a text file is a prompt")
  func promptFile() throws {
    let text = "\u{FEFF}Write a function.\r\n\n  Solve: x + 2 = 5 \n\"quoted\""
    let problems = try Self.read(text, name: "prompts.txt", reward: RewardRule(.keywords))
    #expect(
      problems.map(\.prompt) == [
        .text("Write a function."), .text("  Solve: x + 2 = 5 "), .text("\"quoted\""),
      ])
    #expect(problems.map(\.origin) == ["prompts.txt:1", "prompts.txt:3", "prompts.txt:4"])
    #expect(problems.allSatisfy { $0.dataSource == "custom" && $0.groundTruth.isEmpty })
  }

  @Test("prompts without answers need a reward that needs none")
  func promptFileReward() {
    let content = Data("Write a function.".utf8)
    #expect(
      Self.refusal(content, name: "p.txt")
        == "p.txt: prompts without answers need a reward; set reward.name to `keywords`")
    #expect(
      Self.refusal(content, name: "p.txt", reward: RewardRule(.gsm8k))
        == "p.txt: the reward `gsm8k` compares with answers, and a .txt file has none; set reward.name to `keywords`, "
        + "or give the answers in a .jsonl file")
  }
}
