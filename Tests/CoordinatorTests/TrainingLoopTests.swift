import Experience
import Foundation
import Messages
import PolicyOptimization
import Synchronization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// The loop asks for the same work whoever does it, and ends with a sentence where there is nothing to do.
@Suite("Training loop")
struct TrainingLoopTests {
  static let rosters = [
    Roster(rollout: [1], learners: [1]), Roster(rollout: [1, 2, 3], learners: [1, 2, 3]),
    Roster(rollout: [1, 2], learners: [3]), Roster(rollout: [1], learners: [2, 3]),
    Roster(rollout: [1, 2, 3], learners: [4, 5]),
  ]

  /// Two steps of four groups in mini-batches of two; every third prompt teaches nothing.
  static func twoSteps() throws -> FakeJob {
    var job = try FakeJob()
    job.options.totalSteps = 2
    job.options.admission = .init(
      groupsWanted: 4, roundSize: 4, maximumRounds: 3, isFilterEnabled: true, miniBatchSize: 2)
    job.script.score = { ordinal, sample in ordinal.isMultiple(of: 3) ? 1 : Float(sample % 2) }
    return job
  }

  // MARK: Dynamic sampling

  @Test(
    "the first groups that teach are trained in the same mini-batches, whoever is faster", arguments: rosters,
    [false, true])
  func sameBatches(roster: Roster, isReversed: Bool) throws {
    var job = try Self.twoSteps()
    job.roster = roster
    job.script.isReversed = isReversed
    job.shufflesArrival = isReversed
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    #expect(outcome.batches == [[1, 2], [4, 5], [8, 10], [11, 13]])
    let updates = outcome.updates(of: roster)
    #expect(updates.map(\.step) == [1, 1, 2, 2] && updates.map(\.miniBatch) == [0, 1, 0, 1])
    // A group of ordinal n has responses of 1 + n % 8 and 1 + (n + 1) % 8 tokens.
    #expect(updates.map(\.normalizer) == [12, 24, 10, 22] && updates.allSatisfy { !$0.isSkipped })
    #expect(outcome.state?.nextOrdinal == 16 && outcome.state?.policyVersion == 4 && outcome.state?.step == 2)
    for learner in roster.learners { #expect(outcome.orders(to: learner).count { $0.isUpdate } == 4) }
    let alone = try TemporaryDirectory()
    let reference = try Self.twoSteps().run(in: alone)
    #expect(outcome.state == reference.state)
    #expect(
      try RunFiles(directory: folder.path).repeatableMetrics()
        == RunFiles(directory: alone.path).repeatableMetrics())
    for step in [1, 2] {
      #expect(try folder.bytes("rollouts/\(step).jsonl") == alone.bytes("rollouts/\(step).jsonl"))
    }
  }

  @Test("prompts beyond the batch are cancelled and never trained, and the next step begins behind them")
  func surplus() throws {
    var job = try FakeJob()
    job.options.totalSteps = 2
    job.options.admission = .init(
      groupsWanted: 2, roundSize: 6, maximumRounds: 1, isFilterEnabled: true, miniBatchSize: 2)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.batches == [[0, 1], [6, 7]] && outcome.state?.nextOrdinal == 12)
    #expect(outcome.orders(to: 1).contains(.cancel(use: .training, step: 1)))
    #expect(try RunFiles(directory: folder.path).metrics()[1]?["rollout/groups"] == 2)
  }

  @Test("without the filter every group is trained")
  func withoutFilter() throws {
    var job = try Self.twoSteps()
    job.options.admission.isFilterEnabled = false
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.batches == [[0, 1], [2, 3], [4, 5], [6, 7]])
  }

  @Test("too few groups after all rounds train anyway, or end the run where that is asked for")
  func partial() throws {
    var job = try Self.twoSteps()
    job.options.totalSteps = 1
    job.options.admission.maximumRounds = 2
    job.script.score = { ordinal, sample in [2, 5, 7].contains(ordinal) ? Float(sample) : 0 }
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.batches == [[2, 5], [7]] && outcome.state?.nextOrdinal == 8)
    let metrics = try #require(try RunFiles(directory: folder.path).metrics()[1])
    #expect(metrics["train/num_gen_batches"] == 2 && metrics["rollout/dropped_groups"] == 5)
    job.options.onExhausted = .error
    let refused = job.run(in: try TemporaryDirectory())
    #expect(refused.error as? TrainingError == .tooFewGroups(step: 1, found: 3, wanted: 4, rounds: 2))
    #expect(refused.batches.count < 2, "a mini-batch that was not decided was trained")
    #expect("\(try #require(refused.error))".contains("max_num_gen_batches"))
  }

  @Test("steps without any signal are passed over, and end the run only when there are too many in a row")
  func empty() throws {
    var job = try Self.twoSteps()
    job.options.totalSteps = 4
    job.options.admission.maximumRounds = 1
    job.options.maximumSkippedSteps = 3
    // Steps 1, 2 and 4 have the ordinals below 8 and from 12 on.
    job.script.score = { ordinal, sample in (8..<12).contains(ordinal) ? Float(sample) : 1 }
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.batches == [[8, 9], [10, 11]])
    #expect(outcome.state?.skippedSteps == 1 && outcome.state?.policyVersion == 2)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect(metrics[1]?["actor/skipped_steps"] == 1 && metrics[2]?["actor/skipped_steps"] == 2)
    #expect(metrics[3]?["actor/skipped_steps"] == nil && metrics[4]?["actor/skipped_steps"] == 1)
    #expect(metrics[1]?["actor/lr"] == nil && metrics[3]?["actor/lr"] != nil)
    job.options.maximumSkippedSteps = 2
    let ended = job.run(in: try TemporaryDirectory())
    #expect(ended.error as? TrainingError == .noLearningSignal(step: 2, steps: 2, groups: 4))
    let sentence = "\(try #require(ended.error))"
    #expect(sentence.contains("2 steps in a row") && sentence.contains("max_consecutive_skipped_steps"))
    #expect(ended.batches.isEmpty && ended.updates(of: job.roster).isEmpty)
  }

  // MARK: Updates

  @Test("epochs go over the mini-batches again in their order")
  func epochs() throws {
    var job = try Self.twoSteps()
    job.options.totalSteps = 1
    job.options.epochs = 3
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.batches == [[1, 2], [4, 5], [1, 2], [4, 5], [1, 2], [4, 5]])
    #expect(outcome.updates(of: job.roster).map(\.miniBatch) == [0, 1, 2, 3, 4, 5])
    #expect(outcome.state?.policyVersion == 6)
  }

  @Test(
    "weights are published once per step, by all learners to all rollout workers", arguments: rosters)
  func publish(roster: Roster) throws {
    var job = try Self.twoSteps()
    job.roster = roster
    let outcome = job.run(in: try TemporaryDirectory())
    for node in roster.workers {
      let versions = outcome.orders(to: node).compactMap {
        if case .publish(let version, _) = $0 { version } else { nil }
      }
      #expect(versions == [2, 4], "node \(node)")
    }
  }

  @Test("an update that could overflow or is not finite is skipped, the third in a row ends the run")
  func skippedUpdates() throws {
    var job = try Self.twoSteps()
    job.options.totalSteps = 3
    // Mini-batches 1 and 3 of six.
    job.script.magnitude = { [4, 11].contains($0) ? .nan : 1 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    #expect(outcome.updates(of: job.roster).map(\.isSkipped) == [false, true, false, true, false, false])
    #expect(outcome.state?.policyVersion == 4 && outcome.state?.skippedUpdates == 0)
    for magnitude in [Float.infinity, 0x1p40] {
      job.script.magnitude = { $0 >= 4 ? magnitude : 1 }
      let ended = job.run(in: try TemporaryDirectory())
      guard case .notFinite(step: 2, updates: 3, let reason)? = ended.error as? TrainingError else {
        Issue.record("\(String(describing: ended.error))")
        continue
      }
      #expect(reason.contains(magnitude.isFinite ? "add up to" : "group 11"))
    }
  }

  @Test("learners that hold different weights end the run and are named")
  func disagreement() throws {
    var job = try Self.twoSteps()
    job.roster = Roster(rollout: [1], learners: [2, 3, 4])
    job.script.checksum = { $0 == 3 ? 8 : 7 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error as? TrainingError == .learnersDisagree(step: 1, node: 3))
  }

  @Test("a report out of turn ends the run and names its sender")
  func outOfTurn() throws {
    var job = try Self.twoSteps()
    job.script.outOfTurn = { $0.isUpdate ? .saved : nil }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error as? TrainingError == .unexpectedReport(node: 1, report: "saved"))
  }

  // MARK: KL and the reference

  @Test("the reference is reset at its interval, behind the updates of its step", arguments: [true, false])
  func resetByInterval(reinitializes: Bool) throws {
    var job = try FakeJob()
    job.options.totalSteps = 5
    job.options.saveFrequency = 2
    job.roster = Roster(rollout: [1], learners: [2, 3])
    job.resetOptions = .init(interval: 2, klThreshold: nil, optimizer: reinitializes ? .reinit : .keep)
    job.options.keepsSnapshots = false
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    for learner in job.roster.learners {
      let resets = outcome.orders(to: learner).filter { if case .resetReference = $0 { true } else { false } }
      #expect(
        resets
          == Array(repeating: .resetReference(ResetOrder(reinitializesOptimizer: reinitializes)), count: 2))
    }
    // Of step 2: after its update and publication, before its checkpoint.
    let kinds = outcome.orders(to: 2).filter { if case .train = $0 { false } else { true } }.map(\.kind)
    #expect(kinds.joined(separator: " ").hasPrefix("update publish update publish reset save update"))
    #expect(outcome.state?.reset == .init(resetCount: 2, lastResetStep: 4))
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect((1...5).map { metrics[$0]?["prorl/reset_count"] } == [0, 1, 1, 2, 2])
    #expect((1...5).map { metrics[$0]?["prorl/steps_since_reset"] } == [1, 0, 1, 0, 1])
  }

  @Test("too large a KL resets the reference, and the coefficient begins anew")
  func resetByKL() throws {
    var job = try FakeJob()
    job.options.totalSteps = 5
    // Not in the first mini-batch after a reset.
    job.script.kl = { version, resets in version == 3 && resets == 1 ? 0 : 0.5 }
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .band(targetKL: 0.05, minimum: 0.001, maximum: 0.0121))
    job.resetOptions = .init(interval: nil, klThreshold: 0.4, minimumStepsBetween: 3)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    let coefficients = outcome.orders(to: 1).compactMap {
      if case .train(_, let settings) = $0 { settings.klCoefficient } else { nil }
    }
    // Two groups per step; the coefficient grows by a fifth up to its largest value, and returns after step
    // 3.
    let expected = [0.01, 0.012, 0.0121, 0.01, 0.009].flatMap { [$0, $0] }
    #expect(coefficients.count == 10)
    #expect(zip(coefficients, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(coefficients)")
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect((1...5).map { metrics[$0]?["prorl/reset_count"] } == [0, 0, 1, 1, 1])
    #expect(metrics[3]?["prorl/kl_divergence"] == 0.5)
    job.resetOptions.klThreshold = 0.6
    #expect(job.run(in: try TemporaryDirectory()).state?.reset.resetCount == 0)
  }

  @Test("worse validation resets the reference where that is asked for", arguments: [true, false])
  func resetByDegradation(isAskedFor: Bool) throws {
    var job = try FakeJob()
    job.options.totalSteps = 8
    job.options.testFrequency = 1
    if isAskedFor { job.resetOptions.degradation = .init(tolerance: 0.95, window: 5) }
    job.options.validatesBefore = true
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    // Right before the first step and wrong ever after.
    let isFirst = OnceTrue()
    job.script.validationScore = { _, sample, isGreedy in
      !isGreedy && sample == 0 && isFirst.take() ? 1 : 0
    }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.state?.reset.resetCount == (isAskedFor ? 1 : 0))
    if isAskedFor { #expect(outcome.state?.reset.lastResetStep == 5) }
  }

  // MARK: Checkpoints

  @Test("a run that was interrupted goes on as if it had not been")
  func resume() throws {
    var job = try Self.twoSteps()
    job.options.totalSteps = 4
    job.options.saveFrequency = 2
    job.options.checkpointsKept = 5
    job.script.kl = { _, resets in resets == 0 ? 0.3 : 0 }
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .band(targetKL: 0.05, minimum: 0.001, maximum: 1))
    job.resetOptions = .init(interval: 3, klThreshold: nil)
    let whole = try TemporaryDirectory()
    let uninterrupted = job.run(in: whole)
    let parts = try TemporaryDirectory()
    job.options.totalSteps = 2
    _ = job.run(in: parts)
    let saved = try parts.bytes("checkpoints/global_step_2/state.json")
    job = try job.resumed(from: parts, step: 2)
    #expect(job.state.step == 2 && job.state.nextOrdinal == 16)
    #expect(try whole.bytes("checkpoints/global_step_2/state.json") == saved)
    job.options.totalSteps = 4
    let resumed = job.run(in: parts)
    #expect(resumed.sampled(.training)[3]?.first == 16)
    let later = uninterrupted.orders(to: 1).drop { $0.step != 3 }
    #expect(later.map(\.withoutPath) == resumed.orders(to: 1).map(\.withoutPath))
    #expect(resumed.state == uninterrupted.state)
    #expect(
      try RunFiles(directory: parts.path).repeatableMetrics()
        == RunFiles(directory: whole.path).repeatableMetrics())
  }

  @Test("a state says everything again when it is read")
  func stateRoundTrip() throws {
    var state = try TrainerState(FakeJob().controllers, fingerprint: "seed=1")
    (state.step, state.nextOrdinal, state.policyVersion) = (3, 1 << 40, 6)
    (state.skippedSteps, state.skippedUpdates, state.sampledTokens) = (1, 2, .max)
    state.reset = .init(resetCount: 4, lastResetStep: 2)
    for value in [0.1, 1e-300, 3] { state.entropyTrend.record(value) }
    (state.bestStep, state.bestCheckpointStep, state.bestScore) = (2, 1, 1.0 / 3)
    (state.resetIsUnchecked, state.skippedUpdatesInAll) = (true, 9)
    state.klController = .init(coefficient: 0.125)
    state.rewardKLController = .init(coefficient: 1e-9)
    state.entropyController.history = [0.1, 0.2]
    for row in 0..<3 { state.passRates.record(Double(row) / 3, row: row, window: 2) }
    _ = state.stage.note(
      0.5, for: 1,
      in: [
        TrainerStage(name: "a", start: .step(1), options: TrainerOptions()),
        TrainerStage(
          name: "b", start: .plateau(metric: "m", patience: 1, minimumGain: 0), options: TrainerOptions()),
      ], beginningWith: 4)
    #expect(try JSONDecoder().decode(TrainerState.self, from: JSONEncoder().encode(state)) == state)
  }

  @Test("checkpoints come at their interval and at the end, and the newest stay")
  func checkpoints() throws {
    var job = try FakeJob()
    job.options.totalSteps = 5
    job.options.saveFrequency = 2
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.orders(to: 1).count { $0.kind == "save" } == 3)
    #expect(
      try RunFiles(directory: folder.path).names("checkpoints") == [
        "global_step_4", "global_step_5", "latest_checkpointed_iteration.txt",
      ])
    #expect(
      try RunFiles(directory: folder.path).names("checkpoints/global_step_5") == [
        "manifest.json", "state.json", "weights",
      ])
    job.options.saveFrequency = 0
    let other = try TemporaryDirectory()
    _ = job.run(in: other)
    #expect(try RunFiles(directory: other.path).names("checkpoints").first == "global_step_5")
  }

  @Test("a run whose steps are all done does nothing")
  func nothingLeft() throws {
    var job = try FakeJob()
    job.state.step = 5
    job.options.totalSteps = 5
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.heard.map(\.order) == [.stop])
  }

  // MARK: Files

  @Test("rollouts hold every response up to the last group that was trained, with its advantage")
  func rollouts() throws {
    let folder = try TemporaryDirectory()
    _ = try Self.twoSteps().run(in: folder)
    let lines = try RunFiles(directory: folder.path).objects("rollouts/1.jsonl")
    #expect(lines.compactMap { $0["ordinal"] as? Int } == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    #expect(lines.compactMap { $0["sample"] as? Int } == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    for line in lines {
      let ordinal = try #require(line["ordinal"] as? Int)
      let advantage = try #require(line["advantage"] as? Double)
      #expect((advantage == 0) == ordinal.isMultiple(of: 3))
      #expect(line["input"] as? String == "prompt \(ordinal)" && line["policy_version"] as? Int == 0)
      #expect(line["data_source"] as? String == (ordinal.isMultiple(of: 2) ? "even" : "odd"))
    }
    let next = try RunFiles(directory: folder.path).objects("rollouts/2.jsonl")
    #expect(next.first?["policy_version"] as? Int == 2)
  }

  @Test("a step's line counts what was sampled and trained")
  func metrics() throws {
    let folder = try TemporaryDirectory()
    _ = try Self.twoSteps().run(in: folder)
    let metrics = try #require(try RunFiles(directory: folder.path).metrics()[1])
    // Groups 0 to 5, of which 0 and 3 are uniform; the lengths of a group n are 1 + n and 2 + n.
    let expected = [
      "rollout/groups": 6, "rollout/dropped_groups": 2, "train/num_gen_batches": 2, "rollout/tokens": 48,
      "response_length/mean": 4, "response_length/max": 7, "prompt_length/mean": 3,
      "critic/score/mean": 8.0 / 12,
      "reward/even/mean": 4.0 / 6, "reward/odd/mean": 4.0 / 6, "rollout/finish_stop": 12,
      "rollout/finish_length": 0,
      "actor/grad_norm": 0.5, "actor/entropy": 0.25, "training/rollout_probs_diff_max": 0,
      "training/epoch": 0,
      "training/global_step": 1, "perf/total_num_tokens": 66,
      // Of the eight trained responses the longer ones are right, by a token each.
      "critic/advantages/mean": 4.0 / 36 * 0.5 / (0.5.squareRoot() + 1e-6),
    ]
    for (name, value) in expected {
      #expect(abs((metrics[name] ?? .nan) - value) < 1e-6, "\(name) is \(String(describing: metrics[name]))")
    }
  }
}

/// True once, to whoever asks first.
private final class OnceTrue: Sendable {
  private let value = Mutex(true)

  func take() -> Bool {
    value.withLock { value in
      defer { value = false }
      return value
    }
  }
}

extension Order {
  fileprivate var isUpdate: Bool { kind == "update" }

  /// A word for it.
  fileprivate var kind: String {
    switch self {
    case .sample: "sample"
    case .cancel: "cancel"
    case .train: "train"
    case .score: "score"
    case .update: "update"
    case .resetReference: "reset"
    case .publish: "publish"
    case .save: "save"
    case .stop: "stop"
    }
  }

  /// The same without the place of a checkpoint, which is another for every run.
  fileprivate var withoutPath: Order {
    if case .save = self { .save(directory: "") } else { self }
  }

  /// The step of the prompts it asks for.
  fileprivate var step: Int? {
    if case .sample(let assignments) = self { assignments.first?.step } else { nil }
  }
}
