import Foundation

/// What `config.json` says about a model, checked.
public struct ModelConfiguration: Sendable, Equatable {
  /// The supported families.
  public enum Family: String, Sendable, CaseIterable {
    /// GPT-2: learned positions, LayerNorm, GELU.
    case gpt2
    /// Qwen2 and Qwen2.5: rotary positions, biases on queries, keys and values.
    case qwen2
    /// Llama 2 and 3: rotary positions, no biases.
    case llama
    /// Qwen3: rotary positions, normalised query and key heads.
    case qwen3
  }

  /// The family, `model_type`.
  public var family: Family
  /// Entries of the embedding, `vocab_size`.
  public var vocabularySize: Int
  /// Channels of the residual stream, `hidden_size`.
  public var hiddenSize: Int
  /// `num_hidden_layers`.
  public var layers: Int
  /// Query heads, `num_attention_heads`.
  public var heads: Int
  /// Key-value heads, `num_key_value_heads`.
  public var keyValueHeads: Int
  /// Elements of one head, `head_dim`.
  public var headDimension: Int
  /// Channels inside the feed-forward block, `intermediate_size`.
  public var intermediateSize: Int
  /// The norms' epsilon.
  public var epsilon: Float
  /// The longest sequence, `max_position_embeddings`.
  public var maximumPositions: Int
  /// Whether the output projection is the embedding, `tie_word_embeddings`.
  public var isTied: Bool
  /// Whether the attention projections have biases.
  public var hasQKVBias: Bool
  /// Whether the attention's output projection has a bias.
  public var hasOutputBias: Bool
  /// Whether the feed-forward projections have biases.
  public var hasFeedForwardBias: Bool
  /// The rotary frequencies, `headDimension / 2` of them; empty for learned positions.
  public var rotaryFrequencies: [Float]
  /// Tokens that end a response, `eos_token_id`, in the order given.
  public var endOfSequenceIds: [Int32]

  /// Reads `config.json`, and the end-of-sequence ids of `generation_config.json` where there is one.
  public init(directory: String) throws(ModelError) {
    let file = directory + "/config.json"
    let fields = try ConfigurationFields(file: file)
    try self.init(fields)
    if FileManager.default.fileExists(atPath: directory + "/generation_config.json") {
      let generation = try ConfigurationFields(file: directory + "/generation_config.json")
      let ids = try generation.tokenIds("eos_token_id")
      try checkEndOfSequence(ids, generation)
      endOfSequenceIds += ids.filter { !endOfSequenceIds.contains($0) }
    }
  }

  init(_ fields: ConfigurationFields) throws(ModelError) {
    let type = try fields.text("model_type")
    guard let family = Family(rawValue: type) else {
      throw fields.unsupported("model_type", type, Family.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.family = family
    vocabularySize = try fields.count("vocab_size")
    endOfSequenceIds = try fields.tokenIds("eos_token_id")
    if family == .gpt2 {
      hiddenSize = try fields.count("n_embd")
      layers = try fields.count("n_layer")
      heads = try fields.count("n_head")
      keyValueHeads = heads
      intermediateSize = try fields.optionalCount("n_inner") ?? 4 * hiddenSize
      maximumPositions = try fields.count(fields.has("n_positions") ? "n_positions" : "n_ctx")
      epsilon = Float(try fields.number("layer_norm_epsilon", default: 1e-5))
      isTied = try fields.flag("tie_word_embeddings", default: true)
      (hasQKVBias, hasOutputBias, hasFeedForwardBias) = (true, true, true)
      headDimension = hiddenSize / max(1, heads)
      rotaryFrequencies = []
      try fields.require(
        "activation_function", default: "gelu_new", among: ["gelu_new", "gelu_pytorch_tanh"])
      try fields.forbid("scale_attn_by_inverse_layer_idx", unless: false)
      try fields.forbid("scale_attn_weights", unless: true)
      try fields.forbid("add_cross_attention", unless: false)
    } else {
      hiddenSize = try fields.count("hidden_size")
      layers = try fields.count("num_hidden_layers")
      heads = try fields.count("num_attention_heads")
      keyValueHeads = try fields.optionalCount("num_key_value_heads") ?? heads
      headDimension = try fields.optionalCount("head_dim") ?? hiddenSize / max(1, heads)
      intermediateSize = try fields.count("intermediate_size")
      maximumPositions = try fields.count("max_position_embeddings")
      epsilon = Float(try fields.number("rms_norm_eps", default: 1e-6))
      isTied = try fields.flag("tie_word_embeddings", default: false)
      let hasAttentionBias = try fields.flag("attention_bias", default: false)
      let hasMLPBias = try fields.flag("mlp_bias", default: false)
      hasQKVBias = family == .qwen2 || hasAttentionBias
      hasOutputBias = family != .qwen2 && hasAttentionBias
      hasFeedForwardBias = family == .llama && hasMLPBias
      rotaryFrequencies = []
      try fields.require("hidden_act", default: "silu", among: ["silu"])
      try fields.forbid("use_sliding_window", unless: false)
    }
    try checkExtents(fields)
    if family != .gpt2 {
      rotaryFrequencies = try RotaryScaling(fields).frequencies(headDimension: headDimension)
    }
  }

  private func checkExtents(_ fields: ConfigurationFields) throws(ModelError) {
    if family == .gpt2 && !hiddenSize.isMultiple(of: heads) {
      throw fields.unsupported("n_head", "\(heads)", "a divisor of n_embd, \(hiddenSize)")
    }
    if !heads.isMultiple(of: keyValueHeads) {
      throw fields.unsupported(
        "num_key_value_heads", "\(keyValueHeads)", "a divisor of the \(heads) query heads")
    }
    if family != .gpt2 && !headDimension.isMultiple(of: 2) {
      throw fields.unsupported(
        "head_dim", "\(headDimension)", "even numbers, as rotary positions rotate pairs")
    }
    try checkEndOfSequence(endOfSequenceIds, fields)
    try checkSize(fields)
  }

  private func checkEndOfSequence(_ ids: [Int32], _ fields: ConfigurationFields) throws(ModelError) {
    if let id = ids.first(where: { $0 < 0 || $0 >= vocabularySize }) {
      throw fields.unsupported("eos_token_id", "\(id)", "ids below vocab_size, \(vocabularySize)")
    }
  }

  /// Refuses extents far beyond any model, whose products would overflow.
  private func checkSize(_ fields: ConfigurationFields) throws(ModelError) {
    let hidden = Double(hiddenSize)
    let attention = 2 * Double(heads + keyValueHeads) * Double(headDimension)
    let perLayer = hidden * (attention + 3 * Double(intermediateSize))
    let embeddings = hidden * (2 * Double(vocabularySize) + Double(maximumPositions))
    if Double(layers) * perLayer + embeddings >= 0x1p42 {
      throw fields.unsupported(
        family == .gpt2 ? "n_embd" : "hidden_size", "\(hiddenSize)",
        "sizes that make fewer than 2^42 parameters in all")
    }
  }
}

/// The fields of one JSON file, read with sentences for what is wrong.
struct ConfigurationFields {
  let file: String
  private let object: [String: Any]

  init(file: String) throws(ModelError) {
    self.file = file
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: file))
    } catch {
      throw .unreadable(file: file, reason: "cannot be read; a model directory needs it")
    }
    guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw .unreadable(file: file, reason: "is not a JSON object; download the model again")
    }
    self.object = object
  }

  private init(file: String, object: [String: Any]) {
    self.file = file
    self.object = object
  }

  func unsupported(_ key: String, _ found: String, _ supported: String) -> ModelError {
    .unsupported(file: file, key: key, found: found, supported: supported)
  }

  private func value(_ key: String) -> Any? {
    let value = object[key]
    return value is NSNull ? nil : value
  }

  func has(_ key: String) -> Bool { value(key) != nil }

  func section(_ key: String) -> ConfigurationFields? {
    (value(key) as? [String: Any]).map { ConfigurationFields(file: file, object: $0) }
  }

  func text(_ key: String) throws(ModelError) -> String {
    guard let text = value(key) as? String else { throw unsupported(key, "missing or no text", "a text") }
    return text
  }

  func optionalCount(_ key: String) throws(ModelError) -> Int? {
    guard let value = value(key) else { return nil }
    // Extents beyond 2^31 would overflow the products of extents.
    guard let number = value as? NSNumber, let count = Int(exactly: number.doubleValue), count > 0,
      count < 1 << 31
    else { throw unsupported(key, "\(value)", "whole numbers from 1") }
    return count
  }

  func count(_ key: String) throws(ModelError) -> Int {
    guard let count = try optionalCount(key) else {
      throw unsupported(key, "missing", "whole numbers from 1")
    }
    return count
  }

  func number(_ key: String, default fallback: Double) throws(ModelError) -> Double {
    guard let value = value(key) else { return fallback }
    guard let number = value as? NSNumber, number.doubleValue > 0, number.doubleValue.isFinite else {
      throw unsupported(key, "\(value)", "positive numbers")
    }
    return number.doubleValue
  }

  func flag(_ key: String, default fallback: Bool) throws(ModelError) -> Bool {
    guard let value = value(key) else { return fallback }
    guard let flag = value as? Bool else { throw unsupported(key, "\(value)", "true, false") }
    return flag
  }

  func tokenIds(_ key: String) throws(ModelError) -> [Int32] {
    guard let value = value(key) else { return [] }
    let numbers = (value as? [NSNumber]) ?? (value as? NSNumber).map { [$0] }
    guard let ids = numbers?.map({ Int32(exactly: $0.doubleValue) }), !ids.contains(nil) else {
      throw unsupported(key, "\(value)", "a token id or a list of them")
    }
    return ids.compactMap { $0 }
  }

  func require(_ key: String, default fallback: String, among supported: [String]) throws(ModelError) {
    let found = has(key) ? try text(key) : fallback
    if !supported.contains(found) { throw unsupported(key, "`\(found)`", supported.joined(separator: ", ")) }
  }

  func forbid(_ key: String, unless expected: Bool) throws(ModelError) {
    if try flag(key, default: expected) != expected { throw unsupported(key, "\(!expected)", "\(expected)") }
  }
}
