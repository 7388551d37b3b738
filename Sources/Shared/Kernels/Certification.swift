import Synchronization
import Tensors

/// The check of the row law: whether a row of a product has the same bits whatever else is in the call.
public enum Certification {
  /// A product whose rows are not independent of the call they are in.
  public struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
    /// Who computed it.
    public var backend: MatrixBackend
    /// What its factors are rounded to.
    public var precision: Precision = .fp32
    /// The product's extents: inner, outer.
    public var shape: [Int]
    /// The number of rows of the call that gave other bits.
    public var rows: Int

    /// One sentence for the operator.
    public var description: String {
      """
      `numerics.matmul: \(backend.rawValue)` (\(backend.description)) breaks the row law on this processor: in \
      \(precision == .fp32 ? "a" : "a \(precision.rawValue)") product with weights of \(shape[0]) × \(shape[1]) a call of \(rows) rows gives a row other bits; use `auto` or `micro`
      """
    }
  }

  /// Columns beyond this are not tried: the output projection of a large vocabulary is certified on its first
  /// part.
  static let mostColumns = 4096

  /// The first backend that is there, computes in `precision` and keeps the law for `shapes`; in the order of
  /// ``MatrixBackend``'s cases, but oneDNN first where it computes with AMX.
  public static func automatic(
    precision: Precision = .fp32, shapes: [[Int]], notes: CertificateNotes? = nil
  ) throws(Violation) -> MatrixBackend {
    var first: Violation?
    for backend in MatrixBackend.candidates(for: precision)
    where backend.isAvailable && backend.supports(precision) {
      do throws(Violation) {
        try certify(backend, precision: precision, shapes: shapes, notes: notes)
        return backend
      } catch {
        first = first ?? error
      }
    }
    throw first ?? Violation(backend: .micro, shape: [0, 0], rows: 0)
  }

  /// How much of a check a start needed.
  public enum Depth: Sendable, Equatable {
    /// Everything.
    case full
    /// The products of layers with a few rows, since a note says that everything was checked before.
    case brief
    /// Nothing, since this process has checked already.
    case none
  }

  /// What a run does at its start: ``check(_:precision:shapes:)``, which `notes` remember; where they do, the products
  /// of layers alone in fewer calls.
  ///
  /// - Parameters:
  ///   - backend: Available, and able to compute in `precision`.
  ///   - precision: What the products' factors are rounded to.
  ///   - shapes: `[inner, outer]` of the model's products.
  ///   - notes: Where full checks are remembered; nil checks in full.
  /// - Returns: How much was checked.
  /// - Throws: The first product that breaks the law.
  @discardableResult
  public static func certify(
    _ backend: MatrixBackend, precision: Precision = .fp32, shapes: [[Int]], notes: CertificateNotes?
  ) throws(Violation) -> Depth {
    guard let notes else {
      try check(backend, precision: precision, shapes: shapes)
      return .full
    }
    let subject = notes.subject(backend, precision, shapes)
    if certified.withLock({ $0.contains(subject) }) { return .none }
    let depth = try certify(backend, precision: precision, shapes: shapes, notes: notes, subject: subject)
    certified.withLock { _ = $0.insert(subject) }
    return depth
  }

  /// The same in a process that remembers nothing.
  static func certify(
    _ backend: MatrixBackend, precision: Precision, shapes: [[Int]], notes: CertificateNotes, subject: String
  ) throws(Violation) -> Depth {
    if notes.hold(subject) {
      let body = shapes.filter { $0[1] <= mostColumns }
      try check(backend, precision: precision, shapes: body.isEmpty ? shapes : body, calls: fewCalls)
      return .brief
    }
    try check(backend, precision: precision, shapes: shapes)
    notes.keep(subject)
    return .full
  }

  /// What this process has certified.
  private static let certified = Mutex<Set<String>>([])

  /// Calls of so many rows, with the row in question at such a place: fewer than a tile and more, aligned and not.
  private static let allCalls = [
    (2, 1), (3, 0), (7, 6), (16, 15), (17, 16), (32, 9), (40, 21), (64, 63), (273, 128),
  ]
  private static let fewCalls = [(7, 6), (17, 16), (40, 21)]

  /// Compares one row in calls of several sizes, at several places, with its bits when it is alone.
  ///
  /// - Parameters:
  ///   - backend: Available, and able to compute in `precision`.
  ///   - precision: What the products' factors are rounded to.
  ///   - shapes: `[inner, outer]` of the model's products; equal ones are tried once.
  /// - Throws: The first product that breaks the law.
  public static func check(
    _ backend: MatrixBackend, precision: Precision = .fp32, shapes: [[Int]]
  ) throws(Violation) {
    try check(backend, precision: precision, shapes: shapes, calls: allCalls)
  }

  private static func check(
    _ backend: MatrixBackend, precision: Precision, shapes: [[Int]], calls: [(rows: Int, place: Int)]
  ) throws(Violation) {
    for shape in Set(shapes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let (inner, outer) = (shape[0], min(shape[1], mostColumns))
      let weights = WeightMatrix(inner: inner, outer: outer, backend: backend, precision: precision)
      weights.pack(
        MatrixView(Probe.scattered(inner * outer, salt: 11), rows: inner, rowLength: outer, columns: outer))
      let row = Probe.scattered(inner, salt: 12)
      let alone = product(weights, row: row, rows: 1, at: 0)
      for (rows, place) in calls {
        let found = product(weights, row: row, rows: rows, at: place)
        guard found == alone else {
          throw Violation(backend: backend, precision: precision, shape: [inner, outer], rows: rows)
        }
      }
    }
  }

  /// The bits of `row`'s product when it stands at `place` among `rows` other rows.
  private static func product(_ weights: WeightMatrix, row: Tensor, rows: Int, at place: Int) -> [UInt32] {
    let x = Probe.scattered(rows * weights.inner, salt: UInt32(100 + rows))
    var values = x.mutableSpan
    for k in 0..<weights.inner { values[place * weights.inner + k] = row.span[k] }
    let y = Tensor(zeros: [rows, weights.outer])
    weights.multiply(
      MatrixView(x, rows: rows, rowLength: weights.inner, columns: weights.inner),
      into: MatrixView(y, rows: rows, rowLength: weights.outer, columns: weights.outer))
    return (0..<weights.outer).map { y.span[place * weights.outer + $0].bitPattern }
  }
}

/// Numbers in -1…1 whose bits are the same everywhere.
enum Probe {
  static func tensor(_ count: Int, salt: UInt64) -> Tensor {
    let tensor = Tensor(zeros: [count])
    var values = tensor.mutableSpan
    var state = salt &* 0x9E37_79B9_7F4A_7C15
    for i in 0..<count {
      state = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9 &+ 0x94D0_49BB
      values[i] = Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
    }
    return tensor
  }

  /// The same many times as fast: each is made from its own index.
  static func scattered(_ count: Int, salt: UInt32) -> Tensor {
    let tensor = Tensor(zeros: [count])
    var values = tensor.mutableSpan
    for i in 0..<values.count {
      var bits = (UInt32(truncatingIfNeeded: i) &+ salt &* 0x27d4_eb2f) &* 0x9E37_79B9
      bits = (bits ^ bits >> 15) &* 0x85eb_ca6b
      values[i] = Float(Int32(bitPattern: bits ^ bits >> 13)) * 0x1p-31
    }
    return tensor
  }
}
