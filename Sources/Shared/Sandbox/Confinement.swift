import Glibc
import Synchronization

/// How a sandbox of one tier is started: the launcher's command line.
struct Confinement: Sendable {
  let tier: SandboxTier
  let launcher: String
  let interpreter: Interpreter

  /// What runs inside; compiled, once an interpreter has done so.
  var guest = Guest()

  /// Whether sandboxes run as another user than the one who asks.
  let changesUser = geteuid() == 0

  /// Where descriptors lie when the interpreter starts: 0 to 2 as ever, the control socket, and a pipe that
  /// bubblewrap writes what it made to.
  static let control = 3
  static let information = 4

  /// Where answers may write, in the first tier.
  private static let scratch = "/scratch"

  private static let bubblewrap = "/usr/bin/bwrap"

  /// The nobody of Linux; namespaces make it another one in each sandbox.
  private static let nobody: UInt32 = 65534

  /// Users that no account has: systemd gives them out to services for as long as they run.
  private static let passing: Range<UInt32> = 61184..<65520
  private static let nextPassing = Mutex(UInt32.random(in: passing))

  /// The user of one more sandbox.
  ///
  /// The kernel enforces no limit of processes for root. Without namespaces it counts those of a user together, so
  /// that each sandbox has its own.
  private var user: UInt32 {
    guard tier != .namespaces else { return Self.nobody }
    return Self.nextPassing.withLock { next in
      defer { next = next + 1 < Self.passing.upperBound ? next + 1 : Self.passing.lowerBound }
      return next
    }
  }

  init(tier: SandboxTier, launcher: String, interpreter: Interpreter) {
    self.tier = tier
    self.launcher = launcher
    self.interpreter = interpreter
  }

  /// What every sandbox sees of an environment.
  static let environment = [
    "PATH=/usr/bin", "LANG=C.UTF-8", "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "HOME=/tmp",
    "OPENBLAS_NUM_THREADS=1",
  ]

  /// Why the tier cannot even be tried; nil where it can.
  var obstacle: String? {
    tier == .namespaces && (unsafe access(Self.bubblewrap, X_OK)) != 0
      ? "\(Self.bubblewrap) is not there" : nil
  }

  /// The launcher's arguments for one more sandbox, its own name first.
  var arguments: [String] {
    var arguments = [launcher, "--parent", "\(getpid())"]
    if changesUser { arguments += ["--user", "\(user)"] }
    switch tier {
    case .namespaces:
      arguments += ["--scratch", "\(SandboxLimits.scratchKibibytes)", "\(SandboxLimits.scratchFiles)", "--"]
      arguments += namespaces + ["--"]
    case .landlock:
      arguments += ["--confine", "--writable", "/dev/null"]
      arguments += interpreter.readable.flatMap { ["--readable", $0] } + ["--"]
    case .unconfined:
      arguments.append("--")
    }
    return arguments + [interpreter.path] + (interpreter.hasSafePath ? ["-P"] : []) + Self.options
  }

  /// bubblewrap and what it makes.
  ///
  /// Every namespace is named: `--unshare-all` goes on without a user namespace where there is none to be had.
  /// Neither /proc, whose first process tells the environment bubblewrap was started with, nor /dev, whose shared
  /// memory could be filled.
  private var namespaces: [String] {
    var arguments = [
      Self.bubblewrap, "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
      "--unshare-cgroup-try", "--disable-userns", "--uid", "\(Self.nobody)", "--gid", "\(Self.nobody)",
      "--hostname", "sandbox", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    ]
    for path in interpreter.readable { arguments += ["--ro-bind", path, path] }
    for link in interpreter.links { arguments += ["--symlink", link.target, link.place] }
    return arguments + [
      "--dev-bind", "/dev/null", "/dev/null", "--bind", "/tmp", Self.scratch, "--dir", "/tmp", "--remount-ro",
      "/", "--chdir", Self.scratch, "--info-fd", "\(Self.information)",
    ]
  }

  /// The interpreter's options and its first program.
  ///
  /// Not `-I`, which would make the order of sets random again. No site packages, no user's packages, nothing
  /// from the working directory, output at once, no byte code written.
  private static let options = [
    "-S", "-s", "-B", "-u", "-c",
    "import _socket, marshal; _control = _socket.socket(fileno=\(control)); _core = _control.recv(1 << 18); "
      + "exec(marshal.loads(_core[1:]) if _core[0] else compile(_core[1:], '<sandbox>', 'exec'))",
  ]
}
