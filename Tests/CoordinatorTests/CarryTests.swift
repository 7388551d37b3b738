import Experience
import Foundation
import Messages
import PolicyOptimization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// Rounds, what becomes of too many groups and of too few.
@Suite("Rounds and surplus")
struct CarryTests {
  /// Four steps of two groups; the first round finds six.
  static func surplus() throws -> FakeJob {
    var job = try FakeJob()
    job.options.totalSteps = 4
    job.options.admission = .init(
      groupsWanted: 2, roundSize: 6, maximumRounds: 1, isFilterEnabled: true, miniBatchSize: 2)
    job.options.admission.keepsSurplus = true
    return job
  }

  @Test(
    "what is over has the first places of the next steps, which draw nothing as long as it lasts",
    arguments: TrainingLoopTests.rosters, [false, true])
  func carried(roster: Roster, isReversed: Bool) throws {
    var job = try Self.surplus()
    (job.roster, job.shufflesArrival, job.script.isReversed) = (roster, isReversed, isReversed)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    #expect(outcome.batches == [[0, 1], [2, 3], [4, 5], [6, 7]] && outcome.state?.nextOrdinal == 12)
    #expect(outcome.sampled(.training) == [1: Array(0..<6), 4: Array(6..<12)])
    // Older weights sampled what was carried, and version 3 what step 4 drew.
    #expect(outcome.scoreOrders.map(\.ordinal) == [2, 3, 4, 5])
    #expect(outcome.trained.joined().map(\.group.policyVersion) == [0, 0, 1, 1, 2, 2, 3, 3])
  }

  @Test("a carried group counts once: in tokens, metrics, rollouts and pass rates")
  func countedOnce() throws {
    var job = try Self.surplus()
    job.options.prompts.curriculum = Curriculum(window: 100, floor: 1)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    let files = RunFiles(directory: folder.path)
    let metrics = try files.metrics()
    #expect((1...4).map { metrics[$0]?["rollout/groups"] } == [6, 0, 0, 6])
    let tokens = (0..<12).reduce(0) { $0 + job.script.length($1, 0) + job.script.length($1, 1) }
    #expect(outcome.state?.sampledTokens == tokens)
    let lines = try (1...4).map {
      try files.objects("rollouts/\($0).jsonl").compactMap { $0["ordinal"] as? Int }
    }
    #expect(lines == [[0, 0, 1, 1], [2, 2, 3, 3], [4, 4, 5, 5], [6, 6, 7, 7]])
    var rates = PassRates()
    for ordinal in 0..<12 {
      // A floor of 1 passes over no row, so that each family's rows come in turn.
      let assignment = try #require(outcome.assignments(.training).first { $0.ordinal == ordinal })
      let row = try #require(Int(assignment.problem.origin.dropFirst("numbered ".count)))
      rates.record(0.5, row: row, window: 100)
    }
    #expect(outcome.state?.passRates == rates)
  }

  @Test("rewards of a carried group are those of the step that trains it")
  func judgedAgain() throws {
    var job = try Self.surplus()
    // On in steps 2 and 4.
    job.options.shaping.cosine = try CosineLengthReward(limit: 9, stepsOn: 1, stepsOff: 1, firstStep: 2)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    for step in 1...4 {
      for line in try RunFiles(directory: folder.path).objects("rollouts/\(step).jsonl") {
        #expect(
          (line["reward"] as? Double == line["score"] as? Double) != step.isMultiple(of: 2), "step \(step)")
      }
    }
    // With the length reward the two responses of a group earn something else than 0 and 1.
    let advantages = outcome.trained.map { $0[0].group.samples[0].advantages }
    #expect(advantages[0] == advantages[2])
    let line = try RunFiles(directory: folder.path).objects("rollouts/2.jsonl")[0]
    #expect((line["advantage"] as? Double).map(Float.init) == advantages[1].first)
  }

  @Test("a round that may be carried is sampled to its end, and nothing of it is cancelled")
  func wholeRounds() throws {
    let outcome = try Self.surplus().run(in: TemporaryDirectory())
    let decided = try #require(outcome.places { $0 == .cancel(use: .training, step: 1) }.first)
    let trained = outcome.places { $0.trainedOrdinal.map { $0 < 2 } ?? false }
    #expect(trained.count == 2 && trained.allSatisfy { $0 < decided })
    #expect(outcome.assignments(.training).count == 12)
  }

  @Test("a step that is partly filled by what was carried draws the rest")
  func partly() throws {
    var job = try Self.surplus()
    job.options.admission.groupsWanted = 4
    job.options.admission.miniBatchSize = 3
    job.options.totalSteps = 3
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.batches == [[0, 1, 2], [3], [4, 5, 6], [7], [8, 9, 10], [11]])
    #expect(outcome.sampled(.training).keys.sorted() == [1, 2] && outcome.state?.nextOrdinal == 12)
  }

  @Test("further rounds have the size of a refill")
  func refill() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.totalSteps = 1
    job.options.admission.refillSize = 1
    job.options.admission.maximumRounds = 10
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    // 0 and 3 teach nothing: 1 and 2 are found, then 4 and 5.
    #expect(outcome.batches == [[1, 2], [4, 5]] && outcome.state?.nextOrdinal == 6)
    #expect(try RunFiles(directory: folder.path).metrics()[1]?["train/num_gen_batches"] == 3)
  }

  @Test(
    "with too few groups a step trains on them, trains nothing or ends the run",
    arguments: TrainerOptions.OnExhausted.allCases)
  func exhausted(rule: TrainerOptions.OnExhausted) throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.admission.maximumRounds = 2
    job.options.onExhausted = rule
    job.script.score = { ordinal, sample in [2, 5, 7].contains(ordinal) || ordinal >= 8 ? Float(sample) : 0 }
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    switch rule {
    case .train: #expect(outcome.batches == [[2, 5], [7], [8, 9], [10, 11]] && outcome.error == nil)
    case .skip:
      // What was trained early is thrown away before anything of the next step is trained.
      let updates = outcome.updates(of: job.roster)
      #expect(updates.map(\.step) == [1, 2, 2] && updates.map(\.isSkipped) == [true, false, false])
      #expect(outcome.batches == [[2, 5], [8, 9], [10, 11]] && outcome.error == nil)
      #expect(outcome.state?.policyVersion == 2 && outcome.state?.skippedUpdates == 0)
      let metrics = try RunFiles(directory: folder.path).metrics()
      #expect(metrics[1]?["actor/skipped_steps"] == 1 && metrics[1]?["actor/lr"] == nil)
      #expect(metrics[2]?["actor/skipped_steps"] == nil)
      #expect(try !RunFiles(directory: folder.path).objects("rollouts/1.jsonl").isEmpty)
    case .error:
      #expect(outcome.error as? TrainingError == .tooFewGroups(step: 1, found: 3, wanted: 4, rounds: 2))
    }
  }

  @Test("steps that are skipped for too few groups end the run when there are too many in a row")
  func skippedTooOften() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.totalSteps = 5
    job.options.admission.maximumRounds = 1
    job.options.onExhausted = .skip
    job.options.maximumSkippedSteps = 2
    job.script.score = { ordinal, sample in ordinal.isMultiple(of: 4) ? Float(sample) : 0 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error as? TrainingError == .noLearningSignal(step: 2, steps: 2, groups: 4))
  }

  // MARK: What the filter looks at

  /// Responses with these scores, of these lengths, and this number `clarity`.
  private func group(_ scores: [Float], lengths: [Int], acc: [Double]?, clarity: [Double]) -> ScoredGroup {
    ScoredGroup(
      ordinal: 0, policyVersion: 0, promptTokens: [1],
      responses: scores.indices.map { index in
        var extras = ["clarity": clarity[index]]
        if let acc { extras["acc"] = acc[index] }
        return Response(
          tokens: [Int32](repeating: 1, count: lengths[index]),
          logProbabilities: [Float](repeating: -1, count: lengths[index]), entropySum: 0,
          finish: .endOfSequence,
          text: "", score: scores[index], reward: scores[index], nonFiniteLogits: 0, extras: extras)
      })
  }

  /// Which metric finds a difference between two responses.
  static let differences:
    [(metric: String, scores: [Float], lengths: [Int], acc: [Double]?, clarity: [Double], isFound: Bool)] = [
      ("acc", [1, 0], [2, 2], nil, [1, 1], true), ("acc", [1, 1], [2, 9], nil, [1, 0], false),
      // What the reward calls its accuracy goes before its score.
      ("acc", [1, 0], [2, 2], [1, 1], [1, 1], false), ("acc", [1, 1], [2, 2], [1, 0], [1, 1], true),
      ("seq_reward", [1, 1], [2, 9], nil, [1, 1], true),
      ("seq_reward", [1, 1], [2, 3], nil, [1, 0], false),
      ("seq_final_reward", [1, 1], [2, 3], nil, [1, 1], true),
      ("seq_final_reward", [1, 1], [3, 3], nil, [1, 0], false),
      ("clarity", [1, 1], [2, 2], nil, [1, 0], true), ("clarity", [1, 0], [2, 9], [1, 0], [1, 1], false),
    ]

  @Test("each metric looks at its own number", arguments: differences)
  func metric(
    metric: String, scores: [Float], lengths: [Int], acc: [Double]?, clarity: [Double], isFound: Bool
  ) throws {
    var options = TrainerOptions()
    options.filterMetric = FilterMetric(name: metric)
    options.shaping.overlong = try OverlongPenalty(bufferLength: 4, factor: 1, maximumResponseLength: 10)
    options.rewardPenalty = KLEstimator(.k1)
    var arrival = Arrival(problem: NumberedProblems().problem(ordinal: 0))
    arrival.scores = GroupScores(
      ordinal: 0, policyVersion: 0, reference: lengths.map { [Float](repeating: -1.5, count: $0) })
    let judged = try JudgedGroup(
      group(scores, lengths: lengths, acc: acc, clarity: clarity), arrival, options: options, step: 1,
      klCoefficient: 0.1)
    #expect(judged.isInformative == isFound)
  }

  @Test("a metric that the reward does not give ends the run and says what there is")
  func missingMetric() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.filterMetric = FilterMetric(name: "clarity")
    job.script.extras = { _, _ in ["brevity": 1, "acc": 0] }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(
      outcome.error as? TrainingError
        == .missingMetric(name: "clarity", origin: "numbered 0", given: ["acc", "brevity"]))
    #expect(
      "\(try #require(outcome.error))".contains("`clarity`, and the reward gives no such number, but `acc`"))
  }

  @Test("the accuracy of pass rates is the reward's own where it gives one")
  func passRates() throws {
    var job = try Self.surplus()
    job.options.totalSteps = 1
    job.options.prompts.curriculum = Curriculum(window: 4, floor: 1)
    job.script.extras = { _, sample in ["acc": sample == 0 ? 1 : 0.5] }
    let outcome = job.run(in: try TemporaryDirectory())
    let rates = try #require(outcome.state?.passRates)
    #expect(rates.count > 0 && (0..<10).allSatisfy { rates[$0] == nil || rates[$0] == 0.75 })
  }
}
