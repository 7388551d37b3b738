import Coordinator
import Testing

@Suite struct AdmissionLedgerTests {
  typealias Options = AdmissionLedger.Options

  private func ledger(
    wanted: Int, round: Int, rounds: Int = 3, filter: Bool = true, miniBatch: Int
  ) throws -> AdmissionLedger {
    try AdmissionLedger(
      options: Options(
        groupsWanted: wanted, roundSize: round, maximumRounds: rounds, isFilterEnabled: filter,
        miniBatchSize: miniBatch))
  }

  // MARK: The law: the order of arrival does not matter

  @Test(arguments: 0..<120)
  func `every order of arrival admits the same groups to the same mini-batches`(seed: UInt64) throws {
    let step = SmallStep(seed: seed)
    let expected = step.byHand
    let orders = step.orders
    #expect(!orders.isEmpty)
    for order in orders {
      let result = try step.play(order)
      guard result == expected else {
        Issue.record("\(step), arrivals \(order): \(result) instead of \(expected)")
        return
      }
    }
  }

  @Test(arguments: 0..<200)
  func `asked for one after the other, with ranks that finish at random, the batch is the same`(
    seed: UInt64
  ) throws {
    let step = SmallStep(seed: seed)
    var random = SeededNumbers(seed: seed ^ 0xABCD)
    let expected = step.byHand
    for _ in 0..<20 {
      let result = try step.playOnDemand(ranks: Int.random(in: 1...4, using: &random), using: &random)
      #expect(result == expected, "\(step)")
    }
  }

  // MARK: Examples

  @Test func `a group behind too many unfinished ones is not certain`() throws {
    var ledger = try ledger(wanted: 2, round: 4, miniBatch: 2)
    #expect(try ledger.receive(.roundOpened(firstOrdinal: 10, count: 4)) == [])
    #expect(try ledger.receive(.finished(ordinal: 12, informative: true, tokens: 5)) == [])
    #expect(
      try ledger.receive(.finished(ordinal: 11, informative: true, tokens: 3)) == [
        .init(ordinal: 11, miniBatch: 0)
      ])
    #expect(ledger.outcome == nil)
    #expect(
      try ledger.receive(.finished(ordinal: 10, informative: false, tokens: 9)) == [
        .init(ordinal: 12, miniBatch: 0)
      ])
    #expect(ledger.outcome == .full)
    #expect(ledger.admitted == [11, 12] && ledger.droppedCount == 1)
    #expect(ledger.miniBatches == [.init(ordinals: [11, 12], tokens: 8)])
    #expect(ledger.nextOrdinal == 14)
  }

  @Test func `a certain group waits until its mini-batch is settled`() throws {
    var ledger = try ledger(wanted: 2, round: 2, miniBatch: 1)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 0, count: 2))
    #expect(try ledger.receive(.finished(ordinal: 1, informative: true, tokens: 1)) == [])
    #expect(
      try ledger.receive(.finished(ordinal: 0, informative: true, tokens: 1)) == [
        .init(ordinal: 0, miniBatch: 0), .init(ordinal: 1, miniBatch: 1),
      ])
  }

  @Test func `without the filter every group is certain when it finishes`() throws {
    var ledger = try ledger(wanted: 4, round: 4, rounds: 1, filter: false, miniBatch: 2)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 8, count: 4))
    #expect(
      try ledger.receive(.finished(ordinal: 11, informative: false, tokens: 1)) == [
        .init(ordinal: 11, miniBatch: 1)
      ])
    #expect(
      try ledger.receive(.finished(ordinal: 8, informative: false, tokens: 1)) == [
        .init(ordinal: 8, miniBatch: 0)
      ])
  }

  @Test func `a round follows only when the last one is complete and groups are missing`() throws {
    var ledger = try ledger(wanted: 2, round: 2, rounds: 2, miniBatch: 2)
    #expect(ledger.nextRoundSize == 2 && ledger.outcome == nil && ledger.nextOrdinal == nil)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 0, count: 2))
    #expect(ledger.nextRoundSize == nil)
    _ = try ledger.receive(.finished(ordinal: 0, informative: true, tokens: 1))
    #expect(ledger.nextRoundSize == nil && !ledger.isRoundComplete)
    _ = try ledger.receive(.finished(ordinal: 1, informative: false, tokens: 1))
    #expect(ledger.nextRoundSize == 2 && ledger.isRoundComplete && ledger.outcome == nil)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 2, count: 2))
    for ordinal in [2, 3] {
      _ = try ledger.receive(.finished(ordinal: ordinal, informative: false, tokens: 1))
    }
    #expect(ledger.nextRoundSize == nil && ledger.outcome == .partial(count: 1))
    #expect(ledger.admitted == [0] && ledger.rounds == 2 && ledger.nextOrdinal == 4)
  }

  @Test func `rounds without any signal end in an empty step`() throws {
    var ledger = try ledger(wanted: 2, round: 2, rounds: 1, miniBatch: 2)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 0, count: 2))
    for ordinal in [0, 1] {
      _ = try ledger.receive(.finished(ordinal: ordinal, informative: false, tokens: 1))
    }
    #expect(ledger.outcome == .empty && ledger.admitted == [] && ledger.miniBatches == [])
  }

  @Test func `groups are given out ascending, and no more once enough are informative`() throws {
    var ledger = try ledger(wanted: 1, round: 4, miniBatch: 1)
    #expect(ledger.nextToDispatch() == nil)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 5, count: 4))
    #expect(ledger.nextToDispatch() == 5)
    #expect(ledger.nextToDispatch() == 6)
    _ = try ledger.receive(.finished(ordinal: 6, informative: true, tokens: 1))
    #expect(ledger.nextToDispatch() == nil && ledger.outcome == nil)
    _ = try ledger.receive(.finished(ordinal: 5, informative: true, tokens: 1))
    #expect(ledger.outcome == .full && ledger.admitted == [5] && ledger.surplus == [6])
    #expect(ledger.nextOrdinal == 9)
  }

  @Test func `the last mini-batch of a step may be short`() throws {
    var ledger = try ledger(wanted: 5, round: 5, rounds: 1, miniBatch: 2)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 0, count: 5))
    for ordinal in 0..<5 {
      _ = try ledger.receive(.finished(ordinal: ordinal, informative: true, tokens: ordinal))
    }
    #expect(ledger.miniBatches.map(\.ordinals) == [[0, 1], [2, 3], [4]])
    #expect(ledger.miniBatches.map(\.tokens) == [1, 5, 4])
  }

  @Test func `ten thousand groups are given out and admitted in order`() throws {
    let count = 10_000
    var ledger = try ledger(wanted: count / 2, round: count, rounds: 1, miniBatch: 100)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 0, count: count))
    #expect((0..<count).map { _ in ledger.nextToDispatch() } == Array(0..<count))
    let admissions = try (0..<count).flatMap { ordinal in
      try ledger.receive(.finished(ordinal: ordinal, informative: !ordinal.isMultiple(of: 2), tokens: 1))
    }
    #expect(admissions == (0..<count / 2).map { .init(ordinal: 2 * $0 + 1, miniBatch: $0 / 100) })
    #expect(ledger.outcome == .full)
  }

  // MARK: Malformed input

  @Test(
    arguments: [
      (
        AdmissionLedger.Event.finished(ordinal: 4, informative: true, tokens: 1),
        AdmissionError.groupNotDrawn(ordinal: 4)
      ),
      (.finished(ordinal: 7, informative: true, tokens: 1), .groupNotDrawn(ordinal: 7)),
      (.finished(ordinal: .min, informative: true, tokens: 1), .groupNotDrawn(ordinal: .min)),
      (.finished(ordinal: .max, informative: true, tokens: 1), .groupNotDrawn(ordinal: .max)),
      (.finished(ordinal: 5, informative: true, tokens: 1), .groupFinishedTwice(ordinal: 5)),
      (.roundOpened(firstOrdinal: 7, count: 2), .roundNotExpected(firstOrdinal: 7)),
    ])
  func `an event that cannot happen is refused and changes nothing`(
    event: AdmissionLedger.Event, error: AdmissionError
  ) throws {
    var ledger = try ledger(wanted: 2, round: 2, miniBatch: 1)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 5, count: 2))
    _ = try ledger.receive(.finished(ordinal: 5, informative: false, tokens: 1))
    let before = ledger
    #expect(throws: error) { try ledger.receive(event) }
    #expect(ledger == before)
  }

  @Test(arguments: [(first: 3, count: 2), (first: 1, count: 2), (first: 2, count: 0), (first: 2, count: -1)])
  func `a round must hold a group and begin where the last one ended`(first: Int, count: Int) throws {
    var ledger = try ledger(wanted: 2, round: 2, miniBatch: 1)
    _ = try ledger.receive(.roundOpened(firstOrdinal: 0, count: 2))
    for ordinal in [0, 1] {
      _ = try ledger.receive(.finished(ordinal: ordinal, informative: false, tokens: 1))
    }
    #expect(throws: AdmissionError.roundOutOfPlace(firstOrdinal: first, count: count, expected: 2)) {
      try ledger.receive(.roundOpened(firstOrdinal: first, count: count))
    }
  }

  @Test(
    arguments: [
      (Options(groupsWanted: 0, roundSize: 1, miniBatchSize: 1), "data.train_batch_size"),
      (Options(groupsWanted: 1, roundSize: 0, miniBatchSize: 1), "data.gen_batch_size"),
      (Options(groupsWanted: 1, roundSize: 1, maximumRounds: 0, miniBatchSize: 1), "max_num_gen_batches"),
      (Options(groupsWanted: 1, roundSize: 1, miniBatchSize: -3), "ppo_mini_batch_size"),
    ])
  func `a count below one is refused by its key`(options: Options, key: String) {
    #expect {
      try AdmissionLedger(options: options)
    } throws: { "\($0)".contains(key) }
  }
}

/// A step of a few groups whose verdicts are known beforehand.
private struct SmallStep: CustomStringConvertible {
  struct Result: Equatable {
    var admitted: [Int]
    var miniBatches: [AdmissionLedger.MiniBatch]
    var nextOrdinal: Int?
    var outcome: AdmissionLedger.Outcome?
    var droppedCount: Int
  }

  let options: AdmissionLedger.Options
  let first: Int
  let verdicts: [Bool]

  init(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let roundSize = Int.random(in: 1...4, using: &random)
    // Three rounds of four have 24³ orders; rounds beyond the first two stay small.
    let rounds = Int.random(in: 1...(roundSize == 4 ? 2 : 3), using: &random)
    let wanted = Int.random(in: 1...6, using: &random)
    options = .init(
      groupsWanted: wanted, roundSize: roundSize, maximumRounds: rounds,
      isFilterEnabled: Int.random(in: 0..<5, using: &random) > 0,
      miniBatchSize: Int.random(in: 1...wanted, using: &random))
    first = Int.random(in: 0...100, using: &random)
    let share = Int.random(in: 0...10, using: &random)
    verdicts = (0..<roundSize * rounds).map { _ in Int.random(in: 0..<10, using: &random) < share }
  }

  var description: String { "\(options), first \(first), verdicts \(verdicts)" }

  private func isInformative(_ ordinal: Int) -> Bool { verdicts[ordinal - first] }
  private func tokens(_ ordinal: Int) -> Int { ordinal * ordinal + 1 }

  /// The rounds there will be, by counting.
  private var rounds: [Range<Int>] {
    var opened: [Range<Int>] = []
    var informative = 0
    while opened.count < options.maximumRounds, informative < options.groupsWanted {
      let start = first + opened.count * options.roundSize
      let round = start..<start + options.roundSize
      informative += round.count { !options.isFilterEnabled || isInformative($0) }
      opened.append(round)
    }
    return opened
  }

  /// What must come out: the first informative groups by ordinal, sliced.
  var byHand: Result {
    let end = rounds.last?.upperBound ?? first
    let informative = (first..<end).filter { !options.isFilterEnabled || isInformative($0) }
    let batch = Array(informative.prefix(options.groupsWanted))
    let isFull = batch.count == options.groupsWanted
    let cut = isFull ? (batch.last ?? end) : end
    return Result(
      admitted: batch,
      miniBatches: stride(from: 0, to: batch.count, by: options.miniBatchSize).map { start in
        let slice = Array(batch[start..<min(start + options.miniBatchSize, batch.count)])
        return .init(ordinals: slice, tokens: slice.map(tokens).reduce(0, +))
      },
      nextOrdinal: end,
      outcome: isFull ? .full : batch.isEmpty ? .empty : .partial(count: batch.count),
      droppedCount: (first..<cut).count { !informative.contains($0) })
  }

  /// Every order in which the groups can finish, round by round.
  var orders: [[[Int]]] {
    rounds.reduce([[]]) { orders, round in
      orders.flatMap { order in permutations(Array(round)).map { order + [$0] } }
    }
  }

  /// Plays the rounds with groups finishing in this order, all of them, and checks the reports on the way.
  func play(_ order: [[Int]]) throws -> Result {
    var ledger = try AdmissionLedger(options: options)
    var reports: [AdmissionLedger.Admission] = []
    for round in order {
      try open(&ledger)
      for ordinal in round {
        #expect(!ledger.isRoundComplete)
        reports += try finish(ordinal, in: &ledger)
      }
      #expect(ledger.isRoundComplete)
    }
    check(reports, ledger)
    return result(ledger)
  }

  /// Plays the step with so many ranks that ask for a group whenever they are free, until the outcome is
  /// known.
  func playOnDemand(ranks: Int, using random: inout SeededNumbers) throws -> Result {
    var ledger = try AdmissionLedger(options: options)
    var reports: [AdmissionLedger.Admission] = []
    var inFlight: [Int] = []
    var last = Int.min
    while ledger.outcome == nil {
      if ledger.nextRoundSize != nil { try open(&ledger) }
      while inFlight.count < ranks, let ordinal = ledger.nextToDispatch() {
        #expect(ordinal > last)
        last = ordinal
        inFlight.append(ordinal)
      }
      let index = try #require(inFlight.indices.randomElement(using: &random), "nothing to wait for")
      reports += try finish(inFlight.remove(at: index), in: &ledger)
    }
    check(reports, ledger)
    return result(ledger)
  }

  private func open(_ ledger: inout AdmissionLedger) throws {
    let size = try #require(ledger.nextRoundSize)
    #expect(ledger.outcome == nil)
    _ = try ledger.receive(.roundOpened(firstOrdinal: ledger.nextOrdinal ?? first, count: size))
  }

  private func finish(_ ordinal: Int, in ledger: inout AdmissionLedger) throws -> [AdmissionLedger.Admission]
  {
    try ledger.receive(
      .finished(ordinal: ordinal, informative: isInformative(ordinal), tokens: tokens(ordinal)))
  }

  /// Whatever was reported early is in the batch where it was said to be, and nothing is reported twice or
  /// not at all.
  private func check(_ reports: [AdmissionLedger.Admission], _ ledger: AdmissionLedger) {
    let batches = ledger.miniBatches.enumerated().flatMap { index, batch in
      batch.ordinals.map { AdmissionLedger.Admission(ordinal: $0, miniBatch: index) }
    }
    #expect(reports.sorted { $0.ordinal < $1.ordinal } == batches)
  }

  private func result(_ ledger: AdmissionLedger) -> Result {
    Result(
      admitted: ledger.admitted, miniBatches: ledger.miniBatches, nextOrdinal: ledger.nextOrdinal,
      outcome: ledger.outcome, droppedCount: ledger.droppedCount)
  }
}

private func permutations(_ values: [Int]) -> [[Int]] {
  guard let first = values.first else { return [[]] }
  return permutations(Array(values.dropFirst())).flatMap { rest in
    (0...rest.count).map { rest.prefix($0) + [first] + rest.dropFirst($0) }
  }
}

/// Numbers that are the same in every run.
private struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
