import Kernels
import Tensors

/// What oneDNN computes here in one precision: whether it keeps the row law, a hash of products of few and many rows
/// and of long sums, and of products folded in bf16; or `missing`.
func oneDNNLine(_ precision: Precision) -> String {
  guard MatrixBackend.onednn.supports(precision) else { return "missing" }
  do {
    try Certification.check(
      .onednn, precision: precision, shapes: [[64, 192], [300, 130], [1600, 600]])
  } catch {
    return error.description
  }
  return "kept " + hexadecimal(oneDNNHash(precision))
}

private func oneDNNHash(_ precision: Precision) -> UInt64 {
  var hash = BitHash()
  for (inner, outer) in [(1, 1), (30, 37), (768, 1152), (1600, 600)] {
    let w = Tensor(zeros: [inner, outer])
    fill(w, from: UInt64(inner))
    let weights = WeightMatrix(inner: inner, outer: outer, backend: .onednn, precision: precision)
    weights.pack(MatrixView(w, rows: inner, rowLength: outer, columns: outer))
    for rows in [1, 16, 65, 300] {
      let (x, y) = (Tensor(zeros: [rows * inner]), Tensor(zeros: [rows, outer]))
      fill(x, from: UInt64(rows))
      weights.multiply(
        MatrixView(x, rows: rows, rowLength: inner, columns: inner),
        into: MatrixView(y, rows: rows, rowLength: outer, columns: outer))
      hash.add(y.span)
      guard precision == .bf16 else { continue }
      let totals = Storage<Int64>(zeros: inner * outer)
      let report = libraryFold(
        MatrixView(x, rows: rows, rowLength: inner, columns: inner).transposed,
        MatrixView(y, rows: rows, rowLength: outer, columns: outer), scale: 0x1p30, into: totals, at: 0)
      hash.add(report.largestMagnitude)
      hash.add(totals.span)
    }
  }
  return hash.value
}
