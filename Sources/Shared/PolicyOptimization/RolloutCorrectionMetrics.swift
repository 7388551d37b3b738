// verl's metrics of the rollout correction, `rollout_corr/…`.

extension RolloutCorrection {
  /// All metrics, in verl's order.
  func metrics(_ batch: CorrectionBatch, _ plan: WeightPlan?, _ isKept: [[Bool]]) -> [NamedValue] {
    var list: [NamedValue] = []
    if let plan {
      list += weightMetrics(batch, plan) + sequenceMetrics(batch, plan)
      if case .band = plan.weighting.bound {
        let bound = plan.weighting.bound
        let outside = share(batch.counted(plan.raw)) { $0 < bound.lower || $0 > bound.upper }
        list.append(NamedValue("rollout_is_oob_ratio", outside))
      }
      if let factor = plan.factor { list.append(NamedValue("rollout_is_batch_norm_factor", factor)) }
    }
    for rejection in options.rejections { list += rejection.metrics(batch) }
    if !options.rejections.isEmpty { list += maskedShares("rollout_rs", batch, isKept, isOfAllRows: true) }
    list += Self.divergenceMetrics(batch) + Self.chiSquareMetrics(batch)
    return list.map { NamedValue("rollout_corr/" + $0.name, $0.value) }
  }

  private func weightMetrics(_ batch: CorrectionBatch, _ plan: WeightPlan) -> [NamedValue] {
    let bound = plan.weighting.bound
    let weights = batch.counted(plan.weights)
    let held = weights.map { min(max($0, 0), bound.upper) }
    let center = mean(held)
    let spread = mean(held.map { $0 * $0 }) - center * center
    let relative = held.map { $0 / (center + 1e-8) }
    // verl divides by zero here where all weights are 0; no sample counts then.
    let sharpness = mean(relative.map { $0 * $0 })
    let range = range(batch, plan, weights)
    return [
      NamedValue("rollout_is_mean", mean(weights)),
      NamedValue("rollout_is_ratio_fraction_high", range.high),
      NamedValue("rollout_is_ratio_fraction_low", range.low),
      NamedValue("rollout_is_max", range.maximum),
      NamedValue("rollout_is_min", range.minimum),
      NamedValue("rollout_is_std", batch.count > 1 ? max(spread, 0).squareRoot() : 0),
      NamedValue("rollout_is_eff_sample_size", sharpness > 0 ? 1 / sharpness : 0),
    ]
  }

  private struct Range {
    var high, low, maximum, minimum: Double
  }

  private func range(_ batch: CorrectionBatch, _ plan: WeightPlan, _ weights: [Double]) -> Range {
    let bound = plan.weighting.bound
    switch plan.weighting.level {
    case .token:
      let raw = batch.counted(plan.raw)
      return Range(
        high: share(raw) { $0 > bound.upper }, low: share(raw) { $0 < bound.lower },
        maximum: largest(weights) ?? 0, minimum: smallest(weights) ?? 0)
    case .sequence:
      let sums = batch.rows.map { $0.sum($0.logRatios) }
      let (high, low) = (logarithm(bound.upper), logarithm(bound.lower))
      return Range(
        high: share(sums) { $0 > high }, low: share(sums) { $0 < low },
        maximum: exponential(min(largest(sums) ?? 0, logRatioBound)),
        minimum: exponential(smallest(sums) ?? 0))
    }
  }

  private func sequenceMetrics(_ batch: CorrectionBatch, _ plan: WeightPlan) -> [NamedValue] {
    let bound = plan.weighting.bound
    let means = zip(batch.rows, plan.weights).map { $0.mean($1) }
    let rawMeans = zip(batch.rows, plan.raw).map { $0.mean($1) }
    return [
      NamedValue("rollout_is_seq_mean", mean(means)),
      NamedValue("rollout_is_seq_std", deviation(means)),
      NamedValue("rollout_is_seq_max", largest(means) ?? 0),
      NamedValue("rollout_is_seq_min", smallest(means) ?? 0),
      NamedValue("rollout_is_seq_max_deviation", largest(means.map { ($0 - 1).magnitude }) ?? 0),
      NamedValue("rollout_is_seq_fraction_high", share(rawMeans) { $0 > bound.upper }),
      NamedValue("rollout_is_seq_fraction_low", share(rawMeans) { $0 < bound.lower }),
    ]
  }

  /// How far the old policy is from the one that sampled, whatever is corrected.
  private static func divergenceMetrics(_ batch: CorrectionBatch) -> [NamedValue] {
    let old = batch.rows.map { $0.mean($0.old) }
    let rollout = batch.rows.map { $0.mean($0.rollout) }
    let differences = zip(rollout, old).map { $0 - $1 }
    let logRatios = batch.counted(batch.rows.map(\.logRatios))
    // Not held within ±20, unlike all else, as in verl.
    let k3 = zip(logRatios, batch.counted(batch.rows.map(\.ratios))).map { log, ratio in
      (log.magnitude <= logRatioBound ? ratio : exponential(log)) - log - 1
    }
    return [
      NamedValue("training_ppl", mean(old.map { exponential(-$0) })),
      NamedValue("training_log_ppl", mean(old.map { -$0 })),
      NamedValue("kl", mean(logRatios.map { -$0 })),
      NamedValue("k3_kl", mean(k3)),
      NamedValue("rollout_ppl", mean(rollout.map { exponential(-$0) })),
      NamedValue("rollout_log_ppl", mean(rollout.map { -$0 })),
      NamedValue("log_ppl_diff", mean(differences)),
      NamedValue("log_ppl_abs_diff", mean(differences.map(\.magnitude))),
      NamedValue("log_ppl_diff_max", largest(differences) ?? 0),
      NamedValue("log_ppl_diff_min", smallest(differences) ?? 0),
      NamedValue("ppl_ratio", mean(differences.map { exponential($0) })),
    ]
  }

  private static func chiSquareMetrics(_ batch: CorrectionBatch) -> [NamedValue] {
    let ratios = batch.counted(batch.rows.map(\.ratios))
    let sums = batch.rows.map { clamped($0.sum($0.logRatios), bound: logRatioBound).value }
    return [
      NamedValue("chi2_token", mean(ratios.map { $0 * $0 }) - 1),
      NamedValue("chi2_seq", mean(sums.map { exponential(2 * $0) }) - 1),
    ]
  }
}

/// The shares of tokens and of responses that a mask takes out.
///
/// The second is of all responses, or of those with counted tokens alone; verl has it both ways.
private func maskedShares(
  _ prefix: String, _ batch: CorrectionBatch, _ isKept: [[Bool]], isOfAllRows: Bool
) -> [NamedValue] {
  let kept = isKept.reduce(0) { $0 + $1.count { $0 } }
  let touched = zip(batch.rows, isKept).count { row, kept in kept.count { $0 } < row.count }
  let rows = isOfAllRows ? batch.rows.count : batch.rows.count { $0.count > 0 }
  return [
    NamedValue("\(prefix)_masked_fraction", 1 - Double(kept) / Double(batch.count)),
    NamedValue("\(prefix)_seq_masked_fraction", Double(touched) / Double(max(rows, 1))),
  ]
}

extension RolloutCorrection.Rejection {
  /// What this test measured and took out.
  func metrics(_ batch: CorrectionBatch) -> [NamedValue] {
    let statistics = batch.rows.map { self.statistics($0) }
    let perRow = batch.rows.filter { $0.count > 0 }.map { row in
      summary(row, divergences(row)) ?? row.mean(divergences(row))
    }
    let perToken = batch.counted(statistics)
    let tested = level == .token ? perToken : perRow
    let held = perToken.map { min(max($0, lower ?? 0), upper) }
    let spread = mean(held.map { $0 * $0 }) - mean(held) * mean(held)
    func high(_ values: [Double]) -> Double { share(values) { $0 > upper } }
    func low(_ values: [Double]) -> Double { lower.map { bound in share(values) { $0 < bound } } ?? 0 }
    var list = [
      ("mean", mean(perToken)), ("max", largest(tested) ?? 0), ("min", smallest(tested) ?? 0),
      ("fraction_high", high(tested)), ("fraction_low", low(tested)),
      ("std", batch.count > 1 ? max(spread, 0).squareRoot() : 0), ("seq_mean", mean(perRow)),
      ("seq_std", deviation(perRow)), ("seq_max", largest(perRow) ?? 0), ("seq_min", smallest(perRow) ?? 0),
      ("seq_max_deviation", largest(perRow.map(\.magnitude)) ?? 0), ("seq_fraction_high", high(perRow)),
    ]
    if lower != nil { list.append(("seq_fraction_low", low(perRow))) }
    return list.map { NamedValue("rollout_rs_\(name)_\($0)", $1) }
      + maskedShares("rollout_rs_\(name)", batch, batch.rows.map { isKept($0) }, isOfAllRows: false)
  }
}
