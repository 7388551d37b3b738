import Glibc
import Synchronization

/// Threads that wait for blocks to run.
///
/// One word, `state`, says all: whether a job is open for workers to enter, and how many are inside. A worker
/// that wakes too late finds the job closed and goes on waiting, so the caller never waits for a sleeper.
///
/// Sendable because `job` and `count` are written only by the caller that holds `busy`, before it opens the
/// job and after the last worker has left, and are read only by workers inside.
@safe
final class Workers: @unchecked Sendable {
  /// The workers and the caller.
  let threads: Int

  private typealias Job = @Sendable (Int) -> Void

  private let busy = Atomic<Bool>(false)
  private let state = Atomic<UInt64>(0)
  private let next = Atomic<Int>(0)
  private let asleep = Atomic<Int>(0)
  private let bell = Bell()
  private var job: Job?
  private var count = 0
  private var handles: [pthread_t] = []

  /// Starts `threads - 1` workers, or as many as the system grants: blocks get done by whoever is there.
  init(threads: Int) {
    self.threads = threads
    for _ in 1..<threads {
      var handle = pthread_t()
      let context = unsafe Unmanaged.passRetained(self)
      let failed = unsafe pthread_create(&handle, nil, runWorker, context.toOpaque())
      if failed == 0 {
        handles.append(handle)
      } else {
        unsafe context.release()
      }
    }
  }

  /// Ends the workers and waits for them; jobs shared afterwards are refused.
  func stop() {
    while !acquire() { sched_yield() }
    state.bitwiseOr(State.stopped, ordering: .sequentiallyConsistent)
    bell.ringAll()
    for handle in handles { pthread_join(handle, nil) }
    handles = []
  }

  /// Runs the blocks on all threads; false, with nothing done, when somebody else is at it.
  func share(_ count: Int, _ body: @Sendable (Int) -> Void) -> Bool {
    guard threads > 1, acquire() else { return false }
    withoutActuallyEscaping(body) { body in
      job = body
      self.count = count
      next.store(0, ordering: .relaxed)
      open(wake: min(count - 1, threads - 1))
      drain()
      close()
      job = nil
    }
    busy.store(false, ordering: .releasing)
    return true
  }

  private func acquire() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
  }

  private func open(wake wanted: Int) {
    let generation = state.load(ordering: .relaxed) & State.generations
    // Sequentially consistent together with `asleep`: either the worker sees the job, or we see the sleeper.
    state.store(generation &+ State.generation | State.open, ordering: .sequentiallyConsistent)
    let sleepers = asleep.load(ordering: .sequentiallyConsistent)
    if sleepers > 0 { bell.ring(min(wanted, sleepers)) }
  }

  private func close() {
    var now = state.bitwiseAnd(~State.open, ordering: .acquiringAndReleasing).newValue
    let patience = Patience()
    while now & State.inside != 0 && patience.lasts() { now = state.load(ordering: .acquiring) }
    guard now & State.inside != 0 else { return }
    state.bitwiseOr(State.callerWaits, ordering: .sequentiallyConsistent)
    bell.wait { state.load(ordering: .sequentiallyConsistent) & State.inside == 0 }
  }

  /// Takes blocks until none is left.
  ///
  /// A function of its own, so that a worker's hold on `job` ends before the worker says that it has left.
  @inline(never)
  private func drain() {
    guard let job else { return }
    let count = count
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard block < count else { return }
      job(block)
    }
  }

  /// What a worker does all its life.
  fileprivate func work() {
    var seen: UInt64 = 0
    while let generation = waitForJob(after: seen) {
      seen = generation
      guard enter(generation) else { continue }
      drain()
      leave()
    }
  }

  /// The generation of the next open job, or nil when the pool is stopped.
  private func waitForJob(after seen: UInt64) -> UInt64? {
    let patience = Patience()
    while !isNews(state.load(ordering: .acquiring), after: seen) {
      guard patience.lasts() else {
        asleep.wrappingAdd(1, ordering: .sequentiallyConsistent)
        bell.wait { isNews(state.load(ordering: .sequentiallyConsistent), after: seen) }
        asleep.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        break
      }
    }
    let now = state.load(ordering: .acquiring)
    return now & State.stopped != 0 ? nil : now & State.generations
  }

  private func isNews(_ state: UInt64, after seen: UInt64) -> Bool {
    state & State.stopped != 0 || (state & State.open != 0 && state & State.generations != seen)
  }

  /// Goes inside, if the job is still open.
  private func enter(_ generation: UInt64) -> Bool {
    var now = state.load(ordering: .acquiring)
    while now & State.open != 0 && now & State.generations == generation {
      let (entered, current) = state.compareExchange(
        expected: now, desired: now + 1, ordering: .acquiringAndReleasing)
      if entered { return true }
      now = current
    }
    return false
  }

  private func leave() {
    let now = state.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
    if now & State.inside == 0 && now & State.callerWaits != 0 { bell.ringAll() }
  }
}

/// The parts of ``Workers``' state word.
private enum State {
  /// How many workers are inside the job.
  static let inside: UInt64 = 0xffff

  /// Workers may enter.
  static let open: UInt64 = 1 << 16

  /// The caller sleeps until the last worker leaves.
  static let callerWaits: UInt64 = 1 << 17

  /// Workers must end.
  static let stopped: UInt64 = 1 << 18

  /// One more job.
  static let generation: UInt64 = 1 << 32

  /// The number of jobs so far.
  static let generations: UInt64 = ~0 << 32
}

/// How long a thread watches for news before it sleeps.
///
/// Waking a sleeper takes tens of microseconds, and decoding one token pauses many times for less than that. So a
/// thread goes on watching for longer than any pause between two kernels of a layer, but soon offers its core to
/// whoever has work.
private struct Patience {
  private let start = monotonicNanoseconds()

  /// Whether to look again.
  func lasts() -> Bool {
    let waited = monotonicNanoseconds() - start
    if waited > 20_000 { sched_yield() }
    return waited < 200_000
  }
}

private func monotonicNanoseconds() -> UInt64 {
  var now = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

private func runWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  unsafe Unmanaged<Workers>.fromOpaque(context).takeRetainedValue().work()
  return nil
}
