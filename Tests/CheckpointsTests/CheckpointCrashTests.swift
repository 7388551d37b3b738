import FoundationEssentials
import Glibc
import Testing

@testable import Checkpoints

@Suite("Saves that are interrupted")
struct CheckpointCrashTests {
  /// What a process does with the checkpoint of step 20 before it is killed.
  enum Death: String, Codable, CaseIterable, Sendable {
    case begun
    case halfWritten
    case written
    case checked
    case manifestWritten
    case synced
    case renamed
    case announced

    var stage: PendingCheckpoint.Stage? {
      switch self {
      case .begun, .halfWritten, .written: nil
      case .checked: .checked
      case .manifestWritten: .manifestWritten
      case .synced: .synced
      case .renamed: .renamed
      case .announced: .announced
      }
    }

    /// The step that a restart must resume from, when step 10 had been saved.
    var resumedStep: Int { self == .renamed || self == .announced ? 20 : 10 }

    /// Saves step 20 below `root`, and is killed on the way.
    func happen(root: String) throws {
      let pending = try CheckpointWriter.begin(root: root, step: 20)
      if self == .begun { kill(getpid(), SIGKILL) }
      _ = try pending.write([1, 2, 3], to: "first")
      if self == .halfWritten { kill(getpid(), SIGKILL) }
      let files = try [pending.describe("first")] + write(20, into: pending)
      if self == .written { kill(getpid(), SIGKILL) }
      _ = try pending.commit(files: files) { if $0 == stage { kill(getpid(), SIGKILL) } }
    }
  }

  @Test("a save killed at any stage is either there whole or not at all", arguments: Death.allCases)
  func killed(death: Death) async throws {
    let run = try ScratchRun()
    try run.save(10)
    let root = run.root
    await #expect(processExitsWith: .signal(SIGKILL)) { [root = root as String, death = death as Death] in
      try death.happen(root: root)
    }
    var store = CheckpointStore(root: root)
    try store.removeLeftovers()
    let found = try #require(try store.latestVerified())
    #expect(found.step == death.resumedStep)
    #expect(try run.names.allSatisfy { !$0.hasPrefix(".") })
    #expect(store.reports.count == (death.resumedStep == 10 ? 1 : 0))
    // The next attempt saves the step as if nothing had happened.
    try run.save(20)
    #expect(try store.latestVerified()?.step == 20)
  }

  @Test("an interrupted replacement leaves the earlier checkpoint or the later one")
  func replacement() throws {
    let run = try ScratchRun()
    try run.save(10)
    let (final, old) = (run.root + "/global_step_10", run.root + "/.old-global_step_10")
    try FileManager.default.moveItem(atPath: final, toPath: old)
    var store = CheckpointStore(root: run.root)
    try store.removeLeftovers()
    #expect(try store.latestVerified()?.step == 10)
    try FileManager.default.copyItem(atPath: final, toPath: old)
    try store.removeLeftovers()
    #expect(try run.names == ["global_step_10", "latest_checkpointed_iteration.txt"])
  }

  @Test("a disk that fills up fails the save with a sentence, and earlier checkpoints stay")
  func diskFull() async throws {
    let run = try ScratchRun()
    try run.save(10)
    let root = run.root
    await #expect(processExitsWith: .success) { [root = root as String] in
      // No file may grow beyond 2000 bytes: a write fails as on a full disk.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 2000, rlim_max: 2000)
      let failed = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      precondition(failed == 0)
      let pending = try CheckpointWriter.begin(root: root, step: 20)
      do throws(CheckpointError) {
        _ = try pending.write([UInt8](repeating: 1, count: 3000), to: "large")
        exit(1)
      } catch {
        guard case .unwritable(let path, _) = error, path.hasSuffix("large") else { exit(2) }
        pending.abandon()
      }
    }
    #expect(try run.names == ["global_step_10", "latest_checkpointed_iteration.txt"])
    var store = CheckpointStore(root: root)
    #expect(try store.latestVerified()?.step == 10)
  }
}
