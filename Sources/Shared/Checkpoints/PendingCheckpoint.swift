import FoundationEssentials
import Glibc

/// Begins checkpoints.
public enum CheckpointWriter {
  /// Begins the checkpoint of `step` below `root`, which is made if it does not exist.
  ///
  /// One process begins; others on the same file system ``join(directory:)``. Until
  /// ``PendingCheckpoint/commit(files:)`` returns, nobody who looks for checkpoints sees it.
  public static func begin(root: String, step: Int) throws(CheckpointError) -> PendingCheckpoint {
    precondition(step >= 0, "CheckpointWriter: step \(step) is negative")
    let directory = root + "/" + CheckpointName.pending(step)
    try makeDirectory(directory)
    return PendingCheckpoint(step: step, root: root, directory: directory)
  }

  /// Joins in writing what another process has begun.
  ///
  /// `directory` is the other's ``PendingCheckpoint/directory``. Whoever joins writes and describes files,
  /// and hands their descriptions to the process that began, which commits.
  public static func join(directory: String) throws(CheckpointError) -> PendingCheckpoint {
    let parts = directory.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, let step = CheckpointName.pendingStep(name), isDirectory(directory) else {
      throw .unwritable(path: directory, reason: "it is no checkpoint that somebody has begun")
    }
    let root = parts.dropLast().joined(separator: "/")
    return PendingCheckpoint(step: step, root: root, directory: directory)
  }
}

/// A checkpoint in the making: a directory to write files into.
///
/// The steps: write files to ``path(_:)``, by any means; ``describe(_:)`` each, which makes it durable and
/// takes its SHA-256; ``commit(files:)``, which writes the manifest and gives the directory its name. A
/// process that dies in between leaves a directory that ``CheckpointStore/removeLeftovers()`` removes.
public struct PendingCheckpoint: Sendable {
  /// The training step whose end it holds.
  public let step: Int

  /// Where to write until then.
  public let directory: String

  private let root: String

  init(step: Int, root: String, directory: String) {
    self.step = step
    self.root = root
    self.directory = directory
  }

  /// The path of file `name`, such as `huggingface/config.json`, in directories that exist when this returns.
  ///
  /// - Precondition: `name` leads nowhere else, and is not `manifest.json`.
  public func path(_ name: String) throws(CheckpointError) -> String {
    precondition(isPlainPath(name), "PendingCheckpoint: `\(name)` is no name of a file of a checkpoint")
    if let slash = name.lastIndex(of: "/") { try makeDirectory("\(directory)/\(name[..<slash])") }
    return "\(directory)/\(name)"
  }

  /// Writes a whole file, durably, and describes it.
  public func write(_ bytes: [UInt8], to name: String) throws(CheckpointError) -> CheckpointFile {
    try writeDurably(bytes.span, to: path(name))
    return CheckpointFile(name: name, bytes: bytes.count, sha256: sha256Hex(bytes))
  }

  /// Makes a file durable that was written to ``path(_:)``, and describes it for the manifest.
  ///
  /// - Complexity: Reads the file once, mostly from memory, at about 1 GB/s.
  public func describe(_ name: String) throws(CheckpointError) -> CheckpointFile {
    let file = try ReadableFile(path(name))
    try file.sync()
    let (bytes, sha256) = try file.digest()
    return CheckpointFile(name: name, bytes: bytes, sha256: sha256)
  }

  /// Completes the checkpoint with the files that its writers described.
  ///
  /// A complete checkpoint of the same step, left by an earlier attempt, is replaced.
  ///
  /// - Parameter files: What ``describe(_:)`` and ``write(_:to:)`` returned, in every process: each file in
  ///   the directory, and no other.
  /// - Returns: The checkpoint, which survives a power loss from now on.
  /// - Throws: When something does not match or cannot be written; what was begun is removed, and nothing
  ///   half-written is visible.
  @discardableResult
  public func commit(files: [CheckpointFile]) throws(CheckpointError) -> VerifiedCheckpoint {
    try commit(files: files) { _ in }
  }

  /// Removes what was written; for a save that failed before its commit.
  public func abandon() {
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// How far a commit has come; tests end the process there.
  enum Stage: CaseIterable {
    case checked
    case manifestWritten
    case synced
    case renamed
    case announced
  }

  func commit(
    files: [CheckpointFile], reached: (Stage) -> Void
  ) throws(CheckpointError) -> VerifiedCheckpoint {
    do {
      try check(files)
      reached(.checked)
      let manifest = Manifest(step: step, files: files)
      try writeDurably(manifest.encoded().span, to: "\(directory)/\(Manifest.fileName)")
      reached(.manifestWritten)
      for folder in try tree(of: directory).directories { try syncDirectory("\(directory)/\(folder)") }
      try syncDirectory(directory)
      reached(.synced)
      try publish()
      reached(.renamed)
      announce()
      reached(.announced)
      let final = "\(root)/\(CheckpointName.final(step))"
      return VerifiedCheckpoint(step: step, directory: final, files: manifest.files)
    } catch {
      abandon()
      throw error
    }
  }

  /// Throws unless the directory holds the described files and nothing else.
  private func check(_ files: [CheckpointFile]) throws(CheckpointError) {
    var described: Set<String> = []
    for file in files {
      guard isPlainPath(file.name), try fileSize("\(directory)/\(file.name)") == file.bytes,
        described.insert(file.name).inserted
      else { throw .notWritten(directory: directory, name: file.name) }
    }
    for name in try tree(of: directory).files where !described.contains(name) {
      throw .undescribed(directory: directory, name: name)
    }
  }

  private func publish() throws(CheckpointError) {
    let final = "\(root)/\(CheckpointName.final(step))"
    let old = "\(root)/\(CheckpointName.replaced(step))"
    if isDirectory(final) {
      try? FileManager.default.removeItem(atPath: old)
      try move(final, to: old)
    }
    do {
      try move(directory, to: final)
      try syncDirectory(root)
    } catch {
      // Works only if the new one is not there; after a crash, `removeLeftovers` does it.
      try? move(old, to: final)
      throw error
    }
    try? FileManager.default.removeItem(atPath: old)
  }

  /// Updates the hint for other programs; ours look at the directories, so a failure loses nothing.
  private func announce() {
    let temporary = "\(root)/\(CheckpointName.temporaryPrefix)latest-\(uniqueSuffix())"
    do {
      try writeDurably(Array("\(step)\n".utf8).span, to: temporary)
      try move(temporary, to: "\(root)/\(CheckpointName.latest)")
      try syncDirectory(root)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
    }
  }
}
