public import Tensors

// Embedding lookup, forward and backward.
//
//   y[r, :] = table[id[r], :]        dTable[id[r], :] += dy[r, :], rows in ascending order

/// Copies, or adds, row `ids[r]` of `table` to row `r` of `y`.
///
/// - Parameters:
///   - ids: One row number per row of `y`.
///   - table: `[entries, channels]`.
///   - y: `[rows, channels]`.
///   - adding: Whether the row is added to what `y` holds (learned positions) instead of replacing it.
/// - Precondition: Every id is below `entries`.
public func embeddingForward(_ ids: [Int32], table: Tensor, into y: Tensor, adding: Bool = false) {
  let channels = y.count / max(1, ids.count)
  let table = table.span
  var y = y.mutableSpan
  for (row, id) in ids.enumerated() {
    let from = Int(id) * channels
    let to = row * channels
    for c in 0..<channels { y[to + c] = adding ? y[to + c] + table[from + c] : table[from + c] }
  }
}

/// Adds the gradient of ``embeddingForward(_:table:into:adding:)`` to `dTable`.
public func embeddingBackward(_ ids: [Int32], dy: Tensor, addingTo dTable: Tensor) {
  let channels = dy.count / max(1, ids.count)
  let dy = dy.span
  var dTable = dTable.mutableSpan
  for (row, id) in ids.enumerated() {
    let from = row * channels
    let to = Int(id) * channels
    for c in 0..<channels { dTable[to + c] += dy[from + c] }
  }
}
