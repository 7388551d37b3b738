import Synchronization

/// Collectives among threads of one process.
final class ThreadGround: CollectiveGround {
  let rank: Int
  private let table: RoundTable

  init(rank: Int, at table: RoundTable) {
    self.rank = rank
    self.table = table
  }

  var size: Int { table.size }

  func meet(_ call: CollectiveCall) throws(LinkError) -> [CollectiveCall] {
    try table.exchange(.call(call), from: rank).compactMap { item in
      if case .call(let call) = item { call } else { nil }
    }
  }

  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>) throws(LinkError) {
    let items = try table.exchange(.words(unsafe Array(words)), from: rank)
    // In rank order, and without this rank's own, which are there already.
    for (other, item) in items.enumerated() where other != rank {
      guard case .words(let theirs) = item else { continue }
      for index in theirs.indices { unsafe words[index] &+= theirs[index] }
    }
  }

  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>, at root: Int) throws(LinkError) {
    let items = try table.exchange(.words(rank == root ? [] : unsafe Array(words)), from: rank)
    guard rank == root else { return }
    for case .words(let theirs) in items {
      for index in theirs.indices { unsafe words[index] &+= theirs[index] }
    }
  }

  @unsafe
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(LinkError) {
    let items = try table.exchange(.bytes(rank == root ? unsafe Array(bytes) : []), from: rank)
    guard rank != root, case .bytes(let theirs) = items[root] else { return }
    unsafe bytes.copyBytes(from: theirs)
  }
}

/// Where threads put down one item each and leave with everybody's.
final class RoundTable: Sendable {
  /// What a thread puts down.
  enum Item: Sendable {
    case call(CollectiveCall)
    case words([Int64])
    case bytes([UInt8])
  }

  private struct State {
    var round = 0
    var laid: [Item?]

    /// The items of the last round that is complete.
    ///
    /// The next one needs every thread, hence overwrites nothing that a thread still wants.
    var complete: [Item] = []
  }

  let size: Int
  private let state: Mutex<State>
  private let bells: [Bell]
  private let watch: Watch

  init(size: Int, watch: Watch) {
    self.size = size
    self.watch = watch
    state = Mutex(State(laid: Array(repeating: nil, count: size)))
    bells = (0..<size).map { _ in Bell() }
    for bell in bells { watch.wake(bell) }
  }

  /// The items of all threads in rank order, once each has put down its own.
  func exchange(_ item: Item, from rank: Int) throws(LinkError) -> [Item] {
    let round = lay(item, rank)
    while true {
      if let items = state.withLock({ $0.round > round ? $0.complete : nil }) { return items }
      try watch.check()
      bells[rank].wait()
    }
  }

  /// Puts `item` down and returns the number of its round.
  private func lay(_ item: Item, _ rank: Int) -> Int {
    let (round, isLast) = state.withLock { state in
      let round = state.round
      state.laid[rank] = item
      let items = state.laid.compactMap { $0 }
      guard items.count == size else { return (round, false) }
      state.complete = items
      state.laid = Array(repeating: nil, count: size)
      state.round += 1
      return (round, true)
    }
    if isLast {
      for bell in bells { bell.ring() }
    }
    return round
  }
}
