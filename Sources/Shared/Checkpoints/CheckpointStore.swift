import FoundationEssentials

/// The checkpoints of a run.
///
/// The newest directory that verifies is the one to resume from, whatever `latest_checkpointed_iteration.txt`
/// says. Used by one process at a time, which holds the run's ``DirectoryLock``.
public struct CheckpointStore {
  /// The directory that holds `global_step_N` directories.
  public let root: String

  /// What was found amiss and what was done about it, one sentence each, for the log.
  public private(set) var reports: [String] = []

  /// The store in `root`, which need not exist yet.
  public init(root: String) { self.root = root }

  /// The steps that have a complete checkpoint, newest first; verified or not.
  public func steps() throws(CheckpointError) -> [Int] {
    guard isDirectory(root) else { return [] }
    return try names(in: root).compactMap { CheckpointName.step($0) }.sorted(by: >)
  }

  /// The newest checkpoint that is as it was written, nil if there is none.
  ///
  /// One that is not is renamed to `.bad-global_step_N` and reported; then the next older one is tried. One
  /// that cannot be read for want of permission or the like is thrown: it may be sound, and falling back
  /// would lose steps.
  public mutating func latestVerified() throws(CheckpointError) -> VerifiedCheckpoint? {
    for step in try steps() {
      do {
        return try VerifiedCheckpoint(directory: path(step))
      } catch .damaged(let directory, let defect) {
        reports.append("\(CheckpointError.damaged(directory: directory, defect))")
        setAside(step)
      }
    }
    return nil
  }

  /// Removes what attempts that died have left half-written or half-removed; to be called first.
  public mutating func removeLeftovers() throws(CheckpointError) {
    guard isDirectory(root) else { return }
    for name in try names(in: root).sorted() where name.hasPrefix(CheckpointName.temporaryPrefix) {
      try remove(name)
      reports.append("\(root)/\(name): was left by an attempt that ended early; removed")
    }
    for name in try names(in: root) {
      guard let step = CheckpointName.replacedStep(name) else { continue }
      if isDirectory(path(step)) { try remove(name) } else { try move("\(root)/\(name)", to: path(step)) }
    }
  }

  /// Removes all checkpoints but the newest `keepLast`.
  ///
  /// If none of those verifies, the newest older one that does is kept as well, so that pruning never takes
  /// the last checkpoint a run can resume from.
  ///
  /// - Parameters:
  ///   - keepLast: How many to keep, at least 1.
  ///   - keeping: Steps whose checkpoints stay, such as the best one's.
  ///   - committed: One that was just committed and so need not be verified again.
  /// - Throws: When a directory cannot be removed.
  /// - Complexity: Reads one checkpoint's bytes, unless `committed` is among those kept.
  public mutating func prune(
    keepLast: Int, keeping: Set<Int> = [], committed: VerifiedCheckpoint? = nil
  ) throws(CheckpointError) {
    precondition(keepLast >= 1, "CheckpointStore: pruning to \(keepLast) checkpoints would leave nothing")
    let steps = try steps()
    guard steps.count > keepLast else { return }
    var survivor = steps.prefix(keepLast).first { $0 == committed?.step }
    if survivor == nil { survivor = steps.first { isSound($0) } }
    // Where nothing verifies, nothing is removed: somebody may still mend what is there.
    guard let survivor else { return }
    for step in steps.dropFirst(keepLast) where step != survivor && !keeping.contains(step) {
      // Renamed first, so that no half-removed checkpoint is ever seen under its name.
      let name = CheckpointName.pending(step)
      try move(path(step), to: "\(root)/\(name)")
      try remove(name)
    }
  }

  /// The directory of the checkpoint of `step`, whether there is one or not.
  public func directory(of step: Int) -> String { path(step) }

  private func path(_ step: Int) -> String { "\(root)/\(CheckpointName.final(step))" }

  private func isSound(_ step: Int) -> Bool {
    (try? VerifiedCheckpoint(directory: path(step))) != nil
  }

  private mutating func setAside(_ step: Int) {
    for attempt in 0..<1000 {
      let name = CheckpointName.bad(step, attempt: attempt)
      guard !isDirectory("\(root)/\(name)") else { continue }
      do {
        try move(path(step), to: "\(root)/\(name)")
        reports.append("\(path(step)): was set aside as \(name); remove it when it is no longer of interest")
      } catch {
        // On a file system that is read-only it stays, and is passed over.
        reports.append("\(error)")
      }
      return
    }
  }

  private func remove(_ name: String) throws(CheckpointError) {
    do {
      try FileManager.default.removeItem(atPath: "\(root)/\(name)")
    } catch {
      throw .unwritable(path: "\(root)/\(name)", reason: reason(error))
    }
  }
}
