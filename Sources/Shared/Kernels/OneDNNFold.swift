import CKernels
import COneDNN
public import Tensors

/// Adds `left · right · scale`, rounded to integers, to totals; computed in bf16 by oneDNN, written nowhere.
///
///   totals[offset + m · N + n] += round(scale · sum over k of left[m, k] · right[k, n])
///
/// For gradients of weights, where neither factor is constant. Blocks of rows, columns and k have fixed places, so the
/// number of threads changes no bit.
///
/// - Parameters:
///   - left: `[M, K]`, any strides.
///   - right: `[K, N]`, any strides.
///   - scale: A power of two, such as 2^36.
///   - totals: Added to with wrap-around; ``FoldReport`` lets the caller exclude it.
///   - offset: The place of element (0, 0) in the totals.
/// - Returns: The largest magnitude seen; NaN when anything was not finite.
/// - Precondition: `MatrixBackend.onednn` supports bf16.
public func libraryFold(
  _ left: MatrixView, _ right: MatrixView, scale: Double, into totals: Storage<Int64>, at offset: Int
) -> FoldReport {
  precondition(
    left.columns == right.rows && offset >= 0 && offset + left.rows * right.columns <= totals.count,
    """
    libraryFold: [\(left.rows), \(left.columns)] · [\(right.rows), \(right.columns)] at \(offset) into \
    \(totals.count)
    """)
  precondition(OneDNNMatrix.supports(.bf16), "libraryFold: oneDNN multiplies no bf16 here")
  let found = LargestMagnitude()
  guard left.rows > 0, left.columns > 0, right.columns > 0 else { return found.report }
  let columnsPerPass = max(1, mostBytes / (2 * max(64, right.rows)) / 512) * 512
  for start in stride(from: 0, to: right.columns, by: columnsPerPass) {
    let columns = start..<min(right.columns, start + columnsPerPass)
    let cut = con_cut(inner: right.rows, columns: columns.count, precision: .bf16)
    OneDNNRight.withWords(cut) { packed in
      OneDNNRight.pack([MatrixPart(right.columns(columns))], cut: cut, into: packed)
      OneDNNLeft.withPasses(left, cut: cut, rowsPerBlock: rowsPerBlock) { left, firstRow in
        forEachBlock(left.blocks * cut.blocks) { task in
          let (row, column) = (task % left.blocks, task / left.blocks)
          let rows = left.rows(row)
          let place =
            offset + (firstRow + rows.lowerBound) * right.columns + columns.lowerBound + column * cut.width
          unsafe left.multiply(row: row, column: column, of: packed) { product, rowLength in
            unsafe found.fold(
              product, rowLength: rowLength, rows: rows.count, columns: cut.columns(ofBlock: column),
              scale: scale, into: totals, at: place, totalsRowLength: right.columns)
          }
        }
      }
    }
  }
  return found.report
}

/// Rows of the left factor in a block: a multiple of 64 that leaves no small rest of the widths of models.
private let rowsPerBlock = 192

/// 32 MiB of the right factor at a time.
private let mostBytes = 1 << 25

extension LargestMagnitude {
  /// Folds a block of a product.
  @unsafe
  fileprivate func fold(
    _ product: UnsafePointer<Float>, rowLength: Int, rows: Int, columns: Int, scale: Double,
    into totals: Storage<Int64>, at place: Int, totalsRowLength: Int
  ) {
    var sums = totals.mutableSpan
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      for row in 0..<rows {
        add(unsafe ck_fold(product + row * rowLength, columns, scale, sums + place + row * totalsRowLength))
      }
    }
  }
}
