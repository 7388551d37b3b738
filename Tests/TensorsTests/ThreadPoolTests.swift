import Synchronization
import Tensors
import Testing

/// The pool is one per process, so these run one after the other.
@Suite("The pool of threads", .serialized)
struct ThreadPoolTests {
  @Test("every block runs exactly once", arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
  func everyBlockOnce(threads: Int, count: Int) {
    ThreadPool.configure(threads: threads)
    let runs = Storage<Int64>(zeros: count)
    for _ in 0..<20 {
      forEachBlock(count) { block in
        var own = runs.mutableSpan(block..<block + 1)
        own[0] += 1
      }
    }
    for block in 0..<count { #expect(runs.span[block] == 20) }
  }

  @Test("a block may share out blocks of its own")
  func nested() {
    ThreadPool.configure(threads: 4)
    let total = Atomic<Int>(0)
    forEachBlock(10) { _ in
      forEachBlock(10) { inner in total.wrappingAdd(inner, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 450)
  }

  @Test("threads that use the pool together do not disturb each other")
  func concurrentCallers() async {
    ThreadPool.configure(threads: 3)
    let total = Total()
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<200 {
            forEachBlock(5) { block in total.value.wrappingAdd(block, ordering: .relaxed) }
          }
        }
      }
    }
    #expect(total.value.load(ordering: .relaxed) == 4 * 200 * 10)
  }

  @Test("workers that fell asleep wake up for the next blocks")
  func sleepers() async throws {
    ThreadPool.configure(threads: 2)
    // Other suites of this process use the same pool, and may have it at the moment; once in many tries they
    // do not.
    var met = 0
    for _ in 0..<500 where met < 5 {
      ThreadPool.configure(threads: 2)
      try await Task.sleep(for: .milliseconds(2))
      if bothBlocksMeet() { met += 1 }
    }
    #expect(met == 5)
  }

  /// Whether two blocks run at once: each waits for the other, up to a tenth of a second.
  private func bothBlocksMeet() -> Bool {
    let arrived = Atomic<Int>(0)
    let met = Atomic<Int>(0)
    forEachBlock(2) { _ in
      arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
      let end = ContinuousClock.now + .milliseconds(100)
      while arrived.load(ordering: .sequentiallyConsistent) < 2, ContinuousClock.now < end {}
      // Alone, the second block finds both arrived, but the first gave up.
      if arrived.load(ordering: .sequentiallyConsistent) == 2 { met.wrappingAdd(1, ordering: .relaxed) }
    }
    return met.load(ordering: .relaxed) == 2
  }

  @Test("the pool can be made larger and smaller at any time")
  func reconfigure() {
    for threads in [1, 5, 2, 1, 3] {
      ThreadPool.configure(threads: threads)
      let total = Atomic<Int>(0)
      forEachBlock(50) { block in total.wrappingAdd(block, ordering: .relaxed) }
      #expect(total.load(ordering: .relaxed) == 1225)
    }
  }

  @Test("each row is handed out once, whole", arguments: [nil, 1, 3, 100])
  func rows(rowsPerBlock: Int?) {
    ThreadPool.configure(threads: 3)
    let tensor = Tensor(zeros: [37, 5])
    forEachRow(of: tensor.mutableSpan, rowLength: 5, rowsPerBlock: rowsPerBlock) { row, elements in
      for i in 0..<elements.count { elements[i] += Float(row * 10 + i) }
    }
    for row in 0..<37 {
      for i in 0..<5 { #expect(tensor.span[row * 5 + i] == Float(row * 10 + i)) }
    }
  }
}

/// A sum that tasks share.
private final class Total: Sendable {
  let value = Atomic<Int>(0)
}
