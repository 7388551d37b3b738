/// The messages one node exchanges over MPI with nodes of other processes.
///
/// A message travels as a parcel, which is a length and the bytes, cut into `Pieces`. Pieces of one sender
/// come in order. Each is asked for as it is announced, without waiting for it, and a message is handed on
/// when all its pieces are here and so are all earlier messages of its sender.
final class Wire {
  /// The most pieces looked at in one call, so that a flood of messages cannot keep a node from its own work.
  private static let mostPerCall = 64

  /// One communicator for each slot.
  ///
  /// A node sends in that of its own slot and listens in all, with its own slot as the tag. So process and
  /// communicator tell the sender.
  private let channels: [Communicator]

  private let map: NodeMap
  private let slot: Int
  private let pieceLimit: Int
  private let senders: [Peer: Sender]
  private var leaving: [Transfer] = []

  /// The senders of whom a message has been announced and not handed on.
  private var arriving: [Sender] = []

  init(channels: [Communicator], map: NodeMap, node: Int, pieceLimit: Int) {
    self.channels = channels
    self.map = map
    self.slot = map.slot(of: node)
    self.pieceLimit = pieceLimit
    let senders = map.processOfNode.enumerated().map { node, process in
      (Peer(process: process, slot: map.slot(of: node)), Sender(node))
    }
    self.senders = Dictionary(uniqueKeysWithValues: senders)
  }

  /// Whether bytes are on their way in or out, which move only while somebody looks.
  var isBusy: Bool { isSending || !arriving.isEmpty }

  /// Whether something sent has not left yet.
  var isSending: Bool { !leaving.isEmpty }

  /// Starts sending `message` to `node`, which lives in another process.
  func send(_ message: [UInt8], to node: Int) throws(LinkError) {
    let parcel = Parcel(message)
    let (process, tag) = (map.processOfNode[node], map.slot(of: node))
    for piece in Pieces.ranges(of: parcel.count, limit: pieceLimit) {
      let transfer = try channels[slot].send(piece, of: parcel, to: process, tag: tag)
      if try !transfer.isDone() { leaving.append(transfer) }
    }
  }

  /// Moves everything on, without waiting, and passes what has arrived to `deliver`.
  func progress(_ deliver: (Letter) -> Void) throws(LinkError) {
    if isSending {
      var remaining: [Transfer] = []
      for transfer in leaving where try !transfer.isDone() { remaining.append(transfer) }
      leaving = remaining
    }
    for channel in channels.indices {
      var looked = 0
      while looked < Self.mostPerCall, let match = try channels[channel].match(tag: slot) {
        try accept(match, on: channel)
        looked += 1
      }
    }
    if !arriving.isEmpty {
      var remaining: [Sender] = []
      for sender in arriving where try !sender.deliver(to: deliver) { remaining.append(sender) }
      arriving = remaining
    }
  }

  private func accept(_ match: Match, on channel: Int) throws(LinkError) {
    guard let sender = senders[Peer(process: match.source, slot: channel)] else {
      throw .misplaced(
        "process \(match.source) has a node that this process's map lacks. Give every process one map.")
    }
    if try sender.accept(match, from: channels[channel]) { arriving.append(sender) }
  }
}

/// A node of another process, as MPI sees it.
private struct Peer: Hashable {
  /// Its process.
  var process: Int

  /// Its place among the nodes of that process.
  var slot: Int
}

/// A node that sends to us, and what we have of its messages.
private final class Sender {
  private let node: Int
  private var arrivals = Queue<Arrival>()

  init(_ node: Int) {
    self.node = node
  }

  /// Takes in the next piece; true where no message was under way before.
  func accept(_ match: Match, from channel: Communicator) throws(LinkError) -> Bool {
    let wasIdle = arrivals.isEmpty
    if let arrival = arrivals.last, !arrival.isAnnounced {
      try arrival.add(match, from: channel)
    } else {
      arrivals.append(try Arrival(match, from: channel, node: node))
    }
    return wasIdle
  }

  /// Hands on the messages that are here, in order; true where none is left under way.
  func deliver(to deliver: (Letter) -> Void) throws(LinkError) -> Bool {
    while let arrival = arrivals.first {
      guard try arrival.isWhole() else { return false }
      _ = arrivals.popFirst()
      deliver((node, arrival.parcel.message))
    }
    return true
  }
}

/// A message on its way in.
private final class Arrival {
  let parcel: Parcel
  private let node: Int
  private var announced: Int
  private var transfers: [Transfer] = []

  /// Receives the first piece, all of which is here, and makes room for the rest.
  init(_ match: Match, from channel: Communicator, node: Int) throws(LinkError) {
    let start = Parcel(count: match.count)
    let transfer = try channel.receive(match, into: start, at: 0)
    while try !transfer.isDone() {}
    guard match.count >= Parcel.lengthBytes else {
      throw .malformedMessage(from: node, reason: "its first piece has \(match.count) bytes and no length")
    }
    let (count, overflows) = start.statedLength.addingReportingOverflow(Parcel.lengthBytes)
    guard !overflows, count >= match.count else {
      throw .malformedMessage(from: node, reason: "it claims \(start.statedLength) bytes")
    }
    self.node = node
    announced = match.count
    if count == match.count {
      parcel = start
    } else {
      parcel = Parcel(count: count)
      parcel.copyStart(of: start)
    }
  }

  /// Whether every piece has been asked for.
  var isAnnounced: Bool { announced == parcel.count }

  /// Asks for the next piece.
  func add(_ match: Match, from channel: Communicator) throws(LinkError) {
    guard match.count <= parcel.count - announced else {
      throw .malformedMessage(
        from: node, reason: "a piece of \(match.count) bytes where \(parcel.count - announced) were left")
    }
    transfers.append(try channel.receive(match, into: parcel, at: announced))
    announced += match.count
  }

  /// Whether every byte is here.
  func isWhole() throws(LinkError) -> Bool {
    while let last = transfers.last, try last.isDone() { transfers.removeLast() }
    return isAnnounced && transfers.isEmpty
  }
}
