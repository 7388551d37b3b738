import Dispatch
import Foundation
import Glibc
import Synchronization

/// Runs programs that nobody trusts, and judges them by tests that they never see.
///
/// May be used by several threads at once; as many evaluations run as there are slots, others wait. Each process
/// of an answer is forked in a sandbox that has read no answer, is limited in what it may ask of the system, and
/// is gone when its evaluation ends.
public final class Sandbox: Sendable {
  /// How programs are confined here.
  public let tier: SandboxTier

  /// Why stronger ways were not taken.
  public let obstacles: [String]

  private let confinement: Confinement
  private let limits: SandboxLimits
  /// How many sandboxes are kept started.
  private let kept: Int
  private let slots: Int
  private let idle = Mutex(Waiting())
  private let turns: DispatchSemaphore
  private let closing = Mutex(())

  /// Sandboxes that wait for an evaluation.
  private struct Waiting {
    var cells: [Cell] = []
    var isClosed = false
  }

  /// Finds the strongest way of confining programs that holds on this machine, by trying to break out of each, and
  /// starts sandboxes for all slots ahead.
  public init(_ settings: SandboxSettings) throws(SandboxError) {
    let interpreter = try Interpreter(path: settings.python)
    let launcher = try Self.launcher(settings.launcher)
    var obstacles: [String] = []
    var found: Confinement?
    for tier in settings.tiers where found == nil {
      let confinement = Confinement(tier: tier, launcher: launcher, interpreter: interpreter)
      if let obstacle = confinement.obstacle ?? SelfTest.obstacle(confinement) {
        obstacles.append("\(tier.rawValue): \(obstacle)")
      } else {
        found = confinement
      }
    }
    guard var found else { throw .refused(obstacles) }
    let first = try Cell(found, prepares: false)
    try first.awaitReadiness()
    found.guest.take(compiled: try first.compiled())
    confinement = found
    tier = found.tier
    self.obstacles = obstacles
    limits = settings.limits
    slots = max(settings.slots, 1)
    kept = settings.isFresh ? 0 : slots
    turns = DispatchSemaphore(value: slots)
    refill()
  }

  /// A sandbox of one given way, untested; for the test that decides.
  init(untested confinement: Confinement, limits: SandboxLimits) {
    self.confinement = confinement
    tier = confinement.tier
    obstacles = []
    self.limits = limits
    kept = 0
    slots = 1
    turns = DispatchSemaphore(value: 1)
  }

  private static func launcher(_ path: String?) throws(SandboxError) -> String {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let path = path ?? (executable as NSString).deletingLastPathComponent + "/prorl-sandbox"
    guard unsafe access(path, X_OK) == 0 else { throw .noLauncher(path) }
    return path
  }

  /// Judges `program` by the tests of `task`; waits for a free slot.
  ///
  /// An evaluation whose sandbox is lost, by the machine's fault or the program's, is begun again once.
  /// `limits` are those of the settings, unless given.
  public func evaluate(
    _ program: String, for task: CodeTask, limits: SandboxLimits? = nil
  ) -> CodeVerdict {
    timedVerdict(on: program, for: task, limits: limits).verdict
  }

  /// A verdict, and how long it took once a slot was free.
  func timedVerdict(
    on program: String, for task: CodeTask, limits: SandboxLimits?
  ) -> (verdict: CodeVerdict, time: Duration) {
    turns.wait()
    defer { turns.signal() }
    let begin = ContinuousClock.now
    let bytes = Array(program.utf8)
    var verdict = CodeVerdict(tests: [], output: [])
    for _ in 0..<2 {
      verdict = Evaluation(sandbox: self, limits: limits ?? self.limits, program: bytes).verdict(of: task)
      if verdict.outcome != .error { break }
    }
    return (verdict, ContinuousClock.now - begin)
  }

  /// Ends all sandboxes, after the evaluations that run, and returns when nothing of them is left.
  ///
  /// To be called before a program exits; without it, sandboxes end by themselves, a moment after the program.
  /// Evaluations that begin later are errors.
  public func close() {
    // One after the other, or two that close would wait for each other's turns.
    closing.withLock { _ in
      idle.withLock { $0.isClosed = true }
      for _ in 0..<slots { turns.wait() }
      idle.withLock { $0.cells = [] }
      for _ in 0..<slots { turns.signal() }
      Keeper.shared.now {}
    }
  }

  // MARK: Sandboxes

  /// A sandbox that waits, or a new one, which need not be ready.
  func borrow() throws(SandboxError) -> Cell {
    let (waiting, isClosed) = idle.withLock { ($0.cells.popLast(), $0.isClosed) }
    guard !isClosed else { throw .lost("the sandbox was closed") }
    return if let waiting { waiting } else { try Cell(confinement, prepares: kept > 0) }
  }

  /// Keeps a sandbox for the next evaluation.
  func giveBack(_ cell: Cell) {
    // An evaluation with tests in Python uses two at a time.
    idle.withLock { if $0.cells.count < 2 * kept, !$0.isClosed { $0.cells.append(cell) } }
  }

  /// Ends a sandbox, and starts another in its place.
  func discard(_ cell: Cell) { refill() }

  /// Starts sandboxes until one waits for each slot.
  private func refill() {
    while idle.withLock({ $0.isClosed ? kept : $0.cells.count }) < kept,
      let cell = try? Cell(confinement, prepares: true)
    {
      idle.withLock { $0.cells.insert(cell, at: 0) }
    }
  }
}
