import Foundation
import Models
import Safetensors
import Tensors
import TestSupport
import Testing

@Suite("Loading and saving")
struct LoadingTests {
  static let families = ModelConfiguration.Family.allCases

  @Test("what is saved is loaded with the same bits", arguments: families)
  func roundTrip(family: ModelConfiguration.Family) throws {
    let saved = try Saved(family)
    expectSameBits(try saved.load().parameters.elements, saved.tiny.weights.parameters.elements)
  }

  @Test(
    "loading a golden model and saving it keeps every bit and every companion file", arguments: Golden.names)
  func golden(name: String) throws {
    let golden = try Golden(name)
    let target = try TemporaryDirectory()
    try golden.model.save(golden.weights.parameters, to: target.file("model"), source: golden.directory)
    let weights = golden.model.makeWeights(forTraining: false)
    try golden.model.load(directory: target.file("model"), into: weights)
    #expect(weights.checksum == golden.weights.checksum)
    #expect(try ModelConfiguration(directory: target.file("model")) == golden.model.configuration)
    for file in ["generation_config.json", "tokenizer.json", "tokenizer_config.json"] {
      let source = try Data(contentsOf: URL(fileURLWithPath: golden.directory + "/" + file))
      #expect(try target.bytes("model/" + file) == source)
    }
  }

  @Test("the same weights give the same bytes", arguments: families)
  func deterministic(family: ModelConfiguration.Family) throws {
    let (first, second) = (try Saved(family), try Saved(family))
    // A second time into the same directory, over what is there.
    try first.save()
    for file in ["model.safetensors", "config.json"] {
      #expect(try first.directory.bytes("model/" + file) == second.directory.bytes("model/" + file))
    }
  }

  @Test("the saved configuration says how the weights are stored")
  func storedType() throws {
    let source = try TemporaryDirectory()
    var extents = TinyExtents(odd: .qwen2)
    extents.fields = [#""torch_dtype": "bfloat16""#, #""unknown_field": [1, "two"]"#]
    try source.write("config.json", extents.json)
    let tiny = try TinyModel(extents)
    try tiny.model.save(tiny.weights.parameters, to: source.file("model"), source: source.path)
    let text = String(decoding: try source.bytes("model/config.json"), as: UTF8.self)
    #expect(text.contains(#""torch_dtype" : "float32""#) && text.contains("unknown_field"))
  }

  @Test("bfloat16 and float16 weights are those converted by hand", arguments: families, [DType.bf16, .f16])
  func halfPrecision(family: ModelConfiguration.Family, dtype: DType) throws {
    let saved = try Saved(family)
    try saved.write(as: dtype)
    let expected = saved.tiny.weights.parameters.elements.map {
      dtype == .bf16 ? float(bfloat16Bits: bfloat16Bits($0)) : Float(Float16($0))
    }
    expectSameBits(try saved.load().parameters.elements, expected)
  }

  @Test("shards give the bits of one file", arguments: families, [DType.f32, .bf16])
  func shards(family: ModelConfiguration.Family, dtype: DType) throws {
    let (whole, cut) = (try Saved(family), try Saved(family))
    try whole.write(as: dtype)
    #expect(try cut.write(as: dtype, maxShardSize: 9000).count > 3)
    expectSameBits(try cut.load().parameters.elements, try whole.load().parameters.elements)
  }

  @Test("GPT-2 is understood without its prefix, and buffers are passed over")
  func bareNames() throws {
    let saved = try Saved(.gpt2)
    try saved.write { source in
      source.map { ($0.0.replacingOccurrences(of: "transformer.", with: ""), $0.1) }
        + [("h.0.attn.bias", Tensor(zeros: [1, 1, 4, 4])), ("h.0.attn.masked_bias", Tensor(zeros: []))]
    }
    expectSameBits(try saved.load().parameters.elements, saved.tiny.weights.parameters.elements)
  }

  @Test("a tied model passes over a head of its own")
  func tiedHead() throws {
    let saved = try Saved(.qwen2)
    try saved.write { $0 + [("lm_head.weight", Tensor(named: "another head", [37, 30]))] }
    expectSameBits(try saved.load().parameters.elements, saved.tiny.weights.parameters.elements)
  }

  @Test("loaded weights are packed: they score as the saved ones do", arguments: families)
  func packed(family: ModelConfiguration.Family) throws {
    let saved = try Saved(family)
    let tokens = namedTokens("tokens", 9, vocabulary: 37)
    let found = Strands(saved.tiny.model, try saved.load()).logits(of: tokens)
    expectSameBits(found.elements, Strands(saved.tiny.model, saved.tiny.weights).logits(of: tokens).elements)
  }

  @Test("moments and totals are saved by name and loaded with the same bits")
  func namedTensors() throws {
    let saved = try Saved(.llama)
    let path = saved.directory.file("moments.safetensors")
    let count = saved.tiny.model.parameterCount
    try saved.tiny.model.saveTensors(Tensor(named: "moments", [count]).storage, to: path)
    let loaded = Storage<Float>(zeros: count)
    try saved.tiny.model.loadTensors(path, into: loaded)
    expectSameBits(loaded.elements, namedFloats("moments", count))
  }

  @Test("the checksum sees every bit")
  func checksum() throws {
    let tiny = try TinyModel(TinyExtents(odd: .qwen2))
    let before = tiny.weights.checksum
    let parameters = tiny.weights.parameters
    for place in [0, 1, parameters.count - 1] {
      let old = parameters.span[place]
      var elements = parameters.mutableSpan
      elements[place] = old.nextUp
      #expect(tiny.weights.checksum != before)
      elements[place] = old
    }
    #expect(tiny.weights.checksum == before)
  }
}

/// A made-up model in a directory, below `model`.
struct Saved {
  let directory: TemporaryDirectory
  let tiny: TinyModel
  var path: String { directory.file("model") }

  init(_ family: ModelConfiguration.Family) throws { try self.init(TinyExtents(odd: family)) }

  init(_ extents: TinyExtents) throws {
    directory = try TemporaryDirectory()
    try directory.write("config.json", extents.json)
    tiny = try TinyModel(extents)
    try save()
  }

  func save() throws {
    try tiny.model.save(tiny.weights.parameters, to: path, source: directory.path)
  }

  /// Loads into weights that hold something else.
  func load() throws -> ModelWeights {
    let weights = tiny.model.makeWeights(forTraining: false)
    let all = Tensor(weights.parameters, shape: [weights.parameters.count])
    var elements = all.mutableSpan
    for i in elements.indices { elements[i] = .nan }
    try tiny.model.load(directory: path, into: weights)
    return weights
  }

  /// Writes the weights again, in another type or in shards, and returns the names of the files.
  @discardableResult
  func write(as dtype: DType = .f32, maxShardSize: Int = .max) throws -> [String] {
    try SafetensorsWriter().write(
      named.map { TensorSource($0.0, $0.1, as: dtype) }, toDirectory: path, maxShardSize: maxShardSize)
  }

  /// Writes what `change` makes of the weights.
  func write(_ change: ([(String, Tensor)]) -> [(String, Tensor)]) throws {
    try SafetensorsWriter().write(change(named).map { TensorSource($0.0, $0.1) }, toDirectory: path)
  }

  private var named: [(String, Tensor)] {
    tiny.model.table.parameters.map { ($0.name, tiny.weights.tensor($0)) }
  }
}
