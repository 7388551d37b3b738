import Checkpoints
import Experience
import Messages
import Metrics
public import PolicyOptimization
public import Tasks

/// The loop of ProRL: sample groups, keep those that teach, train on them, control KL, reset the reference,
/// save.
///
/// Everything it decides it decides by ordinal and by sums in ordinal order, so that the same configuration
/// gives the same weights on any number of ranks; docs/training-step.md tells a step from start to end.
public final class TrainingLoop {
  let conversation: Conversation
  let options: TrainerOptions
  let problems: any ProblemSource
  let recorder: RunRecorder
  let validation: [ValidationSet]
  var state: TrainerState
  var klController: KLController
  var resetPolicy: ReferenceResetPolicy
  /// What the last checkpoint took; reported with the step after it.
  private var saveSeconds: Double?

  /// A loop that goes on from `state`.
  ///
  /// - Parameters:
  ///   - conversation: The workers.
  ///   - options: How to run.
  ///   - problems: The prompt stream.
  ///   - validation: What to validate on.
  ///   - klController: The KL coefficient's rule; its state is taken from `state`.
  ///   - resetPolicy: When the reference is reset; its state is taken from `state`.
  ///   - state: Where to go on.
  ///   - recorder: Where numbers, rollouts and checkpoints go.
  public init(
    conversation: Conversation, options: TrainerOptions, problems: any ProblemSource,
    validation: [ValidationSet],
    klController: KLController, resetPolicy: ReferenceResetPolicy, state: TrainerState, recorder: RunRecorder
  ) {
    self.conversation = conversation
    self.options = options
    self.problems = problems
    self.validation = validation
    self.klController = klController
    self.resetPolicy = resetPolicy
    self.state = state
    self.recorder = recorder
  }

  /// Runs all steps that are left.
  ///
  /// - Throws: ``TrainingError`` when the run cannot go on, and what links and files throw.
  public func run() throws {
    if state.step == 0, options.validatesBefore, !validation.isEmpty {
      try validate(isFinal: false)
      try recorder.recordFirstValidation()
    }
    if state.step >= options.totalSteps {
      recorder.note(
        "nothing to do: the run has finished step \(state.step) of \(options.totalSteps); raise "
          + "`trainer.total_training_steps` to go on, or set another `trainer.default_local_dir` to begin anew"
      )
    }
    while state.step < options.totalSteps {
      let clock = ContinuousClock()
      let start = clock.now
      var report = StepReport(step: state.step + 1)
      try step(&report)
      state.step += 1
      let isLast = state.step == options.totalSteps
      if isLast || isDue(options.testFrequency), !validation.isEmpty, options.testFrequency > 0 {
        report.add(.timingTesting, try seconds { try validate(isFinal: isLast) })
      }
      try resetReferenceIfDue(&report)
      if let saveSeconds { report.add(.timingSaveCheckpoint, saveSeconds) }
      saveSeconds = nil
      report.add(.timingStep, (clock.now - start).seconds)
      addThroughput(&report)
      // Before the checkpoint: a resumed run drops lines beyond its checkpoint, but could not make up for a
      // lost one.
      try recorder.record(report)
      if isLast && options.saveFrequency >= 0 || isDue(options.saveFrequency) {
        saveSeconds = try seconds { try save() }
      }
    }
    recorder.endLine()
  }

  private func isDue(_ frequency: Int) -> Bool { frequency > 0 && state.step.isMultiple(of: frequency) }

  /// Samples, trains and publishes.
  private func step(_ report: inout StepReport) throws {
    var sampled = SampledStep(ledger: try AdmissionLedger(options: options.admission))
    var training = MiniBatchTraining(step: report.step)
    report.add(.timingGen, try seconds { try sample(&sampled, &training) })
    state.nextOrdinal = sampled.ledger.nextOrdinal ?? state.nextOrdinal
    try conversation.cancel(use: .training, step: report.step)
    addSamplingMetrics(sampled, to: &report)
    if let count = report[.rolloutNonfiniteLogits], count > 0 {
      recorder.note(
        "step \(report.step): \(Int(count)) logits were not finite and were masked; the weights may be damaged"
      )
    }
    try recorder.recordRollouts(sampled.considered, step: report.step)
    guard try hasEnough(sampled, step: report.step) else {
      report.add(.actorSkippedSteps, Double(state.skippedSteps))
      return
    }
    report.add(
      .timingUpdateActor, try seconds { try train(sampled, &training, into: &report) })
  }

  /// Draws rounds of prompts until the batch is decided; gives groups to learners as soon as they are
  /// certain.
  private func sample(_ sampled: inout SampledStep, _ training: inout MiniBatchTraining) throws {
    let step = training.step
    while sampled.ledger.outcome == nil {
      if let size = sampled.ledger.nextRoundSize {
        let first = sampled.ledger.nextOrdinal ?? state.nextOrdinal
        _ = try sampled.ledger.receive(.roundOpened(firstOrdinal: first, count: size))
        var assignments: [Assignment] = []
        while let ordinal = sampled.ledger.nextToDispatch() {
          assignments.append(assignment(ordinal, step: step))
        }
        try conversation.sample(assignments)
      }
      switch try conversation.next() {
      case (let node, .group(.training, step, let group)):
        guard group.policyVersion == state.policyVersion else {
          throw TrainingError.unexpectedReport(
            node: node, report: "a group of version \(group.policyVersion)")
        }
        let judged = try JudgedGroup(
          group, problem: problems.problem(ordinal: group.ordinal), options: options)
        sampled.groups[group.ordinal] = judged
        let event = AdmissionLedger.Event.finished(
          ordinal: group.ordinal, informative: judged.isInformative, tokens: group.tokenCount)
        for admission in try sampled.ledger.receive(event) where admission.miniBatch == 0 {
          guard let admitted = sampled.groups[admission.ordinal] else { continue }
          sampled.sent.insert(admission.ordinal)
          try conversation.train(admitted.training, klCoefficient: klController.coefficient)
        }
      case (_, .group):
        break  // A group of an earlier step that was on its way when it was cancelled.
      case (_, .trained(let trained)):
        try training.receive(trained)
      case (let node, let other):
        throw TrainingError.unexpectedReport(node: node, report: "\(other)")
      }
    }
  }

  private func assignment(_ ordinal: Int, step: Int) -> Assignment {
    Assignment(
      use: .training, step: step, ordinal: ordinal, samples: options.samplesPerPrompt,
      sampling: options.sampling,
      problem: problems.problem(ordinal: ordinal))
  }

  /// Whether there is something to train on; ends the run where the options say so.
  private func hasEnough(_ sampled: SampledStep, step: Int) throws -> Bool {
    switch sampled.ledger.outcome {
    case .full:
      break
    case .partial(let count) where options.whenExhausted == .error:
      throw TrainingError.tooFewGroups(
        step: step, found: count, wanted: options.admission.groupsWanted, rounds: sampled.ledger.rounds)
    case .partial:
      break
    case .empty where options.whenExhausted == .error:
      throw TrainingError.tooFewGroups(
        step: step, found: 0, wanted: options.admission.groupsWanted, rounds: sampled.ledger.rounds)
    case .empty, nil:
      state.skippedSteps += 1
      if state.skippedSteps >= options.maximumSkippedSteps {
        throw TrainingError.noLearningSignal(
          step: step, steps: state.skippedSteps, groups: sampled.groups.count)
      }
      return false
    }
    state.skippedSteps = 0
    return true
  }

  /// Trains all mini-batches, then publishes the new weights.
  private func train(
    _ sampled: SampledStep, _ training: inout MiniBatchTraining, into report: inout StepReport
  ) throws {
    let learningRate = options.schedule.learningRate(finishedSteps: report.step - 1)
    let batches = sampled.ledger.miniBatches
    var statistics = UpdateStatistics()
    for pass in 0..<options.epochs * batches.count {
      let batch = batches[pass % batches.count]
      if pass == 0 {
        // Those that were certain early are with the learners already.
        let rest = batch.ordinals.filter { !sampled.sent.contains($0) }
        try sendToLearners(rest, of: sampled)
      } else {
        try sendToLearners(batch.ordinals, of: sampled)
      }
      try training.collect(batch.ordinals, from: conversation)
      let order = updateOrder(training, miniBatch: pass, learningRate: learningRate)
      let norm = try update(order.order)
      try noteSkipped(order.reason, step: report.step)
      statistics.add(
        training, norm: norm, normalizer: order.order.normalizer, isFirst: pass == 0)
      training.nextMiniBatch()
    }
    statistics.add(to: &report)
    report.add(.actorLr, learningRate)
    report.add(.trainingLearnerGroupsMin, conversation.takeFewestTrainedGroups())
    report.add(.timingWeights, try seconds { try publish() })
    control(statistics, &report)
  }

  private func sendToLearners(_ ordinals: [Int], of sampled: SampledStep) throws {
    for ordinal in ordinals {
      guard let group = sampled.groups[ordinal] else { continue }
      try conversation.train(group.training, klCoefficient: klController.coefficient)
    }
  }

  private func updateOrder(
    _ training: MiniBatchTraining, miniBatch: Int, learningRate: Double
  ) -> (order: UpdateOrder, reason: UpdateGuard.Reason?) {
    let sums = training.sums.total
    var reason: UpdateGuard.Reason?
    if case .skip(let why) = options.updateGuard.verdict(largestMagnitudes: training.largestMagnitudes) {
      reason = why
    }
    let normalizer = options.aggregation.normaliser(tokens: sums.tokens, sequences: sums.sequences)
    let order = UpdateOrder(
      step: training.step, miniBatch: miniBatch, normalizer: normalizer, learningRate: learningRate,
      isSkipped: reason != nil)
    return (order, reason)
  }

  /// Has all learners end the mini-batch and checks that they agree.
  private func update(_ order: UpdateOrder) throws -> Double {
    try conversation.send(.update(order), to: conversation.roster.learners)
    var reports: [Int: UpdateReport] = [:]
    while reports.count < conversation.roster.learners.count {
      switch try conversation.next() {
      case (let node, .updated(let report)): reports[node] = report
      case (_, .group): break
      case (let node, let other): throw TrainingError.unexpectedReport(node: node, report: "\(other)")
      }
    }
    let first = reports[conversation.roster.learners[0]]
    for (node, report) in reports.sorted(by: { $0.key < $1.key }) where report.checksum != first?.checksum {
      throw TrainingError.learnersDisagree(step: order.step, node: node)
    }
    if !order.isSkipped { state.policyVersion += 1 }
    return first?.gradientNorm ?? .nan
  }

  private func noteSkipped(_ reason: UpdateGuard.Reason?, step: Int) throws {
    guard let reason else {
      state.skippedUpdates = 0
      return
    }
    state.skippedUpdates += 1
    recorder.note("step \(step): \(reason)")
    if state.skippedUpdates >= 3 {
      throw TrainingError.notFinite(step: step, updates: state.skippedUpdates, reason: "\(reason)")
    }
  }

  private func publish() throws {
    let receivers = Set(conversation.roster.rollout + conversation.roster.learners).sorted()
    try conversation.send(.publish(version: state.policyVersion), to: receivers)
  }

  /// Moves the KL coefficient and notes the entropy.
  private func control(_ statistics: UpdateStatistics, _ report: inout StepReport) {
    let kl = statistics.total.meanKL ?? 0
    report.add(.proRLKLDivergence, kl)
    report.add(.proRLKLCoefficient, klController.coefficient)
    report.add(.actorKLCoef, klController.coefficient)
    klController.update(kl: kl, samples: statistics.total.sequences)
    state.klController = klController.state
    let entropy = statistics.total.meanEntropy ?? 0
    state.entropyTrend.record(entropy)
    report.add(.proRLEntropy, entropy)
    report.add(.proRLEntropyTrend, state.entropyTrend.value)
  }

  /// Resets the reference by interval, by KL or because validation became worse.
  private func resetReferenceIfDue(_ report: inout StepReport) throws {
    var reason: String?
    if case .reset(let why) = resetPolicy.decision(step: state.step, kl: report[.proRLKLDivergence]) {
      reason = "\(why)"
    } else if options.resetsOnDegradation, state.validationTrend.isDegraded,
      resetPolicy.stepsSinceReset(at: state.step) >= resetPolicy.options.minimumStepsBetween
    {
      reason = "validation became worse"
    }
    if let reason { try resetReference(reason) }
    report.add(.proRLResetCount, Double(resetPolicy.state.resetCount))
    report.add(.proRLStepsSinceReset, Double(resetPolicy.stepsSinceReset(at: state.step)))
  }

  private func resetReference(_ reason: String) throws {
    let reinitializes = resetPolicy.options.optimizer == .reinit
    try conversation.send(
      .resetReference(reinitializingOptimizer: reinitializes), to: conversation.roster.learners)
    resetPolicy.performed(step: state.step)
    klController.reset()
    state.klController = klController.state
    state.reset = resetPolicy.state
    state.validationTrend.reset()
    recorder.note("step \(state.step): the reference was reset to the policy (\(reason))")
  }

  private func save() throws {
    let pending = try recorder.beginCheckpoint(step: state.step)
    try conversation.send(.save(directory: pending.directory), to: conversation.roster.learners)
    while true {
      switch try conversation.next() {
      case (_, .saved):
        return try recorder.commit(pending, state: state, keeping: options.checkpointsKept)
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
