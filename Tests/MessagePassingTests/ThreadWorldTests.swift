import MessagePassing
import Synchronization
import Testing

/// What holds when nodes are threads of one process.
struct ThreadWorldTests {
  @Test("every node hears every node, itself included, in order", arguments: [0, 1, 3])
  func order(workers: Int) throws {
    let world = ThreadWorld(workers: workers)
    let links = world.control()
    try run(world) { node in
      let link = try #require(links[node]).take()
      try exchangeNumbers(link)
    }
  }

  @Test("a large message arrives")
  func large() throws {
    let world = ThreadWorld(workers: 1)
    let links = world.control()
    let message = [UInt8](repeating: 9, count: 80_000_000)
    try run(world) { node in
      let link = try #require(links[node]).take()
      if node == 0 {
        try link.send(message, to: 1)
      } else {
        #expect(try link.receive(timeout: .seconds(20))?.message.count == 80_000_000)
      }
    }
  }

  @Test(
    "a wait without a message ends at its time", arguments: [Duration.zero, .milliseconds(30), .seconds(-5)])
  func timeout(_ timeout: Duration) throws {
    let link = try #require(ThreadWorld(workers: 0).control()[0]).take()
    let start = ContinuousClock().now
    #expect(try link.receive(timeout: timeout) == nil)
    let waited = ContinuousClock().now - start
    #expect(waited >= timeout)
    #expect(waited < .seconds(10))
  }

  @Test("a node that does not exist gets no message", arguments: [-1, 2, Int.max])
  func stranger(node: Int) throws {
    let link = try #require(ThreadWorld(workers: 1).control()[0]).take()
    #expect(throws: LinkError.noSuchPeer(number: node, count: 2)) { try link.send([1], to: node) }
  }

  @Test("two sets of links do not hear each other")
  func sets() throws {
    let world = ThreadWorld(workers: 0)
    let work = try #require(world.control()[0]).take()
    let beats = try #require(world.control()[0]).take()
    try beats.send([1], to: 0)
    #expect(try work.poll() == nil)
    #expect(try beats.poll()?.message == [1])
  }

  @Test("a node that fails ends every wait of the others with its sentence")
  func failure() throws {
    let world = ThreadWorld(workers: 3)
    let control = world.control()
    let collective = try world.collective(members: [1, 2, 3])
    let heard = Mutex<Set<Int>>([])
    #expect(throws: Dropped.self) {
      try NodeThreads.run([0, 1, 2, 3]) { node, error in
        if error is Dropped { world.fail("node \(node) dropped a plate") }
        if error as? LinkError == .peerFailed("node 3 dropped a plate") {
          heard.withLock { _ = $0.insert(node) }
        }
      } body: { node in
        if node == 3 { throw Dropped() }
        if node == 2 { try #require(collective[2]).take().barrier() }
        let link = try #require(control[node]).take()
        if node == 1 { _ = try link.receive(timeout: nil) }
        while true { _ = try link.poll() }
      }
    }
    #expect(heard.withLock { $0 } == [0, 1, 2])
    #expect(world.watch.failure == "node 3 dropped a plate")
  }

  @Test("the first failure is the one that is told")
  func firstFailure() throws {
    let world = ThreadWorld(workers: 0)
    world.fail("first")
    world.fail("second")
    let link = try #require(world.control()[0]).take()
    #expect(throws: LinkError.peerFailed("first")) { try link.send([], to: 0) }
    #expect(throws: LinkError.peerFailed("first")) { try link.flush() }
  }

  private func exchangeNumbers(_ link: any ControlLink) throws {
    for number in 0..<200 {
      let message = [UInt8](repeating: UInt8(number), count: number % 3)
      for node in 0..<link.nodeCount { try link.send(message, to: node) }
    }
    try link.flush()
    var next = [Int](repeating: 0, count: link.nodeCount)
    while next.contains(where: { $0 < 200 }) {
      let (from, message) = try #require(try link.receive(timeout: .seconds(20)))
      #expect(message == [UInt8](repeating: UInt8(next[from]), count: next[from] % 3))
      next[from] += 1
    }
    #expect(try link.poll() == nil)
  }
}

/// What a node of these tests may throw.
struct Dropped: Error {}

/// Runs `body` for every node of `world` on a thread of its own; an error of one ends all.
func run(_ world: ThreadWorld, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  try NodeThreads.run(world.map.nodes(in: 0)) { node, error in
    world.fail("node \(node): \(error)")
  } body: { node in
    try body(node)
  }
}
