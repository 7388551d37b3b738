import Experience
import Foundation
import Messages
import PolicyOptimization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// Sampling that lies ahead of training, by steps and never by the clock.
@Suite("Staleness")
struct StalenessTests {
  /// Five steps of two updates each; every third prompt teaches nothing.
  static func job(_ staleness: Int) throws -> FakeJob {
    var job = try TrainingLoopTests.twoSteps()
    job.options.totalSteps = 5
    job.options.staleness = staleness
    return job
  }

  @Test("step t is sampled with the weights after step t - 1 - k", arguments: 0...3)
  func versions(staleness: Int) throws {
    let outcome = try Self.job(staleness).run(in: TemporaryDirectory())
    #expect(outcome.error == nil && outcome.state?.policyVersion == 10)
    var versions: [Int: Set<Int>] = [:]
    for assignment in outcome.assignments(.training) {
      versions[assignment.step, default: []].insert(assignment.policyVersion)
    }
    #expect(versions.count == 5)
    for step in 1...5 { #expect(versions[step] == [2 * max(0, step - 1 - staleness)], "step \(step)") }
  }

  @Test(
    "the same groups train in the same mini-batches, whoever samples and learns, and however fast",
    arguments: TrainingLoopTests.rosters, [false, true])
  func sameEverywhere(roster: Roster, isReversed: Bool) throws {
    for staleness in [1, 2] {
      let alone = try TemporaryDirectory()
      let reference = try Self.job(staleness).run(in: alone)
      #expect(reference.batches.count == 10 && reference.batches.allSatisfy { $0.count == 2 })
      var job = try Self.job(staleness)
      (job.roster, job.shufflesArrival, job.script.isReversed) = (roster, isReversed, isReversed)
      let folder = try TemporaryDirectory()
      let outcome = job.run(in: folder)
      #expect(outcome.error == nil)
      #expect(outcome.trained == reference.trained && outcome.state == reference.state)
      #expect(
        try RunFiles(directory: folder.path).repeatableMetrics()
          == RunFiles(directory: alone.path).repeatableMetrics())
      for step in 1...5 {
        #expect(try folder.bytes("rollouts/\(step).jsonl") == alone.bytes("rollouts/\(step).jsonl"))
      }
    }
  }

  @Test("the same prompts are trained as without it, from the same stream")
  func samePrompts() throws {
    let batches = try (0...2).map { try Self.job($0).run(in: TemporaryDirectory()).batches }
    #expect(batches[0] == batches[1] && batches[0] == batches[2])
  }

  @Test("the next step is sampled while this one is trained")
  func overlap() throws {
    var job = try Self.job(1)
    job.room = 1000
    let outcome = job.run(in: try TemporaryDirectory())
    for step in 1...4 {
      let asked = try #require(outcome.places { $0.sampledStep == step + 1 }.first)
      let updated = try #require(outcome.places { $0.updatedStep == step }.first)
      #expect(asked < updated, "step \(step + 1)")
    }
    let alone = try Self.job(0).run(in: TemporaryDirectory())
    let asked = try #require(alone.places { $0.sampledStep == 2 }.first)
    #expect(try asked > #require(alone.places { $0.updatedStep == 1 }.last))
  }

  @Test("groups of older weights are scored by the policy, once and before any of their step is trained")
  func scoredFirst() throws {
    let outcome = try Self.job(1).run(in: TemporaryDirectory())
    // Step 1 is sampled with the weights it trains; all others are not.
    let stale = outcome.trained.dropFirst(2).joined().map(\.group.ordinal)
    #expect(outcome.scoreOrders.map(\.ordinal) == stale.sorted())
    #expect(outcome.scoreOrders.allSatisfy { $0.wantsPolicy && !$0.wantsReference })
    for step in 2...5 {
      let batch = Set(outcome.batches[2 * step - 2] + outcome.batches[2 * step - 1])
      let scored = outcome.places { $0.scoredOrdinal.map(batch.contains) ?? false }
      let trained = outcome.places { $0.trainedOrdinal.map(batch.contains) ?? false }
      #expect(scored.count == 4 && trained.count == 4)
      #expect(try #require(scored.last) < #require(trained.first), "step \(step)")
    }
  }

  @Test("the ratio's denominator is the policy that trains the step, whatever sampled it")
  func denominators() throws {
    let job = try Self.job(2)
    let outcome = job.run(in: try TemporaryDirectory())
    for (update, groups) in outcome.trained.enumerated() {
      let version = update / 2 * 2
      for trained in groups {
        #expect(trained.group.policyVersion == version)
        for sample in trained.group.samples {
          #expect(
            sample.oldLogProbabilities
              == sample.tokens.indices.map { job.script.logProbability(version, 0, $0) })
          #expect(sample.importanceWeights.isEmpty && sample.isCounted.isEmpty)
        }
      }
    }
    let folder = try TemporaryDirectory()
    _ = job.run(in: folder)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect((1...5).map { metrics[$0]?["training/staleness"] } == [0, 2, 4, 4, 4])
    // Measured without being asked for: the log-ratio of a token is 1/64 per update.
    #expect(metrics[1]?["rollout_corr/kl"] == nil)
    #expect(abs((metrics[3]?["rollout_corr/kl"] ?? .nan) - 4.0 / 64) < 1e-6)
  }

  @Test("what is certain early is trained early only where the policy sampled it", arguments: [0, 1])
  func streaming(staleness: Int) throws {
    let outcome = try Self.job(staleness).run(in: TemporaryDirectory())
    let isEarly = try (1...5).map { step in
      let decided = try #require(outcome.places { $0 == .cancel(use: .training, step: step) }.first)
      let ordinal = outcome.batches[2 * step - 2][0]
      let first = try #require(outcome.places { $0.trainedOrdinal == ordinal }.first)
      return first < decided
    }
    // Where sampling lags, all but the first step are decided before their turn comes.
    #expect(isEarly == [true] + [Bool](repeating: staleness == 0, count: 4))
  }

  @Test("published versions say which older ones are still asked for", arguments: TrainingLoopTests.rosters)
  func publishedVersions(roster: Roster) throws {
    var job = try Self.job(2)
    job.roster = roster
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    for node in roster.workers {
      let published = outcome.orders(to: node).compactMap {
        if case .publish(let version, let oldest) = $0 { (version, oldest) } else { nil }
      }
      #expect(published.map(\.0) == [2, 4, 6, 8, 10])
      for (version, oldest) in published { #expect((max(0, version - 4)...version).contains(oldest)) }
    }
  }

  @Test("validation after a step is of its weights, while the next steps are of older ones")
  func validation() throws {
    var job = try Self.job(2)
    job.options.testFrequency = 1
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    for assignment in outcome.assignments(.validation) {
      #expect(assignment.policyVersion == 2 * assignment.step)
    }
  }

  @Test("a skipped step keeps the version, and steps that were planned keep theirs")
  func emptyStep() throws {
    var job = try Self.job(1)
    job.options.admission.maximumRounds = 1
    // Step 2 has the ordinals from 4 to 7.
    job.script.score = { ordinal, sample in (4..<8).contains(ordinal) ? 1 : Float(sample % 2) }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.state?.policyVersion == 8)
    let versions = outcome.assignments(.training).filter { $0.ordinal.isMultiple(of: 4) }.map(\.policyVersion)
    #expect(versions == [0, 0, 2, 2, 4])
  }

  // MARK: Resuming

  /// Everything that a checkpoint has to keep, at once.
  static func everything() throws -> FakeJob {
    var job = try Self.job(2)
    job.options.totalSteps = 8
    job.options.saveFrequency = 1
    job.options.checkpointsKept = 100
    job.options.admission.roundSize = 6
    job.options.admission.keepsSurplus = true
    job.options.prompts.curriculum = Curriculum(window: 2, floor: 0.25)
    job.options.shaping.cosine = try CosineLengthReward(limit: 8, stepsOn: 1, stepsOff: 1)
    job.options.testFrequency = 2
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    job.script.validationScore = { _, sample, _ in Float(sample % 2) }
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .band(targetKL: 0.05, minimum: 0.001, maximum: 1))
    job.controllers.entropy = try EntropyController(initialCoefficient: 0.01, rule: .trend())
    job.script.kl = { _, resets in resets == 0 ? 0.3 : 0 }
    job.resetOptions = .init(interval: 3, klThreshold: nil)
    var later = job.options
    later.samplesPerPrompt = 4
    later.sampling.maximumTokens = 16
    later.admission.groupsWanted = 3
    job.laterStages = [
      TrainerStage(
        name: "more", start: .plateau(metric: "val-core/all/acc/mean@1", patience: 1, minimumGain: 0),
        resetsReference: true, options: later)
    ]
    return job
  }

  @Test("a run that was interrupted after any step goes on as if it had not been", arguments: 1...7)
  func resumed(step: Int) throws {
    let job = try Self.everything()
    let whole = try TemporaryDirectory()
    let uninterrupted = job.run(in: whole)
    #expect(uninterrupted.error == nil)
    let state = try #require(uninterrupted.state)
    // All of it happened.
    #expect(state.stage.firstSteps == [1: 7] && state.reset.resetCount >= 2 && state.passRates.count == 10)
    let parts = try whole.copied()
    let resumed = try job.resumed(from: whole, step: step).run(in: parts)
    #expect(resumed.error == nil && resumed.state == state)
    let updates = resumed.trained
    #expect(updates == Array(uninterrupted.trained.suffix(updates.count)) && !updates.isEmpty)
    #expect(
      try RunFiles(directory: parts.path).repeatableMetrics()
        == RunFiles(directory: whole.path).repeatableMetrics())
    for later in step + 1...8 {
      for name in ["rollouts/\(later).jsonl", "checkpoints/global_step_\(later)/state.json"] {
        #expect(try parts.bytes(name) == whole.bytes(name), "\(name)")
      }
    }
  }
}
