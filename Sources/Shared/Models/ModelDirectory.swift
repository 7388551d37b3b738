import Foundation
import Kernels
public import Safetensors
public import Tensors

extension LanguageModel {
  /// Fills `weights` from the model directory's `model.safetensors` or its shards, chunk by chunk.
  ///
  /// - Parameters:
  ///   - directory: The model directory.
  ///   - weights: What is to compute.
  ///   - values: Where the parameters are kept in full precision as well, if anywhere: those that lie in its range,
  ///     number `base` of the table being the first.
  ///   - base: See `values`.
  /// - Throws: ``ModelError`` or `SafetensorsError`, naming file and tensor.
  public func load(
    directory: String, into weights: ModelWeights, keeping values: Storage<Float>? = nil, base: Int = 0
  ) throws {
    let files = try SafetensorsCollection(directory: directory)
    var buffer: Storage<Float>?
    for chunk in chunks {
      try install(chunk, into: weights, keeping: values, base: base, by: &buffer) { parameter, tensor in
        try files.copy(checkedName(parameter, in: files, directory: directory), into: tensor)
      }
    }
  }

  /// Installs a chunk whose parameters `read` brings, one after the other; by way of `buffer`, used again where it is
  /// large enough, since fresh memory costs as much as the copy.
  private func install(
    _ chunk: ParameterChunk, into weights: ModelWeights, keeping values: Storage<Float>?, base: Int,
    by spare: inout Storage<Float>?, read: (Parameter, Tensor) throws -> Void
  ) throws {
    let start = chunk.range.lowerBound
    let kept = values.map { base..<base + $0.count } ?? 0..<0
    // Whoever keeps the whole chunk needs no second copy of it.
    if let values, kept.lowerBound <= start, chunk.range.upperBound <= kept.upperBound {
      for parameter in chunk.parameters {
        try read(parameter, Tensor(values, offset: parameter.offset - base, shape: parameter.shape))
      }
      weights.install(values, chunk: chunk, base: base)
      return
    }
    let found = spare.flatMap { $0.count >= chunk.range.count ? $0 : nil }
    let buffer = found ?? Storage<Float>(zeros: chunk.range.count)
    spare = buffer
    for parameter in chunk.parameters {
      try read(parameter, Tensor(buffer, offset: parameter.offset - start, shape: parameter.shape))
    }
    weights.install(buffer, chunk: chunk, base: start)
    let common = kept.clamped(to: chunk.range)
    guard let values, !common.isEmpty else { return }
    copy(
      Tensor(buffer, offset: common.lowerBound - start, shape: [common.count]),
      to: Tensor(values, offset: common.lowerBound - base, shape: [common.count]))
  }

  /// Checks that every parameter is there with the right shape, without reading any.
  ///
  /// - Throws: As ``load(directory:into:)``.
  public func check(directory: String) throws {
    let files = try SafetensorsCollection(directory: directory)
    for parameter in table.parameters { _ = try checkedName(parameter, in: files, directory: directory) }
  }

  private func checkedName(
    _ parameter: Parameter, in files: SafetensorsCollection, directory: String
  ) throws -> String {
    let single = directory + "/model.safetensors"
    let file = FileManager.default.fileExists(atPath: single) ? single : single + ".index.json"
    guard let name = storedName(parameter.name, in: files) else {
      throw ModelError.missingTensor(file: file, name: parameter.name, shape: parameter.shape)
    }
    let found = try files.entry(name).shape
    guard found == parameter.shape else {
      throw ModelError.wrongShape(file: file, name: name, expected: parameter.shape, found: found)
    }
    return name
  }

  private func storedName(_ name: String, in files: SafetensorsCollection) -> String? {
    if files.contains(name) { return name }
    let bare = name.hasPrefix("transformer.") ? String(name.dropFirst("transformer.".count)) : name
    return files.contains(bare) ? bare : nil
  }

  /// Writes a model directory that `transformers` loads.
  ///
  /// `config.json` is the source's with the stored type corrected; tokenizer files and
  /// `generation_config.json` are copied. The same parameters give the same bytes.
  /// - Parameters:
  ///   - sources: Where each parameter's elements come from, in the table's order.
  ///   - directory: Created where missing.
  ///   - source: The model directory that this model was made from.
  /// - Throws: What writing and reading files throws.
  public func save(_ sources: [TensorSource], to directory: String, source: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try SafetensorsWriter().write(sources, to: directory + "/model.safetensors")
    try writeConfiguration(from: source + "/config.json", to: directory + "/config.json")
    for file in companionFiles where FileManager.default.fileExists(atPath: source + "/" + file) {
      let target = directory + "/" + file
      try? FileManager.default.removeItem(atPath: target)
      try Data(contentsOf: URL(filePath: source + "/" + file)).write(to: URL(filePath: target))
    }
  }

  /// The parameters `values`, laid out as the table says, as sources of a file.
  public func sources(_ values: Storage<Float>, prefix: String = "") -> [TensorSource] {
    table.parameters.map { parameter in
      TensorSource(prefix + parameter.name, Tensor(values, offset: parameter.offset, shape: parameter.shape))
    }
  }

  /// The parameters as `weights` hold them, widened, as sources of a file.
  public func sources(_ weights: ModelWeights) -> [TensorSource] {
    chunks.flatMap { chunk in
      let exported = ExportedChunk(chunk, of: weights)
      return chunk.parameters.map { parameter in
        TensorSource(parameter.name, shape: parameter.shape) { first, elements in
          let values = exported.values
          let start = parameter.offset - chunk.range.lowerBound + first
          for i in 0..<elements.count { elements[i] = values.span[start + i] }
          if first + elements.count == parameter.count, parameter == chunk.parameters.last {
            exported.drop()
          }
        }
      }
    }
  }

  /// Fills `weights` from a file whose tensors have the table's names.
  public func load(file path: String, into weights: ModelWeights) throws {
    let file = try SafetensorsFile(path: path)
    var buffer: Storage<Float>?
    for chunk in chunks {
      try install(chunk, into: weights, keeping: nil, base: 0, by: &buffer) { parameter, tensor in
        guard file.contains(parameter.name) else {
          throw ModelError.missingTensor(file: path, name: parameter.name, shape: parameter.shape)
        }
        let found = try file.entry(parameter.name).shape
        guard found == parameter.shape else {
          throw ModelError.wrongShape(
            file: path, name: parameter.name, expected: parameter.shape, found: found)
        }
        try file.copy(parameter.name, into: tensor)
      }
    }
  }

  private func writeConfiguration(from source: String, to target: String) throws {
    let data = try Data(contentsOf: URL(filePath: source))
    guard var object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw ModelError.unreadable(file: source, reason: "is not a JSON object; download the model again")
    }
    for key in ["dtype", "torch_dtype"] where object[key] != nil { object[key] = "float32" }
    let text = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
    try text.write(to: URL(filePath: target))
  }
}

/// Files of a model directory that training does not change.
private let companionFiles = [
  "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json", "merges.txt", "chat_template.jinja",
]

/// A chunk taken out of packed weights when the first of its parameters is written, and let go after the
/// last.
private final class ExportedChunk {
  private let chunk: ParameterChunk
  private let weights: ModelWeights
  private var held: Storage<Float>?

  init(_ chunk: ParameterChunk, of weights: ModelWeights) {
    self.chunk = chunk
    self.weights = weights
  }

  var values: Storage<Float> {
    if let held { return held }
    let values = Storage<Float>(zeros: chunk.range.count)
    weights.export(chunk, into: values, base: chunk.range.lowerBound)
    held = values
    return values
  }

  func drop() { held = nil }
}
