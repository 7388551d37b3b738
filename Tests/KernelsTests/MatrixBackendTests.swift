import Kernels
import Tensors
import TestSupport
import Testing

/// The libraries are optional: where one is missing, its rows of these tables say nothing.
@Suite("Backends of products with weights")
struct MatrixBackendTests {
  static let shapes = [[1, 1], [7, 9], [8, 8], [9, 7], [30, 37], [64, 192], [896, 300]]

  @Test("all that are there agree with the same in Double", arguments: MatrixBackend.allCases, shapes)
  func oracle(backend: MatrixBackend, shape: [Int]) {
    guard backend.isAvailable else { return }
    let (rows, inner, outer) = (19, shape[0], shape[1])
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let (xs, ws) = (doubles(x.elements), doubles(w.elements))
    let expected = (0..<rows * outer).map { i in
      (0..<inner).reduce(0.0) { $0 + xs[i / outer * inner + $1] * ws[$1 * outer + i % outer] }
    }
    expectClose(
      product(backend, x, w).elements, expected, absolute: inner > 100 ? 3e-5 : 1e-6, relative: 1e-6)
  }

  @Test("our own is always there, gives the bits of the micro-kernel, and keeps the law", arguments: shapes)
  func micro(shape: [Int]) throws {
    #expect(MatrixBackend.micro.isAvailable)
    try Certification.check(.micro, shapes: [shape])
    let (x, w) = (Tensor(named: "x", [5, shape[0]]), Tensor(named: "w", shape))
    let packed = PackedMatrix(inner: shape[0], outer: shape[1])
    packed.pack(view(w))
    let y = Tensor(zeros: [5, shape[1]])
    packed.multiply(view(x), into: view(y))
    expectSameBits(product(.micro, x, w).elements, y.elements)
  }

  @Test("views into wider rows are read and written where they say", arguments: MatrixBackend.allCases)
  func views(backend: MatrixBackend) {
    guard backend.isAvailable else { return }
    let (x, w, y) = (Tensor(named: "x", [6, 12]), Tensor(named: "w", [5, 9]), Tensor(named: "y", [6, 14]))
    let dense = Tensor((0..<30).map { x.span[$0 / 5 * 12 + 4 + $0 % 5] }, shape: [6, 5])
    var expected = y.elements
    let inside = product(backend, dense, w).elements
    for i in inside.indices { expected[i / 9 * 14 + 3 + i % 9] = inside[i] }
    let weights = WeightMatrix(inner: 5, outer: 9, backend: backend)
    weights.pack(view(w))
    weights.multiply(
      MatrixView(x, rows: 6, rowLength: 12, column: 4, columns: 5),
      into: MatrixView(y, rows: 6, rowLength: 14, column: 3, columns: 9))
    expectSameBits(y.elements, expected)
  }

  /// The check tries seven calls; this tries every number of rows.
  @Test(
    "what the check accepts keeps the row law for 1 to 40 rows", arguments: MatrixBackend.allCases, shapes)
  func certified(backend: MatrixBackend, shape: [Int]) {
    guard backend.isAvailable, (try? Certification.check(backend, shapes: [shape])) != nil else { return }
    let (x, w) = (Tensor(named: "x", [40, shape[0]]), Tensor(named: "w", shape))
    let all = product(backend, x, w)
    for rows in 1...40 {
      expectSameBits(
        product(backend, x.rows(0..<rows), w).elements, all.rows(0..<rows).elements, "\(rows) rows")
      let last = product(backend, x.rows(40 - rows..<40), w)
      expectSameBits(last.elements, all.rows(40 - rows..<40).elements, "the last \(rows) rows")
    }
  }

  @Test("the automatic choice keeps the law", arguments: Precision.allCases)
  func automatic(precision: Precision) throws {
    let choice = try Certification.automatic(precision: precision, shapes: Self.shapes)
    #expect(choice.supports(precision))
    try Certification.check(choice, precision: precision, shapes: Self.shapes)
    #expect(choice == .micro || precision != .fp32)
  }

  @Test("our own computes in every precision and keeps the law", arguments: Precision.allCases, shapes)
  func precisions(precision: Precision, shape: [Int]) throws {
    #expect(MatrixBackend.micro.supports(precision))
    #expect(!MatrixBackend.openblas.supports(.bf16))
    try Certification.check(.micro, precision: precision, shapes: [shape])
    let (x, w) = (Tensor(named: "x", [5, shape[0]]), Tensor(named: "w", shape))
    let weights = WeightMatrix(inner: shape[0], outer: shape[1], backend: .micro, precision: precision)
    let packed = PackedMatrix(inner: shape[0], outer: shape[1], precision: precision)
    weights.pack(view(w))
    packed.pack(view(w))
    let (y, expected) = (Tensor(zeros: [5, shape[1]]), Tensor(zeros: [5, shape[1]]))
    for accumulating in [false, true] {
      weights.multiply(view(x), into: view(y), accumulating: accumulating)
      packed.multiply(view(x), into: view(expected), accumulating: accumulating)
      expectSameBits(y.elements, expected.elements)
    }
  }

  @Test("a weight matrix packed in parts is the whole", arguments: MatrixBackend.allCases)
  func parts(backend: MatrixBackend) {
    guard backend.isAvailable else { return }
    let (x, w) = (Tensor(named: "x", [3, 11]), Tensor(named: "w", [11, 40]))
    let weights = WeightMatrix(inner: 11, outer: 40, backend: backend)
    let upper = MatrixView(w, rows: 7, rowLength: 40, columns: 40)
    let lower = Tensor(w.storage, offset: 7 * 40, shape: [4, 40])
    weights.pack([
      MatrixPart(MatrixView(lower, rows: 4, rowLength: 40, column: 0, columns: 9), row: 7),
      MatrixPart(MatrixView(lower, rows: 4, rowLength: 40, column: 9, columns: 31), row: 7, column: 9),
      MatrixPart(upper),
    ])
    let y = Tensor(zeros: [3, 40])
    weights.multiply(view(x), into: view(y))
    expectSameBits(y.elements, product(backend, x, w).elements)
  }

  @Test("the fingerprint repeats itself, whatever the order of shapes, and sees shapes and backends")
  func fingerprint() {
    let reference = NumericsFingerprint.current(backend: .micro, shapes: Self.shapes)
    #expect(reference.hasSuffix(" matmul=micro") && reference.count == 16 + " matmul=micro".count)
    let again = NumericsFingerprint.current(backend: .micro, shapes: Self.shapes.reversed() + Self.shapes)
    #expect(again == reference)
    #expect(NumericsFingerprint.current(backend: .micro, shapes: [[7, 9]]) != reference)
    let rounded = NumericsFingerprint.current(backend: .micro, precision: .bf16, shapes: Self.shapes)
    #expect(rounded.hasSuffix(" matmul=micro precision=bf16") && rounded.prefix(16) != reference.prefix(16))
    for backend in MatrixBackend.allCases where backend != .micro && backend.isAvailable {
      #expect(NumericsFingerprint.current(backend: backend, shapes: Self.shapes) != reference)
    }
  }

  private func product(_ backend: MatrixBackend, _ x: Tensor, _ w: Tensor) -> Tensor {
    let weights = WeightMatrix(inner: w.shape[0], outer: w.shape[1], backend: backend)
    weights.pack(view(w))
    let y = Tensor(zeros: [x.shape[0], w.shape[1]])
    weights.multiply(view(x), into: view(y))
    return y
  }

  private func view(_ tensor: Tensor) -> MatrixView {
    MatrixView(tensor, rows: tensor.shape[0], rowLength: tensor.shape[1], columns: tensor.shape[1])
  }
}
