/// How programs are kept apart from the machine, from the strongest way to none.
public enum SandboxTier: String, Sendable, CaseIterable {
  /// bubblewrap: namespaces of their own with nothing in them but Python, and a filter of system calls.
  case namespaces

  /// Landlock, which closes the file system, and the filter; for places without namespaces.
  case landlock

  /// The filter and limits only: programs can read what the user can.
  case unconfined
}

/// What one answer may use.
public struct SandboxLimits: Sendable, Equatable {
  /// Longest time of one call of a function, or of one run of a program, in seconds.
  public var callSeconds: Double

  /// Longest time of an evaluation with all its calls, in seconds.
  public var totalSeconds: Double

  /// Most memory, in MiB of addresses.
  public var memoryMebibytes: Int

  /// Most threads.
  public var threads: Int

  /// Most output beyond what is expected, in KiB; more ends the program.
  public var outputKibibytes: Int

  /// Largest program, in KiB.
  public var programKibibytes: Int

  /// Limits for tasks of the kind of HumanEval and MBPP.
  public init(
    callSeconds: Double = 3, totalSeconds: Double = 6, memoryMebibytes: Int = 1024, threads: Int = 32,
    outputKibibytes: Int = 64, programKibibytes: Int = 100
  ) {
    self.callSeconds = callSeconds
    self.totalSeconds = totalSeconds
    self.memoryMebibytes = memoryMebibytes
    self.threads = threads
    self.outputKibibytes = outputKibibytes
    self.programKibibytes = programKibibytes
  }

  /// The scratch directory of a sandbox: its size, and how many files it may hold.
  static let scratchKibibytes = 1024
  static let scratchFiles = 64

  /// The largest message, as `Guest/codec.py` has it.
  static let frameBytes = 8 << 20
}

/// How sandboxes are made.
public struct SandboxSettings: Sendable, Equatable {
  /// Evaluations at the same time; sandboxes for as many are kept started.
  public var slots: Int

  /// What each answer may use.
  public var limits: SandboxLimits

  /// The interpreter's path; nil looks in the usual places.
  public var python: String?

  /// The launcher's path; nil looks beside the running program.
  public var launcher: String?

  /// Whether each process gets a sandbox of its own, started when it is needed: slower by the start, about 20 ms.
  public var isFresh = false

  /// The ways that are tried, in this order.
  public var tiers: [SandboxTier]

  /// Settings; with `unconfined`, programs run even where nothing confines them.
  public init(
    slots: Int = 2, limits: SandboxLimits = SandboxLimits(), python: String? = nil, launcher: String? = nil,
    unconfined: Bool = false
  ) {
    self.slots = slots
    self.limits = limits
    self.python = python
    self.launcher = launcher
    tiers = unconfined ? SandboxTier.allCases : [.namespaces, .landlock]
  }
}
