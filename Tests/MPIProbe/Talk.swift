import MessagePassing

/// The sizes of messages, in turn: empty, within a first piece, at its edges, in several pieces.
private let sizes = [0, 5, 2039, 2040, 2041, 100_000, 1, 300_001]

/// The bytes of message `number` from `sender` to `receiver`: one colour, and marks that tell where they
/// stand.
private func bytes(_ number: Int, from sender: Int, to receiver: Int, size: Int) -> [UInt8] {
  let color = number &* 7 &+ sender &* 3 &+ receiver
  var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: color), count: size)
  for mark in stride(from: 0, to: size, by: 97) {
    bytes[mark] = UInt8(truncatingIfNeeded: mark &* 31 &+ color)
  }
  return bytes
}

/// Every node writes to every node, itself included, and finds all messages whole and each sender's in order.
func talk(_ world: MPIWorld, map: NodeMap, _ pieceLimit: Int) throws {
  let links = pieceLimit > 0 ? try world.control(map, pieceLimit: pieceLimit) : try world.control(map)
  guard links.keys.sorted() == map.nodes(in: world.rank) else { throw Wrong("links for \(links.keys)") }
  try NodeThreads.run(links.keys.sorted()) { node, error in
    print("node \(node): \(error)")
    MPIWorld.abort(exitCode: 8)
  } body: { node in
    guard let link = links[node]?.take() else { throw Wrong("node \(node) has no link") }
    try converse(link)
  }
}

private func converse(_ link: any ControlLink) throws {
  let (rounds, nodes) = (24, link.nodeCount)
  var next = [Int](repeating: 0, count: nodes)
  let take = { (letter: (from: Int, message: [UInt8])) in
    let number = next[letter.from]
    let size = sizes[number % sizes.count]
    guard letter.message == bytes(number, from: letter.from, to: link.node, size: size) else {
      throw Wrong(
        "node \(link.node): message \(number) from \(letter.from) differs, \(letter.message.count) bytes")
    }
    next[letter.from] += 1
  }
  for number in 0..<rounds {
    for node in 0..<nodes {
      let message = bytes(number, from: link.node, to: node, size: sizes[number % sizes.count])
      try link.send(message, to: node)
    }
    if number.isMultiple(of: 3), let letter = try link.poll() { try take(letter) }
  }
  try link.flush()
  while next.contains(where: { $0 < rounds }) {
    guard let letter = try link.receive(timeout: .seconds(60)) else { throw Wrong("waited in vain: \(next)") }
    try take(letter)
  }
  guard try link.receive(timeout: .milliseconds(20)) == nil else { throw Wrong("one message too many") }
  do {
    try link.send([], to: nodes)
    throw Wrong("node \(nodes) exists")
  } catch LinkError.noSuchPeer {}
}

/// Two processes send each other `size` bytes at once, and flush before either looks for the other's.
let large: Case = { world, size in
  guard let link = try world.control(.split(processes: world.size))[world.rank]?.take() else { return }
  guard world.rank < 2 else { return }
  let other = 1 - world.rank
  var message = [UInt8](repeating: 0, count: size)
  for index in stride(from: 0, to: size, by: 997) {
    message[index] = UInt8(truncatingIfNeeded: index &* 31 &+ world.rank)
  }
  let start = ContinuousClock().now
  try link.send(message, to: other)
  try link.send([7], to: other)
  try link.flush()
  guard let (from, received) = try link.receive(timeout: .seconds(60)) else { throw Wrong("nothing came") }
  print("\(size) bytes each way in \(ContinuousClock().now - start)")
  guard from == other, received.count == size else { throw Wrong("\(received.count) bytes from \(from)") }
  for index in stride(from: 0, to: size, by: 997)
  where received[index] != UInt8(truncatingIfNeeded: index &* 31 &+ other) {
    throw Wrong("byte \(index) differs")
  }
  guard let (_, small) = try link.receive(timeout: .seconds(60)), small == [7] else {
    throw Wrong("order was lost")
  }
}

/// Two sets of links do not hear each other.
let heartbeat: Case = { world, _ in
  let map = NodeMap.split(processes: world.size)
  guard let work = try world.control(map)[world.rank]?.take(),
    let beats = try world.control(map)[world.rank]?.take()
  else { throw Wrong("no links") }
  let next = (world.rank + 1) % world.size
  try beats.send([1], to: next)
  try work.send([2], to: next)
  guard let (_, message) = try work.receive(timeout: .seconds(30)), message == [2] else {
    throw Wrong("work")
  }
  guard let (_, beat) = try beats.receive(timeout: .seconds(30)), beat == [1] else { throw Wrong("beat") }
}
