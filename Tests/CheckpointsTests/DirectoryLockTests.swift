import Checkpoints
import FoundationEssentials
import Glibc
import Testing

@Suite("The lock of a run directory")
struct DirectoryLockTests {
  let run: ScratchRun

  init() throws { run = try ScratchRun() }

  @Test("a second job is refused with the name of the first")
  func second() throws {
    let lock = try DirectoryLock(directory: run.path)
    let error = #expect(throws: CheckpointError.self) { try DirectoryLock(directory: run.path) }
    let host = ProcessInfo.processInfo.hostName
    let sentence = "\(run.path): is in use by process \(getpid()) on \(host) since 20"
    #expect("\(try #require(error))".hasPrefix(sentence))
    withExtendedLifetime(lock) {}
  }

  @Test("a lock that is given up can be taken again, and one refusal does not disturb it")
  func again() throws {
    do {
      let lock = try DirectoryLock(directory: run.path)
      #expect(throws: CheckpointError.self) { try DirectoryLock(directory: run.path) }
      #expect(throws: CheckpointError.self) { try DirectoryLock(directory: run.path) }
      withExtendedLifetime(lock) {}
    }
    withExtendedLifetime(try DirectoryLock(directory: run.path)) {}
  }

  @Test("the lock of a process that was killed is free")
  func killed() async throws {
    let path = run.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let lock = try DirectoryLock(directory: path)
      kill(getpid(), SIGKILL)
      withExtendedLifetime(lock) {}
    }
    #expect(try run.bytes(path + "/.lock").isEmpty == false, "the dead process held it")
    withExtendedLifetime(try DirectoryLock(directory: path)) {}
  }

  @Test("a directory that cannot be made is an error")
  func unwritable() throws {
    try run.overwrite(run.path + "/file", [1])
    #expect(throws: CheckpointError.unwritable(path: run.path + "/file/run", reason: "Not a directory")) {
      try DirectoryLock(directory: run.path + "/file/run")
    }
  }
}
