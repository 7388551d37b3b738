import Messages
import Metrics
import PolicyOptimization

/// What follows from a finished step: coefficients, resets of the reference, the next stage.
extension TrainingLoop {
  /// Moves the coefficients for the next step.
  func control(_ statistics: UpdateStatistics, _ groups: [Int: JudgedGroup], _ report: inout StepReport) {
    // With the penalty in the reward, the loss may measure none.
    if let kl = rewardKL(groups) ?? statistics.meanKL { report.add(.proRLKLDivergence, kl) }
    if statistics.measuresKL {
      report.add(.proRLKLCoefficient, klController.coefficient)
      report.add(.actorKLCoef, klController.coefficient)
    }
    // What was not measured moves nothing.
    if let kl = statistics.meanKL { klController.update(kl: kl, samples: statistics.responses) }
    state.klController = klController.state
    controlReward(groups, &report)
    report.add(.actorEntropyCoeff, entropyController.coefficient)
    if let entropy = statistics.total.meanEntropy {
      entropyController.update(entropy: entropy)
      state.entropyTrend.record(entropy)
      report.add(.proRLEntropy, entropy)
    }
    state.entropyController = entropyController.state
    report.add(.proRLEntropyTrend, state.entropyTrend.value)
    report.add(.actorSkippedUpdates, state.skippedUpdatesInAll)
  }

  /// The penalty in the reward: verl's `apply_kl_penalty`.
  private func controlReward(_ groups: [Int: JudgedGroup], _ report: inout StepReport) {
    guard let mean = rewardKL(groups) else { return }
    report.add(.actorRewardKLPenalty, mean)
    report.add(.actorRewardKLPenaltyCoeff, rewardKLController.coefficient)
    rewardKLController.update(kl: mean, samples: groups.values.reduce(0) { $0 + $1.meanKL.count })
    state.rewardKLController = rewardKLController.state
  }

  /// The mean over responses of their KL to the reference, where the reward holds a penalty.
  private func rewardKL(_ groups: [Int: JudgedGroup]) -> Double? {
    let kl = groups.keys.sorted().flatMap { groups[$0]?.meanKL ?? [] }
    return kl.isEmpty ? nil : kl.reduce(0, +) / Double(kl.count)
  }

  /// Ends a step: resets the reference if that is due, and begins the next stage.
  ///
  /// - Parameters:
  ///   - report: The step's.
  ///   - validation: The score of the validation after the step, if there was one by schedule.
  /// - Throws: What links and files throw.
  func endStep(_ report: inout StepReport, validation: Double?) throws {
    noteForNextStage(report)
    let isRequested = try recorder.takeResetRequest(step: state.step)
    var reason: String?
    if case .reset(let why) = resetPolicy.decision(
      step: state.step, kl: report[.proRLKLDivergence], validation: validation, isRequested: isRequested)
    {
      reason = "\(why)"
    }
    state.reset = resetPolicy.state
    let (stage, next) = (stageIndex(of: state.step), stageIndex(of: state.step + 1))
    if stage != next { try enter(stages[next], &report, reason: &reason) }
    if let reason { try resetReference(reason, &report) }
    try synchronizeReference()
    report.add(.trainingStage, stage)
    report.add(.proRLResetCount, Double(resetPolicy.state.resetCount))
    report.add(.proRLStepsSinceReset, Double(resetPolicy.stepsSinceReset(at: state.step)))
  }

  // MARK: Stages

  /// Looks whether the metric that the next stage waits for stands still.
  private func noteForNextStage(_ report: StepReport) {
    let index = stageIndex(of: state.step) + 1
    // One that has begun with a step that is not planned yet waits no more.
    guard index < stages.count, case .plateau(let metric, _, _) = stages[index].start,
      state.stage.firstSteps[index] == nil
    else { return }
    let values = report.entries.map { ($0.name.rawValue, $0.value) } + recorder.pendingValidation
    guard let value = values.last(where: { $0.0 == metric })?.1 else { return }
    let firstUnplanned = (line.last?.plan.step ?? state.step) + 1
    if state.stage.note(value, for: index, in: stages, beginningWith: firstUnplanned) {
      recorder.note(
        "step \(state.step): \(metric) stands still; \(stages[index].name) begins with step \(firstUnplanned)"
      )
    }
  }

  /// Begins a stage with the next step: coefficients that it sets otherwise begin anew, the others go on.
  private func enter(_ stage: TrainerStage, _ report: inout StepReport, reason: inout String?) throws {
    report.events.append("stage \(stage.name) begins with step \(state.step + 1)")
    recorder.note("step \(state.step): \(stage.name) begins")
    if let new = stage.controllers {
      if !new.kl.hasSettings(of: klController) { klController = new.kl }
      if !new.rewardKL.hasSettings(of: rewardKLController) { rewardKLController = new.rewardKL }
      if !new.entropy.hasSettings(of: entropyController) { entropyController = new.entropy }
      (state.klController, state.rewardKLController) = (klController.state, rewardKLController.state)
      state.entropyController = entropyController.state
    }
    if stage.resetsReference { reason = reason ?? "\(stage.name) begins" }
  }

  // MARK: The reference

  private func resetReference(_ reason: String, _ report: inout StepReport) throws {
    let options = resetPolicy.options
    let best = options.source == .best ? state.bestCheckpointStep : nil
    if self.options.keepsSnapshots, self.options.saveFrequency >= 0 { try saveBeforeReset() }
    let order = ResetOrder(
      reinitializesOptimizer: options.optimizer == .reinit,
      checkpoint: best.map { recorder.checkpointDirectory(step: $0) } ?? "")
    try conversation.send(.resetReference(order), to: conversation.roster.learners)
    resetPolicy.performed(step: state.step)
    klController.reset()
    rewardKLController.reset()
    state.klController = klController.state
    state.rewardKLController = rewardKLController.state
    state.reset = resetPolicy.state
    state.resetIsUnchecked = best == nil
    let source = best.map { "the policy of step \($0)" } ?? "the policy"
    let sentence = "the reference was reset to \(source) (\(reason))"
    report.events.append(sentence)
    recorder.note("step \(state.step): \(sentence)")
  }

  /// Moves the reference a part of the way towards the policy, where that is asked for.
  private func synchronizeReference() throws {
    guard let sync = options.referenceSync, state.step.isMultiple(of: sync.interval) else { return }
    let order = ResetOrder(reinitializesOptimizer: false, share: sync.share)
    try conversation.send(.resetReference(order), to: conversation.roster.learners)
    state.resetIsUnchecked = false
  }

  /// Checks that the first mini-batch after a reset found no difference between policy and reference, nor rewards.
  func checkReset(_ statistics: UpdateStatistics, _ groups: [Int: JudgedGroup], step: Int) throws {
    let measured = [statistics.firstKL, rewardKL(groups)].compactMap { $0 }
    guard state.resetIsUnchecked else { return }
    // Where nothing was measured this was the only chance: the policy goes on from here.
    state.resetIsUnchecked = false
    for kl in measured where kl != 0 { throw TrainingError.resetNotExact(step: step, kl: kl) }
  }
}
