import CKernels
public import Tensors

// Matrix products.
//
//   y[m, n] = sum over k of x[m, k] · w[k, n]
//
// Every element is one chain of fused multiply-adds over ascending k (CKernels/include/ckernels.h), so its
// bits depend on its row of x and its column of w only: not on the number of rows, their order, the threads
// or the vector width. That is the row law for forward products, and it makes gradients independent of the
// number of threads.
//
// Oracle: the same in Double, and the same chain in scalar Float, bit for bit;
// Tests/KernelsTests/MatrixProductTests.swift.

/// A view of a matrix inside a tensor: element (i, j) is `tensor[offset + i · rowStride + j · columnStride]`.
public struct MatrixView: Sendable {
  /// Where the elements live.
  public var tensor: Tensor
  /// The position of element (0, 0), in elements.
  public var offset: Int
  /// The number of rows.
  public var rows: Int
  /// The number of columns.
  public var columns: Int
  /// The distance between rows, in elements.
  public var rowStride: Int
  /// The distance between columns, in elements.
  public var columnStride: Int

  /// Columns `column..<column + columns` of a row-major tensor whose rows have `rowLength` elements.
  public init(_ tensor: Tensor, rows: Int, rowLength: Int, column: Int = 0, columns: Int) {
    self.tensor = tensor
    self.offset = column
    self.rows = rows
    self.columns = columns
    rowStride = rowLength
    columnStride = 1
    precondition(
      column + columns <= rowLength && rows * rowLength <= tensor.count,
      "MatrixView: \(rows) rows of \(rowLength), columns \(column)..<\(column + columns), exceed \(tensor.count)"
    )
  }

  /// The same elements with rows and columns exchanged.
  public var transposed: MatrixView {
    var view = self
    swap(&view.rows, &view.columns)
    swap(&view.rowStride, &view.columnStride)
    return view
  }
}

/// The right factor of products, `[inner, outer]`, laid out in panels of 32 columns for the micro-kernel.
public final class PackedMatrix: Sendable {
  /// The number of rows, over which products sum.
  public let inner: Int
  /// The number of columns.
  public let outer: Int

  private let panels: Storage<Float>

  private var panelCount: Int { (outer + panelWidth - 1) / panelWidth }

  /// Room for a matrix of `inner` rows and `outer` columns; zeros until ``pack(_:)``.
  public init(inner: Int, outer: Int) {
    self.inner = inner
    self.outer = outer
    panels = Storage(zeros: max(1, inner) * ((outer + panelWidth - 1) / panelWidth) * panelWidth)
  }

  /// Takes over the elements of `matrix`, `[inner, outer]`.
  public func pack(_ matrix: MatrixView) {
    precondition(
      matrix.rows == inner && matrix.columns == outer,
      "PackedMatrix: \(matrix.rows) × \(matrix.columns) does not fit \(inner) × \(outer)")
    guard inner > 0 else { return }
    let inner = inner
    let outer = outer
    let panels = panels
    forEachBlock(panelCount) { panel in
      let from = matrix.tensor.span
      var to = panels.mutableSpan(panel * inner * panelWidth..<(panel + 1) * inner * panelWidth)
      unsafe from.withUnsafeBufferPointer { from in
        unsafe to.withUnsafeMutableBufferPointer { to in
          guard let source = from.baseAddress, let target = to.baseAddress else { return }
          unsafe ck_pack_panel(
            source + matrix.offset, matrix.rowStride, matrix.columnStride, inner, outer, panel, target)
        }
      }
    }
  }

  /// Computes `y = x · self`, or `y += x · self`.
  ///
  /// - Parameters:
  ///   - x: `[rows, inner]`, any strides.
  ///   - y: `[rows, outer]`, unit column stride.
  ///   - accumulating: Whether the chain of each element starts from its old value instead of zero.
  public func multiply(_ x: MatrixView, into y: MatrixView, accumulating: Bool = false) {
    precondition(
      x.columns == inner && y.columns == outer && x.rows == y.rows && y.columnStride == 1,
      "multiply: [\(x.rows), \(x.columns)] · [\(inner), \(outer)] does not give [\(y.rows), \(y.columns)]")
    guard x.rows > 0, outer > 0 else { return }
    let cut = ProductCut(rows: x.rows, panels: panelCount, inner: inner)
    forEachBlock(cut.blocks) { block in
      let (rows, panels) = cut.part(block)
      multiply(x, into: y, rows: rows, panels: panels, accumulating: accumulating)
    }
  }

  private func multiply(
    _ x: MatrixView, into y: MatrixView, rows: Range<Int>, panels part: Range<Int>, accumulating: Bool
  ) {
    let xs = x.tensor.span
    let panels = panels
    let ws = panels.span
    var ys = y.tensor.mutableSpan
    unsafe xs.withUnsafeBufferPointer { xs in
      unsafe ws.withUnsafeBufferPointer { ws in
        unsafe ys.withUnsafeMutableBufferPointer { ys in
          guard let x0 = xs.baseAddress, let w0 = ws.baseAddress, let y0 = ys.baseAddress
          else { return }
          unsafe ck_product(
            rows.count, outer, inner, x0 + x.offset + rows.lowerBound * x.rowStride, x.rowStride,
            x.columnStride,
            w0, part.lowerBound, part.upperBound, y0 + y.offset + rows.lowerBound * y.rowStride, y.rowStride,
            accumulating ? 1 : 0)
        }
      }
    }
  }
}

/// How a product is shared out over threads; it never changes a bit.
private struct ProductCut {
  let rows: Int
  let panels: Int
  let rowsPerBlock: Int
  let panelsPerBlock: Int

  init(rows: Int, panels: Int, inner: Int) {
    self.rows = rows
    self.panels = panels
    // 192 rows of x stay in the second-level cache while the panels pass by.
    rowsPerBlock = min(rows, 192)
    let small = rows * panels * panelWidth * inner < 1 << 17
    let rowBlocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    let wanted = small || ThreadPool.threads == 1 ? 1 : 4 * ThreadPool.threads
    let panelBlocks = max(1, min(panels, (wanted + rowBlocks - 1) / rowBlocks))
    panelsPerBlock = (panels + panelBlocks - 1) / panelBlocks
  }

  private var panelBlocks: Int { (panels + panelsPerBlock - 1) / panelsPerBlock }

  var blocks: Int { (rows + rowsPerBlock - 1) / rowsPerBlock * panelBlocks }

  func part(_ block: Int) -> (rows: Range<Int>, panels: Range<Int>) {
    let row = block / panelBlocks * rowsPerBlock
    let panel = block % panelBlocks * panelsPerBlock
    return (row..<min(rows, row + rowsPerBlock), panel..<min(panels, panel + panelsPerBlock))
  }
}

private let panelWidth = Int(CK_PANEL)

/// The vector width the micro-kernel uses on this processor: 16 floats (AVX-512) or 8 (AVX2).
public var vectorWidth: Int { Int(ck_vector_width()) }
