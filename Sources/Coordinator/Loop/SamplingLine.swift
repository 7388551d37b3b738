import Experience
import Messages
import PolicyOptimization
import Tasks

/// Sampling for training: steps are planned, drawn one after the other, and taken in whenever their groups come.
extension TrainingLoop {
  /// Plans the steps that may be sampled now: the next one, and with staleness k the k behind it.
  func planSteps() throws {
    let last = min(state.step + 1 + options.staleness, options.totalSteps)
    let first = (line.last?.plan.step ?? state.step) + 1
    guard first <= last else { return }
    for step in first...last {
      let plan = StepPlan(step: step, policyVersion: state.policyVersion, stage: stageIndex(of: step))
      line.append(try SampledStep(plan, options: options(of: plan).admission, rates: state.passRates))
    }
    try drawRounds()
  }

  /// The stage of a step, from 0.
  func stageIndex(of step: Int) -> Int { state.stage.stage(of: step, in: stages) }

  /// Opens the round that is due, if one is, of the first step that is not decided.
  private func drawRounds() throws {
    while let index = line.firstIndex(where: { !$0.isDecided }) {
      if line[index].rounds.isEmpty, !carried.isEmpty {
        let plan = line[index].plan
        try line[index].carry(carried.map { try $0.judgedAgain(options(of: plan), step: plan.step) })
        carried = []
        if line[index].isDecided {
          try endSampling(index)
          continue
        }
      }
      guard let size = line[index].ledger.nextRoundSize else { return }
      try openRound(of: size, index)
    }
  }

  private func openRound(of size: Int, _ index: Int) throws {
    let plan = line[index].plan
    let first = line[index].ledger.nextOrdinal ?? state.nextOrdinal
    _ = try line[index].ledger.receive(.roundOpened(firstOrdinal: first, count: size))
    line[index].rounds.append(size)
    var assignments: [Assignment] = []
    while let ordinal = line[index].ledger.nextToDispatch() {
      let (problem, row) = samplers[plan.stage].draw(
        ordinal: ordinal, &state.prompts, rates: line[index].rates)
      line[index].arrivals[ordinal] = Arrival(problem: problem, row: row)
      assignments += self.assignments(ordinal, problem, plan)
    }
    try conversation.sample(assignments)
  }

  private func assignments(_ ordinal: Int, _ problem: Problem, _ plan: StepPlan) -> [Assignment] {
    let options = options(of: plan)
    let sampled = Assignment(
      use: .training, step: plan.step, ordinal: ordinal, policyVersion: plan.policyVersion,
      samples: options.samplesPerPrompt, sampling: options.sampling, problem: problem)
    guard options.estimator.needsGreedyBaseline else { return [sampled] }
    var greedy = sampled
    (greedy.use, greedy.samples, greedy.sampling) = (.baseline, 1, options.sampling.greedy)
    return [sampled, greedy]
  }

  /// Waits until the sampling of the next step is decided, and gives groups that are certain to learners on the way.
  func finishSampling() throws -> SampledStep {
    mayTrain = true
    try sendCertain()
    while !line[0].isDecided { try takeSampling() }
    mayTrain = false
    return line.removeFirst()
  }

  /// Takes in one report of the time in which sampling is waited for.
  func takeSampling() throws {
    let (node, report) = try conversation.next()
    if try isOfSampling(report, from: node) { return }
    switch report {
    case .group: break
    case .trained(let trained): try training.receive(trained)
    default: throw TrainingError.unexpectedReport(node: node, report: "\(report)")
    }
  }

  /// Waits for the next report that is not about sampling for training; what is, is taken in on the way.
  func nextReport() throws -> (node: Int, report: Report) {
    while true {
      let (node, report) = try conversation.next()
      if try !isOfSampling(report, from: node) { return (node, report) }
    }
  }

  /// Takes `report` in if it is about sampling for training.
  private func isOfSampling(_ report: Report, from node: Int) throws -> Bool {
    switch report {
    case .group(let use, let step, let group) where use == .training || use == .baseline:
      try receive(group, use, step: step, from: node)
    case .scores(let scores) where awaitedScores.remove(scores.ordinal) != nil:
      try receive(scores)
    default: return false
    }
    return true
  }

  /// Takes in a group; one that was on its way when its step was cancelled is dropped.
  private func receive(_ group: ScoredGroup, _ use: SamplingUse, step: Int, from node: Int) throws {
    guard let index = line.firstIndex(where: { $0.plan.step == step }), !line[index].isDecided else { return }
    guard group.policyVersion == line[index].plan.policyVersion,
      line[index].arrivals[group.ordinal] != nil
    else {
      throw TrainingError.unexpectedReport(
        node: node, report: "group \(group.ordinal) of version \(group.policyVersion)")
    }
    let options = options(of: line[index].plan)
    if use == .baseline {
      line[index].arrivals[group.ordinal]?.baseline = group.responses.first.map {
        options.shaping.reward(of: $0, step: step)
      }
    } else {
      line[index].arrivals[group.ordinal]?.group = group
      if options.rewardPenalty != nil {
        awaitedScores.insert(group.ordinal)
        try conversation.score(scoreOrder(group, stage: line[index].plan.stage, wantsReference: true))
      }
    }
    try judge(group.ordinal, index)
  }

  /// Takes in what a penalty in the reward was waiting for; a step that is decided without it has no use for it.
  private func receive(_ scores: GroupScores) throws {
    guard let index = line.firstIndex(where: { $0.arrivals[scores.ordinal] != nil }), !line[index].isDecided
    else { return }
    line[index].arrivals[scores.ordinal]?.scores = scores
    try judge(scores.ordinal, index)
  }

  /// An order for log-probabilities of `group`.
  func scoreOrder(
    _ group: ScoredGroup, stage: Int, wantsPolicy: Bool = false, wantsReference: Bool = false
  ) -> ScoreOrder {
    ScoreOrder(
      ordinal: group.ordinal, promptTokens: group.promptTokens, responses: group.responses.map(\.tokens),
      stage: stage, wantsPolicy: wantsPolicy, wantsReference: wantsReference)
  }

  /// Judges a group once all that it takes is there, and decides what follows from it.
  private func judge(_ ordinal: Int, _ index: Int) throws {
    let plan = line[index].plan
    let options = options(of: plan)
    guard let arrival = line[index].arrivals[ordinal], let group = arrival.group,
      !options.estimator.needsGreedyBaseline || arrival.baseline != nil,
      options.rewardPenalty == nil || arrival.scores != nil
    else { return }
    line[index].arrivals[ordinal] = nil
    let judged = try JudgedGroup(
      group, arrival, options: options, step: plan.step, klCoefficient: rewardKLController.coefficient)
    try checkJudged(judged, options)
    line[index].groups[ordinal] = judged
    let event = AdmissionLedger.Event.finished(
      ordinal: ordinal, informative: judged.isInformative, tokens: group.tokenCount)
    for admission in try line[index].ledger.receive(event) where admission.miniBatch == 0 {
      line[index].certain.append(admission.ordinal)
    }
    if index == 0 { try sendCertain() }
    if line[index].isDecided { try endSampling(index) }
    try drawRounds()
  }

  /// Ends the run where dynamic sampling goes by a number that is not there, and warns once where truncation pays.
  private func checkJudged(_ judged: JudgedGroup, _ options: TrainerOptions) throws {
    if case .extra(let name) = options.filterMetric, options.admission.isFilterEnabled,
      let response = judged.group.responses.first(where: { $0.extras[name] == nil })
    {
      throw TrainingError.missingMetric(
        name: name, origin: judged.problem.origin, given: response.extras.keys.sorted())
    }
    guard !hasWarnedOfTruncation, let rule = options.shaping.stopProperly,
      let lowest = judged.group.responses.map({ Double($0.score) }).min(),
      rule.rewardsTruncation(lowestReward: lowest)
    else { return }
    hasWarnedOfTruncation = true
    recorder.note(rule.warning(lowestReward: lowest))
  }

  /// Gives learners the groups of the next step that are certain, where nothing later can change them.
  private func sendCertain() throws {
    guard mayTrain, let first = line.first, options(of: first.plan).isStreaming else { return }
    for ordinal in first.certain where !first.sent.contains(ordinal) {
      guard let group = first.groups[ordinal], group.group.policyVersion == state.policyVersion else {
        continue
      }
      line[0].sent.insert(ordinal)
      try conversation.train(group.training, lossSettings(first.plan))
    }
  }

  /// Ends the sampling of a step that is decided.
  private func endSampling(_ index: Int) throws {
    state.nextOrdinal = line[index].ledger.nextOrdinal ?? state.nextOrdinal
    line[index].nextOrdinal = state.nextOrdinal
    carried += line[index].surplus
    try conversation.cancel(.training, step: line[index].plan.step)
    if options(of: line[index].plan).estimator.needsGreedyBaseline {
      try conversation.cancel(.baseline, step: line[index].plan.step)
    }
  }

  /// The coefficients and the stage of a step's loss.
  ///
  /// - Parameters:
  ///   - plan: The step.
  ///   - miniBatch: The groups of the mini-batch, where its parts are divided by different counts.
  /// - Returns: The same for all groups of a mini-batch.
  func lossSettings(_ plan: StepPlan, miniBatch: [JudgedGroup] = []) -> LossSettings {
    LossSettings(
      klCoefficient: klController.coefficient, entropyCoefficient: entropyController.coefficient,
      normalizerRatio: normalizerRatio(options(of: plan), miniBatch), stage: plan.stage)
  }

  /// What the policy's part of the loss is divided by, over what the other parts are divided by.
  private func normalizerRatio(_ options: TrainerOptions, _ groups: [JudgedGroup]) -> Double {
    guard options.mixesAggregations else { return 1 }
    let lengths = groups.flatMap { group in group.old.indices.map { group.mask(of: $0).count { $0 } } }
    let (tokens, sequences) = (lengths.reduce(0, +), lengths.count { $0 > 0 })
    return options.policyAggregation.normaliser(tokens: tokens, sequences: sequences)
      / options.aggregation.normaliser(tokens: tokens, sequences: sequences)
  }
}
