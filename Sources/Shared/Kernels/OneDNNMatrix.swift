import COneDNN
import Tensors

// Products by oneDNN.
//
// The right factor's columns are cut in blocks of fixed width, and in bf16 its rows in pieces of fixed length,
// whose results are added in order (COneDNN/include/conednn.h): oneDNN would cut long sums by itself, and
// differently for different numbers of rows. Every piece is packed in one layout for all numbers of rows, and
// rows are padded with zeros to a multiple of 16. Then, where `Certification` finds so, a row's bits depend on
// the row and the weights only, and rows and columns can be shared out over our threads in any way.
//
// Oracle: the same in Double; Tests/KernelsTests/OneDNNMatrixTests.swift.

/// A weight matrix in oneDNN's layout.
final class OneDNNMatrix: RightFactor {
  private let cut: con_cut
  private let packed: Storage<UInt32>

  /// Whether oneDNN is there and multiplies numbers of this precision on this processor; loads it.
  ///
  /// It has bf16 from AVX-512 on.
  static func supports(_ precision: Precision) -> Bool { con_supports(precision.oneDNN) != 0 }

  /// Room for a matrix of `inner` rows and `outer` columns; zeros until packed.
  ///
  /// - Precondition: ``supports(_:)``.
  init(inner: Int, outer: Int, precision: Precision) {
    precondition(Self.supports(precision), "OneDNNMatrix: oneDNN multiplies no \(precision.rawValue) here")
    cut = con_cut(inner: inner, columns: outer, precision: precision)
    packed = OneDNNRight.words(cut)
  }

  func pack(_ matrix: MatrixView) { pack([MatrixPart(matrix)], inner: cut.inner, outer: cut.columns) }

  func pack(_ parts: [MatrixPart], inner: Int, outer: Int) {
    parts.checkCover(rows: cut.inner, columns: cut.columns)
    OneDNNRight.pack(parts, cut: cut, into: packed)
  }

  func multiply(_ x: MatrixView, into y: MatrixView) { multiply(x, into: y, accumulating: false) }

  /// Computes `y = x · self`, or `y += x · self`; `x` of any strides, `y` with unit column stride.
  func multiply(_ x: MatrixView, into y: MatrixView, accumulating: Bool) {
    precondition(
      x.columns == cut.inner && y.columns == cut.columns && x.rows == y.rows && y.columnStride == 1,
      """
      multiply: [\(x.rows), \(x.columns)] · [\(cut.inner), \(cut.columns)] does not give \
      [\(y.rows), \(y.columns)]
      """)
    let (cut, packed) = (cut, packed)
    OneDNNLeft.withPasses(x, cut: cut, rowsPerBlock: rowsPerBlock(x.rows)) { left, firstRow in
      forEachBlock(left.blocks * cut.blocks) { task in
        let (row, column) = (task % left.blocks, task / left.blocks)
        let rows = left.rows(row)
        unsafe left.multiply(row: row, column: column, of: packed) { product, rowLength in
          var target = y.tensor.mutableSpan
          unsafe target.withUnsafeMutableBufferPointer { target in
            guard let target = target.baseAddress else { return }
            let place = y.offset + (firstRow + rows.lowerBound) * y.rowStride + column * cut.width
            unsafe con_store(
              product, rowLength, rows.count, cut.columns(ofBlock: column), target + place, y.rowStride,
              accumulating ? 1 : 0)
          }
        }
      }
    }
  }

  /// Rows that one task multiplies by one block of columns: fewer if threads would have nothing to do.
  private func rowsPerBlock(_ rows: Int) -> Int {
    var perBlock = 256
    while perBlock > 64 && (rows + perBlock - 1) / perBlock * cut.blocks < 2 * ThreadPool.threads {
      perBlock /= 2
    }
    return perBlock
  }

  /// Takes over the elements of a matrix of the same extents and precision.
  func copy(from other: OneDNNMatrix) {
    precondition(
      cut.inner == other.cut.inner && cut.columns == other.cut.columns && cut.is_bf16 == other.cut.is_bf16,
      "OneDNNMatrix: a copy has the same extents and precision")
    packed.copy(from: other.packed)
  }

  /// Writes the elements, rounded as they are, to views that together cover the matrix.
  func unpack(into parts: [MatrixPart]) {
    parts.checkCover(rows: cut.inner, columns: cut.columns)
    for part in parts { OneDNNRight.unpack(packed, cut: cut, into: part) }
  }
}

extension MatrixBackend {
  /// The order in which automatic choice tries backends: oneDNN first where it computes with AMX, which nobody else
  /// here does.
  static func candidates(for precision: Precision) -> [MatrixBackend] {
    precision == .bf16 && con_uses_amx() != 0 ? [.onednn] + allCases.filter { $0 != .onednn } : allCases
  }
}
