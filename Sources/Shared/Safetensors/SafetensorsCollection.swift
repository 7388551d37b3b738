import FoundationEssentials
public import Tensors

/// The tensors of a model directory, in one file or in shards.
///
/// `model.safetensors` if there is one, otherwise the shards that `model.safetensors.index.json` names.
public final class SafetensorsCollection: Sendable {
  /// Where the files lie.
  public let directory: String

  /// The names of the tensors, shard by shard in the order of the shards' names, then in the order of bytes.
  public let names: [String]

  private let files: [String: SafetensorsFile]

  /// Opens and checks every file of the model in `directory`.
  public init(directory: String) throws(SafetensorsError) {
    self.directory = directory
    let single = directory + "/model.safetensors"
    let index = directory + "/model.safetensors.index.json"
    if FileManager.default.fileExists(atPath: single) {
      let file = try SafetensorsFile(path: single)
      names = file.names
      files = Dictionary(uniqueKeysWithValues: file.names.map { ($0, file) })
    } else if FileManager.default.fileExists(atPath: index) {
      (names, files) = try Self.shards(index: index, directory: directory)
    } else {
      throw .noModel(directory: directory)
    }
  }

  /// Whether there is a tensor called `name`.
  public func contains(_ name: String) -> Bool { files[name] != nil }

  /// The type, shape and place of a tensor.
  public func entry(_ name: String) throws(SafetensorsError) -> SafetensorsEntry {
    try file(name).entry(name)
  }

  /// Copies a tensor's elements as `Float`; see ``SafetensorsFile``.
  public func copy(_ name: String, into target: inout MutableSpan<Float>) throws(SafetensorsError) {
    try file(name).copy(name, into: &target)
  }

  /// Copies a tensor into one of the same shape; see ``SafetensorsFile``.
  public func copy(_ name: String, into target: Tensor) throws(SafetensorsError) {
    try file(name).copy(name, into: target)
  }

  /// A tensor of integers; see ``SafetensorsFile``.
  public func copyIntegers(_ name: String) throws(SafetensorsError) -> [Int64] {
    try file(name).copyIntegers(name)
  }

  private func file(_ name: String) throws(SafetensorsError) -> SafetensorsFile {
    guard let file = files[name] else { throw .missingTensor(path: directory, name: name) }
    return file
  }

  private static func shards(
    index: String, directory: String
  ) throws(SafetensorsError) -> ([String], [String: SafetensorsFile]) {
    let weightMap = try readIndex(index)
    var names: [String] = []
    var files: [String: SafetensorsFile] = [:]
    for shard in Set(weightMap.values).sorted() {
      // A shard lies beside its index, so an index from elsewhere cannot reach any other file.
      guard !shard.isEmpty, !shard.contains("/") else {
        throw .badIndex(path: index, reason: "\"\(shard)\" is no plain file name")
      }
      let file = try SafetensorsFile(path: directory + "/" + shard)
      for name in file.names where weightMap[name] == shard {
        names.append(name)
        files[name] = file
      }
    }
    for (name, shard) in weightMap.sorted(by: { $0.key < $1.key }) where files[name] == nil {
      throw .missingInShard(index: index, name: name, shard: shard)
    }
    return (names, files)
  }

  private static func readIndex(_ path: String) throws(SafetensorsError) -> [String: String] {
    struct Index: Decodable {
      let weightMap: [String: String]

      enum CodingKeys: String, CodingKey {
        case weightMap = "weight_map"
      }
    }
    let file = try MappedFile(path: path)
    let data = unsafe file.bytes.withUnsafeBytes { unsafe Data($0) }
    do {
      return try JSONDecoder().decode(Index.self, from: data).weightMap
    } catch {
      throw .badIndex(path: path, reason: sentence(error))
    }
  }
}
