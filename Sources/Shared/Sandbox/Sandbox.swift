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
  private let idle = Mutex<[Cell]>([])
  private let turns: DispatchSemaphore

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
    let first = try Cell(found)
    try first.awaitReadiness()
    found.guest.take(compiled: try first.compiled())
    confinement = found
    tier = found.tier
    self.obstacles = obstacles
    limits = settings.limits
    kept = settings.isFresh ? 0 : settings.slots
    turns = DispatchSemaphore(value: settings.slots)
    refill()
  }

  /// A sandbox of one given way, untested; for the test that decides.
  init(untested confinement: Confinement, limits: SandboxLimits) {
    self.confinement = confinement
    tier = confinement.tier
    obstacles = []
    self.limits = limits
    kept = 0
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
  public func evaluate(_ program: String, for task: CodeTask) -> CodeVerdict {
    turns.wait()
    defer { turns.signal() }
    let evaluation = Evaluation(sandbox: self, limits: limits, program: Array(program.utf8))
    let verdict = evaluation.verdict(of: task)
    return verdict.outcome == .error ? evaluation.verdict(of: task) : verdict
  }

  /// Ends the sandboxes that wait, and returns when nothing of them is left; to be called before a program exits.
  ///
  /// Otherwise they end by themselves with the program, a moment after it.
  public func close() {
    idle.withLock { $0 = [] }
    Keeper.shared.now {}
  }

  // MARK: Sandboxes

  /// A sandbox that is ready: one that waits, or a new one.
  func borrow() throws(SandboxError) -> Cell {
    let waiting = idle.withLock { $0.popLast() }
    let cell = if let waiting { waiting } else { try Cell(confinement) }
    try cell.awaitReadiness()
    return cell
  }

  /// Keeps a sandbox for the next evaluation.
  func giveBack(_ cell: Cell) {
    // An evaluation with tests in Python uses two at a time.
    idle.withLock { if $0.count < 2 * kept { $0.append(cell) } }
  }

  /// Ends a sandbox, and starts another in its place.
  func discard(_ cell: Cell) { refill() }

  /// Starts sandboxes until one waits for each slot.
  private func refill() {
    while idle.withLock({ $0.count }) < kept, let cell = try? Cell(confinement) {
      idle.withLock { $0.insert(cell, at: 0) }
    }
  }
}
