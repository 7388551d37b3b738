import Foundation
import Subprocesses
import Tasks
import TestSupport
import Testing

/// Functions of Python files, as verl, TRL and the reference recipes write them.
@Suite("Python rewards", .enabled(if: hasPython, "these tests need python3 on the search path"))
struct PythonRewardTests {
  /// A scorer for `function` of a file with this text.
  private func scorer(
    _ text: String, _ function: String = "compute_score", seconds: Double = 30
  ) throws -> (RewardScorer, TemporaryDirectory) {
    let folder = try TemporaryDirectory()
    var program = try ProgramReward.python(path: folder.write("rewards.py", text), function: function)
    program.seconds = seconds
    return (try RewardScorer(RewardPlan([.init(name: function, source: .program(program))])), folder)
  }

  private func verdict(_ body: String, response: String = "4", seconds: Double = 30) throws -> Verdict {
    let text =
      "import os, sys, time\ndef compute_score(data_source, solution_str, ground_truth, extra_info):\n  "
    let (scorer, folder) = try scorer(text + body, seconds: seconds)
    defer { withExtendedLifetime(folder) {} }
    return try scorer.verdicts([response], problem("4", extra: "{\"k\": 3}"))[0]
  }

  @Test(
    "what a function returns becomes the verdict",
    arguments: [
      ("return 0.75", 0.75, Verdict.Kind.partial, ["acc": 0.75]), ("return True", 1, .correct, ["acc": 1]),
      ("return -1", -1, .wrong, ["acc": -1]), ("return None", 0, .error, ["acc": 0]),
      ("return {'score': -1, 'acc': False, 'pred': 'p'}", -1, .wrong, ["acc": 0]),
      ("return {'score': 0.5, 'len': 3, 'note': 'n', 'list': [1]}", 0.5, .partial, ["acc": 0.5, "len": 3]),
      ("return 1.0 if solution_str == ground_truth else 0.0", 1, .correct, ["acc": 1]),
      ("return extra_info['k'] + len(data_source)", 7, .correct, ["acc": 7]),
      ("print('noise', flush=True); return 0.5", 0.5, .partial, ["acc": 0.5]),
      (
        "os.write(1, b'1\\n'); sys.stdout.write('{\"id\": 2, \"score\": 9}\\n'); return 0.5", 0.5, .partial,
        ["acc": 0.5]
      ),
      ("os.system('echo 7'); return 0.5", 0.5, .partial, ["acc": 0.5]),
      ("return len(sys.stdin.read())", 0, .wrong, ["acc": 0]),
    ] as [(String, Float, Verdict.Kind, [String: Double])])
  func values(body: String, score: Float, kind: Verdict.Kind, extras: [String: Double]) throws {
    let verdict = try verdict(body)
    #expect(verdict.score == score && verdict.kind == kind && verdict.extras == extras, "\(verdict)")
  }

  @Test(
    "what a function does instead becomes a reason",
    arguments: [
      ("raise ValueError('no number\\nin it')", "in it"),
      ("return 1 / 0", "ZeroDivisionError: division by zero"),
      ("sys.exit(3)", "SystemExit: 3"), ("raise KeyboardInterrupt", "KeyboardInterrupt"),
      ("os._exit(4)", "ended with exit code 4"), ("return 'high'", "returned str, neither a number"),
      ("return {'acc': 1}", "has no `score`"), ("return {'score': 'x'}", "is no number"),
      ("return float('nan')", "the score is nan"), ("return 10 ** 400", "OverflowError"),
      ("return compute_score(data_source, solution_str, ground_truth, extra_info)", "RecursionError"),
      ("raise Exception('\\ud800')", "Exception: ?"), ("return {'score': 1, 'id': 7, 'error': 'x'}", ""),
    ])
  func failures(body: String, reason: String) throws {
    let verdict = try verdict(body)
    #expect(reason.isEmpty ? verdict.kind == .correct : verdict.kind == .error && verdict.score == 0)
    #expect(reason.isEmpty || verdict.reason.contains(reason), "\(verdict.reason)")
  }

  @Test("an endless loop is an error, and the next response is scored")
  func endless() throws {
    let (scorer, folder) = try scorer(
      "def compute_score(solution_str, **others):\n  while solution_str == 'bad': pass\n  return 1",
      seconds: 0.5)
    let verdicts = try scorer.verdicts(["good", "bad", "good"], problem())
    #expect(verdicts.map(\.kind) == [.correct, .error, .correct])
    #expect(verdicts[1].reason == "did not answer within 0.5 s")
    withExtendedLifetime(folder) {}
  }

  @Test(
    "a function is called by the names of its parameters",
    arguments: [
      ("def compute_score(solution_str, ground_truth): return solution_str + ground_truth == 'r4'"),
      ("def compute_score(response, ground_truth, task_metadata): return response == 'r' and task_metadata == {'k': 3}"),
      ("def compute_score(prompt, response): return prompt == '2+2=' and response == 'r'"),
      ("def compute_score(**kwargs): return sorted(kwargs) == ['data_source', 'extra_info', 'ground_truth', 'solution_str']"),
      ("def compute_score(solution_str, scale=2, *, ground_truth): return scale == 2"),
      ("async def compute_score(solution_str): return solution_str == 'r'"),
      ("def compute_score(completions, k, **kwargs): return [c == 'r' and n == 3 for c, n in zip(completions, k)]"),
      ("def compute_score(prompts, completions, solution): return [float(prompts + completions + solution == ['2+2=', 'r', '4'])]"),
      ("class Scorer:\n  def __call__(self, solution_str): return 1\ncompute_score = Scorer()"),
      ("import helper\ncompute_score = helper.score"),
    ])
  func signatures(text: String) throws {
    let folder = try TemporaryDirectory()
    try folder.write(
      "helper.py", "def score(data_source, solution_str, ground_truth, extra_info=None): return 1")
    let program = try ProgramReward.python(path: folder.write("rewards.py", text), function: "compute_score")
    let scorer = try RewardScorer(RewardPlan([.init(name: "own", source: .program(program))]))
    let verdict = try scorer.verdicts(["r"], problem("4", extra: "{\"k\": 3}"))[0]
    #expect(verdict.score == 1, "\(verdict)")
  }

  @Test("an answer that is no text is what the row has")
  func answersOfOtherKinds() throws {
    let (scorer, folder) = try scorer(
      "def compute_score(ground_truth): return ground_truth == {'a': [1, None]}")
    let asked = Problem(
      dataSource: "test", prompt: .text("?"), groundTruth: #"{"a":[1,null]}"#, isGroundTruthJSON: true,
      reward: RewardRule(.ofTheRun), origin: "test")
    #expect(try scorer.verdicts(["r"], asked)[0].score == 1)
    #expect(try scorer.verdicts(["r"], problem(#"{"a":[1,null]}"#))[0].score == 0)
    withExtendedLifetime(folder) {}
  }

  @Test("TRL's functions see a conversation as one")
  func conversation() throws {
    let (scorer, folder) = try scorer(
      "def compute_score(completions, **kwargs): return [c[0]['content'] == 'r' and c[0]['role'] == 'assistant' for c in completions]"
    )
    let asked = problem(prompt: .messages([Message(role: "user", content: "?")]))
    #expect(try scorer.verdicts(["r"], asked)[0].score == 1)
    withExtendedLifetime(folder) {}
  }

  @Test(
    "a file that cannot be used is refused before training",
    arguments: [
      ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
      ("def f(:", "SyntaxError"),
      ("raise SystemExit(2)", "SystemExit: 2"), ("x = 1", "defines no function compute_score"),
      ("compute_score = 3", "defines no function compute_score"),
      ("def compute_score(answer, mystery): return 1", "needs a parameter `answer`"),
      ("def compute_score(solution_str, /): return 1", "cannot be given by name"),
    ])
  func refusals(text: String, reason: String) {
    do {
      _ = try scorer(text)
      Issue.record("it is not refused")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }

  @Test("a file or an interpreter that is not there is named")
  func missing() throws {
    let program = try ProgramReward.python(path: "/no/such.py", function: "compute_score")
    #expect {
      try RewardScorer(RewardPlan([.init(name: "own", source: .program(program))]))
    } throws: {
      "\($0)".contains("there is no Python file /no/such.py")
    }
    #expect(throws: SubprocessError.missing(name: "no-python")) {
      try ProgramReward.python(path: "x.py", function: "f", interpreter: "no-python")
    }
  }

  @Test("the first prints of a file that is imported do no harm")
  func importNoise() throws {
    let (scorer, folder) = try scorer(
      "print('hello')\nprint('{\"id\": 1, \"score\": 5}', flush=True)\ndef compute_score(**k): return 1")
    #expect(try scorer.verdicts(["a", "b"], problem()).map(\.score) == [1, 1])
    withExtendedLifetime(folder) {}
  }
}
