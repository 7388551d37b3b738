import Experience
import PolicyOptimization
import Tasks
import Testing

@testable import Coordinator

/// Rewards and advantages, and which groups teach.
@Suite("Judged groups")
struct JudgedGroupTests {
  private func judge(_ scores: [Float], lengths: [Int], _ options: TrainerOptions) throws -> JudgedGroup {
    let responses = zip(scores, lengths).map { score, length in
      Response(
        tokens: [Int32](repeating: 1, count: length),
        logProbabilities: [Float](repeating: -1, count: length), entropySum: 0,
        finish: .endOfSequence,
        text: "", score: score, reward: score, nonFiniteLogits: 0)
    }
    return try JudgedGroup(
      ScoredGroup(ordinal: 0, policyVersion: 0, promptTokens: [], responses: responses),
      Arrival(problem: NumberedProblems().problem(ordinal: 0)), options: options, step: 1)
  }

  @Test("advantages are the group's own, in the order of its responses")
  func advantages() throws {
    let judged = try judge([1, 0, 0, 1], lengths: [1, 2, 3, 4], TrainerOptions())
    let advantages = judged.advantages.map { $0[0] }
    #expect(judged.isInformative && advantages[0] == advantages[3])
    #expect(advantages[0] == -advantages[1] && advantages[0] > 0.8)
    #expect(judged.training.samples.map(\.advantages) == advantages.map { [$0] })
  }

  @Test("a penalty for length shapes the reward, not the score")
  func overlong() throws {
    var options = TrainerOptions()
    options.shaping.overlong = try OverlongPenalty(bufferLength: 4, factor: 1, maximumResponseLength: 10)
    let judged = try judge([1, 1, 1], lengths: [6, 8, 10], options)
    #expect(
      judged.group.responses.map(\.reward) == [1, 0.5, 0] && judged.group.responses.map(\.score) == [1, 1, 1])
    #expect(judged.advantages[0][0] > 0 && judged.advantages[2][0] < 0)
  }

  @Test(
    "the filter looks at scores, or at rewards where that is asked for",
    arguments: [FilterMetric.accuracy, .sequenceReward, .sequenceFinalReward])
  func filter(metric: FilterMetric) throws {
    var options = TrainerOptions()
    options.filterMetric = metric
    options.shaping.overlong = try OverlongPenalty(bufferLength: 4, factor: 1, maximumResponseLength: 10)
    #expect(try judge([1, 1], lengths: [6, 8], options).isInformative == (metric != .accuracy))
    #expect(try judge([1, 0], lengths: [6, 8], options).isInformative)
    #expect(try !judge([0, 0], lengths: [2, 6], options).isInformative)
  }

  @Test("a score that is no number ends the run")
  func notANumber() throws {
    #expect(throws: PolicyOptimizationError.self) {
      try judge([.nan, 0], lengths: [1, 1], TrainerOptions())
    }
  }
}
