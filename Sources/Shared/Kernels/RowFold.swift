public import Tensors

/// Adds each row of `rows`, times `scale` and rounded to integers, to a row of `total`: the fold of an
/// embedding's gradient, whose rows several positions may share.
///
/// - Parameters:
///   - rows: `[ids.count, channels]`.
///   - ids: The row of `total` that each belongs to.
///   - scale: A power of two, such as 2^36.
///   - total: Rows of `channels` from `offset` on, added to with wrap-around.
///   - offset: Where row 0 begins.
/// - Returns: The sum over rows of the largest magnitude in each; NaN or infinite when an element is.
public func foldRows(
  _ rows: Tensor, ids: [Int32], scale: Double, into total: Storage<Int64>, at offset: Int
) -> Float {
  let channels = rows.count / max(1, ids.count)
  var magnitude: Float = 0
  for (row, id) in ids.enumerated() {
    let report = foldGradient(
      Tensor(rows.storage, offset: rows.offset + row * channels, shape: [channels]), scale: scale,
      into: total, at: offset + Int(id) * channels)
    magnitude += report.largestMagnitude
  }
  return magnitude
}
