import Kernels
public import Tensors

/// One version of a model's parameters in the form that the forward pass, and a backward, read.
///
/// Matrices are packed for products in the model's precision; vectors (norms, biases) stay `Float`. Where
/// full-precision parameters are needed as well, for an optimizer or a file, their owner keeps them and calls
/// ``install(_:chunk:base:)`` after every change.
public final class ModelWeights: Sendable {
  let forward: [WeightMatrix]
  let backward: [WeightMatrix]

  private let architecture: Architecture
  private let precision: Precision
  private let vectors: [Tensor?]  // by the parameter's index
  private let tables: [EmbeddingTable?]  // by the parameter's index

  /// Zeros for `architecture`; `forTraining` adds the transposed packing that gradients need.
  init(_ architecture: Architecture, backend: MatrixBackend, precision: Precision, forTraining: Bool) {
    self.architecture = architecture
    self.precision = precision
    let projections = architecture.projections
    forward = projections.map {
      WeightMatrix(inner: $0.inputs, outer: $0.outputs, backend: backend, precision: precision)
    }
    // Gradients need no row law, only fixed bounds; in fp32 our own kernel is as fast as any.
    let gradientBackend = precision == .fp32 ? .micro : backend
    backward =
      forTraining
      ? projections.map {
        WeightMatrix(inner: $0.outputs, outer: $0.inputs, backend: gradientBackend, precision: precision)
      } : []
    vectors = architecture.table.parameters.map { $0.isMatrix ? nil : Tensor(zeros: $0.shape) }
    let lookedUp = [architecture.tokenEmbedding, architecture.positionEmbedding]
    tables = architecture.table.parameters.map { parameter in
      lookedUp.contains(parameter) ? EmbeddingTable(parameter.shape, precision: precision) : nil
    }
  }

  /// Takes over all parameters from `values`, laid out as the table says.
  public func install(_ values: Storage<Float>) {
    for chunk in architecture.chunks { install(values, chunk: chunk, base: 0) }
  }

  /// Takes over the parameters of `chunk` from `values`, whose first element is number `base` of the table.
  public func install(_ values: Storage<Float>, chunk: ParameterChunk, base: Int) {
    func tensor(_ parameter: Parameter) -> Tensor {
      Tensor(values, offset: parameter.offset - base, shape: parameter.shape)
    }
    for parameter in chunk.parameters {
      if let vector = vectors[parameter.index] { Kernels.copy(tensor(parameter), to: vector) }
      tables[parameter.index]?.install(tensor(parameter))
    }
    for projection in chunk.projections {
      let stored = projection.parts.map { (part: $0, view: $0.view(of: tensor($0.weight))) }
      forward[projection.index].pack(stored.map { MatrixPart($0.view, column: $0.part.column) })
      guard !backward.isEmpty else { continue }
      backward[projection.index].pack(stored.map { MatrixPart($0.view.transposed, row: $0.part.column) })
    }
  }

  /// Takes over the bits of `other`, weights of the same model.
  public func copy(from other: ModelWeights) {
    for (mine, theirs) in zip(forward, other.forward) { mine.copy(from: theirs) }
    for (mine, theirs) in zip(backward, other.backward) { mine.copy(from: theirs) }
    for (mine, theirs) in zip(vectors, other.vectors) {
      if let mine, let theirs { Kernels.copy(theirs, to: mine) }
    }
    for (mine, theirs) in zip(tables, other.tables) {
      if let mine, let theirs { mine.copy(from: theirs) }
    }
  }

  /// Writes the parameters of `chunk`, as products read them, into `values`, whose first element is number
  /// `base` of the table.
  public func export(_ chunk: ParameterChunk, into values: Storage<Float>, base: Int) {
    func tensor(_ parameter: Parameter) -> Tensor {
      Tensor(values, offset: parameter.offset - base, shape: parameter.shape)
    }
    for parameter in chunk.parameters {
      if let vector = vectors[parameter.index] { Kernels.copy(vector, to: tensor(parameter)) }
      tables[parameter.index]?.export(to: tensor(parameter))
    }
    for projection in chunk.projections {
      let parts = projection.parts.map { MatrixPart($0.view(of: tensor($0.weight)), column: $0.column) }
      forward[projection.index].unpack(into: parts)
    }
  }

  /// A norm's weight or a bias.
  func vector(_ parameter: Parameter) -> Tensor {
    guard let vector = vectors[parameter.index] else {
      preconditionFailure("ModelWeights: \(parameter.name) is no vector")
    }
    return vector
  }

  /// A table that tokens or positions are looked up in.
  func table(_ parameter: Parameter) -> EmbeddingTable {
    guard let table = tables[parameter.index] else {
      preconditionFailure("ModelWeights: \(parameter.name) is no table")
    }
    return table
  }
}

extension Linear {
  /// A tensor laid out as the weight, seen as `[inputs, outputs]`.
  func view(of tensor: Tensor) -> MatrixView {
    let rows = weight.shape[0]
    let columns = weight.shape[1]
    let stored = MatrixView(tensor, rows: rows, rowLength: columns, columns: columns)
    return storesInputMajor ? stored : stored.transposed
  }
}

/// Rows of an embedding, `[entries, channels]`, in the precision of products.
enum EmbeddingTable: Sendable {
  case fp32(Tensor)
  case bf16(Storage<UInt16>, channels: Int)

  init(_ shape: [Int], precision: Precision) {
    switch precision {
    case .fp32: self = .fp32(Tensor(zeros: shape))
    case .bf16: self = .bf16(Storage(zeros: shape[0] * shape[1]), channels: shape[1])
    }
  }

  /// Takes over `values`, rounded to nearest where the table is narrower.
  func install(_ values: Tensor) {
    switch self {
    case .fp32(let table): Kernels.copy(values, to: table)
    case .bf16(let table, let channels):
      forEachRow(table, channels) { roundToBFloat16(values.span.extracting($0), into: table.mutableSpan($0)) }
    }
  }

  func copy(from other: EmbeddingTable) {
    switch (self, other) {
    case (.fp32(let mine), .fp32(let theirs)): Kernels.copy(theirs, to: mine)
    case (.bf16(let mine, _), .bf16(let theirs, _)): mine.copy(from: theirs)
    default: preconditionFailure("EmbeddingTable: two precisions in one model")
    }
  }

  func export(to values: Tensor) {
    switch self {
    case .fp32(let table): Kernels.copy(table, to: values)
    case .bf16(let table, let channels):
      forEachRow(table, channels) { row in
        let part = Tensor(values.storage, offset: values.offset + row.lowerBound, shape: [row.count])
        widenBFloat16(table.span(row), into: part.mutableSpan)
      }
    }
  }

  private func forEachRow(
    _ table: Storage<UInt16>, _ channels: Int, _ body: @Sendable (_ elements: Range<Int>) -> Void
  ) {
    forEachBlock(table.count / channels) { body($0 * channels..<($0 + 1) * channels) }
  }

  /// Writes, or adds, row `ids[r]` to row `r` of `y`.
  func look(_ ids: [Int32], into y: Tensor, adding: Bool = false) {
    switch self {
    case .fp32(let table): embeddingForward(ids, table: table, into: y, adding: adding)
    case .bf16(let table, let channels):
      embeddingForward(ids, table: table, rowLength: channels, into: y, adding: adding)
    }
  }
}
