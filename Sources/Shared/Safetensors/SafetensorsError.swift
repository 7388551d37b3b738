/// Why a safetensors file cannot be read or written.
public enum SafetensorsError: Error, Sendable, Equatable {
  /// The system does not let us read the file.
  case unreadable(path: String, reason: String)

  /// The file does not keep to the format.
  case malformed(path: String, SafetensorsDefect)

  /// The directory holds neither `model.safetensors` nor `model.safetensors.index.json`.
  case noModel(directory: String)

  /// The index is no JSON object with a `weight_map` of tensor names to file names beside it.
  case badIndex(path: String, reason: String)

  /// The file lacks a tensor that was asked for.
  case missingTensor(path: String, name: String)

  /// The index promises a tensor that its shard lacks.
  case missingInShard(index: String, name: String, shard: String)

  /// The tensor has another shape or element count than its reader's.
  case wrongShape(path: String, name: String, shape: [Int], expected: [Int])

  /// The tensor's type does not convert to what was asked for.
  case wrongType(path: String, name: String, dtype: DType, wanted: String)

  /// An unsigned number exceeds a signed 64-bit one.
  case outOfRange(path: String, name: String, value: UInt64)

  /// The file could not be written; nothing of it is left.
  case unwritable(path: String, reason: String)
}

extension SafetensorsError: CustomStringConvertible {
  /// One sentence: where, what, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .malformed(let path, let defect):
      "\(path): is no valid safetensors file: \(defect); copy or download it again"
    case .noModel(let directory):
      """
      \(directory): holds neither model.safetensors nor model.safetensors.index.json; save the model in the \
      safetensors format, with `save_pretrained(…, safe_serialization=True)`
      """
    case .badIndex(let path, let reason):
      "\(path): is no valid index of shards: \(reason); copy or download it again"
    case .missingTensor(let path, let name):
      "\(path): has no tensor `\(name)`; compare config.json with the weights"
    case .missingInShard(let index, let name, let shard):
      "\(index): says that `\(name)` is in \(shard), but it is not; copy or download all shards again"
    case .wrongShape(let path, let name, let shape, let expected):
      """
      \(path): `\(name)` has the shape \(shape), \(expected) is expected; compare config.json with the weights
      """
    case .wrongType(let path, let name, let dtype, let wanted):
      "\(path): `\(name)` holds \(dtype.rawValue), which does not convert to \(wanted); save it in another type"
    case .outOfRange(let path, let name, let value):
      "\(path): `\(name)` holds \(value), which exceeds a signed 64-bit integer; save it as I64"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    }
  }
}

/// What about a file is not as the format demands.
public enum SafetensorsDefect: Error, Sendable, Equatable {
  /// Fewer than the 8 bytes that give the header's length.
  case noLength(byteCount: Int)

  /// A header longer than the rest of the file, or than the format allows.
  case headerLength(UInt64, available: Int)

  /// A header that is no JSON object of tensor entries.
  case header(String)

  /// An element type that the format does not name, or that is not a whole number of bytes.
  case dtype(tensor: String, String)

  /// A negative extent, or more elements than can be counted.
  case shape(tensor: String, [Int])

  /// Offsets that are not two, not in order, or beyond the data.
  case offsets(tensor: String, [Int], dataBytes: Int)

  /// Offsets further apart, or closer, than shape and type demand.
  case length(tensor: String, bytes: Int, needed: Int)

  /// Two tensors that share bytes.
  case overlap(tensor: String, other: String)

  /// Bytes that belong to no tensor.
  case unusedBytes(from: Int, to: Int)
}

extension SafetensorsDefect: CustomStringConvertible {
  /// A clause that completes "is no valid safetensors file: …".
  public var description: String {
    switch self {
    case .noLength(let byteCount):
      "it has \(byteCount) bytes, too few for the length of a header"
    case .headerLength(let length, let available):
      "its header should have \(length) bytes, \(available) follow (and at most 100000000 are allowed)"
    case .header(let reason):
      "its header is not the JSON object it should be: \(reason)"
    case .dtype(let tensor, let dtype):
      "`\(tensor)` has the unknown dtype \"\(dtype)\""
    case .shape(let tensor, let shape):
      "`\(tensor)` has the impossible shape \(shape)"
    case .offsets(let tensor, let offsets, let dataBytes):
      "`\(tensor)` has data_offsets \(offsets), which are not a range of the file's \(dataBytes) bytes of data"
    case .length(let tensor, let bytes, let needed):
      "`\(tensor)` has \(bytes) bytes, its shape and dtype need \(needed)"
    case .overlap(let tensor, let other):
      "`\(tensor)` and `\(other)` share bytes"
    case .unusedBytes(let from, let to):
      "bytes \(from) to \(to) of its data belong to no tensor"
    }
  }
}
