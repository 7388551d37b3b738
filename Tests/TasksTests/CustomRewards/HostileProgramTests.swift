import Foundation
import Subprocesses
import Tasks
import TestSupport
import Testing

/// Programs that do not keep to the protocol: a verdict with a reason, in bounded time, for every response.
@Suite("Hostile reward programs", .enabled(if: hasPython, "these tests need python3 on the search path"))
struct HostileProgramTests {
  /// Why `bench`'s program is refused before training.
  private func refusal(_ bench: RewardBench) -> String {
    do {
      _ = try bench.scorer()
      return "it is not"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "a program that fails the test at start is refused with what it did",
    arguments: [
      ("exit 0", "ended with exit code 0"),
      ("echo 'no module' >&2; exit 3", "ended with exit code 3: no module"),
      ("kill -9 $$", "was killed by signal 9"), ("sleep 100", "was not ready within 0.5 s"),
      ("echo loading; sleep 100", "wrote `loading` to its standard output"),
      ("exec >&-; sleep 100", "closed its"),
      ("exec <&-; sleep 100", "s"), ("head -c 200000 /dev/zero; sleep 9", "a line of more than"),
      ("yes", "wrote `y`"), ("echo '{\"id\": 77, \"score\": 1}'; sleep 9", "another id"),
      ("echo '[1]'; sleep 9", "no answer"), ("yes >&2", "was not ready within 0.5 s: y"),
      ("sleep 100 & exit 4", "ended with exit code 4"), ("read line; echo \"$line\"; sleep 9", "no `score`"),
    ])
  func refusedAtStart(script: String, reason: String) throws {
    let text = refusal(try RewardBench(shell: script, startSeconds: 0.5))
    if script.hasPrefix("read") {
      // An echo answers with the right id and no score: it is alive, and its verdicts are errors.
      #expect(text == "it is not")
    } else {
      #expect(
        text.hasPrefix("the reward `own` cannot be used: program.sh ") && text.contains(reason), "\(text)")
    }
  }

  @Test("an interpreter that is not there is named")
  func badInterpreter() throws {
    let bench = try RewardBench(shell: "")
    try bench.folder.write("program.sh", "#!/no/such/interpreter\n")
    #expect(refusal(bench).contains("cannot be started (No such file or directory)"))
  }

  /// What a program does with a response `bad`, and the verdict on it.
  struct Case: Sendable, CustomTestStringConvertible {
    let deed: String
    let kind: Verdict.Kind
    let reason: String
    var testDescription: String { deed }
  }

  static let deeds = [
    Case(deed: "time.sleep(1000)", kind: .error, reason: "did not answer within 1.0 s"),
    Case(deed: "sys.exit(0)", kind: .error, reason: "ended with exit code 0"),
    Case(deed: "print('why', file=sys.stderr); os._exit(5)", kind: .error, reason: "exit code 5: why"),
    Case(deed: "os.kill(os.getpid(), 11)", kind: .error, reason: "killed by signal 11"),
    Case(deed: "os.kill(os.getpid(), 19)", kind: .error, reason: "did not answer"),
    Case(deed: "write('rubbish')", kind: .error, reason: "wrote `rubbish`"),
    Case(deed: "write('1.0')", kind: .error, reason: "answered without an id"),
    Case(deed: "sys.stdout.buffer.write(b'\\xff' * 999 + b'\\n')", kind: .error, reason: "no answer"),
    Case(deed: "say(10**6)", kind: .error, reason: "an id that it was not asked with"),
    Case(deed: "say('x')", kind: .error, reason: "no answer"),
    Case(deed: "write('{' * 10**7)", kind: .error, reason: "a line of more than 65536 bytes"),
    Case(deed: "write('[' * 60000)", kind: .error, reason: "no answer"),
    Case(
      deed: "sys.stdout.flush(); os.close(1); time.sleep(9)", kind: .error,
      reason: "closed its standard output"),
    Case(deed: "os.close(0); time.sleep(9)", kind: .error, reason: "did not answer"),
    Case(deed: "[say(1) for _ in range(2000)]", kind: .error, reason: "again and again"),
    Case(deed: "os.fork() or time.sleep(1000); sys.exit(6)", kind: .error, reason: "exit code 6"),
    Case(
      deed: "[print('x' * 10**5, file=sys.stderr) for _ in range(100)]; sys.exit(1)", kind: .error,
      reason: "xxx"),
  ]

  @Test(
    "the one response at which a program fails gets the verdict, all others their answers", arguments: deeds)
  func oneBadResponse(example: Case) throws {
    let bench = try RewardBench(
      python: """
        for r in requests():
            if r["response"] == "bad":
                \(example.deed)
            say(r["id"], float(r["ground_truth"]))
        """, seconds: 1)
    let responses = (0..<12).map { $0 == 5 ? "bad" : "good \($0)" }
    for (index, verdict) in try bench.verdicts(responses, truth: "0.25").enumerated() {
      if index == 5 {
        #expect(verdict.score == 0 && verdict.kind == example.kind, "\(verdict)")
        #expect(verdict.reason.contains(example.reason), "\(verdict.reason)")
      } else {
        #expect(verdict.score == 0.25 && verdict.kind == .partial, "\(index): \(verdict)")
      }
    }
  }

  @Test("a program that ends after every few requests answers them all", arguments: [1, 2, 7])
  func shortLived(count: Int) throws {
    let bench = try RewardBench(
      python: """
        for i, r in enumerate(requests()):
            say(r["id"], float(r["response"]))
            if i + 1 == \(count): break
        """)
    let numbers = (0..<15).map { "\($0)" }
    #expect(try bench.verdicts(numbers).map(\.score) == numbers.compactMap { Float($0) })
  }

  @Test("answers given twice, late or to others are never taken for another's")
  func duplicates() throws {
    let bench = try RewardBench(
      python: """
        last = None
        for r in requests():
            if last: say(last, 99)
            say(r["id"], float(r["response"]))
            say(r["id"], 77)
            last = r["id"]
        """)
    let numbers = (0..<50).map { "\($0)" }
    #expect(try bench.verdicts(numbers).map(\.score) == numbers.compactMap { Float($0) })
  }

  @Test("of bare answers given twice at once the second ends the process, not the run")
  func bareTwice() throws {
    let bench = try RewardBench(shell: "while read -r line; do printf '1\\n1\\n'; done")
    let text = refusal(bench)
    #expect(text == "it is not" || text.contains("answered twice"))
  }

  @Test("a program that passes the test and then always fails gives verdicts in bounded time")
  func alwaysFails() throws {
    let bench = try RewardBench(python: "for r in requests(): sys.exit('broken')")
    for verdict in try bench.verdicts((0..<4).map { "\($0)" }) {
      #expect(verdict.kind == .error && verdict.reason == "ended with exit code 1: broken")
    }
  }

  @Test("a program that cannot be started again is given up, and says so")
  func givenUp() throws {
    let bench = try RewardBench(
      python: """
        if os.path.exists(sys.argv[0] + ".began"): sys.exit("no second time")
        open(sys.argv[0] + ".began", "w")
        for r in requests(): sys.exit(1)
        """)
    let scorer = try bench.scorer()
    for verdict in try scorer.verdicts((0..<50).map { "\($0)" }, problem()) {
      #expect(
        verdict.kind == .error && verdict.reason.contains("cannot be started again: ended with exit code 1"))
    }
    let start = ContinuousClock.now
    #expect(try scorer.verdicts(["x"], problem())[0].kind == .error)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("a scorer ends at once though its program hangs and ignores signals")
  func endsAtOnce() throws {
    let bench = try RewardBench(
      python: """
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for r in requests(): time.sleep(1000)
        """, seconds: 1000)
    var scorer: RewardScorer? = try bench.scorer()
    scorer?.submit(response: "x", problem: problem(), finished: true, ticket: 1)
    let start = ContinuousClock.now
    scorer = nil
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("a request larger than any pipe goes through, though answers wait meanwhile")
  func largeRequests() throws {
    let bench = try RewardBench(
      python: "for r in requests(): say(r['id'], len(r['response']), pad='x' * 60000)")
    let large = String(repeating: "é", count: 300_000)
    #expect(try bench.verdicts(Array(repeating: large, count: 20)).allSatisfy { $0.score == 300_000 })
  }
}
