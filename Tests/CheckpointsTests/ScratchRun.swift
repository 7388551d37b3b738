import Checkpoints
import FoundationEssentials

/// A run directory of its own for a test, removed when dropped.
final class ScratchRun: Sendable {
  let path: String

  /// Where its checkpoints lie.
  var root: String { path + "/checkpoints" }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/checkpoints-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names below `root`, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: root).sorted() }
  }

  /// Commits a checkpoint of `step` and returns it.
  @discardableResult
  func save(_ step: Int) throws -> VerifiedCheckpoint {
    let pending = try CheckpointWriter.begin(root: root, step: step)
    return try pending.commit(files: write(step, into: pending))
  }

  func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }

  func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }
}

/// What the checkpoint of a step holds: files in the directory and below, one of them empty.
let contents: [(name: String, bytes: @Sendable (Int) -> [UInt8])] = [
  ("huggingface/config.json", { _ in Array(#"{"model_type":"tiny"}"#.utf8) }),
  (
    "huggingface/model.safetensors",
    { step in (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* (step + 1)) } }
  ),
  ("optimizer.safetensors", { step in (0..<3000).map { UInt8(truncatingIfNeeded: $0 + step) } }),
  ("empty", { _ in [] }),
  ("state.json", { step in Array("{\"step\":\(step)}".utf8) }),
]

/// Writes the files of `step`, half of them through Foundation.
func write(_ step: Int, into pending: PendingCheckpoint) throws -> [CheckpointFile] {
  try contents.enumerated().map { i, file in
    let bytes = file.bytes(step)
    guard i.isMultiple(of: 2) else { return try pending.write(bytes, to: file.name) }
    try Data(bytes).write(to: URL(filePath: pending.path(file.name)))
    return try pending.describe(file.name)
  }
}
