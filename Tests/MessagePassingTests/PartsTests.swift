import Testing

@testable import MessagePassing

/// The small parts links are made of.
struct PartsTests {
  @Test(
    "a map says who lives where",
    arguments: [
      (NodeMap.split(processes: 3), [0, 1, 2]),
      (.split(processes: 0), []),
      (.split(processes: -1), []),
      (.colocated(processes: 3), [0, 0, 1, 2]),
      (.colocated(processes: 1), [0, 0]),
      (.singleProcess(workers: 2), [0, 0, 0]),
      (.singleProcess(workers: -1), [0]),
    ])
  func maps(map: NodeMap, processes: [Int]) {
    #expect(map.processOfNode == processes)
    #expect(map.nodeCount == processes.count)
    #expect(map.processCount == Set(processes).count)
    #expect((0..<map.processCount).flatMap { map.nodes(in: $0) }.sorted() == Array(0..<map.nodeCount))
  }

  @Test("slots number the nodes of a process")
  func slots() {
    let map = NodeMap(processOfNode: [0, 2, 0, 2, 0])
    #expect((0..<5).map { map.slot(of: $0) } == [0, 0, 1, 1, 2])
    #expect(map.slotCount == 3)
    #expect(map.nodes(in: 1) == [])
    #expect(NodeMap(processOfNode: []).slotCount == 0)
  }

  @Test(
    "pieces cover every byte once, in order, within their limit",
    arguments: [
      (8, 1 << 28), (2048, 1 << 28), (2049, 1 << 28), (1000, 8), (1001, 100), (1_000_000, 4096),
      ((1 << 31) + 12_345, 1 << 28), (5 << 32, 1 << 28),
    ])
  func pieces(total: Int, limit: Int) {
    let pieces = Pieces.ranges(of: total, limit: limit)
    #expect(pieces.first?.lowerBound == 0)
    #expect(pieces.last?.upperBound == total)
    #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(pieces.allSatisfy { !$0.isEmpty && $0.count <= limit && Int32(exactly: $0.count) != nil })
    #expect((pieces.first?.count ?? .max) <= Pieces.first)
  }

  @Test("a parcel carries its message", arguments: [0, 1, 2040, 100_000])
  func parcel(size: Int) {
    let message = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let parcel = Parcel(message)
    #expect(parcel.statedLength == size)
    #expect(parcel.message == message)
    let copy = Parcel(count: parcel.count)
    copy.copyStart(of: parcel)
    #expect(copy.message == message)
  }

  @Test("a queue gives back what it was given, in order")
  func queue() {
    var queue = Queue<Int>()
    var (added, taken) = (0, 0)
    // Grows and shrinks across its inner limits.
    for round in 0..<40 {
      for _ in 0..<(round % 7) * 200 {
        queue.append(added)
        added += 1
      }
      #expect(queue.isEmpty || queue.last == added - 1)
      for _ in 0..<(round % 5) * 300 where !queue.isEmpty {
        #expect(queue.first == taken)
        #expect(queue.popFirst() == taken)
        taken += 1
      }
    }
    while let value = queue.popFirst() {
      #expect(value == taken)
      taken += 1
    }
    #expect(taken == added)
    #expect(queue.popFirst() == nil)
  }

  @Test(
    "a wait spins, yields, then naps ever longer",
    arguments: [
      (0, .spin), (49, .spin), (50, .yield), (399, .yield), (400, .nap(.microseconds(100))),
      (2000, .nap(.microseconds(500))), (5000, .nap(.milliseconds(1))),
    ] as [(Int, Patience)])
  func patience(microseconds: Int, step: Patience) {
    #expect(Patience(after: .microseconds(microseconds)) == step)
  }

  @Test("nobody oversleeps by as much as its partner stays awake, so that two who answer each other wake up")
  func patienceConverges() {
    for waited in stride(from: 400, through: 100_000, by: 50) {
      guard case .nap(let nap) = Patience(after: .microseconds(waited)) else {
        Issue.record("awake after \(waited) µs")
        return
      }
      #expect(nap * 4 <= .microseconds(waited))
      #expect(nap >= .microseconds(100))
    }
  }

  @Test("a call survives its numbers, and other numbers are no call")
  func calls() {
    let functions: [CollectiveCall.Function] = [
      .sum, .sumKeeping, .broadcastFloats, .broadcastHalves, .broadcastBytes, .gather, .barrier,
    ]
    for function in functions {
      let call = CollectiveCall(function, count: 12, root: 3)
      #expect(CollectiveCall(words: call.words) == call)
    }
    for words in [[], [1], [0, 0, 0], [8, 0, 0], [1, 2, 3, 4]] as [[Int64]] {
      #expect(CollectiveCall(words: words) == nil)
    }
  }

  @Test("a value is handed over")
  func handover() {
    #expect(Handover(7).take() == 7)
  }

  @Test("a value taken twice stops the program")
  func takenTwice() async {
    await #expect(processExitsWith: .failure) {
      let handover = Handover(7)
      _ = handover.take()
      _ = handover.take()
    }
  }

  @Test(
    "errors are one sentence or two, with a place and an advice",
    arguments: [
      LinkError.mpi(function: "MPI_Bcast", code: 15, text: "MPI_ERR_TRUNCATE: message truncated", rank: 3),
      .countMismatch(function: "sum", here: 5, elsewhere: 7, rank: 0, other: 1),
      .callMismatch(here: "sum", elsewhere: "gather", rank: 0, other: 1),
      .noSuchPeer(number: 9, count: 3),
      .malformedMessage(from: 2, reason: "it claims -1 bytes"),
      .misplaced("the placement does not fit."),
      .launch("the launcher is not known."),
    ])
  func sentences(error: LinkError) {
    #expect(error.description.hasSuffix("."))
    #expect(!error.description.contains("\n"))
    #expect(!error.description.contains("  "))
  }
}
