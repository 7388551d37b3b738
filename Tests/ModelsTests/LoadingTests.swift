import Foundation
import Kernels
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
    expectSameBits(try saved.load().parameters.elements, saved.tiny.parameters.elements)
  }

  @Test(
    "what is loaded without being kept is installed as what is kept", arguments: families, Precision.allCases)
  func installed(family: ModelConfiguration.Family, precision: Precision) throws {
    let saved = try Saved(family, precision)
    let weights = saved.tiny.model.makeWeights(forTraining: false)
    try saved.tiny.model.load(directory: saved.path, into: weights)
    let found = weights.elements(of: saved.tiny.model)
    expectSameBits(found, saved.tiny.weights.elements(of: saved.tiny.model))
    expectSameBits(found, installedElements(saved.tiny))
  }

  @Test("a learner that keeps a part gets that part, and installs the whole", arguments: families)
  func keepingAPart(family: ModelConfiguration.Family) throws {
    let saved = try Saved(family)
    let count = saved.tiny.model.parameterCount
    let all = saved.tiny.parameters.elements
    for range in [0..<1, 700..<5000, 0..<count, count / 2..<count, count - 3..<count, 20..<20] {
      let weights = saved.tiny.model.makeWeights(forTraining: false)
      let part = Tensor([Float](repeating: .nan, count: range.count), shape: [range.count]).storage
      try saved.tiny.model.load(
        directory: saved.path, into: weights, keeping: part, base: range.lowerBound)
      expectSameBits(part.elements, Array(all[range]), "\(range)")
      expectSameBits(weights.elements(of: saved.tiny.model), all, "\(range)")
    }
  }

  @Test(
    "loading a golden model and saving it keeps every bit and every companion file", arguments: Golden.names)
  func golden(name: String) throws {
    let golden = try Golden(name)
    let target = try TemporaryDirectory()
    try golden.model.save(
      golden.model.sources(golden.parameters), to: target.file("model"), source: golden.directory)
    let weights = golden.model.makeWeights(forTraining: false)
    let parameters = Storage<Float>(zeros: golden.model.parameterCount)
    try golden.model.load(directory: target.file("model"), into: weights, keeping: parameters)
    expectSameBits(parameters.elements, golden.parameters.elements)
    expectSameBits(weights.elements(of: golden.model), golden.weights.elements(of: golden.model))
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
    try tiny.model.save(tiny.model.sources(tiny.parameters), to: source.file("model"), source: source.path)
    let text = String(decoding: try source.bytes("model/config.json"), as: UTF8.self)
    #expect(text.contains(#""torch_dtype" : "float32""#) && text.contains("unknown_field"))
  }

  @Test("bfloat16 and float16 weights are those converted by hand", arguments: families, [DType.bf16, .f16])
  func halfPrecision(family: ModelConfiguration.Family, dtype: DType) throws {
    let saved = try Saved(family)
    try saved.write(as: dtype)
    let expected = saved.tiny.parameters.elements.map {
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
    expectSameBits(try saved.load().parameters.elements, saved.tiny.parameters.elements)
  }

  @Test("a tied model passes over a head of its own")
  func tiedHead() throws {
    let saved = try Saved(.qwen2)
    try saved.write { $0 + [("lm_head.weight", Tensor(named: "another head", [37, 30]))] }
    expectSameBits(try saved.load().parameters.elements, saved.tiny.parameters.elements)
  }

  @Test("loaded weights are packed: they score as the saved ones do", arguments: families, Precision.allCases)
  func packed(family: ModelConfiguration.Family, precision: Precision) throws {
    let saved = try Saved(family, precision)
    let tokens = namedTokens("tokens", 9, vocabulary: 37)
    let found = Strands(saved.tiny.model, try saved.load().weights).logits(of: tokens)
    expectSameBits(found.elements, Strands(saved.tiny.model, saved.tiny.weights).logits(of: tokens).elements)
  }

  @Test("moments are written by name with the same bits")
  func namedTensors() throws {
    let saved = try Saved(.llama)
    let model = saved.tiny.model
    let path = saved.directory.file("moments.safetensors")
    let moments = Tensor(named: "moments", [model.parameterCount])
    try SafetensorsWriter().write(model.sources(moments.storage, prefix: "exp_avg."), to: path)
    let file = try SafetensorsFile(path: path)
    for parameter in model.table.parameters {
      let found = Tensor(zeros: parameter.shape)
      try file.copy("exp_avg." + parameter.name, into: found)
      expectSameBits(found.elements, Array(moments.elements[parameter.range]), parameter.name)
    }
  }

  @Test(
    "weights written as they are installed, a reference's, are loaded with the same bits",
    arguments: families,
    Precision.allCases)
  func installedWeights(family: ModelConfiguration.Family, precision: Precision) throws {
    let saved = try Saved(family, precision)
    let model = saved.tiny.model
    let path = saved.directory.file("reference.safetensors")
    try SafetensorsWriter().write(model.sources(saved.tiny.weights), to: path)
    let first = try saved.directory.bytes("reference.safetensors")
    let weights = model.makeWeights(forTraining: false)
    try model.load(file: path, into: weights)
    expectSameBits(weights.elements(of: model), installedElements(saved.tiny))
    try SafetensorsWriter().write(model.sources(weights), to: path)
    #expect(try saved.directory.bytes("reference.safetensors") == first)
  }
}

/// What a model's products and look-ups read: matrices rounded to the precision, vectors as they are.
func installedElements(_ tiny: TinyModel) -> [Float] {
  let elements = tiny.parameters.elements
  guard tiny.model.precision == .bf16 else { return elements }
  return tiny.model.table.parameters.flatMap { parameter in
    elements[parameter.range].map { parameter.isMatrix ? float(bfloat16Bits: bfloat16Bits($0)) : $0 }
  }
}

/// A made-up model in a directory, below `model`.
struct Saved {
  let directory: TemporaryDirectory
  let tiny: TinyModel
  var path: String { directory.file("model") }

  init(_ family: ModelConfiguration.Family, _ precision: Precision = .fp32) throws {
    let extents = TinyExtents(odd: family)
    directory = try TemporaryDirectory()
    try directory.write("config.json", extents.json)
    tiny = try TinyModel(extents, precision: precision)
    try save()
  }

  func save() throws {
    try tiny.model.save(tiny.model.sources(tiny.parameters), to: path, source: directory.path)
  }

  /// Loads into parameters and weights that hold something else.
  func load() throws -> (parameters: Storage<Float>, weights: ModelWeights) {
    let count = tiny.model.parameterCount
    let parameters = Tensor([Float](repeating: .nan, count: count), shape: [count]).storage
    let weights = tiny.model.makeWeights(forTraining: false)
    weights.install(parameters)
    try tiny.model.load(directory: path, into: weights, keeping: parameters)
    return (parameters, weights)
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
    tiny.model.table.parameters.map { ($0.name, tiny.tensor($0)) }
  }
}
