import COneDNN
import COpenBLAS
import Tensors

/// Who computes products with weights.
///
/// | backend | what it is | bits of a row depend on |
/// |---|---|---|
/// | micro | our own kernel: one chain of fused multiply-adds per element | the row and the weights only, on every processor |
/// | onednn | oneDNN's matmul, rows padded to a multiple of 16 | as certified at start |
/// | openblas | OpenBLAS's sgemm, rows padded to a multiple of 16 | as certified at start; fails on AVX2 cores |
///
/// Automatic choice takes the first that is certified, in this order: `micro` gives the same bits on every
/// processor, and in fp32 it is about as fast as the libraries. Gradients always go through `micro`.
public enum MatrixBackend: String, Sendable, CaseIterable {
  /// Our own kernel.
  case micro
  /// oneDNN.
  case onednn
  /// OpenBLAS.
  case openblas

  /// Whether the library is there; loads it.
  public var isAvailable: Bool {
    switch self {
    case .micro: true
    case .onednn: con_load() == 0
    case .openblas: cob_load() == 0
    }
  }

  /// Whether it computes products in `precision`.
  public func supports(_ precision: Precision) -> Bool {
    switch self {
    case .micro: true
    case .onednn: OneDNNMatrix.supports(precision)
    case .openblas: precision == .fp32
    }
  }

  /// The backend with the library's version and kernels, as the fingerprint names it.
  public var description: String {
    switch self {
    case .micro: "micro"
    case .onednn: unsafe "onednn-\(String(cString: con_version()))-isa\(con_isa())"
    case .openblas: unsafe "openblas-\(String(cString: cob_core()))"
    }
  }
}

/// The right factor of products with weights, `[inner, outer]`, in the layout of one backend.
public final class WeightMatrix: Sendable {
  /// The number of rows, over which products sum.
  public let inner: Int
  /// The number of columns.
  public let outer: Int

  let form: any RightFactor

  /// Room for a matrix of `inner` rows and `outer` columns.
  ///
  /// - Precondition: The backend is available and supports the precision.
  public init(inner: Int, outer: Int, backend: MatrixBackend, precision: Precision = .fp32) {
    precondition(
      backend.supports(precision), "WeightMatrix: \(backend.rawValue) computes no \(precision.rawValue)")
    self.inner = inner
    self.outer = outer
    form =
      switch backend {
      case .micro: PackedMatrix(inner: inner, outer: outer, precision: precision)
      case .onednn: OneDNNMatrix(inner: inner, outer: outer, precision: precision)
      case .openblas: OpenBLASMatrix(inner: inner, outer: outer)
      }
  }

  /// Takes over the elements of `matrix`, `[inner, outer]`.
  public func pack(_ matrix: MatrixView) { form.pack(matrix) }

  /// Takes over the elements of `parts`, which together cover the matrix.
  public func pack(_ parts: [MatrixPart]) {
    parts.checkCover(rows: inner, columns: outer)
    form.pack(parts, inner: inner, outer: outer)
  }

  /// Computes `y = x · self`; `x` is `[rows, inner]`, `y` `[rows, outer]`, both with unit column stride.
  ///
  /// - Parameters:
  ///   - x: The left factor.
  ///   - y: Overwritten, or added to.
  ///   - accumulating: Whether the chain of each element starts from its old value; `micro` alone offers it.
  public func multiply(_ x: MatrixView, into y: MatrixView, accumulating: Bool = false) {
    form.multiply(x, into: y, accumulating: accumulating)
  }
}

/// A weight matrix as a backend keeps it.
protocol RightFactor: Sendable {
  func pack(_ matrix: MatrixView)
  func pack(_ parts: [MatrixPart], inner: Int, outer: Int)
  func multiply(_ x: MatrixView, into y: MatrixView)
  func multiply(_ x: MatrixView, into y: MatrixView, accumulating: Bool)
  func unpack(into parts: [MatrixPart])
}

extension RightFactor {
  /// Puts the parts together first.
  func pack(_ parts: [MatrixPart], inner: Int, outer: Int) {
    let whole = Tensor(zeros: [inner, outer])
    for part in parts {
      var place = MatrixView(
        whole, rows: inner, rowLength: outer, column: part.column, columns: part.view.columns)
      place.offset += part.row * outer
      place.store(
        part.view.contiguous(rows: 0..<part.view.rows, paddedRows: part.view.rows), rows: 0..<part.view.rows)
    }
    pack(MatrixView(whole, rows: inner, rowLength: outer, columns: outer))
  }

  func multiply(_ x: MatrixView, into y: MatrixView, accumulating: Bool) {
    precondition(!accumulating, "multiply: only `micro` adds to old values")
    multiply(x, into: y)
  }
}

extension PackedMatrix: RightFactor {
  func pack(_ parts: [MatrixPart], inner: Int, outer: Int) { pack(parts) }
  func multiply(_ x: MatrixView, into y: MatrixView) { multiply(x, into: y, accumulating: false) }
}

extension MatrixView {
  /// The elements as a contiguous row-major copy with `paddedRows` rows, zeros beyond the last.
  func contiguous(rows part: Range<Int>, paddedRows: Int) -> Tensor {
    let copy = Tensor(zeros: [paddedRows, columns])
    let from = tensor.span
    var to = copy.mutableSpan
    for row in part {
      let source = offset + row * rowStride
      let target = (row - part.lowerBound) * columns
      for column in 0..<columns { to[target + column] = from[source + column * columnStride] }
    }
    return copy
  }

  /// Stores the first rows of `values`, contiguous, as rows `part`.
  func store(_ values: Tensor, rows part: Range<Int>) {
    let from = values.span
    var to = tensor.mutableSpan
    for row in part {
      let source = (row - part.lowerBound) * columns
      for column in 0..<columns { to[offset + row * rowStride + column] = from[source + column] }
    }
  }
}

/// Rows that one call of a library computes; blocks of them are shared out over threads.
private let libraryRows = 128

/// Calls `body` with blocks of rows, in parallel, each with its number rounded up to a multiple of 16.
private func forEachLibraryBlock(_ rows: Int, _ body: @Sendable (_ rows: Range<Int>, _ padded: Int) -> Void) {
  forEachBlock((rows + libraryRows - 1) / libraryRows) { block in
    let part = block * libraryRows..<min(rows, (block + 1) * libraryRows)
    body(part, (part.count + 15) / 16 * 16)
  }
}

/// A weight matrix for OpenBLAS: `[inner, outer]`, row-major.
private final class OpenBLASMatrix: RightFactor {
  private let elements: Tensor
  private let inner: Int
  private let outer: Int

  init(inner: Int, outer: Int) {
    precondition(cob_load() == 0, "OpenBLASMatrix: the library is not there")
    (self.inner, self.outer) = (inner, outer)
    elements = Tensor(zeros: [inner, outer])
  }

  func pack(_ matrix: MatrixView) {
    let copied = matrix.contiguous(rows: 0..<inner, paddedRows: inner)
    copy(copied, to: elements)
  }

  func unpack(into parts: [MatrixPart]) {
    let elements = elements
    for part in parts {
      part.write(rows: 0..<inner) { row, column in elements.span[row * self.outer + column] }
    }
  }

  func multiply(_ x: MatrixView, into y: MatrixView) {
    let (elements, inner, outer) = (elements, inner, outer)
    forEachLibraryBlock(x.rows) { rows, padded in
      let input = x.contiguous(rows: rows, paddedRows: padded)
      let output = Tensor(zeros: [padded, outer])
      let xs = input.span
      let ws = elements.span
      var ys = output.mutableSpan
      unsafe xs.withUnsafeBufferPointer { xs in
        unsafe ws.withUnsafeBufferPointer { ws in
          unsafe ys.withUnsafeMutableBufferPointer { ys in
            unsafe cob_product(
              padded, outer, inner, xs.baseAddress, inner, ws.baseAddress, ys.baseAddress, outer)
          }
        }
      }
      y.store(output, rows: rows)
    }
  }
}
