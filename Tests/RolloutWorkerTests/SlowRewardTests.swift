import Experience
import Messages
import Subprocesses
import Tasks
import TestSupport
import Testing

@testable import RolloutWorker

/// Rewards that take their time delay their own groups and change no number.
@Suite("Slow rewards", .serialized)
struct SlowRewardTests {
  /// A scorer whose program answers after `seconds` with the number of `e` in the response.
  private func scorer(seconds: Double) throws -> RewardScorer {
    let script = """
      import json, sys, time
      for line in sys.stdin:
          r = json.loads(line)
          time.sleep(0 if r.get("self_test") else \(seconds))
          print(json.dumps({"id": r["id"], "score": r["response"].count("e")}), flush=True)
      """
    let program = ProgramReward(
      title: "slow", command: try Command("python3", arguments: ["-c", script]), processes: 2)
    return try RewardScorer(RewardPlan([.init(name: "slow", source: .program(program))]))
  }

  static let hasPython = (try? Command("python3")) != nil

  @Test(
    "groups are the same but for their scores, and those are the program's",
    .enabled(if: hasPython, "this test needs python3 on the search path"), arguments: [0, 0.01])
  func sameGroups(seconds: Double) throws {
    let bench = try Bench("qwen2-tiny")
    let plain = try bench.sample(mixedAssignments, with: bench.engine())
    let slow = try bench.sample(mixedAssignments, with: bench.engine(scorer: scorer(seconds: seconds)))
    #expect(Set(slow.keys) == Set(plain.keys))
    for (ordinal, group) in slow {
      var expected = try #require(plain[ordinal])
      for index in expected.responses.indices {
        let count = Float(
          expected.responses[index].text.split(separator: "e", omittingEmptySubsequences: false).count - 1)
        (expected.responses[index].score, expected.responses[index].reward) = (count, count)
        // The words of a verdict are the program's, too.
        expected.responses[index].verdict = group.responses[index].verdict
        expected.responses[index].answer = group.responses[index].answer
        expected.responses[index].extras = group.responses[index].extras
      }
      // What the program says beside the score is its own.
      var found = group
      for index in found.responses.indices {
        found.responses[index].verdict = expected.responses[index].verdict
        found.responses[index].reason = expected.responses[index].reason
        found.responses[index].extras = expected.responses[index].extras
      }
      #expect(found == expected)
    }
  }

  @Test(
    "sampling goes on while a verdict is awaited, and a cancelled group leaves",
    .enabled(if: hasPython, "this test needs python3 on the search path"))
  func goesOn() throws {
    let bench = try Bench("qwen2-tiny")
    let engine = bench.engine(scorer: try scorer(seconds: 100))
    let short = SamplingParameters(maximumTokens: 1)
    try engine.admit(assignment("a", ordinal: 1, step: 1, sampling: short), policyVersion: 0)
    try engine.admit(
      assignment("b", ordinal: 2, step: 2, sampling: SamplingParameters(maximumTokens: 30)), policyVersion: 0)
    for _ in 0..<40 { #expect(engine.step(weights: bench.weights).isEmpty) }
    #expect(engine.liveGroups == 2 && engine.liveResponses == 0 && engine.counts.passes >= 20)
    #expect(engine.freeSeats > 0)
    engine.cancel(use: .training, step: 1)
    #expect(engine.liveGroups == 1)
    engine.cancel(use: .training, step: 2)
    #expect(engine.liveGroups == 0 && engine.step(weights: bench.weights).isEmpty)
  }
}
