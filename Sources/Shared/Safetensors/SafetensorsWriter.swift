import FoundationEssentials
import Tensors

/// Writes files of named tensors.
///
/// A file appears complete and durable or not at all: it is written beside its place, synced and renamed. The
/// same tensors in the same order give the same bytes. Tensors follow one another in the order given, so
/// widest types first keeps every element aligned in a mapping, as some readers want it.
public struct SafetensorsWriter: Sendable {
  private let metadata: [String: String]

  /// A writer that puts `metadata` into every file; transformers asks for `format`.
  public init(metadata: [String: String] = ["format": "pt"]) {
    self.metadata = metadata
  }

  /// Writes `tensors` to the file at `path`, in this order.
  public func write(_ tensors: [TensorSource], to path: String) throws(SafetensorsError) {
    let header = try header(tensors, path: path)
    let file = try OutputFile(path: path, byteCount: header.count + tensors.reduce(0) { $0 + $1.byteCount })
    try file.write(header.span)
    for tensor in tensors { try write(tensor, to: file, path: path) }
    try file.commit()
  }

  /// Writes `tensors` as the weights of a model directory.
  ///
  /// One file `model.safetensors` if they fit, otherwise shards `model-00001-of-0000N.safetensors` and the
  /// `model.safetensors.index.json` that finds them, as `save_pretrained` of transformers does. Of the two
  /// names that readers begin with, the one not written is removed if an earlier model left it.
  ///
  /// - Parameters:
  ///   - tensors: In the order of their bytes.
  ///   - directory: An existing directory.
  ///   - maxShardSize: The bytes of tensors per file; a larger tensor gets a file of its own.
  /// - Returns: The names of the files written.
  /// - Throws: When a file cannot be written; those before it remain.
  @discardableResult
  public func write(
    _ tensors: [TensorSource], toDirectory directory: String, maxShardSize: Int = .max
  ) throws(SafetensorsError) -> [String] {
    let (single, index) = ("model.safetensors", "model.safetensors.index.json")
    let shards = shards(tensors, maxShardSize: maxShardSize)
    guard shards.count > 1 else {
      try write(tensors, to: "\(directory)/\(single)")
      try? FileManager.default.removeItem(atPath: "\(directory)/\(index)")
      return [single]
    }
    var files: [String] = []
    var weightMap: [String: String] = [:]
    for (i, shard) in shards.enumerated() {
      let name = "model-\(fiveDigits(i + 1))-of-\(fiveDigits(shards.count)).safetensors"
      try write(shard, to: "\(directory)/\(name)")
      files.append(name)
      for tensor in shard { weightMap[tensor.name] = name }
    }
    let totalSize = tensors.reduce(0) { $0 + $1.byteCount }
    try writeIndex(weightMap, totalSize: totalSize, to: "\(directory)/\(index)")
    try? FileManager.default.removeItem(atPath: "\(directory)/\(single)")
    return files + [index]
  }

  private func shards(_ tensors: [TensorSource], maxShardSize: Int) -> [[TensorSource]] {
    var shards: [[TensorSource]] = [[]]
    var size = 0
    for tensor in tensors {
      if size > 0 && tensor.byteCount > maxShardSize - size {
        shards.append([])
        size = 0
      }
      shards[shards.count - 1].append(tensor)
      size += tensor.byteCount
    }
    return shards
  }

  private func writeIndex(
    _ weightMap: [String: String], totalSize: Int, to path: String
  ) throws(SafetensorsError) {
    let entries = weightMap.sorted { $0.key < $1.key }.map { "    \(json($0.key)): \(json($0.value))" }
    let text = """
      {
        "metadata": {
          "total_size": \(totalSize)
        },
        "weight_map": {
      \(entries.joined(separator: ",\n"))
        }
      }

      """
    let file = try OutputFile(path: path, byteCount: text.utf8.count)
    try file.write(Array(text.utf8).span)
    try file.commit()
  }

  /// The length and the JSON, padded with spaces so that the data begins at a multiple of 8.
  private func header(_ tensors: [TensorSource], path: String) throws(SafetensorsError) -> [UInt8] {
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
      parts.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var end = 0
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw .unwritable(path: path, reason: "the name `\(tensor.name)` is taken; give each tensor its own")
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let start = end
      end += tensor.byteCount
      parts.append(
        "\(json(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
    }
    var text = Array("{\(parts.joined(separator: ","))}".utf8)
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    guard text.count <= SafetensorsHeader.maximumLength else {
      throw .unwritable(path: path, reason: "a header of \(text.count) bytes exceeds the format's limit")
    }
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + text
  }

  private func write(_ tensor: TensorSource, to file: OutputFile, path: String) throws(SafetensorsError) {
    switch tensor.elements {
    case .integers(let integers):
      try file.write(integers.span)
    case .floats(let elements):
      for range in pieces(tensor.count) {
        try write(elements.span.extracting(range), as: tensor.dtype, to: file)
      }
    case .filled(let fill):
      let piece = Storage<Float>(zeros: min(tensor.count, pieceLength))
      for range in pieces(tensor.count) {
        do {
          var elements = piece.mutableSpan(0..<range.count)
          try fill(range.lowerBound, &elements)
        } catch {
          throw .unwritable(path: path, reason: "`\(tensor.name)` is not to be had: \(error)")
        }
        try write(piece.span(0..<range.count), as: tensor.dtype, to: file)
      }
    }
  }

  private func write(_ elements: Span<Float>, as dtype: DType, to file: OutputFile) throws(SafetensorsError) {
    guard dtype != .f32 else { return try file.write(elements) }
    let bits = Storage<UInt16>(zeros: elements.count)
    if dtype == .bf16 {
      roundToBFloat16(elements, into: bits.mutableSpan)
    } else {
      roundToFloat16(elements, into: bits.mutableSpan)
    }
    try file.write(bits.span)
  }
}

/// `text` as a JSON string, quotes included.
private func json(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\0"..."\u{1f}": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

private func fiveDigits(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
}
