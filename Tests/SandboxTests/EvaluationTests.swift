import CodeProblems
import Foundation
import Randomness
import Testing

@testable import Sandbox

extension SandboxTests {
  /// Verdicts on programs that are right, wrong, late or gone.
  @Suite("Evaluation")
  struct EvaluationTests {
    private func verdict(
      _ program: String, _ task: CodeTask,
      _ limits: SandboxLimits = SandboxLimits(callSeconds: 20, totalSeconds: 40)
    ) throws -> CodeVerdict {
      try Sandbox(.test(slots: 1, limits: limits)).evaluate(program, for: task)
    }

    private func calls(_ name: String, _ tests: [([PlainValue], PlainValue)]) -> CodeTask {
      .function(entryPoint: name, tests: tests.map { FunctionTest(arguments: $0.0, expected: $0.1) })
    }

    @Test("the share of calls answered rightly is the score, each with its reason")
    func fractions() throws {
      let task = calls(
        "f",
        [
          ([.integer(1)], .integer(2)), ([.integer(2)], .integer(4)), ([.integer(0)], .integer(0)),
          ([.text("a")], .integer(0)),
        ])
      let verdict = try verdict("def f(x):\n  return {1: 2, 2: 5}[x] if x else int('0')", task)
      #expect(verdict.tests.map(\.outcome) == [.passed, .failed, .passed, .failed])
      #expect(verdict.fraction == 0.5 && !verdict.isPassed && verdict.outcome == .failed)
      #expect(verdict.tests[1].reason == "another value" && verdict.tests[3].reason == "KeyError: 'a'")
    }

    @Test("a process that ends is begun anew for the next call, with nothing remembered")
    func restarts() throws {
      let program = """
        import os
        seen = []
        def f(x):
            seen.append(x)
            if x == 1: os._exit(0)
            return seen
        """
      let task = calls(
        "f",
        [
          ([.integer(0)], .list([.integer(0)])), ([.integer(1)], .none),
          ([.integer(2)], .list([.integer(2)])),
        ])
      #expect(try verdict(program, task).tests.map(\.outcome) == [.passed, .failed, .passed])
    }

    @Test("a late call ends the evaluation, and the rest counts as late")
    func timeouts() throws {
      let task = calls(
        "f", [([.integer(0)], .integer(0)), ([.integer(1)], .integer(1)), ([.integer(2)], .integer(2))])
      let verdict = try verdict(
        "import time\ndef f(x):\n  if x == 1: time.sleep(99)\n  return x", task,
        SandboxLimits(callSeconds: 2, totalSeconds: 30))
      #expect(verdict.tests.map(\.outcome) == [.passed, .timeout, .timeout])
      #expect(verdict.outcome == .timeout)
    }

    @Test("a method of a class Solution answers for a function")
    func contestStyle() throws {
      let task = calls(
        "twoSum", [([.list([.integer(2), .integer(7)]), .integer(9)], .list([.integer(0), .integer(1)]))])
      let program = "class Solution:\n  def twoSum(self, xs, target):\n    return [0, 1]"
      #expect(try verdict(program, task).isPassed)
    }

    @Test("an expected list of one element stands for the element where the data say so, a longer one never")
    func wrapped() throws {
      let wrapped = try CodeTask(
        groundTruth: #"{"fn_name": "f", "inputs": ["1", "2"], "outputs": ["[1]", "[2, 3]"]}"#)
      #expect(try verdict("def f(x): return x", wrapped).tests.map(\.outcome) == [.passed, .failed])
      let own = calls("f", [([.integer(1)], .list([.integer(1)]))])
      #expect(try !verdict("def f(x): return x", own).isPassed)
    }

    @Test("answers in contest style find the names that verl imports for them, and only by its rule")
    func usualImports() throws {
      let task = try CodeTask(groundTruth: #"{"fn_name": "f", "inputs": ["[4, 9]"], "outputs": ["[2, 3]"]}"#)
      let response =
        "```python\nclass Solution:\n  def f(self, xs: List[int]):\n    return [int(sqrt(x)) for x in xs]\n```"
      let prime = try #require(task.program(from: response, extraction: .primeCode))
      let bare = try #require(task.program(from: response))
      #expect(try verdict(prime, task).isPassed)
      #expect(try !verdict(bare, task).isPassed)
      let future = "```python\nfrom __future__ import annotations\n```"
      #expect(task.program(from: future, extraction: .primeCode)?.hasPrefix("\nfrom __future__") == true)
    }

    @Test("no tests, and a program that is too long, pass nothing")
    func nothingToPass() throws {
      #expect(try !verdict("", .function(entryPoint: "f", tests: [])).isPassed)
      let long = "def add(a, b): return a + b\n#" + String(repeating: "x", count: 200_000)
      #expect(try verdict(long, addition).reason == "a program of more than 100 KiB")
    }

    @Test("a solution that changes its arguments must pass with and without the changes")
    func changedArguments() throws {
      // Makes both sides of a comparison empty.
      let cheat = "def f(xs):\n  xs.clear()\n  return []"
      let task = CodeTask.mbpp(setup: "", tests: ["ys = [3, 1]\nassert f(ys) == sorted(ys)"])
      #expect(try !verdict(cheat, task).isPassed)
      let honest = "def f(xs):\n  return sorted(xs)"
      #expect(try verdict(honest, task).isPassed)
      let spoils = "def f(xs):\n  xs.append(0)\n  return sorted(xs[:-1])"
      let looks = CodeTask.mbpp(
        setup: "", tests: ["ys = [3, 1]\nassert f(ys) == [1, 3]\nassert ys == [3, 1]"])
      #expect(try verdict(honest, looks).isPassed)
      #expect(try !verdict(spoils, looks).isPassed)
    }

    @Test(
      "tests may use what a solution makes: objects, exceptions, built-in names",
      arguments: [
        (
          "class A:\n  def __init__(s, x): s.x = x\n  def double(s): return 2 * s.x",
          "assert A(3).double() == 6 and A(4).x == 4"
        ),
        (
          "class N:\n  def __init__(s, v): s.v = v; s.next = None\ndef total(n):\n  return n.v + (total(n.next) if n.next else 0)",
          "a = N(1)\na.next = N(2)\nassert total(a) == 3"
        ),
        (
          "def f(x):\n  if x < 0: raise ValueError('no')\n  return x",
          "try:\n  f(-1)\n  assert False\nexcept ValueError as e:\n  assert str(e) == 'no'"
        ),
        ("def sum(a, b): return a - b", "assert sum(5, 3) == 2"),
        ("def g(n):\n  for i in range(n): yield i", "assert list(g(3)) == [0, 1, 2]"),
        (
          "import collections\ndef c(s): return collections.Counter(s)", "assert c('aab') == {'a': 2, 'b': 1}"
        ),
        ("import re\ndef m(s): return re.match('a+', s)", "assert m('aa') and not m('b')"),
        ("def t(x): return type(x)", "assert t(1) is int"),
      ])
    func conversations(program: String, test: String) throws {
      let verdict = try verdict(program, .mbpp(setup: "", tests: [test]))
      #expect(verdict.isPassed, "\(verdict.reason)")
    }

    @Test(
      "exceptions cannot end the tests' own loops",
      arguments: ["StopIteration", "GeneratorExit", "StopAsyncIteration", "SystemExit", "KeyboardInterrupt"])
    func exceptions(name: String) throws {
      let program = "class E(\(name)): pass\ndef f(x): raise E(1)"
      let tests = ["assert all(map(f, [1, 2]))", "assert list(map(f, [1])) == []"]
      #expect(try verdict(program, .mbpp(setup: "", tests: tests)).fraction == 0)
    }

    @Test("a sandbox that was written into is not used again")
    func scratchIsFresh() throws {
      let sandbox = try Sandbox(.test(slots: 1))
      let task = CodeTask.mbpp(setup: "", tests: ["assert f()"])
      let program =
        "import os\ndef f():\n  fresh = not os.listdir('.')\n  open('mark', 'w').write('x')\n  return fresh"
      guard sandbox.tier == .namespaces else { return }
      for _ in 0..<4 { #expect(sandbox.evaluate(program, for: task).isPassed) }
    }

    @Test("evaluations at the same time do not disturb each other")
    func concurrency() throws {
      let sandbox = try Sandbox(.test(slots: 3))
      let wrong = Counter()
      DispatchQueue.concurrentPerform(iterations: 60) { index in
        let task = calls("f", [([.integer(index)], .integer(index + 1))])
        let program =
          "import time\ndef f(x):\n  time.sleep(0.01)\n  return x + \(index.isMultiple(of: 3) ? 2 : 1)"
        if sandbox.evaluate(program, for: task).isPassed == index.isMultiple(of: 3) { wrong.increase() }
      }
      #expect(wrong.count == 0)
    }

    @Test("a program that nobody can read as text is judged all the same")
    func oddPrograms() throws {
      for program in ["\u{0}", "def f(:\n", String(repeating: "(", count: 50_000), "\u{feff}x = 1", "return"]
      {
        let verdict = try verdict(program, addition)
        #expect(verdict.fraction == 0 && verdict.outcome == .failed, "\(verdict.reason)")
      }
    }

    @Test("our problems' own solutions pass their tests, and constants do not", arguments: 0...5)
    func ownProblems(difficulty: Int) throws {
      let sandbox = try Sandbox(.test(slots: 1))
      let problems = CodeProblem.distinct(20, difficulties: [difficulty]) {
        RandomName(seed: 3, purpose: .test, step: difficulty, ordinal: $0, sample: 0)
      }
      #expect(problems.count == 20)
      for problem in problems {
        let task = try CodeTask(groundTruth: problem.groundTruth)
        let program = try #require(task.program(from: problem.exampleAnswer))
        let verdict = sandbox.evaluate(program, for: task)
        #expect(verdict.isPassed, "\(problem.identity): \(verdict.reason)")
        let constant = "\(problem.signature)\n    return \(problem.hiddenTests[0].expected.python)\n"
        #expect(!sandbox.evaluate(constant, for: task).isPassed, "\(problem.identity)")
      }
    }

    @Test(
      "tests are read as verl and others write them",
      arguments: [
        (
          "{\"inputs\": [\"3\\n\"], \"outputs\": [\"9\\n\"]}",
          CodeTask.standardStreams([StreamTest(input: "3\n", expected: "9\n")])
        ),
        (
          "[{\"input\": \"1\", \"output\": \"2\"}]", .standardStreams([StreamTest(input: "1", expected: "2")])
        ),
        (
          "{\"fn_name\": \"f\", \"inputs\": [\"1\\n[2]\"], \"outputs\": [\"[3]\"]}",
          .function(
            entryPoint: "f",
            tests: [
              FunctionTest(
                arguments: [.integer(1), .list([.integer(2)])], expected: .list([.integer(3)]),
                mayBeWrapped: true)
            ])
        ),
        ("{\"assert_case\": [\"assert f(1)\"]}", .mbpp(setup: "", tests: ["assert f(1)"])),
        (
          "{\"entry_point\": \"f\", \"tests\": [{\"args\": [1], \"expected\": null}]}",
          .function(entryPoint: "f", tests: [FunctionTest(arguments: [.integer(1)], expected: .none)])
        ),
        (
          "{\"entry_point\": \"f\", \"signature\": \"def f():\", \"tests\": [{\"args\": [], \"expected\": 1}]}",
          .function(
            entryPoint: "f", signature: "def f():",
            tests: [FunctionTest(arguments: [], expected: .integer(1))])
        ),
        (
          "{\"task_id\": \"HumanEval/900\", \"prompt\": \"def f():\\n\", \"entry_point\": \"f\", \"test\": \"t\"}",
          .humanEval(prompt: "def f():\n", test: "t", entryPoint: "f")
        ),
        (
          "{\"test_list\": [\"assert f()\"], \"test_setup_code\": \"x = 1\"}",
          .mbpp(setup: "x = 1", tests: ["assert f()"])
        ),
        (
          "{\"test_list\": [\"assert f()\"], \"test_imports\": [\"import math\"]}",
          .mbpp(setup: "import math\n", tests: ["assert f()"])
        ),
      ])
    func groundTruths(json: String, task: CodeTask) throws {
      #expect(try CodeTask(groundTruth: json) == task)
    }

    @Test(
      "tests that cannot be read are refused with a sentence",
      arguments: [
        "", "{}", "[]", "{\"inputs\": [1], \"outputs\": [\"a\"]}", "{\"inputs\": [], \"outputs\": [\"a\"]}",
        "[1]", "{\"assert_case\": [1]}", "{\"test_list\": [null]}", "{\"test_list\": []}",
      ])
    func noTests(json: String) {
      #expect(throws: GroundTruthError.self) { try CodeTask(groundTruth: json) }
    }
  }
}

/// Counts from several threads.
private final class Counter: @unchecked Sendable {
  // Sound, since the lock is held for every look at the number.
  private let lock = NSLock()
  private var number = 0
  func increase() { lock.withLock { number += 1 } }
  var count: Int { lock.withLock { number } }
}
