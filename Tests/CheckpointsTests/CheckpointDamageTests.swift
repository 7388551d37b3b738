import Checkpoints
import FoundationEssentials
import Testing

@Suite("Checkpoints that are damaged")
struct CheckpointDamageTests {
  let run: ScratchRun

  init() throws {
    run = try ScratchRun()
    try run.save(10)
    try run.save(20)
  }

  enum Damage: CaseIterable {
    case truncate
    case flipFirst
    case flipLast
    case delete
    case append
    case zero
    case swap
  }

  static let files = contents.map(\.name) + ["manifest.json"]

  @Test(
    "any damage to any file is noticed, and the older checkpoint is used", arguments: Damage.allCases, files)
  func fallsBack(damage: Damage, name: String) throws {
    guard try inflict(damage, on: name) else { return }
    var store = CheckpointStore(root: run.root)
    #expect(try store.latestVerified()?.step == 10)
    #expect(try run.names == [".bad-global_step_20", "global_step_10", "latest_checkpointed_iteration.txt"])
    #expect(store.reports.count == 2)
    #expect(store.reports[0].hasPrefix(run.root + "/global_step_20: "))
    #expect(store.reports[0].contains(name), "\(store.reports[0])")
  }

  /// False where the damage does not change the file.
  private func inflict(_ damage: Damage, on name: String) throws -> Bool {
    let path = "\(run.root)/global_step_20/\(name)"
    var bytes = try run.bytes(path)
    let original = bytes
    switch damage {
    case .truncate: bytes = Array(bytes.dropLast())
    case .flipFirst: if !bytes.isEmpty { bytes[0] ^= 1 }
    case .flipLast: if !bytes.isEmpty { bytes[bytes.count - 1] ^= 0x80 }
    case .append: bytes.append(UInt8(ascii: "\n"))
    case .zero: bytes = [UInt8](repeating: 0, count: bytes.count)
    case .swap: bytes = try run.bytes("\(run.root)/global_step_10/\(name)")
    case .delete:
      try FileManager.default.removeItem(atPath: path)
      return true
    }
    try run.overwrite(path, bytes)
    return bytes != original
  }

  @Test("no bit of the manifest can change unseen")
  func manifestBits() throws {
    let directory = run.root + "/global_step_20"
    let path = directory + "/manifest.json"
    let bytes = try run.bytes(path)
    for i in bytes.indices {
      var flipped = bytes
      flipped[i] ^= 1 << (i % 8)
      try run.overwrite(path, flipped)
      #expect(throws: CheckpointError.self, "bit \(i % 8) of byte \(i)") {
        try VerifiedCheckpoint(directory: directory)
      }
    }
    try run.overwrite(path, bytes)
    #expect(try VerifiedCheckpoint(directory: directory).step == 20)
  }

  @Test("a whole checkpoint under another's name is not taken for it")
  func renamed() throws {
    let path = run.root + "/global_step_30"
    try FileManager.default.moveItem(atPath: run.root + "/global_step_10", toPath: path)
    #expect(throws: CheckpointError.damaged(directory: path, .step(10))) {
      try VerifiedCheckpoint(directory: path)
    }
  }

  @Test("where every checkpoint is damaged there is none, and all are set aside under names of their own")
  func allDamaged() throws {
    var store = CheckpointStore(root: run.root)
    for _ in 0..<2 {
      for step in [10, 20] { try run.overwrite("\(run.root)/global_step_\(step)/state.json", []) }
      #expect(try store.latestVerified() == nil)
      for step in [10, 20] { try run.save(step) }
    }
    #expect(
      try run.names.filter { $0.hasPrefix(".") } == [
        ".bad-global_step_10", ".bad-global_step_10.1", ".bad-global_step_20", ".bad-global_step_20.1",
      ])
  }

  @Test("a report says where, what, and what was done")
  func sentences() throws {
    try run.overwrite("\(run.root)/global_step_20/state.json", [1])
    var store = CheckpointStore(root: run.root)
    _ = try store.latestVerified()
    let directory = run.root + "/global_step_20"
    #expect(
      store.reports == [
        "\(directory): `state.json` has 1 bytes, 11 were written; resume from another checkpoint",
        "\(directory): was set aside as .bad-global_step_20; remove it when it is no longer of interest",
      ])
  }
}
