import Synchronization

/// The rank's own pool of threads.
///
/// Parallelism lives inside kernels, on this pool: libraries run with one thread each, and the ranks of a
/// machine share its cores by the sizes they configure. No result depends on the size.
public enum ThreadPool {
  /// The number of threads that share blocks, the caller of ``forEachBlock(_:_:)`` among them; 1 until
  /// configured.
  public static var threads: Int { shared.withLock { $0.threads } }

  /// Makes the pool `threads` large: the caller's own thread and `threads - 1` workers.
  ///
  /// Waits for blocks that other threads are running. Never call it from inside a block, which would wait for
  /// itself.
  ///
  /// - Precondition: `threads ≥ 1`.
  public static func configure(threads: Int) {
    precondition(threads >= 1, "ThreadPool: \(threads) threads cannot run anything")
    let old = shared.withLock { current -> Workers? in
      guard current.threads != threads else { return nil }
      let old = current
      current = Workers(threads: threads)
      return old
    }
    old?.stop()
  }

  private static let shared = Mutex(Workers(threads: 1))

  static var workers: Workers { shared.withLock { $0 } }
}

/// Runs `body(0)`, `body(1)`, … `body(count - 1)` on the pool, and returns when all are done.
///
/// Threads take the next block when they finish one, so blocks may differ in length; the caller takes part.
/// Blocks run one after the other on the caller's thread when the pool has one thread, when `count` is 1,
/// when called from inside a block, or when another thread is using the pool at the moment.
///
/// - Parameters:
///   - count: The number of blocks; nothing runs when it is 0 or negative.
///   - body: Runs block number `0..<count`, on any thread, in any order. Two blocks must not write the same memory.
/// - Complexity: A few microseconds to share out, so a block should be worth as much.
public func forEachBlock(_ count: Int, _ body: @Sendable (Int) -> Void) {
  guard count > 1, ThreadPool.workers.share(count, body) else {
    for block in 0..<max(count, 0) { body(block) }
    return
  }
}
