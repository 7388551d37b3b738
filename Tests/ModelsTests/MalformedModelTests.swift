import Foundation
import Models
import Safetensors
import Tensors
import TestSupport
import Testing

@Suite("Model directories that cannot be used say why")
struct MalformedModelTests {
  /// What `config.json` says instead, and the sentence that follows its path.
  struct Configuration: Sendable, CustomTestStringConvertible {
    var family = ModelConfiguration.Family.qwen2
    var fields: [String]
    var sentence: String
    var testDescription: String { fields.joined(separator: ", ") }
  }

  static let configurations = [
    Configuration(
      fields: [#""model_type": "mistral""#],
      sentence: "`model_type` is mistral; supported: gpt2, qwen2, llama, qwen3"),
    Configuration(
      fields: [#""model_type": 3"#], sentence: "`model_type` is missing or no text; supported: a text"),
    Configuration(
      fields: [#""model_type": null"#], sentence: "`model_type` is missing or no text; supported: a text"),
    Configuration(
      fields: [#""hidden_size": null"#], sentence: "`hidden_size` is missing; supported: whole numbers from 1"
    ),
    Configuration(
      fields: [#""hidden_size": 0"#], sentence: "`hidden_size` is 0; supported: whole numbers from 1"),
    Configuration(
      fields: [#""hidden_size": -8"#], sentence: "`hidden_size` is -8; supported: whole numbers from 1"),
    Configuration(
      fields: [#""hidden_size": 3.5"#], sentence: "`hidden_size` is 3.5; supported: whole numbers from 1"),
    Configuration(
      fields: [#""vocab_size": "many""#], sentence: "`vocab_size` is many; supported: whole numbers from 1"),
    Configuration(
      fields: [#""num_key_value_heads": 2"#],
      sentence: "`num_key_value_heads` is 2; supported: a divisor of the 3 query heads"),
    Configuration(
      fields: [#""head_dim": 9"#],
      sentence: "`head_dim` is 9; supported: even numbers, as rotary positions rotate pairs"),
    Configuration(fields: [#""hidden_act": "gelu""#], sentence: "`hidden_act` is `gelu`; supported: silu"),
    Configuration(
      fields: [#""use_sliding_window": true"#], sentence: "`use_sliding_window` is true; supported: false"),
    Configuration(
      fields: [#""eos_token_id": [3, 37]"#],
      sentence: "`eos_token_id` is 37; supported: ids below vocab_size, 37"),
    Configuration(
      fields: [#""eos_token_id": -1"#], sentence: "`eos_token_id` is -1; supported: ids below vocab_size, 37"),
    Configuration(
      fields: [#""eos_token_id": "end""#],
      sentence: "`eos_token_id` is end; supported: a token id or a list of them"),
    Configuration(
      fields: [#""rms_norm_eps": 0"#], sentence: "`rms_norm_eps` is 0; supported: positive numbers"),
    Configuration(
      fields: [#""tie_word_embeddings": "yes""#],
      sentence: "`tie_word_embeddings` is yes; supported: true, false"),
    Configuration(
      fields: [#""rope_scaling": {"type": "yarn"}"#],
      sentence: "`rope_type` is `yarn`; supported: default, llama3"),
    Configuration(
      fields: [#""rope_parameters": {"rope_type": "llama3"}"#],
      sentence: "`original_max_position_embeddings` is missing; supported: whole numbers from 1"),
    Configuration(
      fields: [#""partial_rotary_factor": 0.5"#, #""rope_parameters": {}"#],
      sentence: "`partial_rotary_factor` is not 1; supported: 1"),
    Configuration(
      family: .gpt2, fields: [#""n_head": 4"#], sentence: "`n_head` is 4; supported: a divisor of n_embd, 30"),
    Configuration(
      family: .gpt2, fields: [#""activation_function": "relu""#],
      sentence: "`activation_function` is `relu`; supported: gelu_new, gelu_pytorch_tanh"),
    Configuration(
      family: .gpt2, fields: [#""scale_attn_weights": false"#],
      sentence: "`scale_attn_weights` is false; supported: true"),
    Configuration(
      family: .gpt2, fields: [#""add_cross_attention": true"#],
      sentence: "`add_cross_attention` is true; supported: false"),
    Configuration(
      family: .gpt2, fields: [#""n_embd": 2000000001"#],
      sentence: "`n_embd` is 2000000001; supported: sizes that make fewer than 2^42 parameters in all"),
    Configuration(
      fields: [#""num_hidden_layers": 2147483647"#],
      sentence: "`hidden_size` is 30; supported: sizes that make fewer than 2^42 parameters in all"),
    Configuration(
      fields: [#""num_attention_heads": 2147483647"#, #""head_dim": 2147483646"#],
      sentence: "`hidden_size` is 30; supported: sizes that make fewer than 2^42 parameters in all"),
    Configuration(
      fields: [#""vocab_size": 2147483648"#],
      sentence: "`vocab_size` is 2147483648; supported: whole numbers from 1"),
  ]

  @Test("a configuration that is not supported or not possible", arguments: configurations)
  func configuration(row: Configuration) throws {
    let directory = try TemporaryDirectory()
    let members = row.fields.map { $0.split(separator: ":")[0] }
    // A field given twice would leave it to the reader which counts.
    let kept = TinyExtents(odd: row.family).json.split(separator: "\n").dropFirst().dropLast()
      .map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
      .filter { line in !members.contains { line.contains($0 + ":") } }
    try directory.write(
      "config.json", "{" + (kept.map(String.init) + row.fields).joined(separator: ",") + "}")
    expectSentence("\(directory.path)/config.json: " + row.sentence) {
      _ = try ModelConfiguration(directory: directory.path)
    }
  }

  @Test(
    "no configuration, or none that is an object",
    arguments: [nil, "", "{", "[]", "12", "\u{0}"] as [String?])
  func noConfiguration(text: String?) throws {
    let directory = try TemporaryDirectory()
    if let text { try directory.write("config.json", text) }
    let reason =
      text == nil
      ? "cannot be read; a model directory needs it" : "is not a JSON object; download the model again"
    expectSentence("\(directory.path)/config.json: \(reason)") {
      _ = try ModelConfiguration(directory: directory.path)
    }
  }

  @Test("no weights")
  func noWeights() throws {
    let saved = try Saved(.qwen2)
    try FileManager.default.removeItem(atPath: saved.path + "/model.safetensors")
    expectSentence(
      """
      \(saved.path): holds neither model.safetensors nor model.safetensors.index.json; save the model in the \
      safetensors format, with `save_pretrained(…, safe_serialization=True)`
      """
    ) { _ = try saved.load() }
  }

  @Test("a tensor is missing")
  func missingTensor() throws {
    let saved = try Saved(.qwen2)
    try saved.write { $0.filter { $0.0 != "model.layers.1.mlp.up_proj.weight" } }
    expectSentence(
      """
      \(saved.path)/model.safetensors: tensor `model.layers.1.mlp.up_proj.weight` of shape [21, 30] is missing; \
      config.json asks for it, so compare the two files
      """
    ) { _ = try saved.load() }
  }

  @Test("a tensor is missing from all shards")
  func missingFromShards() throws {
    let saved = try Saved(.qwen2)
    try SafetensorsWriter().write(
      [TensorSource("a", Tensor(zeros: [9])), TensorSource("b", Tensor(zeros: [9]))], toDirectory: saved.path,
      maxShardSize: 40)
    expectSentence(
      """
      \(saved.path)/model.safetensors.index.json: tensor `model.embed_tokens.weight` of shape [37, 30] is missing; \
      config.json asks for it, so compare the two files
      """
    ) { _ = try saved.load() }
  }

  @Test(
    "a tensor has another shape, even with as many elements", arguments: [[30, 37], [37, 29], [1110], []])
  func wrongShape(shape: [Int]) throws {
    let saved = try Saved(.qwen2)
    let name = "model.embed_tokens.weight"
    try saved.write { $0.map { $0.0 == name ? (name, Tensor(zeros: shape)) : $0 } }
    expectSentence(
      """
      \(saved.path)/model.safetensors: tensor `\(name)` has shape \(shape), config.json asks for [37, 30]; one of the \
      two files is wrong
      """
    ) { _ = try saved.load() }
  }

  @Test("a tensor holds integers")
  func wrongType() throws {
    let saved = try Saved(.qwen2)
    let sources = saved.tiny.model.table.parameters.map { parameter in
      parameter.name == "model.norm.weight"
        ? TensorSource(parameter.name, integers: [Int64](repeating: 1, count: 30), shape: [30])
        : TensorSource(parameter.name, saved.tiny.tensor(parameter))
    }
    try SafetensorsWriter().write(sources, toDirectory: saved.path)
    expectSentence(
      """
      \(saved.path)/model.safetensors: `model.norm.weight` holds I64, which does not convert to Float; save it in \
      another type
      """
    ) { _ = try saved.load() }
  }

  @Test("every truncation of the weights is refused with a sentence that names the file")
  func truncated() throws {
    let saved = try Saved(.qwen2)
    let path = saved.path + "/model.safetensors"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [0, 1, 7, 8, 9, 100, bytes.count / 2, bytes.count - 4, bytes.count - 1] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      do {
        _ = try saved.load()
        Issue.record("\(length) of \(bytes.count) bytes were accepted")
      } catch let error as SafetensorsError {
        #expect(error.description.hasPrefix(path + ": is no valid safetensors file: "))
        #expect(error.description.hasSuffix("; copy or download it again"))
      }
    }
  }

  @Test("what a checkpoint's tensors lack or misshape is said too")
  func namedTensors() throws {
    let saved = try Saved(.gpt2)
    let path = saved.directory.file("moments.safetensors")
    let target = saved.tiny.model.makeWeights(forTraining: false)
    try SafetensorsWriter().write(
      [TensorSource("transformer.wte.weight", Tensor(zeros: [37, 31]))], to: path)
    expectSentence(
      """
      \(path): tensor `transformer.wte.weight` has shape [37, 31], config.json asks for [37, 30]; one of the two files \
      is wrong
      """
    ) { try saved.tiny.model.load(file: path, into: target) }
    try SafetensorsWriter().write([], to: path)
    expectSentence(
      """
      \(path): tensor `transformer.wte.weight` of shape [37, 30] is missing; config.json asks for it, so compare the \
      two files
      """
    ) { try saved.tiny.model.load(file: path, into: target) }
  }

  @Test("end-of-sequence ids are collected from both files, each once, in the order given")
  func endOfSequence() throws {
    let directory = try TemporaryDirectory()
    var extents = TinyExtents(odd: .qwen3)
    extents.fields = [#""eos_token_id": 5"#]
    try directory.write("config.json", extents.json)
    #expect(try ModelConfiguration(directory: directory.path).endOfSequenceIds == [5])
    try directory.write("generation_config.json", #"{"eos_token_id": [7, 5, 9]}"#)
    #expect(try ModelConfiguration(directory: directory.path).endOfSequenceIds == [5, 7, 9])
  }

  @Test("ids of the generation's configuration beyond the vocabulary are refused, too")
  func endOfGeneration() throws {
    let directory = try TemporaryDirectory()
    try directory.write("config.json", TinyExtents(odd: .qwen3).json)
    try directory.write("generation_config.json", #"{"eos_token_id": 99}"#)
    expectSentence(
      "\(directory.path)/generation_config.json: `eos_token_id` is 99; supported: ids below vocab_size, 37"
    ) { _ = try ModelConfiguration(directory: directory.path) }
  }
}

/// Records an issue unless `body` throws an error whose description is `sentence`.
private func expectSentence(
  _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("accepted, expected: \(sentence)", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == sentence, sourceLocation: sourceLocation)
  }
}
