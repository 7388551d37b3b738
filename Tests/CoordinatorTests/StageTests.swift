import Experience
import Foundation
import Messages
import PolicyOptimization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// Parts of a run with options of their own.
@Suite("Stages")
struct StageTests {
  /// Six steps, of which those from the third have longer and more responses, a smaller batch and another rate.
  static func byStep(_ staleness: Int = 0) throws -> FakeJob {
    var job = try TrainingLoopTests.twoSteps()
    job.options.totalSteps = 6
    job.options.staleness = staleness
    job.options.schedule = LearningRateSchedule(peak: 1, shape: .constant, warmupSteps: 0, totalSteps: 6)
    var later = job.options
    later.samplesPerPrompt = 3
    later.sampling.maximumTokens = 16
    later.sampling.temperature = 0.5
    later.admission.groupsWanted = 2
    later.schedule = LearningRateSchedule(peak: 0.5, shape: .constant, warmupSteps: 0, totalSteps: 6)
    job.laterStages = [TrainerStage(name: "longer", start: .step(3), options: later)]
    return job
  }

  @Test("a stage begins with its step, whichever step is under way when that is planned", arguments: 0...3)
  func byStep(staleness: Int) throws {
    let job = try Self.byStep(staleness)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    for assignment in outcome.assignments(.training) {
      let isLater = assignment.step >= 3
      #expect(assignment.samples == (isLater ? 3 : 2))
      #expect(assignment.sampling == job.stages[isLater ? 1 : 0].options.sampling)
    }
    // Two updates in each of the first steps, one in the others.
    #expect(
      outcome.trained.map { Set($0.map(\.settings.stage)) } == [[0], [0], [0], [0], [1], [1], [1], [1]])
    #expect(outcome.updates(of: job.roster).map(\.learningRate) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5])
    #expect(
      outcome.scoreOrders.allSatisfy { order in
        outcome.trained.joined().first { $0.group.ordinal == order.ordinal }?.settings.stage == order.stage
      })
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect((1...6).map { metrics[$0]?["training/stage"] } == [0, 0, 1, 1, 1, 1])
  }

  @Test("several stages follow one another", arguments: [0, 2])
  func several(staleness: Int) throws {
    var job = try Self.byStep(staleness)
    var last = job.laterStages[0].options
    last.samplesPerPrompt = 4
    job.laterStages.append(TrainerStage(name: "last", start: .step(5), options: last))
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    let samples = (1...6).map { step in
      Set(outcome.assignments(.training).filter { $0.step == step }.map(\.samples))
    }
    #expect(samples == [[2], [2], [3], [3], [4], [4]])
  }

  // MARK: Plateaus

  /// Eight steps; the second stage waits for the reward to stand still.
  static func byPlateau(_ staleness: Int, patience: Int = 2) throws -> FakeJob {
    var job = try byStep(staleness)
    job.options.totalSteps = 9
    job.laterStages[0].options.totalSteps = 9
    job.laterStages[0].start = .plateau(metric: "critic/rewards/mean", patience: patience, minimumGain: 0.01)
    // Two groups and their rewards, the same in every step.
    job.options.admission = .init(groupsWanted: 2, roundSize: 2, miniBatchSize: 2)
    job.laterStages[0].options.admission = job.options.admission
    job.script.score = { _, sample in Float(sample) }
    job.laterStages[0].options.samplesPerPrompt = 4
    return job
  }

  /// The steps that were sampled with the options of the second stage.
  private func laterSteps(_ outcome: FakeJob.Outcome) -> [Int] {
    Set(outcome.assignments(.training).filter { $0.sampling.maximumTokens == 16 }.map(\.step)).sorted()
  }

  @Test(
    "a plateau is as long as its patience, and the stage begins with the first step that is not planned",
    arguments: 0...3)
  func plateau(staleness: Int) throws {
    let outcome = try Self.byPlateau(staleness).run(in: TemporaryDirectory())
    #expect(outcome.error == nil)
    // Best in step 1, no gain in 2 and 3.
    #expect(outcome.state?.stage.firstSteps == [1: 4 + staleness])
    #expect(laterSteps(outcome) == Array(4 + staleness...9))
  }

  @Test("a plateau of one measurement is not found twice while the stage is on its way", arguments: 1...4)
  func foundOnce(staleness: Int) throws {
    let outcome = try Self.byPlateau(staleness, patience: 1).run(in: TemporaryDirectory())
    #expect(outcome.state?.stage.firstSteps == [1: 3 + staleness])
    #expect(laterSteps(outcome) == Array(3 + staleness...9))
  }

  @Test("a gain begins the wait anew, a smaller one does not")
  func gains() throws {
    var job = try Self.byPlateau(0)
    // Mean rewards of steps 1 to 5: 0.5, 0.505, 1, 1, 1.
    job.script.score = { ordinal, sample in
      switch ordinal / 2 {
      case 0: Float(sample)
      case 1: Float(sample) + (sample == 0 ? 0.01 : 0)
      default: Float(sample) * 2
      }
    }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.state?.stage.firstSteps == [1: 6])
  }

  @Test("the wait for a further stage begins with that stage, by its own metric", arguments: [0, 2])
  func furtherPlateau(staleness: Int) throws {
    var job = try Self.byPlateau(staleness, patience: 1)
    var last = job.laterStages[0].options
    last.sampling.maximumTokens = 32
    job.laterStages.append(
      TrainerStage(
        name: "last", start: .plateau(metric: "actor/entropy", patience: 1, minimumGain: 0), options: last))
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    // Entropies are 0.25 and rewards at least 0.5: were the latter's best kept, the wait would end a step earlier.
    let second = 3 + staleness
    #expect(
      outcome.state?.stage.firstSteps == [1: second, 2: second + 2 + staleness].filter { $0.value <= 9 })
  }

  @Test("a metric of validation is looked at in steps that validate")
  func validationPlateau() throws {
    var job = try Self.byPlateau(0)
    job.laterStages[0].start = .plateau(metric: "val-core/all/acc/mean@1", patience: 1, minimumGain: 0)
    job.options.testFrequency = 3
    job.validation = [ValidationSet(name: "validation", problems: [NumberedProblems().problem(ordinal: 0)])]
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.state?.stage.firstSteps == [1: 7])
  }

  @Test("a stage that began goes on after a resume, and so does a wait", arguments: 1...8)
  func resumed(step: Int) throws {
    var job = try Self.byPlateau(1)
    job.options.saveFrequency = 1
    job.options.checkpointsKept = 100
    job.laterStages[0].options.saveFrequency = 1
    job.laterStages[0].options.checkpointsKept = 100
    let whole = try TemporaryDirectory()
    let uninterrupted = job.run(in: whole)
    let resumed = try job.resumed(from: whole, step: step).run(in: whole.copied())
    #expect(resumed.error == nil && resumed.state == uninterrupted.state)
    #expect(resumed.trained == Array(uninterrupted.trained.suffix(resumed.trained.count)))
  }

  // MARK: Entry

  @Test("a stage may begin with a reset of the reference, behind the last update of the stage before")
  func resetAtEntry() throws {
    var job = try Self.byStep(1)
    job.laterStages[0].resetsReference = true
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.state?.reset.resetCount == 1)
    #expect(outcome.state?.reset.lastResetStep == 2)
    let reset = try #require(outcome.places { if case .resetReference = $0 { true } else { false } }.first)
    #expect(try reset > #require(outcome.places { $0.updatedStep == 2 }.last))
    #expect(try reset < #require(outcome.places { $0.updatedStep == 3 }.first))
    let first = try #require(outcome.trained[4].first?.group.ordinal)
    #expect(try reset < #require(outcome.places { $0.trainedOrdinal == first }.first))
    let events = try #require(
      try RunFiles(directory: folder.path).objects("metrics.jsonl")[1]["events"] as? [String])
    #expect(
      events == ["stage longer begins with step 3", "the reference was reset to the policy (longer begins)"])
  }

  @Test("coefficients that a stage sets otherwise begin anew, the others go on")
  func coefficients() throws {
    var job = try Self.byStep()
    let band = KLController.Rule.band(targetKL: 0.05, minimum: 0.001, maximum: 1)
    job.script.kl = { _, _ in 0.3 }
    job.controllers.kl = try KLController(initialCoefficient: 0.01, rule: band)
    job.controllers.entropy = try EntropyController(
      initialCoefficient: 0, rule: .trl(target: 0.5, delta: 0.01))
    var new = job.controllers
    new.entropy = try EntropyController(initialCoefficient: 0.5, rule: .fixed)
    job.laterStages[0].controllers = new
    let outcome = job.run(in: try TemporaryDirectory())
    let settings = outcome.trained.map(\.[0].settings)
    let kl = settings.map(\.klCoefficient)
    let expected = [0, 0, 1, 1, 2, 3, 4, 5].map { 0.01 * pow(1.2, $0) }
    #expect(zip(kl, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(kl)")
    #expect(settings.map(\.entropyCoefficient) == [0, 0, 0.01, 0.01, 0.5, 0.5, 0.5, 0.5])
    // And the other way round.
    new = job.controllers
    new.kl = try KLController(initialCoefficient: 0.02, rule: band)
    job.laterStages[0].controllers = new
    let other = job.run(in: try TemporaryDirectory()).trained.map(\.[0].settings)
    #expect(abs(other[4].klCoefficient - 0.02) < 1e-12 && abs(other[5].klCoefficient - 0.024) < 1e-12)
    #expect(other.map(\.entropyCoefficient) == [0, 0, 0.01, 0.01, 0.02, 0.03, 0.04, 0.05].map { Double($0) })
  }

  @Test("a resumed run has the coefficients of its stage", arguments: 1...5)
  func resumedCoefficients(step: Int) throws {
    var job = try Self.byStep(1)
    job.options.saveFrequency = 1
    job.options.checkpointsKept = 100
    job.laterStages[0].options.saveFrequency = 1
    job.laterStages[0].options.checkpointsKept = 100
    job.script.kl = { _, _ in 0.3 }
    let band = KLController.Rule.band(targetKL: 0.05, minimum: 0.001, maximum: 1)
    job.controllers.kl = try KLController(initialCoefficient: 0.01, rule: band)
    var new = job.controllers
    new.kl = try KLController(initialCoefficient: 0.5, rule: band)
    job.laterStages[0].controllers = new
    let whole = try TemporaryDirectory()
    let uninterrupted = job.run(in: whole)
    let resumed = try job.resumed(from: whole, step: step).run(in: whole.copied())
    #expect(resumed.error == nil && resumed.state == uninterrupted.state)
    #expect(resumed.trained == Array(uninterrupted.trained.suffix(resumed.trained.count)))
  }

  @Test("weights of task families are the stage's")
  func mix() throws {
    var job = try Self.byStep(1)
    job.options.prompts.weights = ["even": 1, "odd": 0]
    job.laterStages[0].options.prompts.weights = ["even": 0, "odd": 1]
    let outcome = job.run(in: try TemporaryDirectory())
    for assignment in outcome.assignments(.training) {
      #expect(
        assignment.problem.dataSource == (assignment.step < 3 ? "even" : "odd"), "step \(assignment.step)")
    }
    job.options.prompts.weights = ["even": 1, "prime": 0]
    #expect(job.run(in: try TemporaryDirectory()).error is MixError)
  }
}
