import Glibc
import MessagePassing

/// What did not come out as expected.
struct Wrong: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

typealias Case = @Sendable (MPIWorld, Int) throws -> Void

/// The cases by name; the number is the second argument of the command line.
let cases: [String: Case] = [
  "hello": { world, _ in
    print("rank \(world.rank) of \(world.size), local \(world.localRank) of \(world.localSize)")
  },
  "cores": { _, _ in },
  "split": { world, pieceLimit in try talk(world, map: .split(processes: world.size), pieceLimit) },
  "colocated": { world, pieceLimit in try talk(world, map: .colocated(processes: world.size), pieceLimit) },
  "mixed": { world, pieceLimit in
    // Three nodes in the first process, two in the last, none in between.
    let last = world.size - 1
    try talk(world, map: NodeMap(processOfNode: [0, last, 0, last, 0]), pieceLimit)
  },
  "large": large,
  "heartbeat": heartbeat,
  "sum": sum,
  "sumKeeping": sumKeeping,
  "broadcast": broadcast,
  "gather": gather,
  "subset": subset,
  "countMismatch": { world, _ in
    let link = try everyone(world)
    try expectError { () throws(LinkError) in
      var values = [Int64](repeating: 1, count: world.rank == 1 ? 7 : 5)
      var span = values.mutableSpan
      try link.sum(&span)
    }
    try link.barrier()
  },
  "keepingMismatch": { world, _ in
    let link = try everyone(world)
    try expectError { () throws(LinkError) in
      var values = [Int64](repeating: 1, count: world.rank == 1 ? 7 : 5)
      var span = values.mutableSpan
      try link.sum(&span, keeping: [0..<2, 2..<5])
    }
    try link.barrier()
  },
  "callMismatch": { world, _ in
    let link = try everyone(world)
    try expectError { () throws(LinkError) in
      if world.rank == 1 { try link.barrier() } else { _ = try link.gather([UInt8]()) }
    }
  },
  "rootMismatch": { world, _ in
    let link = try everyone(world)
    try expectError { () throws(LinkError) in _ = try link.broadcast([1], from: world.rank == 1 ? 1 : 0) }
  },
  "placement": { world, _ in
    try expectError { () throws(LinkError) in _ = try world.control(.split(processes: world.size + 1)) }
    try expectError { () throws(LinkError) in _ = try world.collective(members: [0, 0]) }
    try expectError { () throws(LinkError) in _ = try world.collective(members: [world.size]) }
    try expectError { () throws(LinkError) in _ = try world.collective(members: []) }
  },
  "waiting": waiting,
  "children": { world, _ in
    _ = try everyone(world).gather([UInt8](repeating: 1, count: 100_000))
    print("own \(ownDescriptors().count) inherited \(try descriptorsOfChild())")
  },
  "abort": { world, code in
    try die(world) { MPIWorld.abort(exitCode: Int32(code)) }
  },
  "exit": { world, code in
    try die(world) { exit(Int32(code)) }
  },
  "throwing": { world, code in
    // A worker beside the coordinator fails, while everybody else waits for messages.
    let links = try world.control(.colocated(processes: world.size))
    let nodes = links.keys.sorted()
    try NodeThreads.run(nodes) { _, _ in
      MPIWorld.abort(exitCode: Int32(code))
    } body: { node in
      guard let link = links[node]?.take() else { throw Wrong("node \(node) has no link") }
      if node == 1 { throw Wrong("on purpose") }
      _ = try link.receive(timeout: nil)
    }
  },
]

/// The collective link of all processes.
func everyone(_ world: MPIWorld) throws -> any CollectiveLink {
  guard let link = try world.collective(members: Array(0..<world.size))?.take() else {
    throw Wrong("a member got no link")
  }
  return link
}

/// Prints the error of `body`, which must throw one.
func expectError(_ body: () throws(LinkError) -> Void) throws {
  do {
    try body()
  } catch {
    print("error: \(error)")
    return
  }
  throw Wrong("no error was thrown")
}

/// Lets the last process do `end` while the others wait for a message that never comes.
private func die(_ world: MPIWorld, _ end: () -> Void) throws {
  guard let link = try world.control(.split(processes: world.size))[world.rank]?.take() else { return }
  if world.rank == world.size - 1 { end() }
  _ = try link.receive(timeout: nil)
}

/// Processor seconds used by this process so far.
func processorSeconds() -> Double {
  var usage = rusage()
  let ourselves: Int32 = 0  // RUSAGE_SELF, which Swift sees as another type
  unsafe getrusage(ourselves, &usage)
  let time = { (value: timeval) in Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
  return time(usage.ru_utime) + time(usage.ru_stime)
}

private let waiting: Case = { world, milliseconds in
  let link = try everyone(world)
  guard let control = try world.control(.split(processes: world.size))[world.rank]?.take() else { return }
  try link.barrier()
  let start = processorSeconds()
  if world.rank == 0 {
    usleep(UInt32(milliseconds) * 1000)
    for node in 1..<world.size { try control.send([1], to: node) }
    usleep(UInt32(milliseconds) * 1000)
  } else {
    _ = try control.receive(timeout: nil)
  }
  var values = [Int64](repeating: 1, count: 10)
  var span = values.mutableSpan
  try link.sum(&span)
  let share = (processorSeconds() - start) / (Double(milliseconds) / 500)
  print("share \(Int(share * 1000)) permille")
}
