import Glibc
import MessagePassing
import Synchronization
import Testing

/// Threads, one for each node.
struct NodeThreadsTests {
  @Test("all nodes run at once, and all are done at the end", arguments: [0, 1, 5])
  func allRun(count: Int) throws {
    let seen = Mutex<Set<Int>>([])
    try NodeThreads.run(Array(0..<count)) { _, _ in
    } body: { node in
      seen.withLock { _ = $0.insert(node) }
      // Ends only if nobody waits for another to end first.
      while seen.withLock({ $0.count }) < count { sched_yield() }
    }
    #expect(seen.withLock { $0 } == Set(0..<count))
  }

  @Test("an error is told at once, and thrown when all are done")
  func error() {
    let told = Mutex<[Int]>([])
    #expect(throws: Dropped.self) {
      try NodeThreads.run([4, 5]) { node, _ in
        told.withLock { $0.append(node) }
      } body: { node in
        if node == 5 { throw Dropped() }
        while told.withLock({ $0.isEmpty }) { sched_yield() }
      }
    }
    #expect(told.withLock { $0 } == [5])
  }
}
