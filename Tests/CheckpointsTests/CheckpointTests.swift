import Checkpoints
import FoundationEssentials
import Testing

@Suite("Saving and finding checkpoints")
struct CheckpointTests {
  let run: ScratchRun

  init() throws { run = try ScratchRun() }

  @Test("what was committed is found, byte for byte")
  func roundTrip() throws {
    let committed = try run.save(20)
    var store = CheckpointStore(root: run.root)
    let found = try #require(try store.latestVerified())
    #expect(found == committed)
    #expect(found.step == 20 && found.directory == run.root + "/global_step_20")
    #expect(found.files.map(\.name) == contents.map(\.name).sorted())
    for file in contents { #expect(try run.bytes(found.path(file.name)) == file.bytes(20)) }
    #expect(try run.names == ["global_step_20", "latest_checkpointed_iteration.txt"])
    #expect(try run.bytes(run.root + "/latest_checkpointed_iteration.txt") == Array("20\n".utf8))
    #expect(store.reports.isEmpty)
  }

  @Test("the newest by number wins, whatever the hint says")
  func newest() throws {
    for step in [9, 100, 20] { try run.save(step) }
    var store = CheckpointStore(root: run.root)
    #expect(try store.latestVerified()?.step == 100)
    #expect(try store.steps() == [100, 20, 9])
  }

  @Test("a run without checkpoints has none")
  func nothing() throws {
    var store = CheckpointStore(root: run.root)
    try store.removeLeftovers()
    #expect(try store.latestVerified() == nil)
  }

  @Test("names that are nearly a checkpoint's are left alone")
  func otherNames() throws {
    let names = ["global_step_", "global_step_-1", "global_step_01", "global_step_1x", "step_1", "best"]
    for name in names {
      try FileManager.default.createDirectory(
        atPath: run.root + "/" + name, withIntermediateDirectories: true)
    }
    var store = CheckpointStore(root: run.root)
    #expect(try store.latestVerified() == nil)
    try store.removeLeftovers()
    #expect(try run.names == names.sorted())
  }

  @Test("several processes may write files of one checkpoint")
  func join() throws {
    let first = try CheckpointWriter.begin(root: run.root, step: 3)
    let second = try CheckpointWriter.join(directory: first.directory)
    #expect(second.step == 3)
    let files = [try second.write([1, 2], to: "b/shard-1"), try first.write([3], to: "b/shard-0")]
    // A description travels as JSON.
    let received = try JSONDecoder().decode([CheckpointFile].self, from: JSONEncoder().encode(files))
    let checkpoint = try first.commit(files: received)
    #expect(checkpoint.contains("b/shard-0") && checkpoint.contains("b/shard-1"))
    #expect(throws: CheckpointError.self) { try CheckpointWriter.join(directory: first.directory) }
  }

  @Test("a file that nobody described, or that is not as described, fails the save and leaves nothing")
  func mismatches() throws {
    let other = CheckpointFile(name: "x", bytes: 2, sha256: sha256Hex([1, 2]))
    let cases: [(written: [String], described: [CheckpointFile])] = [
      (["x", "y"], [CheckpointFile(name: "x", bytes: 1, sha256: sha256Hex([1]))]),
      (["x"], [other]),
      ([], [other]),
      (["x"], []),
      (["x"], [CheckpointFile(name: "../x", bytes: 1, sha256: sha256Hex([1]))]),
    ]
    for (written, described) in cases {
      let pending = try CheckpointWriter.begin(root: run.root, step: 1)
      for name in written { _ = try pending.write([1], to: name) }
      #expect(throws: CheckpointError.self) { try pending.commit(files: described) }
      #expect(try run.names == [])
    }
  }

  @Test("a checkpoint of the same step takes the place of the earlier one")
  func replaced() throws {
    try run.save(5)
    let pending = try CheckpointWriter.begin(root: run.root, step: 5)
    try pending.commit(files: [pending.write([7], to: "new")])
    #expect(try CheckpointStore(root: run.root).steps() == [5])
    #expect(try VerifiedCheckpoint(directory: run.root + "/global_step_5").files.map(\.name) == ["new"])
    #expect(try run.names == ["global_step_5", "latest_checkpointed_iteration.txt"])
  }

  @Test("a file that the checkpoint lacks is named")
  func lacksFile() throws {
    let checkpoint = try run.save(1)
    #expect(throws: CheckpointError.lacksFile(directory: checkpoint.directory, name: "critic")) {
      try checkpoint.path("critic")
    }
  }

  @Test("files that others add later do not matter")
  func additions() throws {
    let checkpoint = try run.save(1)
    try run.overwrite(checkpoint.directory + "/notes.txt", [1])
    #expect(try VerifiedCheckpoint(directory: checkpoint.directory) == checkpoint)
  }

  @Test("pruning keeps the newest, and the only sound one if it is older")
  func prune() throws {
    for step in 1...5 { try run.save(step) }
    var store = CheckpointStore(root: run.root)
    try store.prune(keepLast: 3)
    #expect(try store.steps() == [5, 4, 3])
    for step in 4...5 { try run.overwrite("\(run.root)/global_step_\(step)/state.json", [0]) }
    try store.prune(keepLast: 1)
    #expect(try store.steps() == [5, 3])
    try run.overwrite("\(run.root)/global_step_3/state.json", [0])
    try store.prune(keepLast: 1)
    #expect(try store.steps() == [5, 3], "with nothing sound, nothing is removed")
    try store.prune(keepLast: 1, committed: run.save(6))
    #expect(try store.steps() == [6])
    #expect(try run.names == ["global_step_6", "latest_checkpointed_iteration.txt"])
  }

  @Test("a directory that cannot be written is an error with its path")
  func unwritable() throws {
    try run.overwrite(run.path + "/file", [1])
    let root = run.path + "/file/checkpoints"
    let error = #expect(throws: CheckpointError.self) { try CheckpointWriter.begin(root: root, step: 1) }
    let sentence = "\(try #require(error))"
    #expect(sentence.hasPrefix(root) && sentence.contains("cannot be written: Not a directory"))
  }

  @Test("SHA-256 is that of the standard")
  func sha256Vectors() throws {
    #expect(sha256Hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(sha256Hex(Array("abc".utf8)) == abc)
    try run.overwrite(run.path + "/abc", Array("abc".utf8))
    #expect(try sha256(file: run.path + "/abc") == abc)
    let digest = SHA256Digest()
    for _ in 0..<1000 { digest.update([UInt32](repeating: 0x6161_6161, count: 250).span) }
    // A million times "a".
    #expect(digest.finalize() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
