import Kernels
public import Tensors

/// Where backwards leave the gradients of parameters: integers that add in any order to the same bits.
///
/// The gradient of a matrix is folded as its product is computed and never exists as floats. Norms' weights and
/// biases are summed in `Float` over the rows of one batch, then folded. Rows of embeddings are folded one by
/// one. docs/laws.md says why, and how overflow is excluded.
public final class GradientTotals {
  /// The sums, laid out as the table says: gradient · scale.
  public let integers: Storage<Int64>
  /// The fold's scale, a power of two.
  public let scale: Double

  private let backend: MatrixBackend
  private let precision: Precision
  private let table: ParameterTable
  private let vectors: [Tensor?]  // by the parameter's index
  private var largestOfBatch: Float = 0
  private var magnitude: Float = 0
  private var damaged: String?

  /// Zeros for the parameters of `model`.
  public init(_ model: LanguageModel, scale: Double) {
    self.scale = scale
    backend = model.backend
    precision = model.precision
    table = model.table
    integers = Storage(zeros: model.parameterCount)
    vectors = model.table.parameters.map { $0.isMatrix ? nil : Tensor(zeros: $0.shape) }
  }

  /// Ends what one group added, and says how large it was.
  ///
  /// - Returns: A bound of what any total grew by, divided by the scale: the sum over batches, chunks of the head
  ///   and embedded rows of the largest magnitude in each. NaN or infinite when a gradient was.
  public func takeMagnitude() -> Float {
    closeBatch()
    defer { magnitude = 0 }
    return magnitude
  }

  /// The first parameter, since this was last asked, whose gradient was not finite; nil where all were.
  public func takeDamaged() -> String? {
    defer { damaged = nil }
    return damaged
  }

  /// Adds the product `left · right`, `[stored rows, stored columns]`, to the totals of a weight.
  func addProduct(_ left: MatrixView, _ right: MatrixView, to parameter: Parameter, isWholeBatch: Bool) {
    let report: FoldReport
    if backend == .onednn && precision == .bf16 {
      report = libraryFold(left, right, scale: scale, into: integers, at: parameter.offset)
    } else {
      report = foldProduct(
        left, right, precision: precision, scale: scale, into: integers, at: parameter.offset)
    }
    look(report.largestMagnitude, of: parameter)
    if isWholeBatch { note(report.largestMagnitude) } else { magnitude += report.largestMagnitude }
  }

  /// Adds row `r` of `dy` to the totals of row `ids[r]` of an embedding.
  func addRows(_ dy: Tensor, ids: [Int32], to parameter: Parameter) {
    let largest = foldRows(dy, ids: ids, scale: scale, into: integers, at: parameter.offset)
    look(largest, of: parameter)
    magnitude += largest
  }

  /// The sum, over the rows of this batch, of a vector's gradient; to be added to.
  func vector(_ parameter: Parameter) -> Tensor {
    guard let vector = vectors[parameter.index] else {
      preconditionFailure("GradientTotals: \(parameter.name) is no vector")
    }
    return vector
  }

  /// Folds the vectors and ends the batch.
  func closeBatch() {
    for parameter in table.parameters {
      guard let vector = vectors[parameter.index] else { continue }
      let report = foldGradient(vector, scale: scale, into: integers, at: parameter.offset)
      look(report.largestMagnitude, of: parameter)
      note(report.largestMagnitude)
      setZero(vector)
    }
    magnitude += largestOfBatch
    largestOfBatch = 0
  }

  private func look(_ magnitude: Float, of parameter: Parameter) {
    if !magnitude.isFinite && damaged == nil { damaged = parameter.name }
  }

  private func note(_ magnitude: Float) {
    if !(magnitude <= largestOfBatch) { largestOfBatch = largestOfBatch.isNaN ? .nan : magnitude }
  }
}

extension GradientTotals {
  /// Sets the totals of `range` to zero.
  public func clear(_ range: Range<Int>) {
    let integers = integers
    let blockSize = 65_536
    forEachBlock((range.count + blockSize - 1) / blockSize) { block in
      let start = range.lowerBound + block * blockSize
      var values = integers.mutableSpan(start..<min(range.upperBound, start + blockSize))
      for i in 0..<values.count { values[i] = 0 }
    }
  }

  #if PRORL_SABOTAGE
  /// Moves the totals into `floats`, as gradients.
  public func addAsFloats(to floats: Storage<Float>) {
    let integers = integers
    var values = floats.mutableSpan
    for i in 0..<values.count { values[i] += Float(Double(integers.span[i]) / scale) }
    clear(0..<integers.count)
  }

  /// Adds `floats` to the totals, and sets them to zero.
  public func addFloats(_ floats: Storage<Float>) {
    let gradient = Tensor(floats, shape: [floats.count])
    _ = foldGradient(gradient, scale: scale, into: integers, at: 0)
    setZero(gradient)
  }
  #endif
}
