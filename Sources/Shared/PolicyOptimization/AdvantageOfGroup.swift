// The estimators that need no more than a group.

extension AdvantageEstimator {
  /// The advantages of a group; `scores` are what each response earned.
  func groupAdvantages(
    _ group: AdvantageGroup, _ scores: [Double]
  ) throws(PolicyOptimizationError) -> [ResponseAdvantage] {
    switch kind {
    case .grpo, .grpoVectorized: return uniform(standardized(scores))
    case .grpoPassK: return uniform(try leads(scores))
    case .rloo: return uniform(distancesFromOthers(scores, alone: .reward))
    case .rlooVectorized: return uniform(distancesFromOthers(scores, alone: .zero))
    case .opo: return uniform(distancesFromMeanPerToken(group, scores))
    case .remax: return try distancesFromGreedy(group)
    case .gpg, .reinforcePlusPlus, .reinforcePlusPlusBaseline, .gdpo:
      preconditionFailure("\(kind.rawValue) needs the whole batch")
    }
  }

  private func uniform(_ values: [Double]) -> [ResponseAdvantage] {
    values.map { .uniform(Float($0)) }
  }

  /// GRPO's advantages before rounding, over the group's own deviation.
  func standardized(_ scores: [Double]) -> [Double] {
    guard let alone = single(scores, options.singleResponse) else {
      return options.baseline == .leaveOneOut ? standardizedByOthers(scores) : standardizedByGroup(scores)
    }
    return alone.map { options.deviation == .none ? $0 : $0 / (1 + options.epsilon) }
  }

  private func standardizedByGroup(_ scores: [Double]) -> [Double] {
    let moments = RewardMoments(of: scores)
    let divisor = options.deviation == .none ? 1 : moments.deviation + options.epsilon
    return scores.map { moments.deviation == 0 ? 0 : ($0 - moments.mean) / divisor }
  }

  private func standardizedByOthers(_ scores: [Double]) -> [Double] {
    scores.indices.map { index in
      let others = moments(without: index, scores)
      let isDivided = options.deviation != .none && others.deviation > 0
      return (scores[index] - others.mean) / (isDivided ? others.deviation + options.epsilon : 1)
    }
  }

  private func moments(without index: Int, _ scores: [Double]) -> RewardMoments {
    var others = scores
    others.remove(at: index)
    return RewardMoments(of: others)
  }

  /// Distances from the baseline, undivided; exactly 0 for equal scores.
  func centered(_ scores: [Double]) -> [Double] {
    if let alone = single(scores, options.singleResponse) { return alone }
    let moments = RewardMoments(of: scores)
    return scores.map { moments.deviation == 0 ? 0 : $0 - moments.mean }
  }

  /// As `centered`, or from the mean of the others if the options say so.
  func centeredByBaseline(_ scores: [Double]) -> [Double] {
    guard options.baseline == .leaveOneOut, scores.count > 1 else { return centered(scores) }
    return scores.indices.map { scores[$0] - moments(without: $0, scores).mean }
  }

  /// What a group without comparison gets; nil for one with two responses or more.
  private func single(_ scores: [Double], _ rule: AdvantageOptions.SingleResponse) -> [Double]? {
    guard scores.count < 2 else { return nil }
    return rule == .reward ? scores : scores.map { _ in 0 }
  }

  private func leads(_ scores: [Double]) throws(PolicyOptimizationError) -> [Double] {
    guard scores.count >= 2 else {
      throw .advantage(.groupTooSmall(count: scores.count))
    }
    let sorted = scores.sorted()
    let (best, second) = (sorted[sorted.count - 1], sorted[sorted.count - 2])
    // On a tie the lead is 0, so that it does not matter who is called the best.
    guard best > second else { return scores.map { _ in 0 } }
    let deviation = RewardMoments(sorted: sorted).deviation
    let lead = (best - second) / (options.deviation == .none ? 1 : deviation + options.epsilon)
    return scores.map { $0 == best ? lead : 0 }
  }

  private func distancesFromOthers(
    _ scores: [Double], alone: AdvantageOptions.SingleResponse
  ) -> [Double] {
    if let alone = single(scores, alone) { return alone }
    let moments = RewardMoments(of: scores)
    let factor = Double(scores.count) / Double(scores.count - 1)
    return scores.map { moments.deviation == 0 ? 0 : ($0 - moments.mean) * factor }
  }

  private func distancesFromMeanPerToken(_ group: AdvantageGroup, _ scores: [Double]) -> [Double] {
    if let alone = single(scores, .reward) { return alone }
    let lengths = group.responses.map(\.countedLength)
    let tokens = lengths.reduce(0, +)
    guard tokens > 0, GroupAdvantage.hasLearningSignal(scores) else { return scores.map { _ in 0 } }
    // Sorted, so that the sum does not depend on the order of the responses.
    let weighted = zip(lengths, scores).map { Double($0) * $1 }.sorted().reduce(0, +)
    return scores.map { $0 - weighted / Double(tokens) }
  }

  private func distancesFromGreedy(
    _ group: AdvantageGroup
  ) throws(PolicyOptimizationError) -> [ResponseAdvantage] {
    guard let baseline = group.baselineReward else { throw .advantage(.baselineMissing) }
    guard baseline.magnitude <= 1e30 else {
      throw .advantage(.baselineOutOfRange(reward: baseline))
    }
    return group.responses.map { response in
      switch Self.returns(of: response, gamma: 1) {
      case .uniform(let value): .uniform(Float(value - baseline))
      case .perToken(let values): ResponseAdvantage(values.map { $0 - baseline }, of: response)
      }
    }
  }

  /// The rewards each token still has before it; later ones count less by `gamma` per counted
  /// token.
  ///
  /// The sum runs on unchanged through tokens that do not count, as in today's verl; what those earned is not
  /// in it.
  static func returns(of response: RewardedResponse, gamma: Double) -> TokenValues {
    if gamma == 1, response.tokenRewards == nil { return .uniform(response.reward) }
    var running = 0.0
    var returns = response.rewardsByToken
    for token in returns.indices.reversed() {
      if response.isCounted?[token] ?? true { running = returns[token] + gamma * running }
      returns[token] = running
    }
    return .perToken(returns)
  }
}
