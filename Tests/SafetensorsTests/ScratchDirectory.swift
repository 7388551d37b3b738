import FoundationEssentials

/// A directory of its own for a test, removed when dropped.
final class ScratchDirectory: Sendable {
  let path: String

  init() throws {
    // In memory where possible: thousands of small files would wait for a disk.
    let memory = "/dev/shm"
    let isWritable = FileManager.default.isWritableFile(atPath: memory)
    let root = isWritable ? memory : FileManager.default.temporaryDirectory.path
    path = root + "/safetensors-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes `bytes` to a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
  }

  /// The names of all files, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// A file of the given header and that many bytes of data, each its own index.
func safetensors(_ header: String, dataBytes: Int) -> [UInt8] {
  let length = UInt64(header.utf8.count)
  let data = (0..<dataBytes).map { UInt8(truncatingIfNeeded: $0) }
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(header.utf8) + data
}
