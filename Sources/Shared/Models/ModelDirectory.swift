import Foundation
import Safetensors
public import Tensors

extension LanguageModel {
  /// Fills `weights` from the model directory's `model.safetensors` or its shards, converting to `Float`.
  ///
  /// Names with and without GPT-2's `transformer.` prefix are understood; buffers such as `attn.bias` are
  /// passed over.
  /// - Throws: ``ModelError`` or `SafetensorsError`, naming file and tensor.
  public func load(directory: String, into weights: ModelWeights) throws {
    let files = try SafetensorsCollection(directory: directory)
    for parameter in table.parameters {
      try files.copy(checkedName(parameter, in: files, directory: directory), into: weights.tensor(parameter))
    }
    weights.repack()
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

  /// Writes `parameters` as a model directory that `transformers` loads.
  ///
  /// `config.json` is the source's with the stored type corrected; tokenizer files and
  /// `generation_config.json` are copied. The same parameters give the same bytes.
  /// - Parameters:
  ///   - parameters: Laid out as the table says.
  ///   - directory: Created where missing.
  ///   - source: The model directory that this model was made from.
  /// - Throws: What writing and reading files throws.
  public func save(_ parameters: Storage<Float>, to directory: String, source: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try saveTensors(parameters, to: directory + "/model.safetensors")
    try writeConfiguration(from: source + "/config.json", to: directory + "/config.json")
    for file in companionFiles where FileManager.default.fileExists(atPath: source + "/" + file) {
      let target = directory + "/" + file
      try? FileManager.default.removeItem(atPath: target)
      try Data(contentsOf: URL(filePath: source + "/" + file)).write(to: URL(filePath: target))
    }
  }

  /// Writes `values`, laid out as the table says, as one safetensors file with the table's names.
  public func saveTensors(_ values: Storage<Float>, to path: String) throws {
    let sources = table.parameters.map { parameter in
      TensorSource(parameter.name, Tensor(values, offset: parameter.offset, shape: parameter.shape))
    }
    try SafetensorsWriter().write(sources, to: path)
  }

  /// Reads what ``saveTensors(_:to:)`` wrote.
  public func loadTensors(_ path: String, into values: Storage<Float>) throws {
    let file = try SafetensorsFile(path: path)
    for parameter in table.parameters {
      guard file.contains(parameter.name) else {
        throw ModelError.missingTensor(file: path, name: parameter.name, shape: parameter.shape)
      }
      let found = try file.entry(parameter.name).shape
      guard found == parameter.shape else {
        throw ModelError.wrongShape(file: path, name: parameter.name, expected: parameter.shape, found: found)
      }
      try file.copy(
        parameter.name, into: Tensor(values, offset: parameter.offset, shape: parameter.shape))
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
