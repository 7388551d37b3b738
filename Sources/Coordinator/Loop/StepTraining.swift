import Experience
import Messages
import Metrics
import PolicyOptimization
import Randomness

/// From a decided batch to new weights.
extension TrainingLoop {
  /// Trains all mini-batches, then publishes the new weights.
  func train(_ sampled: SampledStep, into report: inout StepReport) throws {
    let (plan, options) = (sampled.plan, options(of: sampled.plan))
    var groups = Dictionary(uniqueKeysWithValues: sampled.admitted.map { ($0.group.ordinal, $0) })
    report.add(.timingOldLogProb, try seconds { try scoreStale(&groups, sampled, &report) })
    try estimateAdvantages(&groups, sampled)
    addAdvantageMetrics(groups, to: &report)
    let learningRate = options.schedule.learningRate(finishedSteps: report.step - 1)
    let batches = sampled.ledger.miniBatches
    var statistics = UpdateStatistics(measuresKL: options.measuresKL)
    for pass in 0..<options.epochs * batches.count {
      let ordinals = batches[pass % batches.count].ordinals
      try correctBypassed(ordinals, in: &groups, plan, &report)
      try select(ordinals, in: &groups, plan, miniBatch: pass)
      let settings = lossSettings(plan, miniBatch: ordinals.compactMap { groups[$0] })
      // Those that were certain early are with the learners already.
      for ordinal in ordinals where pass > 0 || !sampled.sent.contains(ordinal) {
        guard let group = groups[ordinal] else { continue }
        try conversation.train(group.training, settings)
      }
      try collect(ordinals)
      let isOnPolicy = ordinals.allSatisfy { groups[$0]?.oldVersion == state.policyVersion }
      let order = updateOrder(options, miniBatch: pass, learningRate: learningRate)
      let norm = try update(order.order)
      try noteSkipped(order.reason, step: report.step)
      statistics.add(
        training, norm: norm, normalizer: order.order.normalizer, isFirst: pass == 0 && isOnPolicy,
        isFirstPass: pass < batches.count)
      training = MiniBatchTraining(step: report.step)
    }
    try recorder.recordRollouts(sampled.reported.map { groups[$0.group.ordinal] ?? $0 }, step: report.step)
    try checkReset(statistics, groups, step: report.step)
    statistics.add(to: &report)
    report.add(.actorLr, learningRate)
    report.add(.trainingLearnerGroupsMin, conversation.takeFewestTrainedGroups())
    report.add(.timingWeights, try seconds { try publish() })
    control(statistics, groups, &report)
  }

  /// Has learners forget what they were given early of a step that trains nothing.
  func throwAway(_ sampled: SampledStep) throws {
    guard !sampled.sent.isEmpty else { return }
    try collect(sampled.sent.sorted())
    _ = try update(
      UpdateOrder(step: sampled.plan.step, miniBatch: 0, normalizer: 1, learningRate: 0, isSkipped: true))
    _ = conversation.takeFewestTrainedGroups()
  }

  /// Waits until all of `ordinals` are trained.
  private func collect(_ ordinals: [Int]) throws {
    while !training.hasAll(ordinals) {
      let (node, report) = try nextReport()
      switch report {
      case .trained(let trained): try training.receive(trained)
      case .group: break
      default: throw TrainingError.unexpectedReport(node: node, report: "\(report)")
      }
    }
  }

  /// Has learners score `groups`; the answers by ordinal.
  func scores(of orders: [ScoreOrder]) throws -> [Int: GroupScores] {
    for order in orders { try conversation.score(order) }
    var scores: [Int: GroupScores] = [:]
    while scores.count < orders.count {
      let (node, report) = try nextReport()
      switch report {
      case .scores(let group): scores[group.ordinal] = group
      case .group: break
      default: throw TrainingError.unexpectedReport(node: node, report: "\(report)")
      }
    }
    return scores
  }

  /// Computes the old log-probabilities of groups that older weights sampled, and corrects for the difference.
  private func scoreStale(
    _ groups: inout [Int: JudgedGroup], _ sampled: SampledStep, _ report: inout StepReport
  ) throws {
    let correction = options(of: sampled.plan).correction
    guard !correction.options.bypassesOldPolicy else { return }
    let stale = groups.values.filter { $0.group.policyVersion != state.policyVersion }
    let orders = stale.sorted { $0.group.ordinal < $1.group.ordinal }.map {
      scoreOrder($0.group, stage: sampled.plan.stage, wantsPolicy: true)
    }
    for (ordinal, scores) in try scores(of: orders) {
      groups[ordinal]?.old = scores.policy
      groups[ordinal]?.oldVersion = scores.policyVersion
    }
    guard correction.options.isActive || !stale.isEmpty else { return }
    correct(groups.keys.sorted(), in: &groups, correction, old: { $0.old }, &report)
  }

  /// In a loss that takes the policy which sampled for the old one, corrects by the policy in training, mini-batch by
  /// mini-batch.
  private func correctBypassed(
    _ ordinals: [Int], in groups: inout [Int: JudgedGroup], _ plan: StepPlan, _ report: inout StepReport
  ) throws {
    let correction = options(of: plan).correction
    guard correction.options.bypassesOldPolicy, correction.options.isActive else { return }
    let members = ordinals.compactMap { groups[$0] }.filter { $0.oldVersion != state.policyVersion }
    let now = try scores(of: members.map { scoreOrder($0.group, stage: plan.stage, wantsPolicy: true) })
    // What the policy of an earlier pass rejected, this one may keep.
    for ordinal in ordinals { groups[ordinal]?.forgetRejections() }
    correct(ordinals, in: &groups, correction, old: { now[$0.group.ordinal]?.policy ?? $0.old }, &report)
    // With PPO's clip the ratio is the weight already.
    guard correction.options.lossType == .ppoClip else { return }
    for ordinal in ordinals {
      groups[ordinal]?.importanceWeights = []
      groups[ordinal]?.weightsBeforeSelection = []
    }
  }

  /// Weights and masks tokens whose probability has changed since they were sampled.
  private func correct(
    _ ordinals: [Int], in groups: inout [Int: JudgedGroup], _ correction: RolloutCorrection,
    old: (JudgedGroup) -> [[Float]], _ report: inout StepReport
  ) {
    let members = ordinals.compactMap { groups[$0] }
    let outcome = correction.corrected(
      members.flatMap { judged in
        zip(old(judged), judged.group.responses).enumerated().map { index, pair in
          RolloutCorrection.Response(
            old: pair.0, rollout: pair.1.logProbabilities, isCounted: judged.mask(of: index))
        }
      })
    for metric in outcome.metrics { report.add(.rolloutCorrection(metric.name), metric.value) }
    var next = 0
    for ordinal in ordinals {
      let count = groups[ordinal]?.group.responses.count ?? 0
      if let weights = outcome.weights {
        groups[ordinal]?.importanceWeights = Array(weights[next..<next + count])
        groups[ordinal]?.weightsBeforeSelection = Array(weights[next..<next + count])
      }
      if !correction.options.rejections.isEmpty {
        groups[ordinal]?.isCounted = Array(outcome.isKept[next..<next + count])
      }
      next += count
    }
  }

  /// Computes the advantages that take a whole batch.
  private func estimateAdvantages(_ groups: inout [Int: JudgedGroup], _ sampled: SampledStep) throws {
    let options = options(of: sampled.plan)
    let ordinals = groups.keys.sorted()
    guard
      options.estimator.scope == .batch
        || ordinals.contains(where: { groups[$0]?.advantages.isEmpty ?? true })
    else { return }
    let members = ordinals.compactMap { groups[$0] }
    let advantages = try options.estimator.advantages(of: members.map { $0.advantageGroup(options) })
    for (ordinal, advantages) in zip(ordinals, advantages) { groups[ordinal]?.advantages = advantages }
  }

  /// Has a loss that picks tokens out of the mini-batch pick them.
  private func select(
    _ ordinals: [Int], in groups: inout [Int: JudgedGroup], _ plan: StepPlan, miniBatch: Int
  ) throws {
    let selector = options(of: plan).selector
    guard selector.isNeeded else { return }
    let members = ordinals.compactMap { groups[$0] }
    var now: [Int: GroupScores] = [:]
    // The policy that sampled a group gives the log-probabilities it was sampled with, to the bit.
    if selector.needsEntropies || members.contains(where: { $0.oldVersion != state.policyVersion }) {
      now = try scores(of: members.map { scoreOrder($0.group, stage: plan.stage, wantsPolicy: true) })
    }
    var generator = NamedGenerator(
      RandomName(
        seed: options(of: plan).seed, purpose: .tokenSelection, step: plan.step, ordinal: miniBatch, sample: 0
      ))
    let chosen = selector.select(members, scores: now) { generator.next(below: $0) }
    for (ordinal, group) in zip(ordinals, chosen) { groups[ordinal] = group }
  }

  private func updateOrder(
    _ options: TrainerOptions, miniBatch: Int, learningRate: Double
  ) -> (order: UpdateOrder, reason: String?) {
    let sums = training.sums.total
    var reason: String?
    if case .skip(let why) = options.updateGuard.verdict(largestMagnitudes: training.largestMagnitudes) {
      reason = "\(why)"
      if let trouble = training.trouble { reason?.append(" (\(trouble))") }
    }
    let normalizer = options.policyAggregation.normaliser(tokens: sums.tokens, sequences: sums.sequences)
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
      switch try nextReport() {
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

  private func noteSkipped(_ reason: String?, step: Int) throws {
    guard let reason else {
      state.skippedUpdates = 0
      return
    }
    state.skippedUpdates += 1
    state.skippedUpdatesInAll += 1
    recorder.note("step \(step): \(reason)")
    if state.skippedUpdates >= 3 {
      throw TrainingError.notFinite(step: step, updates: state.skippedUpdates, reason: reason)
    }
  }

  /// Brings the new weights to all who sample; what older steps still need is kept.
  private func publish() throws {
    let receivers = Set(conversation.roster.rollout + conversation.roster.learners).sorted()
    let unfinished = line.filter { !$0.isDecided }.map(\.plan.policyVersion)
    let oldest = unfinished.min() ?? state.policyVersion
    try conversation.send(.publish(version: state.policyVersion, oldestNeeded: oldest), to: receivers)
  }
}
