import MessagePassing

/// Sums of several chunks, wrapping around at both ends.
let sum: Case = { world, _ in
  let link = try everyone(world)
  for count in [0, 1, 131_072, 140_001] {
    var values = (0..<count).map { Int64.max &- Int64($0) &* Int64(world.rank + 1) }
    var span = values.mutableSpan
    try link.sum(&span)
    for index in 0..<count {
      var expected: Int64 = 0
      for rank in 0..<world.size { expected &+= Int64.max &- Int64(index) &* Int64(rank + 1) }
      guard values[index] == expected else { throw Wrong("element \(index) of \(count): \(values[index])") }
    }
  }
}

/// Sums of which each rank keeps its part: equal parts, and all with one rank.
let sumKeeping: Case = { world, _ in
  let link = try everyone(world)
  let size = world.size
  for count in [0, 1, 131_072, 400_001] {
    let owners = (0..<size).map { owner in
      [Int](repeating: 0, count: owner + 1) + [Int](repeating: count, count: size - owner)
    }
    for bounds in [(0...size).map { count * $0 / size }] + owners {
      let ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
      var values = (0..<count).map { Int64.max &- Int64($0) &* Int64(world.rank + 1) }
      var span = values.mutableSpan
      try link.sum(&span, keeping: ranges)
      for index in ranges[world.rank] {
        var expected: Int64 = 0
        for rank in 0..<size { expected &+= Int64.max &- Int64(index) &* Int64(rank + 1) }
        guard values[index] == expected else { throw Wrong("element \(index) of \(count): \(values[index])") }
      }
    }
  }
}

/// Weights and bytes from every rank in turn, to the bit.
let broadcast: Case = { world, _ in
  let link = try everyone(world)
  for root in 0..<world.size {
    let weights = { (rank: Int) in
      (0..<270_000).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0 &* 2_654_435_761 &+ rank)) }
    }
    var values = weights(world.rank)
    var span = values.mutableSpan
    try link.broadcast(&span, from: root)
    // Compared as bits: there are NaNs among them.
    guard values.map(\.bitPattern) == weights(root).map(\.bitPattern) else {
      throw Wrong("weights of \(root)")
    }
    let halves = { (rank: Int) in (0..<540_001).map { UInt16(truncatingIfNeeded: $0 &* 31 &+ rank) } }
    var narrow = halves(world.rank)
    var narrowSpan = narrow.mutableSpan
    try link.broadcast(&narrowSpan, from: root)
    guard narrow == halves(root) else { throw Wrong("halves of \(root)") }
    for size in [0, 3, 1_100_001] {
      let bytes = { (rank: Int) in [UInt8](repeating: UInt8(rank + 1), count: size * (rank + 1)) }
      guard try link.broadcast(bytes(world.rank), from: root) == bytes(root) else {
        throw Wrong("bytes of \(root)")
      }
    }
  }
  do {
    _ = try link.broadcast([UInt8](), from: world.size)
    throw Wrong("rank \(world.size) exists")
  } catch LinkError.noSuchPeer {}
}

/// Bytes of every rank, of different lengths.
let gather: Case = { world, _ in
  let link = try everyone(world)
  let bytes = { (rank: Int) in [UInt8](repeating: UInt8(rank), count: rank * 700_000) }
  guard try link.gather(bytes(world.rank)) == (0..<world.size).map(bytes) else { throw Wrong("gather") }
  let numbers = { (rank: Int) in
    (0..<rank * 1000).map { Double(bitPattern: UInt64($0) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(rank)) }
  }
  let all = try link.gather(numbers(world.rank)).map(\.bitPattern)
  guard all == (0..<world.size).flatMap({ numbers($0) }).map(\.bitPattern) else { throw Wrong("numbers") }
  try link.barrier()
}

/// Ranks follow the order in which members are named; others get no link.
let subset: Case = { world, _ in
  let members = Array((0..<world.size).reversed().filter { !$0.isMultiple(of: 2) })
  let link = try world.collective(members: members)?.take()
  guard (link != nil) == members.contains(world.rank) else { throw Wrong("membership of \(world.rank)") }
  guard let link else { return }
  guard link.size == members.count, members[link.rank] == world.rank else { throw Wrong("rank \(link.rank)") }
  guard try link.gather([UInt8(world.rank)]) == members.map({ [UInt8($0)] }) else { throw Wrong("order") }
}
