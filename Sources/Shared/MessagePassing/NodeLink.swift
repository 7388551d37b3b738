import Glibc

/// The one kind of ``ControlLink``: nodes of the same process are reached through their inboxes, others over
/// MPI.
final class NodeLink: ControlLink {
  let node: Int
  let nodeCount: Int

  private let inboxes: [Int: Inbox]
  private let inbox: Inbox
  private let wire: Wire?
  private let watch: Watch
  private var arrived = Queue<Letter>()

  /// The link of `node`.
  ///
  /// `inboxes` are those of all nodes of this process, `node` included; `wire` is the way to nodes of other
  /// processes, and nil where there are none.
  init(node: Int, nodeCount: Int, inboxes: [Int: Inbox], wire: Wire?, watch: Watch) {
    guard let inbox = inboxes[node] else { preconditionFailure("NodeLink: node \(node) has no inbox") }
    self.node = node
    self.nodeCount = nodeCount
    self.inboxes = inboxes
    self.inbox = inbox
    self.wire = wire
    self.watch = watch
    watch.wake(inbox.bell)
  }

  func send(_ message: [UInt8], to node: Int) throws(LinkError) {
    try watch.check()
    guard (0..<nodeCount).contains(node) else { throw .noSuchPeer(number: node, count: nodeCount) }
    if let inbox = inboxes[node] {
      inbox.append(message, from: self.node)
    } else {
      try wire?.send(message, to: node)
      try collect()
    }
  }

  func poll() throws(LinkError) -> (from: Int, message: [UInt8])? {
    try watch.check()
    try collect()
    return arrived.popFirst()
  }

  func receive(timeout: Duration?) throws(LinkError) -> (from: Int, message: [UInt8])? {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
      if let letter = try poll() { return letter }
      let waited = clock.now - start
      if let timeout, waited >= timeout { return nil }
      rest(after: waited, upTo: timeout.map { $0 - waited })
    }
  }

  func flush() throws(LinkError) {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
      try watch.check()
      try collect()
      guard wire?.isSending == true else { return }
      rest(after: clock.now - start, upTo: nil)
    }
  }

  /// Takes in what is there, whoever sent it, so that nobody waits behind another.
  private func collect() throws(LinkError) {
    for letter in inbox.takeAll() { arrived.append(letter) }
    try wire?.progress { arrived.append($0) }
  }

  private func rest(after waited: Duration, upTo remaining: Duration?) {
    guard let wire else {
      if let remaining { inbox.bell.wait(upTo: remaining) } else { inbox.bell.wait() }
      return
    }
    // Bytes move only while we look, so while some are on their way the naps stay short.
    switch Patience(after: waited, longestNap: wire.isBusy ? .microseconds(100) : .milliseconds(1)) {
    case .spin: break
    case .yield: sched_yield()
    case .nap(let duration): inbox.bell.wait(upTo: remaining.map { min($0, duration) } ?? duration)
    }
  }
}

extension NodeLink {
  /// The links of the nodes of `process`, which share their inboxes.
  ///
  /// `wire` makes a node's way to other processes.
  static func links(
    of map: NodeMap, in process: Int, watch: Watch, wire: (Int) -> sending Wire?
  ) -> [Int: Handover<any ControlLink>] {
    let nodes = map.nodes(in: process)
    let inboxes = Dictionary(uniqueKeysWithValues: nodes.map { ($0, Inbox()) })
    var links: [Int: Handover<any ControlLink>] = [:]
    for node in nodes {
      let link = NodeLink(
        node: node, nodeCount: map.nodeCount, inboxes: inboxes, wire: wire(node), watch: watch)
      links[node] = Handover(link)
    }
    return links
  }
}
