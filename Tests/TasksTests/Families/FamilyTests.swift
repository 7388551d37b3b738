import Sandbox
import Tasks
import TestSupport
import Testing

/// A row with a response and what it should come to.
struct FamilyCase: Sendable, CustomTestStringConvertible {
  let row: String
  let response: String
  let score: Float
  let kind: Verdict.Kind

  init(_ row: String, _ response: String, _ score: Float, _ kind: Verdict.Kind) {
    self.row = row
    self.response = response
    self.score = score
    self.kind = kind
  }

  var testDescription: String { "\(response.prefix(40).debugDescription) for \(row.prefix(60))" }
}

/// A row of JSON with the ground truth as it stands, and extra info.
func row(_ dataSource: String, _ truth: String, extra: String = "{}") -> String {
  """
  {"data_source": "\(dataSource)", "prompt": "?", "reward_model": {"ground_truth": \(truth)}, "extra_info": \(extra)}
  """
}

@Suite("Rows of the task families")
struct FamilyTests {
  static let mathematics = [
    FamilyCase(row("openai/gsm8k", #""72""#), "so #### 72", 1, .correct),
    FamilyCase(row("openai/gsm8k", #""72""#), "so #### 71", 0, .wrong),
    FamilyCase(row("openai/gsm8k", #""72""#), "so 72", 0, .unparsed),
    FamilyCase(row("lighteval/MATH", #""\\frac{1}{2}""#), #"\boxed{\frac12}"#, 1, .correct),
    FamilyCase(row("HuggingFaceH4/MATH-500", #""\\frac{1}{2}""#), #"\boxed{0.25}"#, 0, .wrong),
    FamilyCase(row("math_dapo", #""34""#), "Answer: 34", 1, .correct),
    FamilyCase(row("aime2024", #""34""#), "Answer: 35", -1, .wrong),
    FamilyCase(row("math_verify", #""\\frac{1}{2}""#), "so it is $\\boxed{0.5}$", 1, .correct),
    FamilyCase(row("prorl/math", #""x^2-1""#), #"\boxed{(x-1)(x+1)}"#, 1, .correct),
    FamilyCase(row("prorl/math", #""7""#), #"\boxed{10^{10^{10}}}"#, 0, .wrong),
    FamilyCase(row("numina_olympiads", #""12""#), "The answer is 12", 1, .correct),
    FamilyCase(
      row("searchR1_nq", #"{"target": ["Paris", "Lutetia"]}"#), "<answer>the paris.</answer>", 1, .correct),
    FamilyCase(row("searchR1_nq", #""Paris""#), "Paris", 0, .unparsed),
  ]

  static let others = [
    FamilyCase(
      row("prorl/stem", #"{"value": 0.5, "unit": "km", "rel_tol": 0.01}"#), #"\boxed{500\ \text{m}}"#, 1,
      .correct),
    FamilyCase(row("prorl/stem", #"{"value": 5, "unit": "J"}"#), #"\boxed{5 \text{N}}"#, 0, .wrong),
    FamilyCase(row("prorl/stem", #"{"choice": "B"}"#), "Answer: (B)", 1, .correct),
    FamilyCase(
      row("prorl/logic", #"{"task": "gcd", "metadata": {}, "answer": "12"}"#), "<answer>12</answer>", 1,
      .correct),
    FamilyCase(row("reasoning_gym/gcd", #""12""#, extra: #"{"metadata": {}}"#), "13", 0, .wrong),
    FamilyCase(
      row(
        "ifeval", #""""#,
        extra: #"{"instruction_id_list": ["punctuation:no_comma", "startend:quotation"], "kwargs": [{}, {}]}"#
      ),
      "no commas here", 0, .wrong),
    FamilyCase(
      row(
        "prorl/instruction",
        #"{"instruction_id_list": ["punctuation:no_comma", "startend:quotation"], "kwargs": [{}, {}]}"#),
      "no commas here", 0.5, .partial),
    FamilyCase(
      row(
        "ifeval", #""""#,
        extra: #"{"instruction_id_list": ["startend:quotation"], "kwargs": [{}], "mode": "loose"}"#),
      "Sure:\n\"all of it\"", 1, .correct),
  ]

  @Test("go to the verifier that their data source names", arguments: mathematics + others)
  func verdicts(item: FamilyCase) throws {
    let problem = try DataFile.row(item.row, path: "rows", line: 1)
    let verdict = RewardScorer().score(response: item.response, problem: problem, finished: true)
    #expect(verdict.score == item.score && verdict.kind == item.kind, "\(verdict)")
    #expect(verdict.extras["acc"] == Double(max(0, item.score)))
  }

  @Test(
    "that nothing can score are refused with their place and the reason",
    arguments: [
      (row("prorl/stem", #"{"volume": 3}"#), "{\"choice\"}"),
      (row("prorl/logic", #""12""#), "no puzzle is named"),
      (row("ifeval", #""""#), "`instruction_id_list` is missing"),
      (
        row("ifeval", #""""#, extra: #"{"instruction_id_list": ["poetry:rhyme"], "kwargs": [{}]}"#),
        "poetry:rhyme"
      ),
      (row("prorl/code", #""12""#), "no tests of code"),
      (row("prorl/math", #"" ""#), "the answer is empty"),
    ])
  func faults(row: String, reason: String) {
    let error = #expect(throws: TasksError.self) { try DataFile.row(row, path: "rows.jsonl", line: 7) }
    let sentence = error?.description ?? ""
    #expect(sentence.hasPrefix("rows.jsonl:7: the reward ") && sentence.contains(reason), "\(sentence)")
  }

  @Test("whose responses wait do not keep those of quick rewards waiting")
  func slowVerdictsComeBeside() throws {
    let scorer = RewardScorer()
    let quick = try DataFile.row(row("openai/gsm8k", #""72""#), path: "rows", line: 1)
    let slow = try DataFile.row(row("prorl/math", #""72""#), path: "rows", line: 1)
    scorer.submit(response: "72", problem: slow, finished: true, ticket: 1)
    scorer.submit(response: "#### 72", problem: quick, finished: true, ticket: 2)
    var verdicts = scorer.take()
    #expect(verdicts.contains { $0.ticket == 2 })
    while verdicts.count < 2 {
      scorer.wait(seconds: 1)
      verdicts += scorer.take()
    }
    #expect(verdicts.allSatisfy { $0.verdict.score == 1 } && scorer.waitingCount == 0)
  }

  @Test("that were taken back have no verdict")
  func forgotten() throws {
    let scorer = RewardScorer()
    let slow = try DataFile.row(row("prorl/math", #""72""#), path: "rows", line: 1)
    for ticket in 0..<20 { scorer.submit(response: "72", problem: slow, finished: true, ticket: ticket) }
    scorer.forget(Set(0..<19))
    var verdicts = scorer.take()
    while verdicts.isEmpty {
      scorer.wait(seconds: 1)
      verdicts += scorer.take()
    }
    #expect(verdicts.map(\.ticket) == [19] && scorer.waitingCount == 0)
  }
}

@Suite("Rows of code")
struct CodeRowTests {
  static let double = row(
    "prorl/code",
    #"{"entry_point": "f", "tests": [{"args": [1], "expected": 2}, {"args": [4], "expected": 8}]}"#)
  static let expression = row(
    "prorl/code",
    #"{"entry_point": "f", "signature": "def f(x):", "tests": [{"args": [1], "expected": 2}]}"#)
  static let streams = row(
    "taco", #""{\"inputs\": [\"3\\n\", \"4\\n\"], \"outputs\": [\"9\\n\", \"16\\n\"]}""#)
  static let humanEval = row(
    "humaneval", #""f""#,
    extra: #"{"prompt": "def f(x):\n", "entry_point": "f", "test": "def check(g):\n    assert g(2) == 4\n"}"#)
  static let mbpp = row(
    "mbpp", #""""#, extra: #"{"test_list": ["assert f(1) == 2", "assert f(0) == 0"], "test_setup_code": ""}"#)

  static let cases = [
    FamilyCase(double, "```python\ndef f(x):\n    return 2 * x\n```", 1, .correct),
    FamilyCase(double, "```python\ndef f(x):\n    return x + 1\n```", 0.5, .partial),
    FamilyCase(double, "```python\nimport os\nos._exit(0)\n```", 0, .wrong),
    FamilyCase(double, "```python\ndef f(x):\n    while True: pass\n```", 0, .timeout),
    FamilyCase(double, "```", 0, .unparsed),
    FamilyCase(expression, "x + x", 1, .correct),
    FamilyCase(streams, "```python\nprint(int(input()) ** 2)\n```", 1, .correct),
    FamilyCase(streams, "```python\nprint(9)\n```", 0.5, .partial),
    FamilyCase(humanEval, "    return x * x\n", 1, .correct),
    FamilyCase(mbpp, "def f(x):\n    return 2 * x", 1, .correct),
  ]

  @Test("are scored in a sandbox by what their programs do")
  func verdicts() throws {
    var plan = RewardPlan()
    plan.sandbox = SandboxSettings(
      limits: SandboxLimits(callSeconds: 2, totalSeconds: 4), launcher: try builtExecutable("prorl-sandbox"))
    let scorer = try RewardScorer(plan)
    try scorer.startSandbox()
    for item in Self.cases {
      let problem = try DataFile.row(item.row, path: "rows", line: 1)
      let verdict = scorer.score(response: item.response, problem: problem, finished: true)
      #expect(verdict.score == item.score && verdict.kind == item.kind, "\(item.testDescription): \(verdict)")
    }
  }

  @Test("have the verdict error where no sandbox can be had")
  func withoutSandbox() throws {
    var plan = RewardPlan()
    plan.sandbox = SandboxSettings(launcher: "/nowhere/prorl-sandbox")
    let scorer = try RewardScorer(plan)
    #expect(throws: SandboxError.self) { try scorer.startSandbox() }
    let problem = try DataFile.row(Self.double, path: "rows", line: 1)
    let verdict = scorer.score(response: "def f(x): return 2 * x", problem: problem, finished: true)
    #expect(verdict.kind == .error && verdict.reason.contains("prorl-sandbox"))
    #expect(plan.needsSandbox(for: [problem]))
  }
}
