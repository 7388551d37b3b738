/// `y = x · W + b` with the weight as the checkpoint stores it.
struct Linear: Sendable {
  /// The weight: `[out, in]`, or `[in, out]` if `storesInputMajor`.
  let weight: Parameter
  /// The bias, `[out]`.
  let bias: Parameter?
  /// Whether the checkpoint stores `[in, out]`, as GPT-2's `Conv1D` does.
  let storesInputMajor: Bool
  /// The first column of the output row that this product writes.
  let column: Int
  /// Its place among the packed matrices.
  let index: Int

  var inputs: Int { storesInputMajor ? weight.shape[0] : weight.shape[1] }
  var outputs: Int { storesInputMajor ? weight.shape[1] : weight.shape[0] }
}

/// A norm's parameters; RMSNorm has no bias.
struct Norm: Sendable {
  let weight: Parameter
  let bias: Parameter?
}

/// One decoder layer: norm, attention, norm, feed-forward, each half behind a residual connection.
struct DecoderLayer: Sendable {
  let attentionNorm: Norm
  /// Queries, keys and values: one product (GPT-2) or three.
  let qkv: [Linear]
  let queryNorm: Norm?
  let keyNorm: Norm?
  let attentionOutput: Linear
  let feedForwardNorm: Norm
  /// Gate and up (SwiGLU), or the one inner product of GELU.
  let inner: [Linear]
  let feedForwardOutput: Linear
}

/// Which parameters a family has and how they connect.
struct Architecture: Sendable {
  var table = ParameterTable()
  var layers: [DecoderLayer] = []
  let tokenEmbedding: Parameter
  let positionEmbedding: Parameter?
  let finalNorm: Norm
  /// The output projection; its weight is the token embedding when tied.
  let head: Linear
  /// How many products there are, the head included.
  let linearCount: Int

  init(_ configuration: ModelConfiguration) {
    var builder = ArchitectureBuilder(configuration)
    switch configuration.family {
    case .gpt2: (layers, tokenEmbedding, positionEmbedding, finalNorm) = builder.gpt2()
    case .qwen2, .llama, .qwen3: (layers, tokenEmbedding, positionEmbedding, finalNorm) = builder.llama()
    }
    head = builder.head(tokenEmbedding)
    table = builder.table
    linearCount = builder.linearCount
  }
}

/// Collects parameters in the order of their storage.
struct ArchitectureBuilder {
  let configuration: ModelConfiguration
  var table = ParameterTable()
  var linearCount = 0

  init(_ configuration: ModelConfiguration) { self.configuration = configuration }

  mutating func linear(
    _ name: String, inputs: Int, outputs: Int, bias: Bool, storesInputMajor: Bool = false, column: Int = 0
  ) -> Linear {
    let weight = table.add(name + ".weight", storesInputMajor ? [inputs, outputs] : [outputs, inputs])
    let biasParameter = bias ? table.add(name + ".bias", [outputs]) : nil
    linearCount += 1
    return Linear(
      weight: weight, bias: biasParameter, storesInputMajor: storesInputMajor, column: column,
      index: linearCount - 1)
  }

  mutating func head(_ embedding: Parameter) -> Linear {
    let weight =
      configuration.isTied
      ? embedding : table.add("lm_head.weight", [configuration.vocabularySize, configuration.hiddenSize])
    linearCount += 1
    return Linear(weight: weight, bias: nil, storesInputMajor: false, column: 0, index: linearCount - 1)
  }
}
