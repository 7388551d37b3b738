import Foundation
import Glibc
import Testing

@testable import Sandbox

/// Traps that sandboxes of other systems fell into.
extension SandboxTests {
  @Suite("Traps")
  struct TrapTests {
    /// What a program writes that is run with standard streams.
    private func output(_ program: String, tiers: [SandboxTier] = [.namespaces, .landlock]) throws -> String {
      var settings = SandboxSettings.test(slots: 1)
      settings.tiers = tiers
      let verdict = try Sandbox(settings).evaluate(
        program, for: .standardStreams([StreamTest(input: "", expected: "?")]))
      return String(decoding: verdict.output, as: UTF8.self)
    }

    @Test("root's programs are not root's, and their threads are counted", arguments: SandboxTier.allCases)
    func rootIsDropped(tier: SandboxTier) throws {
      let program = """
        import os, threading, time
        threading.stack_size(65536)
        count = 0
        try:
            while count < 500: threading.Thread(target=time.sleep, args=(9,), daemon=True).start(); count += 1
        except RuntimeError: pass
        print(os.getuid() != 0, 10 < count < 200, flush=True)
        os._exit(0)
        """
      let text = try output(program, tiers: [tier])
      #expect(geteuid() != 0 || text == "True True\n", "\(text)")
    }

    @Test("no descriptor of the host is open in a sandbox, marked to be closed or not")
    func descriptorsStayOut() throws {
      // As MPI leaves them: sockets without the mark.
      var sockets: [Int32] = [0, 0]
      #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
      let high = fcntl(sockets[0], F_DUPFD, 150)
      defer { for descriptor in sockets + [high] { close(descriptor) } }
      let program = """
        import os
        found = []
        for number in range(1024):
            try: os.fstat(number); found.append(number)
            except OSError: pass
        print(found)
        """
      #expect(try output(program) == "[0, 1, 2]\n")
    }

    @Test("a sandbox outlives the thread that asked for it")
    func threadsMayEnd() throws {
      let made = MutexBox<Sandbox?>(nil)
      let thread = Thread { made.value = try? Sandbox(.test(slots: 1)) }
      thread.start()
      while !thread.isFinished { usleep(1000) }
      let sandbox = try #require(made.value)
      #expect(sandbox.evaluate("def add(a, b): return a + b", for: addition).isPassed)
      let before = Interpreters()
      usleep(300_000)
      #expect(!before.ids.isEmpty && Interpreters().ids.isSuperset(of: before.ids))
    }

    @Test("nothing is left when sandboxes are let go, not even zombies")
    func nothingIsLeft() throws {
      do {
        let sandbox = try Sandbox(.test(slots: 2))
        #expect(sandbox.evaluate("def add(a, b): return a + b", for: addition).isPassed)
        // One that is thrown away, since it wrote.
        let writes = "def add(a, b):\n  open('x', 'w').close()\n  return a + b"
        _ = sandbox.evaluate(writes, for: addition)
      }
      for _ in 0..<200 where !Interpreters(named: ["bwrap", "prorl-sandbox", "python3"]).ids.isEmpty {
        usleep(20_000)
      }
      #expect(Interpreters(named: ["bwrap", "prorl-sandbox", "python3"]).ids.isEmpty)
    }

    @Test("no process is left for the machine's first process to bury", arguments: SandboxTier.allCases)
    func nobodyIsOrphaned(tier: SandboxTier) throws {
      // Orphans come to the nearest ancestor that asks for them, here an interpreter that buries nobody.
      let script = """
        import ctypes, os, subprocess, sys, time
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
        print(subprocess.run(sys.argv[1:]).returncode)
        time.sleep(0.3)
        for entry in filter(str.isdigit, os.listdir('/proc')):
            try: fields = open('/proc/%s/stat' % entry).read().rsplit(')', 1)[1].split()
            except OSError: continue
            if int(fields[1]) == os.getpid(): print('orphan', entry, fields[0])
        """
      let probe = [
        try builtExecutable("sandbox-probe"), try builtExecutable("prorl-sandbox"), "hold", "0.2",
        tier.rawValue,
      ]
      #expect(try execute(["/usr/bin/python3", "-c", script] + probe).output == "0\n")
    }

    @Test("sandboxes die with a host that is killed", arguments: SandboxTier.allCases)
    func hostMayBeKilled(tier: SandboxTier) throws {
      let process = Process()
      process.executableURL = URL(filePath: try builtExecutable("sandbox-probe"))
      process.arguments = [try builtExecutable("prorl-sandbox"), "hold", "100", tier.rawValue]
      process.standardOutput = nil
      try process.run()
      var inside: Set<Int> = []
      for _ in 0..<600 where inside.count < 2 {
        usleep(50_000)
        inside = Interpreters(of: Int(process.processIdentifier)).ids
      }
      #expect(inside.count >= 2, "the probe did not start")
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      for _ in 0..<200 where inside.contains(where: Interpreters.exists) { usleep(20_000) }
      #expect(!inside.contains(where: Interpreters.exists))
    }

    @Test("without namespaces, one program's threads are not counted with another's")
    func threadsAreCountedApart() throws {
      guard geteuid() == 0 else {
        print("skipped: only root can give each sandbox a user of its own")
        return
      }
      var settings = SandboxSettings.test(slots: 2)
      settings.tiers = [.landlock]
      let sandbox = try Sandbox(settings)
      // Each starts as many as are left, waits until the other has, and must have had enough.
      let program = """
        import threading, time
        threading.stack_size(65536)
        count = 0
        try:
            while count < 500: threading.Thread(target=time.sleep, args=(2,), daemon=True).start(); count += 1
        except RuntimeError: pass
        time.sleep(1)
        print(count > 20)
        """
      let task = CodeTask.standardStreams([StreamTest(input: "", expected: "True")])
      let failed = MutexBox(0)
      DispatchQueue.concurrentPerform(iterations: 2) { _ in
        if !sandbox.evaluate(program, for: task).isPassed { failed.value += 1 }
      }
      #expect(failed.value == 0)
    }

    @Test("the environment holds what is meant to be there")
    func environmentIsFixed() throws {
      unsafe setenv("SECRET_OF_THE_TEST", "x", 1)
      let text = try output("import os\nprint(sorted(os.environ))")
      #expect(!text.contains("SECRET") && text.contains("PYTHONHASHSEED"))
    }

    @Test("sets have the same order in every sandbox")
    func hashesAreFixed() throws {
      let program = "print(list({'a', 'b', 'c', 'd', 'e', 'f'}))"
      #expect(try output(program) == output(program))
    }

    @Test("a launcher that confines nothing is noticed, and code is refused with what got through")
    func selfTestNotices() throws {
      let folder = try PublicFolder()
      let launcher = folder.path + "/launcher"
      let script = "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift\nexec \"$@\"\n"
      try Data(script.utf8).write(to: URL(filePath: launcher))
      chmod(launcher)
      var settings = SandboxSettings(slots: 1, launcher: launcher)
      settings.tiers = [.landlock]
      #expect {
        try Sandbox(settings)
      } throws: { error in
        guard case .refused(let reasons)? = error as? SandboxError else { return false }
        return reasons.count == 1 && reasons[0].contains("got through") && reasons[0].contains("/etc/passwd")
      }
    }

    /// A launcher in `folder` that starts what `pattern` does not match, as the real one would.
    private func launcher(in folder: PublicFolder, refusing pattern: String) throws -> String {
      let path = folder.path + "/launcher"
      let script = """
        #!/bin/sh
        case "$*" in \(pattern)) echo "not $1 today" >&2; exit 1;; esac
        exec '\(try #require(builtLauncher))' "$@"

        """
      try Data(script.utf8).write(to: URL(filePath: path))
      chmod(path)
      return path
    }

    @Test("where namespaces are missing, Landlock confines, and the reason is told")
    func secondTier() throws {
      let folder = try PublicFolder()
      let settings = SandboxSettings(slots: 1, launcher: try launcher(in: folder, refusing: "*bwrap*"))
      let sandbox = try Sandbox(settings)
      #expect(sandbox.tier == .landlock)
      #expect(sandbox.obstacles.count == 1 && sandbox.obstacles[0].hasPrefix("namespaces: "))
      #expect(sandbox.evaluate("def add(a, b): return a + b", for: addition).isPassed)
    }

    @Test("where neither confines, code is refused with both reasons, unless the user wants it all the same")
    func refusal() throws {
      let folder = try PublicFolder()
      let path = try launcher(in: folder, refusing: "*bwrap*|*--confine*")
      #expect {
        try Sandbox(SandboxSettings(slots: 1, launcher: path))
      } throws: { error in
        let words = "\(error)"
        return ["namespaces: ", "landlock: ", "sandbox.unsafe", "bubblewrap"].allSatisfy(words.contains)
      }
      let sandbox = try Sandbox(SandboxSettings(slots: 1, launcher: path, unconfined: true))
      #expect(sandbox.tier == .unconfined && sandbox.obstacles.count == 2)
      #expect(sandbox.evaluate("def add(a, b): return a + b", for: addition).isPassed)
    }

    @Test("a launcher that starts nothing is refused with its words")
    func selfTestNeedsAStart() throws {
      let folder = try PublicFolder()
      let launcher = folder.path + "/launcher"
      try Data("#!/bin/sh\necho no namespaces today >&2\nexit 1\n".utf8).write(to: URL(filePath: launcher))
      chmod(launcher)
      #expect {
        try Sandbox(SandboxSettings(slots: 1, launcher: launcher))
      } throws: { "\($0)".contains("no namespaces today") }
      #expect(throws: SandboxError.noLauncher("/nowhere")) {
        try Sandbox(SandboxSettings(slots: 1, launcher: "/nowhere"))
      }
    }

    private func chmod(_ path: String) { unsafe Glibc.chmod(path, 0o755) }
  }
}

/// A value that two threads hand over.
private final class MutexBox<Value: Sendable>: @unchecked Sendable {
  // Sound, since the lock is held for every look at the value.
  private let lock = NSLock()
  private var stored: Value
  init(_ value: Value) { stored = value }
  var value: Value {
    get { lock.withLock { stored } }
    set { lock.withLock { stored = newValue } }
  }
}

/// Processes under one, by their names.
struct Interpreters {
  private(set) var ids: Set<Int> = []

  init(of root: Int = Int(getpid()), named names: [String] = ["python3"]) {
    var parents: [Int: (parent: Int, name: String)] = [:]
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let id = Int(entry), let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
        let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"),
        let parent = Int(text[text.index(close, offsetBy: 2)...].split(separator: " ")[1])
      else { continue }
      parents[id] = (parent, String(text[text.index(after: open)..<close]))
    }
    for (id, entry) in parents where names.contains(where: entry.name.hasPrefix) {
      var ancestor: Int? = id
      while let current = ancestor, current != root { ancestor = parents[current]?.parent }
      if ancestor == root { ids.insert(id) }
    }
  }

  static func exists(_ id: Int) -> Bool { kill(pid_t(id), 0) == 0 || errno == EPERM }
}
