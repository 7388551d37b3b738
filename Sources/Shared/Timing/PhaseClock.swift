import Synchronization

/// Where a process's time goes: nanoseconds by stage and part, for benchmarks.
///
/// Marks stand in the code that does the work. Until ``start()`` a mark costs a load and a branch; after it,
/// two looks at the clock.
///
/// ```swift
/// PhaseClock.stage(.decode) {
///   PhaseClock.part(.attention) { attentionForward(…) }
/// }
/// ```
///
/// Time belongs to the innermost mark alone, so that the table's cells add up to the time inside marks: a
/// part counts under the stage it is in, and what a stage spends outside parts is its ``Part/other``.
///
/// Marks belong to one thread of a process, the one that samples and learns. ``share(_:_:)`` alone may be
/// called by any thread, from inside blocks.
public enum PhaseClock {
  /// The time of every stage and part since ``start()``.
  public static var table: PhaseTable { state.withLock { $0.table } }

  /// What ``lap()`` noted, in order.
  public static var laps: [PhaseTable] { state.withLock { $0.laps } }

  /// Whether marks count.
  public static var isRunning: Bool { running.load(ordering: .relaxed) }

  /// Forgets everything and counts from now on.
  public static func start() {
    let now = now()
    state.withLock { $0 = PhaseState(began: now) }
    running.store(true, ordering: .relaxed)
  }

  /// Marks count no more; what was counted stays.
  public static func stop() { running.store(false, ordering: .relaxed) }

  /// Notes the table as it is now, such as at the end of a step.
  public static func lap() {
    guard isRunning else { return }
    let now = now()
    state.withLock { $0.lap(at: now) }
  }

  /// Runs `body` as `stage`.
  @inlinable
  public static func stage<Result, Failure: Error>(
    _ stage: Stage, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isRunning else { return try body() }
    let outer = enter(stage, .other)
    defer { leave(to: outer) }
    return try body()
  }

  /// Runs `body` as `part` of the stage it is in.
  @inlinable
  public static func part<Result, Failure: Error>(
    _ part: Part, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isRunning else { return try body() }
    let outer = enter(nil, part)
    defer { leave(to: outer) }
    return try body()
  }

  /// Runs `body` inside a block and counts this thread's time, for work that is woven into another part.
  ///
  /// Such time is counted beside the table, in ``PhaseTable/shared``: divided by the number of threads it is
  /// about what the work takes of the part that holds it.
  @inlinable
  public static func share<Result, Failure: Error>(
    _ part: Part, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isRunning else { return try body() }
    let start = now()
    defer { addShare(part, since: start) }
    return try body()
  }

  @usableFromInline
  static func enter(_ stage: Stage?, _ part: Part) -> PhasePlace? {
    let now = now()
    return state.withLock {
      $0.move(to: PhasePlace(stage: stage ?? $0.place?.stage ?? .other, part: part), at: now)
    }
  }

  @usableFromInline
  static func leave(to outer: PhasePlace?) {
    let now = now()
    _ = state.withLock { $0.move(to: outer, at: now) }
  }

  @usableFromInline
  static func addShare(_ part: Part, since start: Int64) {
    let elapsed = now() - start
    state.withLock { $0.table.shared[part, default: 0] += elapsed }
  }

  /// Nanoseconds of a clock that never goes back.
  @usableFromInline
  static func now() -> Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - origin).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  private static let origin = ContinuousClock.now
  private static let running = Atomic<Bool>(false)
  private static let state = Mutex(PhaseState(began: 0))
}

/// A cell of the table.
@usableFromInline
struct PhasePlace: Sendable, Hashable {
  let stage: Stage
  let part: Part
}

/// The clock's hands.
private struct PhaseState {
  let began: Int64
  var table = PhaseTable()
  var laps: [PhaseTable] = []
  /// Where the thread is; nil outside all marks.
  var place: PhasePlace?
  private var since: Int64 = 0

  init(began: Int64) { self.began = began }

  /// Counts the time up to `now` where the thread was, and goes on at `next`.
  ///
  /// - Returns: Where it was.
  mutating func move(to next: PhasePlace?, at now: Int64) -> PhasePlace? {
    let last = place
    if let last { table[last.stage, last.part] += now - since }
    if let next, table.firstEntered[next.stage] == nil { table.firstEntered[next.stage] = now - began }
    (place, since) = (next, now)
    return last
  }

  mutating func lap(at now: Int64) {
    _ = move(to: place, at: now)
    table.elapsed = now - began
    laps.append(table)
  }
}
