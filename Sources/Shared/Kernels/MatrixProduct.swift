import CKernels
import Tensors

// Matrix products.
//
//   y[m, n] = sum over k of x[m, k] · w[k, n]
//
// Every element is one chain of fused multiply-adds over ascending k, in bf16 over pairs of k
// (CKernels/include/ckernels.h), so its bits depend on its row of x and its column of w only: not on the number
// of rows, their order, the threads or the vectors. That is the row law for forward products, and it makes
// gradients independent of the number of threads.
//
// x is packed once per product, in the calling thread's scratch, and shared by all threads.
//
// Oracle: the same in Double, and the same chain in scalar Float, bit for bit;
// Tests/KernelsTests/MatrixProductTests.swift and BFloat16ProductTests.swift.

/// The right factor of products, `[inner, outer]`, laid out in panels of 32 columns for the micro-kernel.
public final class PackedMatrix: Sendable {
  /// The number of rows, over which products sum.
  public let inner: Int
  /// The number of columns.
  public let outer: Int
  /// What the factors are rounded to.
  public let precision: Precision

  let words: Storage<UInt32>

  /// Room for a matrix of `inner` rows and `outer` columns; zeros until ``pack(_:)-(MatrixView)``.
  public init(inner: Int, outer: Int, precision: Precision = .fp32) {
    self.inner = inner
    self.outer = outer
    self.precision = precision
    words = Storage(zeros: RightPanels.words(inner: inner, outer: outer, precision: precision))
  }

  /// Takes over the elements of `matrix`, `[inner, outer]`.
  public func pack(_ matrix: MatrixView) { pack([MatrixPart(matrix)]) }

  /// Takes over the elements of `parts`, which together cover the matrix.
  public func pack(_ parts: [MatrixPart]) {
    parts.checkCover(rows: inner, columns: outer)
    RightPanels.pack(parts, inner: inner, outer: outer, precision: precision, into: words)
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
    LeftTiles.withPasses(x, precision: precision) { rows, left in
      let cut = ProductCut(rows: rows.count, columns: outer, inner: inner, precision: precision)
      forEachBlock(cut.count) { block in
        multiply(cut.part(block), of: cut, left: left, into: y.rows(rows), accumulating: accumulating)
      }
    }
  }

  private func multiply(
    _ part: ProductCut.Part, of cut: ProductCut, left: Storage<UInt32>, into y: MatrixView, accumulating: Bool
  ) {
    let words = words
    let xs = left.span
    let ws = words.span
    var ys = y.tensor.mutableSpan
    unsafe xs.withUnsafeBufferPointer { xs in
      unsafe ws.withUnsafeBufferPointer { ws in
        unsafe ys.withUnsafeMutableBufferPointer { ys in
          guard let to = ys.baseAddress else { return }
          var product = unsafe cut.product(part, left: xs.baseAddress, right: ws.baseAddress)
          unsafe product.y = to + y.offset + part.firstRow * y.rowStride + part.firstColumn
          unsafe product.y_stride = y.rowStride
          unsafe product.accumulate = accumulating ? 1 : 0
          unsafe ck_multiply(&product)
        }
      }
    }
  }
}

/// The vector width the micro-kernel uses on this processor: 16 floats (AVX-512) or 8 (AVX2).
public var vectorWidth: Int { Int(ck_vector_width()) }
