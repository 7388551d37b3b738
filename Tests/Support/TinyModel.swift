public import Kernels
public import Models
public import Tensors

/// The extents of a model that a test makes up; awkward by default, so that no kernel sees a full vector
/// only.
public struct TinyExtents: Sendable {
  /// The family.
  public var family: ModelConfiguration.Family
  /// Entries of the embedding.
  public var vocabulary = 37
  /// Channels of the residual stream.
  public var hidden = 30
  /// Query heads.
  public var heads = 3
  /// Key-value heads; GPT-2 has as many as query heads.
  public var keyValueHeads = 3
  /// Elements of one head; GPT-2 divides the channels among its heads.
  public var headDimension = 10
  /// Channels inside the feed-forward block.
  public var intermediate = 21
  /// Decoder layers.
  public var layers = 2
  /// The longest sequence.
  public var positions = 96
  /// Whether the output projection is the embedding.
  public var isTied = true
  /// Further fields of `config.json`, as JSON members.
  public var fields: [String] = []

  /// Odd extents for `family`, of which each has its own trait: Qwen2 one key-value head and biases, Llama
  /// scaled rotation and biases everywhere, Qwen3 six heads in two groups whose width is not the residual
  /// stream's.
  public init(odd family: ModelConfiguration.Family) {
    self.family = family
    switch family {
    case .gpt2: break
    case .qwen2: keyValueHeads = 1
    case .llama:
      isTied = false
      fields = [
        #""attention_bias": true"#, #""mlp_bias": true"#,
        """
        "rope_parameters": {"rope_type": "llama3", "rope_theta": 10000, "factor": 4, "low_freq_factor": 1, \
        "high_freq_factor": 4, "original_max_position_embeddings": 16}
        """,
      ]
    case .qwen3: (heads, keyValueHeads, headDimension, isTied) = (6, 2, 14, false)
    }
  }

  /// The text of a `config.json` with these extents.
  public var json: String {
    let own =
      family == .gpt2
      ? [
        #""n_embd": \#(hidden)"#, #""n_layer": \#(layers)"#, #""n_head": \#(heads)"#,
        #""n_inner": \#(intermediate)"#,
        #""n_positions": \#(positions)"#,
      ]
      : [
        #""hidden_size": \#(hidden)"#, #""num_hidden_layers": \#(layers)"#,
        #""num_attention_heads": \#(heads)"#,
        #""num_key_value_heads": \#(keyValueHeads)"#, #""head_dim": \#(headDimension)"#,
        #""intermediate_size": \#(intermediate)"#, #""max_position_embeddings": \#(positions)"#,
      ]
    let shared = [
      #""model_type": "\#(family.rawValue)""#, #""vocab_size": \#(vocabulary)"#,
      #""tie_word_embeddings": \#(isTied)"#,
    ]
    return "{\n  " + (shared + own + fields).joined(separator: ",\n  ") + "\n}\n"
  }
}

/// A made-up model with weights drawn by the names of its parameters.
public struct TinyModel: Sendable {
  /// The model.
  public let model: LanguageModel
  /// Its parameters in full precision.
  public let parameters: Storage<Float>
  /// The same, packed for training.
  public let weights: ModelWeights

  /// Norms' weights lie around 1; others are uniform within `spread` divided by the root of the row's length,
  /// so that activations neither vanish nor explode and probabilities are far from uniform.
  public init(
    _ extents: TinyExtents, spread: Float = 2.5, backend: MatrixBackend = .micro, precision: Precision = .fp32
  ) throws {
    let directory = try TemporaryDirectory()
    try directory.write("config.json", extents.json)
    model = LanguageModel(
      try ModelConfiguration(directory: directory.path), backend: backend, precision: precision)
    parameters = Storage(zeros: model.parameterCount)
    weights = model.makeWeights(forTraining: true)
    for parameter in model.table.parameters { fill(tensor(parameter), parameter, spread: spread) }
    weights.install(parameters)
  }

  /// A parameter in full precision.
  public func tensor(_ parameter: Parameter) -> Tensor {
    Tensor(parameters, offset: parameter.offset, shape: parameter.shape)
  }
}

private func fill(_ tensor: Tensor, _ parameter: Parameter, spread: Float) {
  let isNorm = parameter.shape.count == 1 && parameter.name.hasSuffix("weight")
  let width = parameter.shape.count == 1 ? 0.3 : spread / Float(parameter.shape[1]).squareRoot()
  let numbers = namedFloats(parameter.name, parameter.count, in: isNorm ? 0.5...1.5 : -width...width)
  var target = tensor.mutableSpan
  for i in numbers.indices { target[i] = numbers[i] }
}
