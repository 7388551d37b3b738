import MessagePassing
import Testing

/// What holds for sums and broadcasts among threads of one process.
struct ThreadCollectiveTests {
  @Test("sums wrap around and are the same everywhere", arguments: [1, 2, 4], [0, 1, 131_072, 131_073])
  func sum(size: Int, count: Int) throws {
    try together(size) { link in
      for _ in 0..<3 {
        var values = (0..<count).map { Int64.max &- Int64($0) &* Int64(link.rank + 1) }
        var span = values.mutableSpan
        try link.sum(&span)
        let factor = Int64(size * (size + 1) / 2)
        let expected = (0..<count).map { Int64.max &* Int64(size) &- Int64($0) &* factor }
        #expect(values == expected)
      }
    }
  }

  @Test("a sum leaves each member its part, and all parts together are the sum", arguments: [1, 2, 3, 4])
  func sumKeeping(size: Int) throws {
    for count in [0, 1, 5, 131_073, 400_000] {
      for bounds in cuts(count, size) {
        let ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
        try together(size) { link in
          var values = (0..<count).map { Int64.max &- Int64($0) &* Int64(link.rank + 1) }
          var span = values.mutableSpan
          try link.sum(&span, keeping: ranges)
          let factor = Int64(size * (size + 1) / 2)
          let isRight = ranges[link.rank].allSatisfy {
            values[$0] == Int64.max &* Int64(size) &- Int64($0) &* factor
          }
          #expect(isRight, "\(ranges)")
        }
      }
    }
  }

  /// Bounds of `size` ranges that cover `count` elements in order: equal ones, all with the first, all with the
  /// last.
  private func cuts(_ count: Int, _ size: Int) -> [[Int]] {
    let zeros = [Int](repeating: 0, count: size)
    let counts = [Int](repeating: count, count: size)
    return [(0...size).map { count * $0 / size }, [0] + counts, zeros + [count]]
  }

  @Test("broadcasts copy to the bit, from every root", arguments: [1, 2, 3])
  func broadcast(size: Int) throws {
    try together(size) { link in
      for root in 0..<size {
        let weights = { (rank: Int) in
          (0..<270_000).map { Float(bitPattern: UInt32($0) &* 15_887 &+ UInt32(rank)) }
        }
        var values = weights(link.rank)
        var span = values.mutableSpan
        try link.broadcast(&span, from: root)
        // As bits, for there are NaNs among them.
        #expect(values.map(\.bitPattern) == weights(root).map(\.bitPattern))
        let halves = { (rank: Int) in (0..<540_000).map { UInt16(truncatingIfNeeded: $0 &* 31 &+ rank) } }
        var narrow = halves(link.rank)
        var narrowSpan = narrow.mutableSpan
        try link.broadcast(&narrowSpan, from: root)
        #expect(narrow == halves(root))
        let bytes = { (rank: Int) in [UInt8](repeating: UInt8(rank), count: rank * 1_100_000) }
        #expect(try link.broadcast(bytes(link.rank), from: root) == bytes(root))
      }
    }
  }

  @Test("gathers keep rank order and lengths", arguments: [1, 2, 4])
  func gather(size: Int) throws {
    try together(size) { link in
      let bytes = { (rank: Int) in [UInt8](repeating: UInt8(rank), count: rank * 3) }
      #expect(try link.gather(bytes(link.rank)) == (0..<size).map(bytes))
      let numbers = { (rank: Int) in
        (0..<rank * 2).map { Double(bitPattern: UInt64($0) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(rank)) }
      }
      let all = try link.gather(numbers(link.rank))
      // As bits, for there are NaNs among them.
      #expect(all.map(\.bitPattern) == (0..<size).flatMap { numbers($0) }.map(\.bitPattern))
      try link.barrier()
    }
  }

  @Test("different counts are found out by all, in a sentence, and the next call works")
  func countMismatch() throws {
    try together(2) { link in
      var values = [Int64](repeating: 1, count: link.rank == 0 ? 5 : 7)
      let error = #expect(throws: LinkError.self) {
        var span = values.mutableSpan
        try link.sum(&span)
      }
      let (here, elsewhere) = link.rank == 0 ? (5, 7) : (7, 5)
      #expect(
        error
          == .countMismatch(
            function: "sum", here: here, elsewhere: elsewhere, rank: link.rank, other: 1 - link.rank))
      #expect(values.allSatisfy { $0 == 1 })
      try link.barrier()
    }
  }

  @Test("different counts of a sum in parts are found out by all, and nothing is added")
  func countMismatchKeeping() throws {
    try together(3) { link in
      var values = [Int64](repeating: 1, count: link.rank == 1 ? 7 : 6)
      let error = #expect(throws: LinkError.self) {
        var span = values.mutableSpan
        try link.sum(&span, keeping: [0..<2, 2..<4, 4..<6])
      }
      guard case .countMismatch("sum that leaves each member its part", _, _, link.rank, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(values.allSatisfy { $0 == 1 })
      try link.barrier()
    }
  }

  @Test("a sum in parts and a sum are different calls")
  func sumsDiffer() throws {
    try together(2) { link in
      var values: [Int64] = [1, 2]
      let error = #expect(throws: LinkError.self) {
        var span = values.mutableSpan
        if link.rank == 0 { try link.sum(&span) } else { try link.sum(&span, keeping: [0..<1, 1..<2]) }
      }
      guard case .callMismatch = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("different calls are found out by all")
  func callMismatch() throws {
    try together(2) { link in
      let error = #expect(throws: LinkError.self) {
        if link.rank == 0 { try link.barrier() } else { _ = try link.gather([UInt8(1)]) }
      }
      guard case .callMismatch = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("a root that does not exist is refused", arguments: [-1, 1])
  func root(root: Int) throws {
    try together(1) { link in
      #expect(throws: LinkError.noSuchPeer(number: root, count: 1)) { try link.broadcast([1], from: root) }
    }
  }

  @Test("ranks follow the order in which members are named")
  func members() throws {
    let links = try ThreadWorld(workers: 3).collective(members: [3, 1])
    #expect(links.keys.sorted() == [1, 3])
    #expect(links[3]?.take().rank == 0)
    #expect(links[1]?.take().rank == 1)
  }

  @Test("members that do not exist, twice, or none are refused", arguments: [[], [0, 0], [2], [-1]])
  func wrongMembers(members: [Int]) {
    #expect(throws: LinkError.self) { try ThreadWorld(workers: 1).collective(members: members) }
  }

  /// Runs `body` on the links of `size` threads.
  private func together(_ size: Int, _ body: @escaping @Sendable (any CollectiveLink) throws -> Void) throws {
    let world = ThreadWorld(workers: size - 1)
    let links = try world.collective(members: Array(0..<size))
    try run(world) { node in try body(#require(links[node]).take()) }
  }
}
