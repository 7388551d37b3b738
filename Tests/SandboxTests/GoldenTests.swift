import Foundation
import Randomness
import Sandbox
import Testing

/// Cases that other systems labelled.
extension SandboxTests {
  @Suite("Golden cases of code")
  struct GoldenTests {
    @Test(
      "a program passes where the reference executor passed it, but for cheats",
      arguments: try rows("code_exec_golden.dev.jsonl"))
    func execution(row: JSONRow) throws {
      let isHumanEval = row.string("style") == "humaneval"
      let task: CodeTask =
        isHumanEval
        ? .humanEval(
          prompt: try #require(row.string("prompt")), test: try #require(row.string("test")),
          entryPoint: try #require(row.string("entry_point")))
        : .mbpp(setup: row.string("test_setup_code") ?? "", tests: row.strings("test_list"))
      // Completions are compared as they are, without looking for fences.
      let completion = try #require(row.string("completion"))
      let program = isHumanEval ? (row.string("prompt") ?? "") + completion : completion
      let sandbox = try Sandbox(.test(slots: 1, limits: SandboxLimits(callSeconds: 3, totalSeconds: 6)))
      let verdict = sandbox.evaluate(program, for: task)
      let secure = row.string("secure_expected").map { $0 == "passed" }
      #expect(verdict.isPassed == secure ?? row.boolean("passed"), "\(verdict)")
      let each = row.list("per_test").map { $0 == .boolean(true) }
      if !each.isEmpty { #expect(verdict.tests.map { $0.outcome == .passed } == each) }
    }

    @Test(
      "programs are found in responses as verl finds them", arguments: try rows("extraction_golden.dev.jsonl")
    )
    func extraction(row: JSONRow) throws {
      let text = try #require(row.string("text"))
      #expect(CodeExtraction.primeCode.program(in: text) == row.string("prime_code"))
      #expect(CodeExtraction.sandboxFusion.program(in: text) == row.string("sandbox_fusion"))
    }

    @Test(
      "solutions of public data sets pass, and nothing does not",
      arguments: try rows("humaneval_sample.jsonl") + rows("mbpp_sample.jsonl"))
    func references(row: JSONRow) throws {
      let task = try CodeTask(groundTruth: row.value)
      let solution = try #require(row.string("code") ?? row.string("canonical_solution"))
      let program = try #require(task.program(from: solution))
      let sandbox = try Sandbox(.test(slots: 1))
      let verdict = sandbox.evaluate(program, for: task)
      #expect(verdict.isPassed, "\(verdict.reason)")
      #expect(!sandbox.evaluate("", for: task).isPassed)
    }

    @Test(
      "our own rule takes the last block of Python behind the thoughts",
      arguments: [
        ("a\n```python\nx = 1\n```\nb\n```\ny = 2\n```\n```text\nno\n```", "y = 2\n"),
        ("<think>\n```python\nbad\n```\n</think>\n```py\ngood\n```", "good\n"),
        ("  ```python\n  def f():\n    return 1\n  ```", "def f():\n  return 1\n"),
        ("```python\nx = '```'\n```", "x = '```'\n"),
        ("~~~python\nx\n~~~", "x\n"),
        ("````python\n```\n````", "```\n"),
        ("```Python3\nx", "x\n"),
        ("    return x + 1\n", "    return x + 1\n"),
        ("```\n```", ""),
        ("```json\n{}\n```", ""),
        ("", ""),
      ])
    func ownRule(text: String, program: String) {
      #expect(CodeExtraction.lastBlock.program(in: text) == program)
    }

    @Test(
      "a HumanEval answer is the rest of the function, or the function with what the prompt has before it")
    func humanEvalPrograms() {
      let prompt = "import math\n\n\ndef f(x):\n    \"\"\"Doubles.\"\"\"\n"
      let task = CodeTask.humanEval(prompt: prompt, test: "", entryPoint: "f")
      #expect(task.program(from: "    return 2 * x\n") == prompt + "    return 2 * x\n")
      #expect(
        task.program(from: "```python\ndef f(x):\n    return 2 * x\n```")
          == "import math\n\n\ndef f(x):\n    return 2 * x\n")
      #expect(task.program(from: "    def f2(): pass\n") == prompt + "    def f2(): pass\n")
      #expect(task.program(from: "def f2(): pass\n") == prompt + "def f2(): pass\n")
      #expect(task.program(from: "f = abs") == "import math\n\n\nf = abs")
    }

    @Test("responses that were cut, spliced and shuffled hold a program or none, 10,000 times")
    func fuzzedResponses() throws {
      let texts = try rows("extraction_golden.dev.jsonl").compactMap { $0.string("text") }
      let task = CodeTask.humanEval(prompt: "def f(x):\n", test: "", entryPoint: "f")
      var generator = NamedGenerator(RandomName(seed: 5, purpose: .test, step: 0, ordinal: 0, sample: 0))
      for _ in 0..<10_000 {
        let response = String(decoding: spliced(texts, &generator), as: UTF8.self)
        for rule in CodeExtraction.allCases {
          let found = rule.program(in: response)
          // A program is a part of its response, but for the indentation of its block and a last line's end.
          #expect((found?.utf8.count ?? 0) <= response.utf8.count + 1)
          #expect(task.program(from: response, extraction: rule)?.isEmpty != true)
        }
      }
    }

    @Test("tests that were cut and spliced are read or refused, 10,000 times")
    func fuzzedTests() throws {
      let texts = [
        #"{"entry_point": "f", "tests": [{"args": [1, "a"], "expected": [null, 1.5e3]}]}"#,
        #"{"inputs": ["3\n"], "outputs": ["9\n"]}"#,
        #"{"fn_name": "f", "inputs": ["1\n[2]"], "outputs": ["[3]"]}"#,
        #"{"test_list": ["assert f(1)"], "test_setup_code": ""}"#, #"[{"input": "1", "output": "2"}]"#,
      ]
      var generator = NamedGenerator(RandomName(seed: 6, purpose: .test, step: 0, ordinal: 0, sample: 0))
      var readable = 0
      for _ in 0..<10_000 {
        let text = String(decoding: spliced(texts, &generator), as: UTF8.self)
        guard let task = try? CodeTask(groundTruth: text) else { continue }
        readable += 1
        #expect(task.testCount > 0)
      }
      #expect(readable > 100)
    }

    /// One of `texts`, with up to four pieces of any of them, or of odd bytes, in place of pieces of its own.
    private func spliced(_ texts: [String], _ generator: inout NamedGenerator) -> [UInt8] {
      var bytes = Array(texts[generator.next(below: texts.count)].utf8)
      for _ in 0..<generator.next(below: 5) {
        let other =
          Array(texts[generator.next(below: texts.count)].utf8) + [0, 0xff, 0x0a, 0x60, 0x60, 0x60, 0x22]
        let start = generator.next(below: other.count)
        let piece = other[start...].prefix(generator.next(below: 20))
        let place = generator.next(below: bytes.count + 1)
        bytes.replaceSubrange(place..<min(place + generator.next(below: 20), bytes.count), with: piece)
      }
      return bytes
    }

    @Test("one expression is what its function returns, in a block or bare")
    func expressions() {
      let task = CodeTask.function(entryPoint: "f", signature: "def f(x):", tests: [])
      #expect(task.program(from: "x * 2") == "def f(x):\n    return (\nx * 2\n    )\n")
      #expect(task.program(from: "```python\nx * 2\n```") == "def f(x):\n    return (\nx * 2\n\n    )\n")
    }

    @Test(
      "a response of blanks, or of other languages, holds no program",
      arguments: ["", " \n", "```sql\nx\n```"])
    func noProgram(response: String) {
      #expect(CodeTask.mbpp(setup: "", tests: []).program(from: response) == nil)
      #expect(CodeTask.humanEval(prompt: "p", test: "", entryPoint: "f").program(from: response) == nil)
    }
  }
}
