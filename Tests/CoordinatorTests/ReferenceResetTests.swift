import Experience
import Foundation
import Messages
import PolicyOptimization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// What a correct hard reset of the reference does, point by point; the points about weights are tests of learners.
@Suite("Reference reset")
struct ReferenceResetTests {
  /// Six steps with a reset after the third.
  static func job() throws -> FakeJob {
    var job = try FakeJob()
    job.options.totalSteps = 6
    job.resetOptions = .init(interval: 3, klThreshold: nil, maximumResets: 1)
    job.script.kl = { _, resets in resets == 0 ? 0.3 : 0 }
    return job
  }

  private func isReset(_ order: Order) -> Bool { if case .resetReference = order { true } else { false } }

  @Test(
    "3. the optimizer begins anew or goes on, as asked for",
    arguments: [ReferenceResetPolicy.Optimizer.reinit, .keep])
  func optimizer(choice: ReferenceResetPolicy.Optimizer) throws {
    var job = try Self.job()
    job.resetOptions.optimizer = choice
    job.roster = Roster(rollout: [1], learners: [2, 3])
    let outcome = job.run(in: try TemporaryDirectory())
    for learner in job.roster.learners {
      #expect(
        outcome.orders(to: learner).filter(isReset)
          == [.resetReference(ResetOrder(reinitializesOptimizer: choice == .reinit))])
    }
  }

  @Test("4. the learning rate's schedule keeps its place")
  func schedule() throws {
    var job = try Self.job()
    job.options.schedule = LearningRateSchedule(
      peak: 1, shape: .linear(minimumRatio: 0), warmupSteps: 0, totalSteps: 6)
    let outcome = job.run(in: try TemporaryDirectory())
    let expected = (0..<6).map { job.options.schedule.learningRate(finishedSteps: $0) }
    #expect(outcome.updates(of: job.roster).map(\.learningRate) == expected && Set(expected).count == 6)
  }

  @Test("5. the KL coefficients go back to where they began")
  func klControllers() throws {
    var job = try Self.job()
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .band(targetKL: 0.05, minimum: 0.001, maximum: 1))
    let outcome = job.run(in: try TemporaryDirectory())
    let coefficients = outcome.trained.map { $0[0].settings.klCoefficient }
    let expected = [0.01, 0.012, 0.0144, 0.01, 0.009, 0.0081]
    #expect(zip(coefficients, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(coefficients)")
  }

  @Test("6. the entropy's history is kept, and the reset is noted in the log")
  func entropy() throws {
    var job = try Self.job()
    job.controllers.entropy = try EntropyController(initialCoefficient: 0.01, rule: .trend())
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.state?.entropyController.history.count == 6)
    var without = job
    without.resetOptions.interval = nil
    without.script.kl = { _, _ in 0.3 }
    let other = without.run(in: try TemporaryDirectory())
    #expect(outcome.state?.entropyController == other.state?.entropyController)
    #expect(outcome.state?.entropyTrend == other.state?.entropyTrend)
    let lines = try RunFiles(directory: folder.path).objects("metrics.jsonl")
    let events = lines.map { $0["events"] as? [String] ?? [] }
    #expect(events.map(\.count) == [0, 0, 1, 0, 0, 0])
    #expect(
      events[2].first?.hasPrefix("the reference was reset to the policy (") == true, "\(events[2])")
  }

  @Test("7. resets are counted, dated, and forget the validations before them")
  func bookkeeping() throws {
    var job = try Self.job()
    job.resetOptions = .init(interval: nil, klThreshold: nil, degradation: .init(tolerance: 0.95, window: 2))
    job.options.testFrequency = 1
    job.options.totalSteps = 8
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    // Right before the first step, and half right ever after.
    let scores = Countdown(first: 4)
    job.script.validationScore = { _, sample, isGreedy in
      isGreedy ? 0 : scores.isOver() ? Float(sample % 2) : 1
    }
    let outcome = job.run(in: try TemporaryDirectory())
    // One bad stretch makes one reset: the best is that of after it.
    #expect(outcome.state?.reset.resetCount == 1 && outcome.state?.reset.lastResetStep == 2)
    #expect(outcome.state?.reset.best == 0.5)
  }

  @Test("8. log-probabilities of the old reference do not outlive it")
  func nothingCached() throws {
    // Learners compute the reference's as they train; rewards with a penalty are of the reference of their step.
    var job = try EstimatorLoopTests.penalized()
    job.resetOptions = .init(interval: 1, klThreshold: nil)
    job.script.referenceLogProbability = { resets, _, _ in -1 - Float(resets) }
    job.script.logProbability = { version, _, _ in -1 - Float(version / 2) }
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect((1...4).map { metrics[$0]?["actor/reward_kl_penalty"] } == [0, 0, 0, 0])
  }

  @Test(
    "9. all of it is in the checkpoint: a run resumed right after a reset goes on to the bit",
    arguments: 1...5)
  func persisted(step: Int) throws {
    var job = try Self.job()
    job.options.saveFrequency = 1
    job.options.checkpointsKept = 10
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .band(targetKL: 0.05, minimum: 0.001, maximum: 1))
    job.controllers.entropy = try EntropyController(initialCoefficient: 0.01, rule: .trend())
    let whole = try TemporaryDirectory()
    let uninterrupted = job.run(in: whole)
    let resumed = try job.resumed(from: whole, step: step).run(in: whole.copied())
    #expect(
      resumed.error == nil && resumed.state == uninterrupted.state && resumed.state?.reset.resetCount == 1)
    #expect(resumed.trained == Array(uninterrupted.trained.suffix(6 - step)))
  }

  @Test("10. what a reset replaces is kept, and a run can go on from it as if there had been none")
  func snapshot() throws {
    var job = try Self.job()
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(
      try RunFiles(directory: folder.path).names("before-reset/global_step_3") == [
        "manifest.json", "state.json", "weights",
      ])
    let save = try #require(
      outcome.places {
        if case .save(let directory) = $0 { directory.contains("before-reset") } else { false }
      }.first)
    #expect(try save < #require(outcome.places(isReset).first))
    var undone = try job.resumed(from: folder, step: 3, in: "before-reset")
    #expect(undone.state.step == 3 && undone.state.reset.resetCount == 0)
    undone.resetOptions.interval = nil
    undone.script.kl = { _, _ in 0.3 }
    let resumed = undone.run(in: try folder.copied())
    var never = job
    never.resetOptions.interval = nil
    never.script.kl = { _, _ in 0.3 }
    let uninterrupted = never.run(in: try TemporaryDirectory())
    #expect(resumed.error == nil && resumed.state == uninterrupted.state)
    #expect(resumed.trained == Array(uninterrupted.trained.suffix(3)))
    job.options.keepsSnapshots = false
    let without = try TemporaryDirectory()
    _ = job.run(in: without)
    #expect(!FileManager.default.fileExists(atPath: without.file("before-reset")))
  }

  @Test("10. the newest snapshot is kept, with what is sampled and not trained")
  func newestSnapshot() throws {
    var job = try StalenessTests.job(1)
    job.resetOptions = .init(interval: 2, klThreshold: nil)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.state?.reset.resetCount == 2)
    let names = try RunFiles(directory: folder.path).names("before-reset").filter { $0.hasPrefix("global") }
    #expect(names == ["global_step_4"])
    let resumed = try job.resumed(from: folder, step: 4, in: "before-reset")
    #expect(resumed.sampled.steps.map(\.step) == [5])
    let again = resumed.run(in: try folder.copied())
    #expect(again.error == nil && again.trained == Array(outcome.trained.suffix(2)))
  }

  @Test(
    "11. the KL of the first mini-batch after it is exactly 0, or the run ends",
    arguments: [0, 1e-300, -1e-12, 0.1, .nan])
  func firstKL(kl: Double) throws {
    var job = try Self.job()
    // In the first mini-batch after the reset; later ones may be anything.
    job.options.admission.miniBatchSize = 1
    job.script.kl = { version, resets in resets == 0 ? 0.3 : version == 6 ? kl : 0.2 }
    let outcome = job.run(in: try TemporaryDirectory())
    guard kl != 0 else {
      #expect(outcome.error == nil && outcome.state?.resetIsUnchecked == false)
      return
    }
    guard case .resetNotExact(step: 4, let found)? = outcome.error as? TrainingError else {
      Issue.record("\(String(describing: outcome.error))")
      return
    }
    #expect(found == kl || kl.isNaN && found.isNaN)
    #expect("\(try #require(outcome.error))".contains("the reference was reset, and yet the policy is"))
  }

  @Test("11. the check waits for the first batch, through a resume and steps that train nothing")
  func checkedLater() throws {
    var job = try Self.job()
    job.options.saveFrequency = 1
    job.options.checkpointsKept = 10
    job.options.admission.isFilterEnabled = true
    job.options.admission.maximumRounds = 1
    // Step 4 has the ordinals 6 and 7.
    job.script.score = { ordinal, sample in ordinal / 2 == 3 ? 1 : Float(sample) }
    job.script.kl = { _, resets in resets == 0 ? 0.3 : 0.25 }
    let folder = try TemporaryDirectory()
    #expect(job.run(in: folder).error as? TrainingError == .resetNotExact(step: 5, kl: 0.25))
    let resumed = try job.resumed(from: folder, step: 4)
    #expect(resumed.state.resetIsUnchecked)
    #expect(resumed.run(in: try folder.copied()).error as? TrainingError == .resetNotExact(step: 5, kl: 0.25))
  }

  @Test("11. with the KL in the reward its first mean is checked")
  func firstRewardKL() throws {
    var job = try EstimatorLoopTests.penalized()
    job.resetOptions = .init(interval: 2, klThreshold: nil)
    job.script.referenceLogProbability = { _, _, _ in -1.25 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error as? TrainingError == .resetNotExact(step: 3, kl: 0.25))
  }

  @Test("12. a step updates, publishes, validates, resets and saves, in this order")
  func order() throws {
    var job = try Self.job()
    job.options.saveFrequency = 3
    job.options.testFrequency = 3
    job.options.totalSteps = 4
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    let outcome = job.run(in: try TemporaryDirectory())
    var words: [String] = []
    for order in outcome.orders(to: 1) {
      switch order {
      case .train, .cancel, .score, .stop: break
      case .sample(let assignments):
        if assignments.contains(where: { $0.use == .validation && $0.step == 3 }) { words.append("validate") }
        if assignments.contains(where: { $0.use == .training && $0.step == 4 }) { words.append("sample") }
      case .update(let order): words.append("update \(order.step)")
      case .publish: words.append("publish")
      case .resetReference: words.append("reset")
      case .save(let directory): words.append(directory.contains("before-reset") ? "snapshot" : "save")
      }
    }
    let third = try #require(words.firstIndex(of: "update 3"))
    var seen: [String] = []
    for word in words[third...] where seen.last != word { seen.append(word) }
    #expect(
      seen.prefix(8) == [
        "update 3", "publish", "validate", "snapshot", "reset", "save", "sample", "update 4",
      ], "\(seen)")
  }

  // MARK: Triggers and guards

  @Test("an operator's file asks for a reset once, and is taken away")
  func requested() throws {
    var job = try Self.job()
    job.resetOptions = .init(interval: nil, klThreshold: nil)
    let folder = try TemporaryDirectory()
    try folder.write("reset-reference", "")
    let outcome = job.run(in: folder)
    #expect(
      outcome.error == nil && outcome.state?.reset.resetCount == 1 && outcome.state?.reset.lastResetStep == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.file("reset-reference")))
  }

  @Test(
    "a request is noted before it is followed, so that a run which does the step again resets again",
    arguments: 1...3)
  func requestedAgain(step: Int) throws {
    var job = try Self.job()
    job.resetOptions = .init(interval: nil, klThreshold: nil)
    job.options.saveFrequency = 1
    job.options.checkpointsKept = 10
    let folder = try TemporaryDirectory()
    _ = job.run(in: folder)
    // Asked for in step 4 of a run that went on from step 3.
    try folder.write("reset-reference", "")
    let asked = try job.resumed(from: folder, step: 3).run(in: folder)
    #expect(asked.error == nil && asked.state?.reset.lastResetStep == 4)
    #expect(try folder.bytes("reset-requests.txt") == Data("4\n".utf8))
    let copy = try folder.copied()
    let again = try job.resumed(from: folder, step: step).run(in: copy)
    #expect(again.error == nil && again.state == asked.state)
    #expect(try copy.bytes("reset-requests.txt") == Data("4\n".utf8))
    // A run from the beginning was asked for nothing.
    #expect(job.run(in: copy).state?.reset.resetCount == 0)
  }

  @Test("a run has no more resets than it may", arguments: [0, 1, 2])
  func most(count: Int) throws {
    var job = try Self.job()
    job.resetOptions = .init(interval: 1, klThreshold: nil, maximumResets: count)
    job.script.kl = { version, resets in version == resets ? 0 : 0.1 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(
      outcome.error == nil && outcome.places(isReset).count == count
        && outcome.state?.reset.resetCount == count)
  }

  @Test("the best validated checkpoint can be the source, and stays for it")
  func best() throws {
    var job = try Self.job()
    job.resetOptions = .init(interval: 5, klThreshold: nil, source: .best)
    job.options.saveFrequency = 1
    job.options.testFrequency = 1
    job.options.checkpointsKept = 1
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    // Best after step 2: four samples of each validation, all right in the third one.
    let count = Countdown(first: 8)
    job.script.validationScore = { _, sample, isGreedy in
      guard !isGreedy else { return 0 }
      return count.isOver() && !count.isBeyond(4) ? 1 : Float(sample % 2)
    }
    // The policy is not the reference after it, and need not be.
    job.script.kl = { _, _ in 0.3 }
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.state?.bestCheckpointStep == 2)
    let orders = outcome.orders(to: 1).compactMap {
      if case .resetReference(let order) = $0 { order } else { nil }
    }
    #expect(
      orders == [
        ResetOrder(reinitializesOptimizer: true, checkpoint: folder.file("checkpoints/global_step_2"))
      ])
    #expect(FileManager.default.fileExists(atPath: folder.file("checkpoints/global_step_2/weights")))
    #expect(!FileManager.default.fileExists(atPath: folder.file("checkpoints/global_step_3")))
  }

  @Test("without a validated checkpoint the source is the policy")
  func bestOfNone() throws {
    var job = try Self.job()
    job.resetOptions.source = .best
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(
      outcome.orders(to: 1).filter(isReset) == [.resetReference(ResetOrder(reinitializesOptimizer: true))])
  }

  @Test("the reference follows the policy a part of the way at its interval, and no optimizer begins anew")
  func synchronized() throws {
    var job = try Self.job()
    job.resetOptions = .init(interval: nil, klThreshold: nil)
    job.options.referenceSync = ReferenceSync(interval: 2, share: 0.6)
    let outcome = job.run(in: try TemporaryDirectory())
    let order = Order.resetReference(ResetOrder(reinitializesOptimizer: false, share: 0.6))
    #expect(outcome.orders(to: 1).filter(isReset) == [order, order, order])
    #expect(outcome.state?.reset.resetCount == 0)
    let places = outcome.places(isReset)
    for (place, step) in zip(places, [2, 4, 6]) {
      #expect(try place > #require(outcome.places { $0.updatedStep == step }.last))
    }
  }
}

/// True when it has been asked more often than a number of times.
private final class Countdown: Sendable {
  private let first: Int
  private let asked = Counter()

  init(first: Int) { self.first = first }

  /// Whether this is one of the questions behind the first ones.
  func isOver() -> Bool { asked.next() >= first }

  /// Whether it has been asked so many times more than that.
  func isBeyond(_ more: Int) -> Bool { asked.count > first + more }
}
