public import Kernels
import Tensors

/// Rows of tokens that pass through the model together.
public struct TokenBatch: Sendable {
  /// One token per row.
  public var tokens: [Int32]
  /// What the rows belong to; together they cover the rows in order.
  public var sequences: [SequenceRows]

  /// Creates a batch.
  public init(tokens: [Int32], sequences: [SequenceRows]) {
    self.tokens = tokens
    self.sequences = sequences
  }

  /// The absolute position of every row.
  var positions: [Int32] {
    var positions: [Int32] = []
    positions.reserveCapacity(tokens.count)
    for sequence in sequences {
      let first = Int32(sequence.firstPosition)
      for i in 0..<Int32(sequence.rows.count) { positions.append(first + i) }
    }
    return positions
  }
}

/// A causal language model of a supported family: which kernels run in which order.
///
/// There is one forward pass, for prefill, decoding, the reference and training; every row's bits depend on
/// the weights and the tokens before it only (the row law, docs/laws.md). Weights are handed in, so that a
/// policy and its reference share the model.
public final class LanguageModel: Sendable {
  /// What `config.json` says.
  public let configuration: ModelConfiguration

  let architecture: Architecture
  let shape: AttentionShape
  let rotary: RotaryTable?

  /// Who computes products with weights.
  public let backend: MatrixBackend

  /// The precision of products, of embeddings, and of kept keys and values.
  ///
  /// Sums, norms, softmax, activations and the residual stream are `Float` in both.
  public let precision: Precision

  /// The model that `configuration` describes, with room for sequences of `contextLength` tokens.
  public init(
    _ configuration: ModelConfiguration, contextLength: Int? = nil, backend: MatrixBackend = .micro,
    precision: Precision = .fp32
  ) {
    self.configuration = configuration
    self.backend = backend
    self.precision = precision
    architecture = Architecture(configuration)
    shape = AttentionShape(
      heads: configuration.heads, keyValueHeads: configuration.keyValueHeads,
      headDimension: configuration.headDimension)
    let positions = min(contextLength ?? configuration.maximumPositions, configuration.maximumPositions)
    rotary =
      configuration.rotaryFrequencies.isEmpty
      ? nil : RotaryTable(frequencies: configuration.rotaryFrequencies, positions: positions)
  }

  /// Every parameter's name, shape and place.
  public var table: ParameterTable { architecture.table }

  /// All parameters, chunk by chunk, in the order of the table.
  public var chunks: [ParameterChunk] { architecture.chunks }

  /// The number of parameters.
  public var parameterCount: Int { architecture.table.elementCount }

  /// The extents, `[inner, outer]`, of the products with weights that `configuration` asks for.
  public static func productShapes(_ configuration: ModelConfiguration) -> [[Int]] {
    Architecture(configuration).projections.map { [$0.inputs, $0.outputs] }
  }

  /// Zeroed weights; `forTraining` adds what gradients need.
  public func makeWeights(forTraining: Bool) -> ModelWeights {
    ModelWeights(architecture, backend: backend, precision: precision, forTraining: forTraining)
  }

  /// Buffers for batches of this model.
  public func makeWorkspace(_ retention: Workspace.Retention) -> Workspace {
    Workspace(extents: extents, layers: configuration.layers, retention: retention)
  }

  /// Pages for keys and values of this model.
  public func makeKeyValuePool() -> KeyValuePool { KeyValuePool(keyValueShape) }

  /// The extents of one position's keys and values.
  public var keyValueShape: KeyValueShape {
    KeyValueShape(
      layers: configuration.layers, heads: configuration.keyValueHeads,
      headDimension: configuration.headDimension, precision: precision)
  }

  /// Gradients of a shared prompt's keys and values, one per layer.
  public func makeTrunkGradients(length: Int) -> [TrunkGradient] {
    (0..<configuration.layers).map { _ in TrunkGradient(length: length, shape: shape) }
  }

  /// Bytes that keeping the activations of one row takes, all layers together.
  public var activationBytesPerRow: Int {
    extents.perRow * configuration.layers * MemoryLayout<Float>.stride
  }

  var extents: Extents {
    Extents(
      hidden: configuration.hiddenSize, qkv: shape.rowLength, queries: shape.queryWidth,
      inner: configuration.intermediateSize * (architecture.layers.first?.inner.parts.count ?? 1),
      intermediate: configuration.intermediateSize, hasHeadNorms: configuration.family == .qwen3)
  }

  var attentionScale: Float { 1 / Float(configuration.headDimension).squareRoot() }
}
