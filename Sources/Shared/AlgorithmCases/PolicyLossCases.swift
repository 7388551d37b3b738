import PolicyOptimization

/// `policy_loss/NAME`: a mini-batch's loss, its gradient by the new log-probabilities, and metrics.
///
/// Inputs: `old_log_probs`, `log_probs`, `advantages`, `rollout_is_weights` (optional) `[responses, width]`,
/// `response_lengths`. Options under verl's names. A drawn selection takes its first candidates.
enum PolicyLossCases {
  static func runner(of member: String) -> CaseRunner? {
    guard PolicyLoss.names.contains(member) else { return nil }
    return { try run($0, name: member) }
  }

  private static func run(_ row: AlgorithmCase, name: String) throws -> [CaseQuantity] {
    let loss = try PolicyLoss(name: name, options: options(of: row.options))
    var responses = try responses(of: row.inputs)
    let width = responses[0].new.count
    let flags = loss.selection(of: responses) { _ in 0 }
    for index in responses.indices { responses[index].isSelected = flags[index] }
    let chosen = try LossAggregation(
      name: row.options.text("loss_agg_mode"),
      lossScaleFactor: row.options.has("loss_scale_factor") ? row.options.number("loss_scale_factor") : nil,
      maximumResponseLength: width)
    let batch = CaseBatch(responses, loss: loss, aggregation: loss.forcedAggregation ?? chosen)
    return [
      CaseQuantity("loss", [batch.loss]), CaseQuantity("gradient", batch.gradient),
      CaseQuantity("metrics.actor/pg_clipfrac", [batch.sums.clipFraction ?? 0]),
      CaseQuantity("metrics.actor/pg_clipfrac_lower", [batch.sums.dualClipFraction ?? 0]),
      CaseQuantity("metrics.actor/ppo_kl", [batch.sums.meanKLToDenominator ?? 0]),
    ]
  }

  private static func responses(of inputs: CaseObject) throws -> [LossResponse] {
    let count = try inputs.lengths().count
    let new = try inputs.matrix("log_probs", rows: count)
    let (old, advantages) = (
      try inputs.matrix("old_log_probs", rows: count), try inputs.matrix("advantages", rows: count)
    )
    let weights =
      try inputs.has("rollout_is_weights") ? inputs.matrix("rollout_is_weights", rows: count) : nil
    let width = new[0].count
    for (key, rows) in [
      ("old_log_probs", old), ("advantages", advantages), ("rollout_is_weights", weights ?? new),
    ]
    where rows[0].count != width {
      throw CaseFileError.unexpected(inputs.place, key: "inputs.\(key)", wanted: "as wide as `log_probs`")
    }
    let lengths = try inputs.lengths(width: width)
    return lengths.indices.map { index in
      LossResponse(
        new: new[index], old: old[index], advantages: advantages[index],
        isCounted: (0..<width).map { $0 < lengths[index] }, weights: weights?[index])
    }
  }

  private static func options(of object: CaseObject) throws -> PolicyLossOptions {
    var options = PolicyLossOptions()
    func read(_ key: String, _ path: WritableKeyPath<PolicyLossOptions, Double>) throws {
      if object.has(key) { options[keyPath: path] = try object.number(key) }
    }
    try read("clip_ratio_low", \.clipRatioLow)
    try read("clip_ratio_high", \.clipRatioHigh)
    try read("clip_ratio_c", \.clipRatioC)
    try read("tau_pos", \.tauPositive)
    try read("tau_neg", \.tauNegative)
    try read("clip_cov_ratio", \.clipCovRatio)
    try read("clip_cov_lb", \.clipCovLowerBound)
    try read("clip_cov_ub", \.clipCovUpperBound)
    try read("kl_cov_ratio", \.klCovRatio)
    try read("ppo_kl_coef", \.ppoKLCoefficient)
    if object.has("dro_beta") { options.droBeta = try object.number("dro_beta") }
    return options
  }
}

/// A mini-batch as learners train it: token by token, the normaliser once at the end.
struct CaseBatch {
  /// The loss, over the normaliser.
  let loss: Double

  /// Its derivative by each new log-probability, row after row.
  let gradient: [Double]

  /// What metrics are taken from.
  let sums: GroupSums

  init(_ responses: [LossResponse], loss policy: PolicyLoss, aggregation: LossAggregation) {
    let loss = TokenLoss(policy: policy)
    let lengths = responses.map(\.countedTokens.count)
    let normaliser = aggregation.normaliser(
      tokens: lengths.reduce(0, +), sequences: lengths.count { $0 > 0 })
    var (sums, gradient) = (GroupSums(), [Double]())
    for (response, length) in zip(responses, lengths) {
      let weight = aggregation.tokenWeight(length: length)
      for (index, term) in policy.terms(of: response).enumerated() {
        guard response.isCounted?[index] ?? true else {
          gradient.append(0)
          continue
        }
        let token = loss.token(term: term, new: response.new[index], reference: .nan, entropy: 0)
        sums.add(token, weight: weight)
        gradient.append(weight * Double(token.derivative) / normaliser)
      }
    }
    (self.loss, self.gradient, self.sums) = (sums.loss / normaliser, gradient, sums)
  }
}
