/// Calls `body` once for every row of `output`, rows in parallel.
///
/// Each call is handed its own row and no other, so two calls never write the same element. Rows run on the
/// pool of ``ThreadPool``, `rowsPerBlock` of them at a time; which thread runs a row changes no bit of it.
///
/// - Parameters:
///   - output: `[rows, rowLength]`, written by `body`.
///   - rowLength: The number of elements in a row.
///   - rowsPerBlock: How many consecutive rows a thread takes at once. By default as many as hold 4096 elements,
///     right for a few operations per element; pass 1 where a row is work enough for 5 µs.
///   - body: Fills one row; runs on any thread, in any order.
/// - Precondition: `output.count` is a multiple of `rowLength`, and `rowsPerBlock` is at least 1.
public func forEachRow(
  of output: consuming MutableSpan<Float>, rowLength: Int, rowsPerBlock: Int? = nil,
  _ body: @Sendable (_ row: Int, _ elements: inout MutableSpan<Float>) -> Void
) {
  precondition(
    rowLength > 0 && output.count.isMultiple(of: rowLength),
    "forEachRow: \(output.count) elements do not split into rows of \(rowLength)")
  let rows = output.count / rowLength
  let rowsPerBlock = rowsPerBlock ?? max(1, 4096 / rowLength)
  precondition(rowsPerBlock > 0, "forEachRow: \(rowsPerBlock) rows make no block")
  unsafe output.withUnsafeMutableBufferPointer { buffer in
    let target = unsafe Target(start: buffer.baseAddress)
    let blocks = rows / rowsPerBlock + (rows.isMultiple(of: rowsPerBlock) ? 0 : 1)
    forEachBlock(blocks) { block in
      guard let start = unsafe target.start else { return }
      let first = block * rowsPerBlock
      for row in first..<min(first + rowsPerBlock, rows) {
        var elements = unsafe MutableSpan(_unsafeStart: start + row * rowLength, count: rowLength)
        body(row, &elements)
      }
    }
  }
}

/// The rows on their way to threads; Sendable because each thread touches rows of its own.
@unsafe
private struct Target: @unchecked Sendable {
  let start: UnsafeMutablePointer<Float>?
}
