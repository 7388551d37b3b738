import Foundation
import Subprocesses
import Tasks
import TestSupport
import Testing

/// Programs that keep to the protocol.
@Suite("Reward programs", .enabled(if: hasPython, "these tests need python3 on the search path"))
struct ProgramRewardTests {
  static let numbers = (0..<100).map { "\($0)" }

  @Test("every response gets its own answer, with any number of processes", arguments: [1, 3])
  func pipelined(processes: Int) throws {
    let bench = try RewardBench(
      python: "for r in requests(): say(r['id'], float(r['response']), half=float(r['response']) / 2)",
      processes: processes)
    let verdicts = try bench.verdicts(Self.numbers)
    for (index, verdict) in verdicts.enumerated() {
      #expect(verdict.score == Float(index) && verdict.components == ["own": Double(index)])
      #expect(verdict.extras == ["acc": Double(index), "half": Double(index) / 2])
    }
  }

  @Test("answers may come in any order")
  func outOfOrder() throws {
    let bench = try RewardBench(
      python: """
        held = []
        for r in requests():
            held.append(r)
            if len(held) == 5:
                for h in reversed(held): say(h["id"], float(h["response"]))
                held = []
        """)
    #expect(try bench.verdicts(Self.numbers).map(\.score) == Self.numbers.compactMap { Float($0) })
  }

  @Test("a program may answer with bare numbers, one request at a time")
  func bareNumbers() throws {
    let bench = try RewardBench(
      shell: #"while read -r line; do echo "$line" | sed -E 's/.*"response": "([^"]*)".*/\1/'; done"#)
    #expect(try bench.verdicts((0..<20).map { "\($0)" }).map(\.score) == (0..<20).map { Float($0) })
  }

  @Test("a request has all that is known of the response, to the letter")
  func request() throws {
    let bench = try RewardBench(
      python: "for r in requests(): say(r.pop('id'), 1, pred=json.dumps(r, sort_keys=True))")
    let nasty = "\"\\/\u{8}\n\r\t\u{0}\u{1F}\u{7F}é線😀\u{2028}"
    let messages = Prompt.messages([
      Message(role: "system", content: nasty), Message(role: "user", content: "?"),
    ])
    let asked = problem(nasty, prompt: messages, extra: "{\"index\": 3,\n \"deep\": [1.5, null]}")
    let folder = bench.folder.file("seen")
    let echo = try RewardBench(
      python: """
        for r in requests():
            open('\(folder)', 'w').write(json.dumps(r))
            say(r['id'])
        """)
    _ = try echo.scorer().score(response: nasty, problem: asked, finished: false)
    let seen = try #require(
      try JSONSerialization.jsonObject(with: bench.folder.bytes("seen")) as? [String: Any])
    #expect(seen["response"] as? String == nasty && seen["solution_str"] as? String == nasty)
    #expect(seen["ground_truth"] as? String == nasty && seen["data_source"] as? String == "test")
    #expect(seen["finished"] as? Bool == false)
    let turns = try #require(seen["prompt"] as? [[String: String]])
    #expect(turns == [["role": "system", "content": nasty], ["role": "user", "content": "?"]])
    let extra = try #require(seen["extra_info"] as? [String: Any])
    #expect(extra["index"] as? Int == 3 && (extra["deep"] as? [Any])?.count == 2)
    #expect(try bench.verdicts(["x"])[0].extracted?.contains("\"prompt\": \"2+2=\"") == true)
  }

  @Test(
    "an answer means what it says",
    arguments: [
      ("{'score': 0.5}", 0.5, Verdict.Kind.partial, 0.5), ("{'score': -1, 'acc': False}", -1, .wrong, 0),
      ("{'score': 1, 'acc': True, 'pred': '12'}", 1, .correct, 1), ("{'score': True}", 1, .correct, 1),
      ("{'score': 0, 'kind': 'unparsed'}", 0, .unparsed, 0), ("{'score': None}", 0, .error, 0),
      ("{'score': float('nan')}", 0, .error, 0), ("{'score': float('-inf')}", 0, .error, 0),
      ("{'score': 1e39}", 0, .error, 0), ("{'score': 'high'}", 0, .error, 0), ("{'reward': 1}", 0, .error, 0),
      ("{'score': [1]}", 0, .error, 0), ("{'score': 1, 'acc': float('nan')}", 0, .error, 0),
      ("{'error': 'no such data'}", 0, .error, 0), ("{'score': 3, 'kind': 'timeout'}", 3, .timeout, 3),
    ] as [(String, Float, Verdict.Kind, Double)])
  func answers(answer: String, score: Float, kind: Verdict.Kind, accuracy: Double) throws {
    let bench = try RewardBench(
      python:
        "for r in requests(): write(json.dumps(dict(\(answer), id=r['id'], nested={'a': [1]}, text='t')))")
    let verdict = try bench.verdicts(["x"])[0]
    #expect(verdict.score == score && verdict.kind == kind && verdict.extras == ["acc": accuracy])
    #expect(!verdict.reason.isEmpty)
  }

  @Test("while a program is slow, whoever handed in goes on")
  func neverBlocks() throws {
    let bench = try RewardBench(python: "for r in requests(): time.sleep(0.3); say(r['id'])")
    let scorer = try bench.scorer()
    let start = ContinuousClock.now
    for ticket in 0..<3 { scorer.submit(response: "x", problem: problem(), finished: true, ticket: ticket) }
    #expect(scorer.take().isEmpty && scorer.waitingCount == 3)
    #expect(ContinuousClock.now - start < .milliseconds(300))
    scorer.forget([0, 2])
    #expect(scorer.waitingCount == 1)
    var scored: [RewardScorer.Scored] = []
    while scored.isEmpty {
      scorer.wait(seconds: 10)
      scored = scorer.take()
    }
    #expect(scored.map(\.ticket) == [1])
  }

  @Test("a program is ended with its scorer, by itself where it ends with its input")
  func ends() throws {
    let bench = try RewardBench(
      python: "for r in requests(): say(r['id'], os.getpid())\nopen(sys.argv[0] + '.end', 'w')")
    var scorer: RewardScorer? = try bench.scorer()
    let id = Int32(
      try #require(scorer).score(response: "", problem: problem(), finished: true).components["own"] ?? 0)
    #expect(id > 0 && FileManager.default.fileExists(atPath: "/proc/\(id)"))
    scorer = nil
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(id)"))
    #expect(FileManager.default.fileExists(atPath: bench.folder.file("program.py.end")))
  }
}
