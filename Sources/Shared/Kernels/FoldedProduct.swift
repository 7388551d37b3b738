import CKernels
public import Tensors

/// Adds `left · right · scale`, rounded to integers, to totals; the product itself is written nowhere.
///
///   totals[offset + m · N + n] += round(scale · sum over k of left[m, k] · right[k, n])
///
/// The sum is one chain over ascending k, as in products (CKernels/include/ckernels.h); the fold is that of
/// ``foldGradient(_:scale:into:)``, bit for bit where everything is finite.
///
/// - Parameters:
///   - left: `[M, K]`, any strides.
///   - right: `[K, N]`, any strides.
///   - precision: What the factors are rounded to.
///   - scale: A power of two, such as 2^36.
///   - totals: Added to with wrap-around; ``FoldReport`` lets the caller exclude it.
///   - offset: The place of element (0, 0) in the totals.
/// - Returns: The largest magnitude seen.
public func foldProduct(
  _ left: MatrixView, _ right: MatrixView, precision: Precision, scale: Double, into totals: Storage<Int64>,
  at offset: Int
) -> FoldReport {
  precondition(
    left.columns == right.rows && offset >= 0 && offset + left.rows * right.columns <= totals.count,
    """
    foldProduct: [\(left.rows), \(left.columns)] · [\(right.rows), \(right.columns)] at \(offset) into \
    \(totals.count)
    """)
  guard left.rows > 0, right.columns > 0 else { return FoldReport(largestMagnitude: 0) }
  let fold = ProductFold(
    precision: precision, scale: scale, totals: totals, offset: offset, rowLength: right.columns)
  let inner = right.rows
  let wordsPerColumn = max(1, ck_steps(precision.code, inner))
  let columnsPerPass = max(1, mostRightWords / wordsPerColumn / panelWidth) * panelWidth
  for start in stride(from: 0, to: right.columns, by: columnsPerPass) {
    let columns = start..<min(right.columns, start + columnsPerPass)
    let words = RightPanels.words(inner: inner, outer: columns.count, precision: precision)
    Scratch.withWords(words) { packed in
      RightPanels.pack(
        [MatrixPart(right.columns(columns))], inner: inner, outer: columns.count, precision: precision,
        into: packed)
      LeftTiles.withPasses(left, precision: precision) { rows, tiles in
        fold.add(rows: rows, columns: columns, inner: inner, left: tiles, right: packed)
      }
    }
  }
  return fold.report
}

/// 32 MiB of the right factor at a time.
private let mostRightWords = 1 << 23

/// Where the parts of a product are folded to, and what was found.
private final class ProductFold: Sendable {
  private let precision: Precision
  private let scale: Double
  private let totals: Storage<Int64>
  private let offset: Int
  private let rowLength: Int
  private let largest = LargestMagnitude()

  init(precision: Precision, scale: Double, totals: Storage<Int64>, offset: Int, rowLength: Int) {
    self.precision = precision
    self.scale = scale
    self.totals = totals
    self.offset = offset
    self.rowLength = rowLength
  }

  var report: FoldReport { largest.report }

  /// Folds the rows and columns of the whole product that have been packed.
  func add(
    rows: Range<Int>, columns: Range<Int>, inner: Int, left: Storage<UInt32>, right: Storage<UInt32>
  ) {
    let cut = ProductCut(
      rows: rows.count, columns: columns.count, inner: inner, precision: precision)
    forEachBlock(cut.count) { block in
      let part = cut.part(block)
      let place =
        offset + (rows.lowerBound + part.firstRow) * rowLength + columns.lowerBound + part.firstColumn
      add(part, of: cut, left: left, right: right, at: place)
    }
  }

  private func add(
    _ part: ProductCut.Part, of cut: ProductCut, left: Storage<UInt32>, right: Storage<UInt32>, at place: Int
  ) {
    let totals = totals
    let xs = left.span
    let ws = right.span
    var sums = totals.mutableSpan
    unsafe xs.withUnsafeBufferPointer { xs in
      unsafe ws.withUnsafeBufferPointer { ws in
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          guard let sums = sums.baseAddress else { return }
          var product = unsafe cut.product(part, left: xs.baseAddress, right: ws.baseAddress)
          largest.add(unsafe ck_multiply_fold(&product, scale, sums + place, rowLength))
        }
      }
    }
  }
}
