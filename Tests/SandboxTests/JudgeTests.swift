import Foundation
import Testing

@testable import Sandbox

extension SandboxTests {
  /// Responses and what is said about them.
  @Suite("Judge")
  struct JudgeTests {
    /// One in a list of responses.
    struct Case: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let response: String
      let score: Double
      let kind: CodeJudgement.Kind
      /// How the reason begins.
      let reason: String
    }

    private static let task = CodeTask.function(
      entryPoint: "double",
      tests: [1, 2, 3, 4].map { FunctionTest(arguments: [.integer($0)], expected: .integer(2 * $0)) })

    private static let limits = SandboxLimits(callSeconds: 3, totalSeconds: 10)

    @Test(
      "a response gets its score, kind, program and reason",
      arguments: [
        Case(
          testDescription: "right", response: "Sure.\n```python\ndef double(x): return 2 * x\n```", score: 1,
          kind: .correct, reason: "4 of 4 tests passed"),
        Case(
          testDescription: "half right", response: "```\ndef double(x): return 2 * min(x, 2)\n```",
          score: 0.5,
          kind: .partial, reason: "2 of 4 tests passed: another value"),
        Case(
          testDescription: "wrong", response: "```\ndef double(x): return 'x'\n```", score: 0, kind: .wrong,
          reason: "0 of 4 tests passed: another value"),
        Case(
          testDescription: "late", response: "```\ndef double(x):\n  while x > 1: pass\n  return 2\n```",
          score: 0.25, kind: .timeout, reason: "1 of 4 tests passed: took too long"),
        Case(
          testDescription: "crash", response: "```\nimport os\ndef double(x): os.abort()\n```", score: 0,
          kind: .wrong, reason: "0 of 4 tests passed: the program ended"),
        Case(
          testDescription: "exit", response: "```\nimport sys\nsys.exit(0)\n```", score: 0, kind: .wrong,
          reason: "0 of 4 tests passed: SystemExit: 0"),
        Case(
          testDescription: "no program", response: "```json\n{}\n```", score: 0, kind: .unparsed,
          reason: "no program in the response"),
        Case(
          testDescription: "prose", response: "I cannot do that.", score: 0, kind: .wrong,
          reason: "0 of 4 tests passed: SyntaxError: invalid syntax (<solution>, line 1)"),
      ])
    func judgements(row: Case) throws {
      let judge = try CodeJudge(.test(slots: 1))
      let judgement = judge.judge(row.response, for: Self.task, limits: Self.limits)
      #expect(judgement.score == row.score && judgement.kind == row.kind)
      #expect(judgement.reason == row.reason)
      #expect((judgement.program == nil) == (row.kind == .unparsed))
      #expect(judgement.tests.count == (row.kind == .unparsed ? 0 : 4))
      #expect(row.kind == .unparsed ? judgement.milliseconds == 0 : judgement.milliseconds > 0)
    }

    @Test(
      "hostile responses get the score they must, in bounded time",
      arguments: try rows("hostile_responses.jsonl"))
    func hostileResponses(row: JSONRow) throws {
      let task = try CodeTask(groundTruth: row.value)
      let judge = try CodeJudge(.test(slots: 1, limits: SandboxLimits()))
      let judgement = judge.judge(try row.generatedText(), for: task)
      #expect(judgement.kind != .error, "\(judgement.reason)")
      if let expected = row.integer("expect") { #expect(judgement.score == Double(expected)) }
      // The evaluation's own limit, the time that its processes take to end, and patience with a busy machine.
      #expect(judgement.milliseconds < 20_000)
    }

    @Test("where all tests count together, some are worth nothing")
    func allOrNothing() throws {
      let judge = try CodeJudge(.test(slots: 1), scoring: .allOrNothing)
      let half = judge.judge("```\ndef double(x): return 2 * min(x, 2)\n```", for: Self.task)
      #expect(half.score == 0 && half.kind == .wrong)
      let whole = judge.judge("```\ndef double(x): return 2 * x\n```", for: Self.task)
      #expect(whole.score == 1 && whole.kind == .correct)
    }

    @Test("every kind of task is judged by the same call")
    func kindsOfTasks() throws {
      let judge = try CodeJudge(.test(slots: 1))
      let add = "```python\ndef add(a, b): return a + b\n```"
      let tasks: [(CodeTask, String)] = [
        (addition, add),
        (
          .humanEval(
            prompt: "def add(a, b):\n", test: "def check(f):\n  assert f(1, 2) == 3", entryPoint: "add"),
          "    return a + b\n"
        ),
        (
          .standardStreams([StreamTest(input: "2 3", expected: "5\n")]),
          "print(sum(map(int, input().split())))"
        ),
        (
          .function(
            entryPoint: "add", signature: "def add(a, b):",
            tests: [FunctionTest(arguments: [.integer(1), .integer(2)], expected: .integer(3))]), "a+b"
        ),
        (try CodeTask(groundTruth: #"{"fn_name": "add", "inputs": ["1\n2"], "outputs": ["3"]}"#), add),
      ]
      for (task, response) in tasks {
        let judgement = judge.judge(response, for: task)
        #expect(judgement.kind == .correct && judgement.score == 1, "\(judgement.reason)")
      }
    }

    @Test("a sandbox that fails is an error, not the response's fault")
    func errors() throws {
      let folder = try PublicFolder()
      try folder.copy(try builtExecutable("prorl-sandbox"))
      var settings = SandboxSettings.test(slots: 1)
      settings.launcher = folder.path + "/prorl-sandbox"
      settings.isFresh = true
      let judge = try CodeJudge(settings)
      try FileManager.default.removeItem(atPath: folder.path + "/prorl-sandbox")
      let judgement = judge.judge("def double(x): return 2 * x", for: Self.task)
      #expect(judgement.kind == .error && judgement.score == 0)
      #expect(judgement.reason.contains("cannot be started"), "\(judgement.reason)")
    }

    @Test("closing waits for what runs, leaves no process, and makes errors of the rest", arguments: [1, 3])
    func closing(closers: Int) throws {
      let judge = try CodeJudge(.test(slots: 2))
      let slow = "import time\ndef double(x):\n  time.sleep(0.1)\n  return 2 * x"
      let kinds = Kinds()
      DispatchQueue.concurrentPerform(iterations: 2 + closers) { lane in
        if lane < 2 {
          kinds.add(judge.judge(slow, for: Self.task).kind)
        } else {
          usleep(150_000)
          judge.close()
        }
      }
      #expect(kinds.all.allSatisfy { $0 == .correct || $0 == .error } && kinds.all.count == 2)
      #expect(Interpreters(named: ["bwrap", "prorl-sandbox", "python3"]).ids.isEmpty)
      #expect(judge.judge(slow, for: Self.task).kind == .error)
      judge.close()
    }

    @Test("many threads may judge at once, with few slots")
    func concurrency() throws {
      let judge = try CodeJudge(.test(slots: 2))
      let kinds = Kinds()
      DispatchQueue.concurrentPerform(iterations: 24) { index in
        let factor = index.isMultiple(of: 4) ? 3 : 2
        let judgement = judge.judge("def double(x): return \(factor) * x", for: Self.task)
        if (judgement.kind == .correct) == (factor == 2) { kinds.add(judgement.kind) }
      }
      #expect(kinds.all.count == 24)
      judge.close()
    }
  }
}

/// Kinds from several threads.
private final class Kinds: @unchecked Sendable {
  // Sound, since the lock is held for every look at the list.
  private let lock = NSLock()
  private var list: [CodeJudgement.Kind] = []
  func add(_ kind: CodeJudgement.Kind) { lock.withLock { list.append(kind) } }
  var all: [CodeJudgement.Kind] { lock.withLock { list } }
}
