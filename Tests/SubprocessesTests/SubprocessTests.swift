import Foundation
import Subprocesses
import TestSupport
import Testing

/// Runs `script` with the shell on a thread of its own, which has to live as long as the child.
private func withShell<Result: Sendable>(
  _ script: String, variables: [String: String] = [:], _ body: @escaping @Sendable (Subprocess) -> Result
) throws -> Result {
  let command = try Command("sh", arguments: ["-c", script], variables: variables)
  let outcome = Outcome<Result>()
  let thread = Thread {
    Bell.quietThread()
    outcome.set(Swift.Result { try body(Subprocess(command)) })
  }
  thread.start()
  return try outcome.wait()
}

/// What a thread came to.
private final class Outcome<Value: Sendable>: Sendable {
  private let condition = NSCondition()
  private nonisolated(unsafe) var value: Result<Value, any Error>?

  func set(_ value: Result<Value, any Error>) {
    condition.withLock {
      unsafe self.value = value
      condition.broadcast()
    }
  }

  func wait() throws -> Value {
    try condition.withLock {
      while true {
        if let value = unsafe value { return try value.get() }
        condition.wait()
      }
    }
  }
}

extension Subprocess {
  /// All that it writes until it closes its output, at most ten seconds long.
  fileprivate func everything(of read: () -> Read) -> String {
    var bytes: [UInt8] = []
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      switch read() {
      case .bytes(let more): bytes += more
      case .nothing: usleep(1000)
      case .end: return String(decoding: bytes, as: UTF8.self)
      }
    }
    return "…still open: " + String(decoding: bytes, as: UTF8.self)
  }

  fileprivate var output: String { everything { readOutput() } }

  /// How it ended, within ten seconds.
  fileprivate func waitForEnding() -> Ending? {
    for _ in 0..<10_000 {
      if let ending { return ending }
      usleep(1000)
    }
    return nil
  }
}

/// Whether a process of this id is there, and no zombie.
private func isAlive(_ id: Int32) -> Bool {
  guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
  return !stat.contains(") Z ")
}

@Suite("Child processes")
struct SubprocessTests {
  @Test("what is written comes back, and closing the input is the end of it")
  func echo() throws {
    let text = try withShell("cat; echo end") { child in
      #expect(child.write(ArraySlice("hello\n".utf8)) == 6)
      child.closeInput()
      #expect(child.write([1]) == nil)
      return child.output
    }
    #expect(text == "hello\nend\n")
  }

  @Test(
    "an ending is told as it was",
    arguments: [
      ("exit 0", Subprocess.Ending.exited(code: 0)), ("exit 7", .exited(code: 7)),
      ("kill -9 $$", .killed(signal: 9)),
    ])
  func endings(script: String, ending: Subprocess.Ending) throws {
    #expect(try withShell(script) { $0.waitForEnding() } == ending)
  }

  @Test("writing to a child that reads no more is no death")
  func brokenPipe() throws {
    let isRefused = try withShell("exec <&-; echo closed; sleep 60") { child in
      while child.readOutput() == .nothing { usleep(1000) }
      return child.write(ArraySlice(repeating: 65, count: 100)) == nil
    }
    #expect(isRefused)
  }

  @Test("a child that does not read takes what the pipe holds, and nothing blocks")
  func fullPipe() throws {
    let count = try withShell("sleep 60") { child in
      var count = 0
      while let more = child.write(ArraySlice(repeating: 65, count: 100_000)), more > 0 { count += more }
      return count
    }
    #expect(count >= 4096)
  }

  @Test("a child has three descriptors, no blocked or ignored signals, and a group of its own")
  func inheritance() throws {
    // The fourth is the folder that it looks into.
    #expect(try withShell("exec ls /proc/self/fd") { $0.output } == "0\n1\n2\n3\n")
    let status = try withShell("exec grep -E 'Sig(Blk|Ign)' /proc/self/status") { $0.output }
    let words = status.split { $0 == "\n" || $0 == "\t" }.map(String.init)
    try #require(words.count == 4 && words[0] == "SigBlk:" && words[2] == "SigIgn:")
    #expect(UInt64(words[1], radix: 16) == 0)
    // 32 and 33 are the C library's own, and it lets nobody set them.
    #expect(try #require(UInt64(words[3], radix: 16)) & ~(3 << 31) == 0)
    // Fields after the name: state, parent, group.
    let (stat, id) = try withShell("exec cat /proc/self/stat") { ($0.output, $0.id) }
    #expect(stat.split(separator: " ")[4] == "\(id)")
  }

  @Test("a child sees the variables it is given and none of MPI's launchers")
  func environment() throws {
    unsafe setenv("OMPI_COMM_WORLD_RANK_OF_TEST", "3", 1)
    let text = try withShell("env", variables: ["COLOUR": "red green"]) { $0.output }
    #expect(text.contains("\nCOLOUR=red green\n") || text.hasPrefix("COLOUR=red green\n"))
    #expect(!text.contains("OMPI_COMM_WORLD_RANK_OF_TEST"))
  }

  @Test("ending a child ends what it started, and leaves no zombie")
  func groups() throws {
    let (child, grandchild) = try withShell("sleep 300 & echo $!; wait") { child in
      while true {
        if case .bytes(let bytes) = child.readOutput() {
          child.end()
          return (child.id, Int32(String(decoding: bytes, as: UTF8.self).trimming()) ?? 0)
        }
        usleep(1000)
      }
    }
    #expect(grandchild > 0)
    for _ in 0..<2000 where isAlive(grandchild) { usleep(1000) }
    #expect(!isAlive(grandchild))
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(child)"))
  }

  @Test("a child dies with the thread that started it, whether or not anybody ends it")
  func parentDeath() throws {
    let outcome = Outcome<Int32>()
    let command = try Command("sleep", arguments: ["300"])
    let kept = Kept()
    Thread {
      outcome.set(
        Result {
          let child = try Subprocess(command)
          unsafe kept.child = child
          return child.id
        })
    }.start()
    let id = try outcome.wait()
    for _ in 0..<5000 where isAlive(id) { usleep(1000) }
    #expect(!isAlive(id))
    unsafe kept.child = nil
  }

  /// Keeps a child from being ended by its owner.
  private final class Kept: Sendable {
    nonisolated(unsafe) var child: Subprocess?
  }

  @Test("what is no program is told from what is none")
  func refusals() throws {
    let folder = try TemporaryDirectory()
    let text = try folder.write("text", "no program")
    #expect(throws: SubprocessError.missing(name: "/no/such")) { try Command("/no/such") }
    #expect(throws: SubprocessError.missing(name: "no-such-program")) { try Command("no-such-program") }
    #expect(throws: SubprocessError.missing(name: "")) { try Command("") }
    #expect(throws: SubprocessError.missing(name: folder.path)) { try Command(folder.path) }
    #expect(throws: SubprocessError.notExecutable(path: text)) { try Command(text) }
    unsafe chmod(text, 0o755)
    let command = try Command(text)
    #expect(throws: SubprocessError.refused(path: text, reason: "Exec format error")) {
      try Subprocess(command)
    }
    #expect(try Command("sh").path.hasSuffix("/sh"))
  }

  @Test("a bell ends a wait, from another thread, before or during it")
  func bell() throws {
    let bell = try Bell()
    bell.ring()
    let start = ContinuousClock.now
    bell.wait(for: [], writing: [], seconds: 30)
    Thread {
      usleep(20_000)
      bell.ring()
    }.start()
    bell.wait(for: [], writing: [], seconds: 30)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}

extension String {
  fileprivate func trimming() -> String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
