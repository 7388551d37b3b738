import Checkpoints
import Experience
import Messages
import Metrics
import PolicyOptimization
public import Tasks

/// The loop of ProRL: sample groups, keep those that teach, train on them, control KL, reset the reference,
/// save.
///
/// Everything it decides it decides by ordinal and by sums in ordinal order, so that the same configuration
/// gives the same weights on any number of ranks; docs/training-step.md tells a step from start to end.
public final class TrainingLoop {
  let conversation: Conversation
  let stages: [TrainerStage]
  let problems: any ProblemSource
  /// Which prompts are drawn, by stage.
  let samplers: [PromptSampler]
  let recorder: RunRecorder
  let validation: [ValidationSet]
  var state: TrainerState
  var klController: KLController
  /// Of the penalty in the reward, where there is one.
  var rewardKLController: KLController
  var entropyController: EntropyController
  var resetPolicy: ReferenceResetPolicy
  /// Steps that are planned and not trained, the next one first.
  var line: [SampledStep] = []
  /// Groups that learners were asked to score so that they can be judged.
  var awaitedScores: Set<Int> = []
  /// Groups that were over in the last step that was decided.
  var carried: [JudgedGroup] = []
  /// The mini-batch that learners are at.
  var training = MiniBatchTraining(step: 0)
  /// Whether groups of the next step may go to learners: the policy is the one that will train on them.
  var mayTrain = false
  /// Whether the operator was told that truncation pays.
  var hasWarnedOfTruncation = false
  /// What the last checkpoint took; reported with the step after it.
  private var saveSeconds: Double?

  /// A loop that goes on from `state`.
  ///
  /// - Parameters:
  ///   - conversation: The workers.
  ///   - stages: How to run, stage by stage; at least one.
  ///   - problems: The prompt stream.
  ///   - validation: What to validate on.
  ///   - controllers: What steers coefficients and resets, where `state` left it.
  ///   - state: Where to go on.
  ///   - recorder: Where numbers, rollouts and checkpoints go.
  /// - Throws: ``MixError`` for weights of task families that the problems do not have.
  public init(
    conversation: Conversation, stages: [TrainerStage], problems: any ProblemSource,
    validation: [ValidationSet], controllers: Controllers, state: TrainerState, recorder: RunRecorder
  ) throws {
    self.conversation = conversation
    self.stages = stages
    self.problems = problems
    self.validation = validation
    klController = controllers.kl
    rewardKLController = controllers.rewardKL
    entropyController = controllers.entropy
    resetPolicy = controllers.reset
    self.state = state
    self.recorder = recorder
    samplers = try stages.map {
      try PromptSampler(problems, options: $0.options.prompts, seed: $0.options.seed)
    }
  }

  /// The options of the stage of the next step to train.
  var options: TrainerOptions { stages[stageIndex(of: state.step + 1)].options }

  /// The options that hold for what is planned.
  func options(of plan: StepPlan) -> TrainerOptions { stages[plan.stage].options }

  /// Runs all steps that are left, or until it is asked to stop; then there is a checkpoint of the last one.
  ///
  /// - Returns: Which of both.
  /// - Throws: ``TrainingError`` when the run cannot go on, and what links and files throw.
  public func run() throws -> RunEnd {
    var watch = StopWatch(limit: options.maximumSeconds)
    if options.validatesOnly, state.step > 0 {
      _ = try validate(isFinal: true)
    } else if state.step == 0, options.validatesBefore || options.validatesOnly, !validation.isEmpty {
      // What later validations are compared with; nothing is reset before the first step.
      _ = resetPolicy.decision(step: 0, kl: nil, validation: try validate(isFinal: false))
      state.reset = resetPolicy.state
      try recorder.recordFirstValidation()
    }
    if let reason = options.reasonToWait {
      recorder.note("groups are trained when all of their step are sampled, since \(reason)")
    }
    if state.step >= options.totalSteps || options.validatesOnly { noteNothingToDo() }
    while state.step < options.totalSteps, !options.validatesOnly {
      let clock = ContinuousClock()
      let start = clock.now
      var report = StepReport(step: state.step + 1)
      try planSteps()
      try step(&report)
      state.step += 1
      let isLast = state.step == options.totalSteps
      var validated: Double?
      if isLast || isDue(options.testFrequency), !validation.isEmpty, options.testFrequency > 0 {
        report.add(.timingTesting, try seconds { validated = try validate(isFinal: isLast) })
      }
      try endStep(&report, validation: validated)
      if let saveSeconds { report.add(.timingSaveCheckpoint, saveSeconds) }
      saveSeconds = nil
      report.add(.timingStep, (clock.now - start).seconds)
      addThroughput(&report)
      // Before the checkpoint: a resumed run drops lines beyond its checkpoint, but could not make up for a
      // lost one.
      try recorder.record(report)
      let reason = isLast ? nil : watch.reasonToStop(stepSeconds: (clock.now - start).seconds)
      if (isLast || reason != nil) && options.saveFrequency >= 0 || isDue(options.saveFrequency) {
        saveSeconds = try seconds { try save() }
      }
      if let reason {
        noteStop(reason)
        return .stopped
      }
    }
    recorder.endLine()
    return .finished
  }

  private func noteStop(_ reason: String) {
    recorder.endLine()
    let saved = options.saveFrequency >= 0 ? "it is saved" : "it is not saved, as `trainer.save_freq` is -1"
    recorder.note(
      "stopped after step \(state.step) of \(options.totalSteps), since \(reason); \(saved); start it again to go on"
    )
  }

  private func noteNothingToDo() {
    guard !options.validatesOnly else { return }
    recorder.note(
      "nothing to do: the run has finished step \(state.step) of \(options.totalSteps); raise "
        + "`trainer.total_training_steps` to go on, or set another `trainer.default_local_dir` to begin anew"
    )
  }

  private func isDue(_ frequency: Int) -> Bool { frequency > 0 && state.step.isMultiple(of: frequency) }

  /// Samples, trains and publishes.
  private func step(_ report: inout StepReport) throws {
    training = MiniBatchTraining(step: report.step)
    let start = ContinuousClock.now
    let sampled = try finishSampling()
    report.add(.timingGen, (ContinuousClock.now - start).seconds)
    addSamplingMetrics(sampled, to: &report)
    if let count = report[.rolloutNonfiniteLogits], count > 0 {
      recorder.note(
        "step \(report.step): \(Int(count)) logits were not finite and were masked; the weights may be damaged"
      )
    }
    try checkRewards(sampled)
    notePassRates(sampled, &report)
    guard try hasEnough(sampled, step: report.step) else {
      try throwAway(sampled)
      try recorder.recordRollouts(sampled.reported, step: report.step)
      report.add(.actorSkippedSteps, Double(state.skippedSteps))
      return
    }
    report.add(.timingUpdateActor, try seconds { try train(sampled, into: &report) })
  }

  /// Ends the run where the reward of a task fails more often than allowed: scores that say nothing teach nothing.
  private func checkRewards(_ sampled: SampledStep) throws {
    let byTask = Dictionary(grouping: sampled.drawn, by: \.problem.dataSource)
    for (task, groups) in byTask.sorted(by: { $0.key < $1.key }) {
      let responses = groups.flatMap(\.group.responses)
      let failed = responses.filter { Verdict.Kind(rawValue: $0.verdict)?.isFailure ?? false }
      let limit = options(of: sampled.plan).maximumErrorRate
      guard Double(failed.count) > limit * Double(responses.count) else { continue }
      throw TrainingError.rewardFails(
        step: sampled.plan.step, task: task, failures: failed.count, responses: responses.count,
        reason: failed.first?.reason ?? "")
    }
  }

  /// Notes how often the rows of a step were solved.
  private func notePassRates(_ sampled: SampledStep, _ report: inout StepReport) {
    guard let curriculum = options(of: sampled.plan).prompts.curriculum else { return }
    for judged in sampled.drawn {
      guard let row = judged.row else { continue }
      let accuracies = FilterMetric.accuracy.values(of: judged.group, tokenRewards: [])
      let mean = accuracies.reduce(0, +) / Double(max(1, accuracies.count))
      state.passRates.record(min(max(mean, 0), 1), row: row, window: curriculum.window)
    }
    report.add(.trainingPromptsSeen, state.passRates.count)
    report.add(.trainingPromptsRetired, state.passRates.retiredCount)
  }

  /// Whether there is something to train on; ends the run where the options say so.
  private func hasEnough(_ sampled: SampledStep, step: Int) throws -> Bool {
    let options = options(of: sampled.plan)
    let found = sampled.admitted.count
    guard sampled.ledger.outcome != .full else {
      state.skippedSteps = 0
      return true
    }
    switch options.onExhausted {
    case .error:
      throw TrainingError.tooFewGroups(
        step: step, found: found, wanted: options.admission.groupsWanted, rounds: sampled.ledger.rounds)
    case .train where found > 0:
      state.skippedSteps = 0
      return true
    case .train, .skip:
      state.skippedSteps += 1
      if state.skippedSteps >= options.maximumSkippedSteps {
        throw TrainingError.noLearningSignal(
          step: step, steps: state.skippedSteps, groups: sampled.groups.count)
      }
      return false
    }
  }

  private func save() throws {
    try write(to: recorder.beginCheckpoint(step: state.step)) { pending in
      if state.bestStep == state.step { state.bestCheckpointStep = state.step }
      try recorder.commit(
        pending, state: state, sampled: sampledRecords(), keepLast: options.checkpointsKept,
        keeping: Set([state.bestCheckpointStep].compactMap { $0 }))
    }
  }

  /// Keeps what a reset of the reference is about to replace, so that it can be undone.
  func saveBeforeReset() throws {
    try write(to: recorder.beginSnapshot(step: state.step)) { pending in
      try recorder.commitSnapshot(pending, state: state, sampled: sampledRecords())
    }
  }

  /// Has the first learner write its files, then `commit` the rest.
  private func write(to pending: PendingCheckpoint, commit: (PendingCheckpoint) throws -> Void) throws {
    // What is planned was begun with older weights than the checkpoint holds, so its groups are saved instead.
    while !line.allSatisfy(\.isDecided) { try takeSampling() }
    try conversation.send(.save(directory: pending.directory), to: conversation.roster.learners)
    while true {
      switch try nextReport() {
      case (_, .saved): return try commit(pending)
      case (_, .group): continue
      case (let node, let other): throw TrainingError.unexpectedReport(node: node, report: "\(other)")
      }
    }
  }
}

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start).seconds
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
