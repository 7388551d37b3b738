/// `y = x · W + b` with the weight as the checkpoint stores it: a projection, or the part of one.
struct Linear: Sendable {
  /// The weight: `[out, in]`, or `[in, out]` if `storesInputMajor`.
  let weight: Parameter
  /// The bias, `[out]`.
  let bias: Parameter?
  /// Whether the checkpoint stores `[in, out]`, as GPT-2's `Conv1D` does.
  let storesInputMajor: Bool
  /// The first column of the output row that this product writes.
  let column: Int

  var inputs: Int { storesInputMajor ? weight.shape[0] : weight.shape[1] }
  var outputs: Int { storesInputMajor ? weight.shape[1] : weight.shape[0] }
}

/// What reads one input in one product: queries, keys and values, or gate and up, side by side.
struct Projection: Sendable {
  /// The parts, by ascending column; they cover the output row.
  let parts: [Linear]
  /// Its place among the packed matrices.
  let index: Int

  var inputs: Int { parts[0].inputs }
  var outputs: Int { parts.reduce(0) { $0 + $1.outputs } }
}

/// A norm's parameters; RMSNorm has no bias.
struct Norm: Sendable {
  let weight: Parameter
  let bias: Parameter?
}

/// One decoder layer: norm, attention, norm, feed-forward, each half behind a residual connection.
struct DecoderLayer: Sendable {
  let attentionNorm: Norm
  /// Queries, keys and values.
  let qkv: Projection
  let queryNorm: Norm?
  let keyNorm: Norm?
  let attentionOutput: Projection
  let feedForwardNorm: Norm
  /// Gate and up (SwiGLU), or the one inner product of GELU.
  let inner: Projection
  let feedForwardOutput: Projection
}

/// Which parameters a family has and how they connect.
struct Architecture: Sendable {
  var table = ParameterTable()
  var layers: [DecoderLayer] = []
  let tokenEmbedding: Parameter
  let positionEmbedding: Parameter?
  let finalNorm: Norm
  /// The output projection; its weight is the token embedding when tied.
  let head: Projection
  /// All parameters, chunk by chunk, in the order of the table.
  private(set) var chunks: [ParameterChunk] = []
  /// Every product, by index.
  private(set) var projections: [Projection] = []

  init(_ configuration: ModelConfiguration) {
    var builder = ArchitectureBuilder(configuration)
    switch configuration.family {
    case .gpt2: (layers, tokenEmbedding, positionEmbedding, finalNorm) = builder.gpt2()
    case .qwen2, .llama, .qwen3: (layers, tokenEmbedding, positionEmbedding, finalNorm) = builder.llama()
    }
    head = builder.head(tokenEmbedding)
    table = builder.table
    projections = layers.flatMap { [$0.qkv, $0.attentionOutput, $0.inner, $0.feedForwardOutput] } + [head]
    chunks = makeChunks()
  }
}

/// Collects parameters in the order of their storage.
struct ArchitectureBuilder {
  let configuration: ModelConfiguration
  var table = ParameterTable()
  private var projectionCount = 0

  init(_ configuration: ModelConfiguration) { self.configuration = configuration }

  mutating func linear(
    _ name: String, inputs: Int, outputs: Int, bias: Bool, storesInputMajor: Bool = false, column: Int = 0
  ) -> Linear {
    let weight = table.add(name + ".weight", storesInputMajor ? [inputs, outputs] : [outputs, inputs])
    let biasParameter = bias ? table.add(name + ".bias", [outputs]) : nil
    return Linear(weight: weight, bias: biasParameter, storesInputMajor: storesInputMajor, column: column)
  }

  mutating func projection(_ parts: Linear...) -> Projection {
    projectionCount += 1
    return Projection(parts: parts, index: projectionCount - 1)
  }

  mutating func head(_ embedding: Parameter) -> Projection {
    let weight =
      configuration.isTied
      ? embedding : table.add("lm_head.weight", [configuration.vocabularySize, configuration.hiddenSize])
    return projection(Linear(weight: weight, bias: nil, storesInputMajor: false, column: 0))
  }
}
