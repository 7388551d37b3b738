import PolicyOptimization

/// `rollout_correction/importance_weights` and `rollout_correction/rejection_mask`, `[responses, width]`.
///
/// Inputs: `old_log_probs`, `rollout_log_probs` `[responses, width]`, `response_lengths`. Options: `rollout_is`,
/// `rollout_is_threshold`, `rollout_is_batch_normalize`; `rollout_rs`, `rollout_rs_threshold`.
enum RolloutCorrectionCases {
  static func runner(of member: String) -> CaseRunner? {
    switch member {
    case "importance_weights": return { try importanceWeights($0) }
    case "rejection_mask": return { try rejectionMask($0) }
    default: return nil
    }
  }

  private static func importanceWeights(_ row: AlgorithmCase) throws -> [CaseQuantity] {
    let options = row.options
    let correction = RolloutCorrection(
      options: try RolloutCorrection.Options(
        rolloutIS: options.text("rollout_is"),
        rolloutISThreshold: threshold("rollout_is_threshold", of: options) ?? 2.0,
        normalizesBatch: options.has("rollout_is_batch_normalize")
          && options.boolean("rollout_is_batch_normalize")))
    let weights = correction.corrected(try responses(of: row.inputs)).weights ?? []
    return [CaseQuantity("weights", weights.flatMap { $0.map { Double($0) } })]
  }

  private static func rejectionMask(_ row: AlgorithmCase) throws -> [CaseQuantity] {
    let correction = RolloutCorrection(
      options: try RolloutCorrection.Options(
        rolloutRS: row.options.text("rollout_rs"),
        rolloutRSThreshold: threshold("rollout_rs_threshold", of: row.options)))
    let kept = correction.corrected(try responses(of: row.inputs)).isKept
    return [CaseQuantity("mask", kept.flatMap { $0.map { $0 ? 1 : 0 } })]
  }

  /// A threshold, a number or text; nil where there is none.
  private static func threshold(
    _ key: String, of options: CaseObject
  ) throws(CaseFileError) -> RolloutCorrection.Threshold? {
    guard options.has(key) else { return nil }
    if let number = try? options.number(key) { return .number(number) }
    return .text(try options.text(key))
  }

  private static func responses(of inputs: CaseObject) throws -> [RolloutCorrection.Response] {
    let count = try inputs.lengths().count
    let old = try inputs.matrix("old_log_probs", rows: count)
    let rollout = try inputs.matrix("rollout_log_probs", rows: count)
    let width = old[0].count
    guard rollout[0].count == width else {
      throw CaseFileError.unexpected(
        inputs.place, key: "inputs.rollout_log_probs", wanted: "as wide as `old_log_probs`")
    }
    let lengths = try inputs.lengths(width: width)
    return lengths.indices.map { index in
      RolloutCorrection.Response(
        old: old[index], rollout: rollout[index], isCounted: (0..<width).map { $0 < lengths[index] })
    }
  }
}
