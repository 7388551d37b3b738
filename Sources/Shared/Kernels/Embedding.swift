import CKernels
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
  forEachRowBlock(ids.count, rowLength: channels) { rows in
    for row in rows {
      let from = unsafe table.elements(Int(ids[row]) * channels, channels)
      let to = unsafe y.elements(row * channels, channels)
      if adding {
        unsafe ck_add(from, channels, to)
      } else {
        unsafe to.update(from: from, count: channels)
      }
    }
  }
}

/// The same from a table of bfloat16 bits, which are widened exactly.
///
/// - Parameters:
///   - ids: One row number per row of `y`.
///   - table: `[entries, rowLength]`, bits.
///   - rowLength: Channels.
///   - y: `[rows, rowLength]`.
///   - adding: Whether the row is added to what `y` holds.
/// - Precondition: Every id is below `entries`.
public func embeddingForward(
  _ ids: [Int32], table: Storage<UInt16>, rowLength: Int, into y: Tensor, adding: Bool = false
) {
  precondition(
    y.count == ids.count * rowLength, "embeddingForward: \(ids.count) rows of \(rowLength) into \(y.count)")
  forEachRowBlock(ids.count, rowLength: rowLength) { rows in
    for row in rows {
      let from = Int(ids[row]) * rowLength
      let bits = table.span(from..<from + rowLength)
      let to = unsafe y.elements(row * rowLength, rowLength)
      unsafe bits.withUnsafeBufferPointer { bits in
        if adding {
          unsafe ck_add_bfloat16(bits.baseAddress, rowLength, to)
        } else {
          unsafe ck_widen_bfloat16(bits.baseAddress, rowLength, to)
        }
      }
    }
  }
}

/// Adds the gradient of ``embeddingForward(_:table:into:adding:)`` to `dTable`.
public func embeddingBackward(_ ids: [Int32], dy: Tensor, addingTo dTable: Tensor) {
  let channels = dy.count / max(1, ids.count)
  // By channels, since rows may share an id.
  forEachChannelBlock(channels, rows: ids.count) { block in
    let (first, count) = (block.lowerBound, block.count)
    for (row, id) in ids.enumerated() {
      unsafe ck_add(
        dy.elements(row * channels + first, count), count,
        dTable.elements(Int(id) * channels + first, count))
    }
  }
}
