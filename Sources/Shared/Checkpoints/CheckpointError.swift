/// Why a checkpoint cannot be written or read.
public enum CheckpointError: Error, Sendable, Equatable {
  /// The system does not let us write; nothing half-written is visible.
  case unwritable(path: String, reason: String)

  /// The system does not let us read.
  case unreadable(path: String, reason: String)

  /// The directory is no checkpoint, or no longer the one that was written.
  case damaged(directory: String, CheckpointDefect)

  /// A file stands in the directory, but nobody described it for the manifest.
  case undescribed(directory: String, name: String)

  /// A file was described for the manifest, but it is not there, or not of that length.
  case notWritten(directory: String, name: String)

  /// The checkpoint is sound and lacks a file that its reader needs.
  case lacksFile(directory: String, name: String)

  /// Another job uses the directory.
  case locked(directory: String, holder: String)
}

extension CheckpointError: CustomStringConvertible {
  /// One sentence: where, what, and what to do.
  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason); earlier checkpoints are as they were"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .damaged(let directory, let defect):
      "\(directory): \(defect); resume from another checkpoint"
    case .undescribed(let directory, let name):
      "\(directory): `\(name)` was written but not described; every writer must hand in what it wrote"
    case .notWritten(let directory, let name):
      """
      \(directory): `\(name)` was described but is not there as described; all ranks must see the same file \
      system under this path
      """
    case .lacksFile(let directory, let name):
      "\(directory): has no `\(name)`; it was written by a run of another kind"
    case .locked(let directory, let holder):
      "\(directory): is in use by \(holder); stop that job, or choose another run directory"
    }
  }
}

/// How a directory differs from the checkpoint that was written.
public enum CheckpointDefect: Error, Sendable, Equatable {
  /// There is no manifest: the directory was not made by a save, or lost a file.
  case noManifest

  /// The manifest is not the text that was written.
  case manifest(String)

  /// The manifest is of a format that this program does not know.
  case version(Int)

  /// The manifest belongs to another step than the directory's name says.
  case step(Int)

  /// A file of the manifest is gone.
  case missing(String)

  /// The disk cannot give the bytes back.
  case disk(String)

  /// A file has another length than when it was written.
  case size(String, bytes: Int, expected: Int)

  /// A file has the right length and other bytes than when it was written.
  case content(String)
}

extension CheckpointDefect: CustomStringConvertible {
  /// A clause that completes "global_step_N: …".
  public var description: String {
    switch self {
    case .noManifest: "manifest.json is missing, so it is no complete checkpoint"
    case .manifest(let reason): "manifest.json is damaged: \(reason)"
    case .version(let version):
      "manifest.json has the format version \(version), this program reads version 1"
    case .step(let step): "manifest.json belongs to step \(step)"
    case .missing(let name): "`\(name)` is missing"
    case .disk(let reason): "the disk cannot give the bytes back: \(reason)"
    case .size(let name, let bytes, let expected): "`\(name)` has \(bytes) bytes, \(expected) were written"
    case .content(let name): "`\(name)` has other bytes than were written"
    }
  }
}
