// The estimators that need all groups of a step.

extension AdvantageEstimator {
  func batchAdvantages(
    _ groups: [AdvantageGroup], _ scores: [[Double]]
  ) throws(PolicyOptimizationError) -> [[ResponseAdvantage]] {
    switch kind {
    case .gpg: return scaledByShare(scores)
    case .reinforcePlusPlusBaseline:
      return try whitened(groups, scores.map { centered($0).map(TokenValues.uniform) })
    case .reinforcePlusPlus:
      return try whitened(
        groups,
        groups.map { group in
          group.responses.map { Self.returns(of: $0, gamma: options.gamma) }
        })
    case .gdpo: return try whitened(groups, try weightedParts(groups, scores))
    case .grpo, .grpoVectorized: return standardizedByBatch(scores)
    case .grpoPassK, .rloo, .rlooVectorized, .opo, .remax:
      preconditionFailure("\(kind.rawValue) needs no batch")
    }
  }

  private func standardizedByBatch(_ scores: [[Double]]) -> [[ResponseAdvantage]] {
    let all = scores.flatMap { $0 }
    let divisor = (all.count > 1 ? RewardMoments(of: all).deviation : 1) + options.epsilon
    return scores.map { group in
      centeredByBaseline(group).map { .uniform(Float($0 == 0 ? 0 : $0 / divisor)) }
    }
  }

  private func scaledByShare(_ scores: [[Double]]) -> [[ResponseAdvantage]] {
    let all = scores.flatMap { $0 }
    let factor = Double(all.count) / Double(max(all.count { $0 != 0 }, 1))
    return scores.map { centered($0).map { .uniform(Float(factor * $0)) } }
  }

  /// GDPO's values before whitening.
  private func weightedParts(
    _ groups: [AdvantageGroup], _ scores: [[Double]]
  ) throws(PolicyOptimizationError) -> [[TokenValues]] {
    var sums = scores.map { $0.map { _ in 0.0 } }
    let keys: [String?] = options.rewardKeys.isEmpty ? [nil] : options.rewardKeys
    for (part, key) in keys.enumerated() {
      let weight = options.rewardWeights?[part] ?? 1
      for (index, group) in groups.enumerated() {
        let values = try key.map { (key) throws(PolicyOptimizationError) in try Self.part(key, group) }
        for (response, value) in standardized(values ?? scores[index]).enumerated() {
          sums[index][response] += weight * value
        }
      }
    }
    return sums.map { $0.map(TokenValues.uniform) }
  }

  private static func part(
    _ key: String, _ group: AdvantageGroup
  ) throws(PolicyOptimizationError) -> [Double] {
    var values: [Double] = []
    for (response, rewarded) in group.responses.enumerated() {
      guard let value = rewarded.components[key] else {
        throw .advantage(.componentMissing(response: response, key: key))
      }
      guard value.magnitude <= 1e30 else { throw .rewardOutOfRange(response: response, reward: value) }
      values.append(value)
    }
    return values
  }

  private func whitened(
    _ groups: [AdvantageGroup], _ values: [[TokenValues]]
  ) throws(PolicyOptimizationError) -> [[ResponseAdvantage]] {
    let rows = zip(groups, values).flatMap { zip($0.responses, $1) }
    let whitening = TokenWhitening(rows, variance: options.tokenVariance)
    guard whitening.count >= 2 else {
      throw .advantage(.tooFewTokens(estimator: kind.rawValue, count: whitening.count))
    }
    return zip(groups, values).map { group, values in
      zip(group.responses, values).map { response, values in
        switch values {
        case .uniform(let value): .uniform(Float(whitening(value)))
        case .perToken(let values): ResponseAdvantage(values.map { whitening($0) }, of: response)
        }
      }
    }
  }
}
