import Experience
import Messages
import Metrics
import PolicyOptimization
import Tasks

/// The learners' numbers over a step's mini-batches.
struct UpdateStatistics {
  /// Whether the loss has a KL penalty.
  let measuresKL: Bool
  private(set) var total = GroupSums()
  /// Responses in the loss, each once, however many passes there are over them.
  private(set) var responses = 0
  private var norms: [Double] = []
  private var largestDifference = 0.0
  private var differenceSum = 0.0
  private var differenceTokens = 0
  private var losses: [(loss: Double, policy: Double, kl: Double)] = []
  /// The mean KL to the reference in the first mini-batch, before any update, in nats per token.
  private(set) var firstKL: Double?

  init(measuresKL: Bool) { self.measuresKL = measuresKL }

  /// The mean KL to the reference over all mini-batches, in nats per token; nil where none was measured.
  var meanKL: Double? { measuresKL ? total.meanKL : nil }

  /// Takes over one mini-batch; probabilities are compared in the first, before any update.
  ///
  /// - Parameters:
  ///   - training: What the learners reported.
  ///   - norm: The gradient's norm.
  ///   - normalizer: What the gradient was divided by, and the losses are.
  ///   - isFirst: Whether no update of the step came before.
  ///   - isFirstPass: Whether its groups were not trained on before.
  mutating func add(
    _ training: MiniBatchTraining, norm: Double, normalizer: Double, isFirst: Bool, isFirstPass: Bool
  ) {
    let sums = training.sums.total
    if norms.isEmpty, measuresKL { firstKL = sums.meanKL }
    if isFirstPass { responses += sums.sequences }
    total += sums
    norms.append(norm)
    losses.append((sums.loss / normalizer, sums.policyLoss / normalizer, sums.klLoss / normalizer))
    guard isFirst else { return }
    for ordinal in training.differences.keys.sorted() {
      guard let difference = training.differences[ordinal] else { continue }
      largestDifference = max(largestDifference, difference.largest)
      differenceSum += difference.sum
    }
    differenceTokens = sums.tokens
  }

  func add(to report: inout StepReport) {
    let count = Double(max(1, losses.count))
    report.add(.actorLoss, losses.reduce(0) { $0 + $1.loss } / count)
    report.add(.actorPGLoss, losses.reduce(0) { $0 + $1.policy } / count)
    if measuresKL { report.add(.actorKLLoss, losses.reduce(0) { $0 + $1.kl } / count) }
    // A mean over no tokens is no number.
    for (name, mean) in [
      (MetricName.actorEntropy, total.meanEntropy), (.actorPGClipfrac, total.clipFraction),
      (.actorPGClipfracLower, total.dualClipFraction), (.actorPPOKL, total.meanKLToDenominator),
    ] {
      if let mean { report.add(name, mean) }
    }
    report.add(.actorGradNorm, norms.reduce(0, +) / count)
    report.add(.trainingRolloutProbsDiffMax, largestDifference)
    report.add(.trainingRolloutProbsDiffMean, differenceSum / Double(max(1, differenceTokens)))
  }
}

/// Count, mean, largest and smallest of some numbers.
struct Spread {
  private(set) var count = 0
  private(set) var largest = -Double.infinity
  private(set) var smallest = Double.infinity
  private var sum = 0.0

  init(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    largest = max(largest, value)
    smallest = min(smallest, value)
  }

  var mean: Double { count == 0 ? 0 : sum / Double(count) }
}

extension TrainingLoop {
  func addSamplingMetrics(_ sampled: SampledStep, to report: inout StepReport) {
    let groups = sampled.drawn
    let responses = groups.flatMap(\.group.responses)
    let scores = Spread(responses.map { Double($0.score) })
    let rewards = Spread(responses.map { Double($0.reward) })
    let lengths = Spread(responses.map { Double($0.tokens.count) })
    let prompts = Spread(groups.map { Double($0.group.promptTokens.count) })
    let tokens = groups.reduce(0) { $0 + $1.group.tokenCount }
    state.sampledTokens += tokens
    report.add(.trainingGlobalStep, Double(report.step))
    if let count = problems.count, count > 0 {
      report.add(.trainingEpoch, Double(sampled.nextOrdinal / count))
    }
    for (names, spread) in [
      ((MetricName.criticScoreMean, MetricName.criticScoreMax, MetricName.criticScoreMin), scores),
      ((.criticRewardsMean, .criticRewardsMax, .criticRewardsMin), rewards),
      ((.responseLengthMean, .responseLengthMax, .responseLengthMin), lengths),
      ((.promptLengthMean, .promptLengthMax, .promptLengthMin), prompts),
    ] where spread.count > 0 {
      report.add(names.0, spread.mean)
      report.add(names.1, spread.largest)
      report.add(names.2, spread.smallest)
    }
    addTaskRewards(groups, to: &report)
    report.add(.trainingStaleness, state.policyVersion - sampled.plan.policyVersion)
    let cut = responses.count { $0.finish == .length }
    report.add(.responseLengthClipRatio, Double(cut) / Double(max(1, responses.count)))
    report.add(.proRLAvgResponseLength, lengths.mean)
    report.add(.trainNumGenBatches, Double(sampled.ledger.rounds))
    report.add(.rolloutGroups, Double(groups.count))
    report.add(.rolloutDroppedGroups, Double(sampled.ledger.droppedCount))
    report.add(.rolloutTokens, Double(tokens))
    report.add(.rolloutNonfiniteLogits, Double(responses.reduce(0) { $0 + $1.nonFiniteLogits }))
    report.add(.rolloutFinishStop, Double(responses.count - cut))
    report.add(.rolloutFinishLength, Double(cut))
    report.add(
      .perfTotalNumTokens,
      Double(groups.reduce(0) { $0 + $1.group.tokenCount + $1.group.promptTokens.count }))
  }

  func addAdvantageMetrics(_ groups: [Int: JudgedGroup], to report: inout StepReport) {
    var spread = Spread([])
    for ordinal in groups.keys.sorted() {
      guard let judged = groups[ordinal] else { continue }
      for (index, advantage) in judged.advantages.enumerated() {
        let mask = judged.mask(of: index)
        for token in mask.indices where mask[token] { spread.add(Double(advantage[token])) }
      }
    }
    guard spread.count > 0 else { return }
    report.add(.criticAdvantagesMean, spread.mean)
    report.add(.criticAdvantagesMax, spread.largest)
    report.add(.criticAdvantagesMin, spread.smallest)
  }

  private func addTaskRewards(_ groups: [JudgedGroup], to report: inout StepReport) {
    for task in Set(groups.map(\.problem.dataSource)).sorted() {
      let rewards = groups.filter { $0.problem.dataSource == task }.flatMap {
        $0.group.responses.map { Double($0.reward) }
      }
      report.add(.reward(of: task), Spread(rewards).mean)
      let verdicts = groups.filter { $0.problem.dataSource == task }.flatMap {
        $0.group.responses.map(\.verdict)
      }
      for verdict in Set(verdicts).sorted() where !verdict.isEmpty {
        let share = Double(verdicts.count { $0 == verdict }) / Double(verdicts.count)
        report.add(.verdict(verdict, of: task), share)
      }
    }
  }

  func addThroughput(_ report: inout StepReport) {
    let seconds = max(1e-9, report[.timingStep] ?? 0)
    report.add(.perfTimePerStep, seconds)
    report.add(
      .perfThroughput,
      (report[.perfTotalNumTokens] ?? 0) / seconds / Double(max(1, conversation.roster.workers.count)))
    report.add(.perfTokensPerSecond, (report[.rolloutTokens] ?? 0) / seconds)
  }
}
