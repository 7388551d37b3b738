import Checkpoints
import Configuration
import Coordinator
import Foundation

/// The run directory: locked by one job, with the checkpoint to go on from.
enum RunDirectory {
  /// Locks the directory, finds the checkpoint to resume from and writes the resolved configuration.
  ///
  /// - Returns: The lock, to be held as long as the job runs.
  static func prepare(_ job: inout JobDescription) throws -> DirectoryLock {
    let configuration = try job.configuration()
    let directory = configuration.output.directory
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        "`trainer.default_local_dir`: \(directory) cannot be made (\(error.localizedDescription)); choose another"
      )
    }
    let lock = try DirectoryLock(directory: directory)
    let root = directory + "/checkpoints"
    if FileManager.default.fileExists(atPath: root) {
      var store = CheckpointStore(root: root)
      try store.removeLeftovers()
      if configuration.output.resumeMode == .auto {
        job.resumeDirectory = try store.latestVerified()?.directory
        for report in store.reports { Terminal.complain(report) }
      }
    }
    if configuration.output.resumeMode == .resumePath {
      guard let path = configuration.output.resumePath else {
        throw CommandError(
          "`trainer.resume_mode: resume_path` needs `trainer.resume_from_path`, a checkpoint's directory")
      }
      job.resumeDirectory = try VerifiedCheckpoint(directory: path).directory
    }
    try refuseOvertaking(root: root, job, configuration)
    try checkFingerprint(job, configuration)
    let text = configuration.section.resolvedYAML()
    try Data(text.utf8).write(to: URL(filePath: directory + "/config.yaml"), options: .atomic)
    return lock
  }

  /// Refuses a run whose new checkpoints would stand behind older ones of higher steps, which a later resume
  /// would take.
  private static func refuseOvertaking(
    root: String, _ job: JobDescription, _ configuration: RunConfiguration
  ) throws {
    guard configuration.output.resumeMode != .auto, FileManager.default.fileExists(atPath: root) else {
      return
    }
    let start = try job.initialState(configuration).step
    guard let last = try CheckpointStore(root: root).steps().max(), last > start else { return }
    throw CommandError(
      """
      \(root): holds checkpoints up to step \(last), and this run begins at step \(start); choose another \
      `trainer.default_local_dir`, or move the old checkpoints away
      """)
  }

  private static func checkFingerprint(_ job: JobDescription, _ configuration: RunConfiguration) throws {
    guard let resume = job.resumeDirectory, !configuration.output.allowsOtherFingerprint else { return }
    let saved = try job.initialState(configuration).fingerprint
    let current = try job.fingerprint(configuration)
    guard saved != current else { return }
    throw CommandError(
      """
      \(resume): was written with \(saved), this run has \(current), so it would not go on with the same bits; \
      restore these, or set `trainer.allow_other_fingerprint: true`
      """)
  }
}
