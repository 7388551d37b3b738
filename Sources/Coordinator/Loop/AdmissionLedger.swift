/// Decides which groups make a step's batch: dynamic sampling by ordinal.
///
/// Every group drawn from the prompt stream has an ordinal. The batch is the first `groupsWanted`
/// informative groups by ordinal, whoever finishes first; so the same groups, in the same mini-batches,
/// train on any number of ranks.
///
/// ```
/// roundOpened ─▶ nextToDispatch … finished … ─┬─▶ outcome: full, partial or empty
///      ▲                                      │
///      └── nextRoundSize, if too few ◀────────┘   (at most `maximumRounds` rounds)
/// ```
///
/// A group is *certain* when it will be admitted whatever the unfinished groups before it turn out to be:
/// the informative and the unfinished groups of lower ordinal are fewer than `groupsWanted`. It is *settled*
/// when its mini-batch is the same in all those cases. Learners may train a group that is both while others
/// are still being sampled.
///
/// | ordinal | wanted 2, mini-batches of 1 | reported |
/// |---|---|---|
/// | 0 | unfinished | |
/// | 1 | informative | certain, not settled: first or second |
/// | 2 | informative | not certain: 0 and 1 may fill the batch |
///
/// With the filter off every group counts as informative.
public struct AdmissionLedger: Sendable, Equatable {
  /// What a step asks for.
  public struct Options: Sendable, Equatable {
    /// How many informative groups make a batch.
    ///
    /// Key `data.train_batch_size`, range 1 and above.
    public var groupsWanted: Int

    /// How many groups the first round draws.
    ///
    /// Key `data.gen_batch_size`, default `data.train_batch_size`, range 1 and above.
    public var roundSize: Int

    /// How many groups each further round draws.
    ///
    /// Key `algorithm.filter_groups.refill_batch_size`, default `data.gen_batch_size`, range 1 and above.
    public var refillSize: Int

    /// How many rounds a step may draw.
    ///
    /// Key `algorithm.filter_groups.max_num_gen_batches`, default 10, range 1 and above.
    public var maximumRounds: Int

    /// Whether groups without a learning signal are dropped.
    ///
    /// Key `algorithm.filter_groups.enable`, default false.
    public var isFilterEnabled: Bool

    /// How many groups make a mini-batch; the last one of a step may be smaller.
    ///
    /// Key `actor_rollout_ref.actor.ppo_mini_batch_size`, which counts prompts, range 1 and above.
    public var miniBatchSize: Int

    /// Whether rounds are finished before the outcome is known, so that what is over can be carried into the next
    /// step.
    ///
    /// Key `algorithm.filter_groups.surplus: carry`.
    public var keepsSurplus = false

    /// Groups carried from the step before, which have the first places of the batch: their tokens in the loss by
    /// ordinal.
    public var carried: [Int: Int] = [:]

    /// Creates options; further rounds are as large as the first unless said otherwise.
    public init(
      groupsWanted: Int, roundSize: Int, refillSize: Int? = nil, maximumRounds: Int = 10,
      isFilterEnabled: Bool = false, miniBatchSize: Int
    ) {
      self.groupsWanted = groupsWanted
      self.roundSize = roundSize
      self.refillSize = refillSize ?? roundSize
      self.maximumRounds = maximumRounds
      self.isFilterEnabled = isFilterEnabled
      self.miniBatchSize = miniBatchSize
    }
  }

  /// What happened.
  public enum Event: Sendable, Equatable {
    /// `count` groups were drawn, the first of them with this ordinal.
    case roundOpened(firstOrdinal: Int, count: Int)
    /// A group came back scored; `tokens` are those that count in the loss.
    case finished(ordinal: Int, informative: Bool, tokens: Int)
  }

  /// A group that will be trained, and with which others.
  public struct Admission: Sendable, Equatable {
    /// The group.
    public var ordinal: Int

    /// Its mini-batch, from 0.
    public var miniBatch: Int

    /// Creates an admission.
    public init(ordinal: Int, miniBatch: Int) {
      self.ordinal = ordinal
      self.miniBatch = miniBatch
    }
  }

  /// How a step's sampling ended.
  public enum Outcome: Sendable, Equatable {
    /// The batch is full.
    case full
    /// The rounds are used up, and only so many groups are informative.
    case partial(count: Int)
    /// The rounds are used up, and no group is.
    case empty
  }

  /// One mini-batch of the admitted groups.
  public struct MiniBatch: Sendable, Equatable {
    /// Its groups, ascending.
    public var ordinals: [Int]

    /// Their tokens in the loss, together.
    public var tokens: Int

    /// Creates a mini-batch.
    public init(ordinals: [Int], tokens: Int) {
      self.ordinals = ordinals
      self.tokens = tokens
    }
  }

  private enum Group: Sendable, Equatable {
    case drawn
    case dispatched
    case dropped
    case informative(tokens: Int, isReported: Bool)

    var isFinished: Bool { self != .drawn && self != .dispatched }

    var isInformative: Bool {
      if case .informative = self { true } else { false }
    }
  }

  private let options: Options
  /// How many groups are to be found, beside those that were carried.
  private let wanted: Int
  private var firstOrdinal = 0
  private var groups: [Group] = []
  private var roundCount = 0
  private var unfinishedCount = 0
  private var informativeCount = 0
  /// The groups before this index are given out.
  private var nextDrawn = 0
  /// The groups before this index are finished, so many of them informative, all reported.
  private var (settledEnd, settledInformative) = (0, 0)

  /// Creates the ledger of one step.
  ///
  /// - Throws: `optionOutOfRange` for a count below 1.
  public init(options: Options) throws(AdmissionError) {
    let counts = [
      ("data.train_batch_size", options.groupsWanted), ("data.gen_batch_size", options.roundSize),
      ("algorithm.filter_groups.refill_batch_size", options.refillSize),
      ("algorithm.filter_groups.max_num_gen_batches", options.maximumRounds),
      ("actor_rollout_ref.actor.ppo_mini_batch_size", options.miniBatchSize),
    ]
    for (key, value) in counts where value < 1 { throw .optionOutOfRange(key: key, value: value) }
    self.options = options
    wanted = max(0, options.groupsWanted - options.carried.count)
  }

  /// Takes note of what happened.
  ///
  /// - Returns: The groups that have just become certain and settled, ascending. Each is returned once, and
  ///   when the outcome is known all admitted groups have been.
  /// - Throws: If the event cannot happen now; the ledger stays as it was.
  public mutating func receive(_ event: Event) throws(AdmissionError) -> [Admission] {
    switch event {
    case .roundOpened(let first, let count):
      try openRound(first, count)
      return []
    case .finished(let ordinal, let informative, let tokens):
      let index = try unfinishedIndex(ordinal)
      let counts = informative || !options.isFilterEnabled
      groups[index] = counts ? .informative(tokens: tokens, isReported: false) : .dropped
      unfinishedCount -= 1
      informativeCount += counts ? 1 : 0
      return reportNewlyCertain()
    }
  }

  /// Marks the lowest group that nobody samples yet as being sampled.
  ///
  /// - Returns: Its ordinal; nil when all are given out, or when enough groups of lower ordinal are
  ///   informative, so that no further one can be admitted.
  public mutating func nextToDispatch() -> Int? {
    while nextDrawn < groups.count, groups[nextDrawn] != .drawn { nextDrawn += 1 }
    guard informativeCount < wanted, nextDrawn < groups.count else { return nil }
    groups[nextDrawn] = .dispatched
    return firstOrdinal + nextDrawn
  }

  /// The size of the round to open now; nil while a round is under way and when none is to follow.
  ///
  /// A round follows when all groups are finished, fewer than `groupsWanted` are informative, and fewer than
  /// `maximumRounds` rounds were opened.
  public var nextRoundSize: Int? {
    let isWanted = isRoundComplete && informativeCount < wanted
    guard isWanted, roundCount < options.maximumRounds else { return nil }
    return roundCount == 0 ? options.roundSize : options.refillSize
  }

  /// Whether every group drawn so far is finished; true before the first round.
  public var isRoundComplete: Bool { unfinishedCount == 0 }

  /// How the sampling ended; nil while an unfinished group, or another round, may still change the batch.
  public var outcome: Outcome? {
    if options.keepsSurplus && !isRoundComplete { return nil }
    if informativeCount >= wanted {
      return groups.prefix(admittedEnd).allSatisfy(\.isFinished) ? .full : nil
    }
    guard isRoundComplete, nextRoundSize == nil else { return nil }
    let count = informativeCount + options.carried.count
    return count == 0 ? .empty : .partial(count: count)
  }

  /// The batch, ascending: what was carried, then informative groups up to `groupsWanted` in all.
  ///
  /// Final once there is an `outcome`.
  public var admitted: [Int] {
    options.carried.keys.sorted().prefix(options.groupsWanted) + ordinals(of: groups.prefix(admittedEnd))
  }

  /// Informative groups that came after the batch was full, ascending; they are not trained.
  ///
  /// Where the step goes on without waiting for the rest of a round (``Options/keepsSurplus`` is false), this
  /// depends on who was faster: log it, decide nothing by it.
  public var surplus: [Int] {
    options.carried.keys.sorted().dropFirst(options.groupsWanted)
      + ordinals(of: groups.dropFirst(admittedEnd))
  }

  /// How many groups up to the last admitted one had no learning signal.
  ///
  /// Final once there is an `outcome`.
  public var droppedCount: Int { groups.prefix(admittedEnd).count { $0 == .dropped } }

  /// The groups that the step took over.
  var carriedOrdinals: Set<Int> { Set(options.carried.keys) }

  /// How many rounds were opened; `train/num_gen_batches`.
  public var rounds: Int { roundCount }

  /// The admitted groups, cut into mini-batches.
  ///
  /// Final once there is an `outcome`.
  public var miniBatches: [MiniBatch] {
    let batch = admitted
    return stride(from: 0, to: batch.count, by: options.miniBatchSize).map { start in
      let slice = batch[start..<min(start + options.miniBatchSize, batch.count)]
      return MiniBatch(ordinals: Array(slice), tokens: slice.reduce(0) { $0 + tokens(of: $1) })
    }
  }

  /// The first ordinal of the next step, behind all rounds of this one; nil before the first round.
  public var nextOrdinal: Int? { roundCount == 0 ? nil : firstOrdinal + groups.count }

  /// The index behind the last admitted group; of all groups as long as the batch is not full.
  private var admittedEnd: Int {
    guard wanted > 0 else { return 0 }
    var found = 0
    for (index, group) in groups.enumerated() where group.isInformative {
      found += 1
      if found == wanted { return index + 1 }
    }
    return groups.count
  }

  private func ordinals(of slice: ArraySlice<Group>) -> [Int] {
    slice.indices.filter { slice[$0].isInformative }.map { firstOrdinal + $0 }
  }

  private func tokens(of ordinal: Int) -> Int {
    if let tokens = options.carried[ordinal] { return tokens }
    return if case .informative(let tokens, _) = groups[ordinal - firstOrdinal] { tokens } else { 0 }
  }

  private mutating func openRound(_ first: Int, _ count: Int) throws(AdmissionError) {
    guard nextRoundSize != nil else { throw .roundNotExpected(firstOrdinal: first) }
    guard count >= 1, first == nextOrdinal ?? first else {
      throw .roundOutOfPlace(firstOrdinal: first, count: count, expected: nextOrdinal ?? first)
    }
    if roundCount == 0 { firstOrdinal = first }
    groups += Array(repeating: .drawn, count: count)
    unfinishedCount += count
    roundCount += 1
  }

  private func unfinishedIndex(_ ordinal: Int) throws(AdmissionError) -> Int {
    guard (firstOrdinal..<firstOrdinal + groups.count).contains(ordinal) else {
      throw .groupNotDrawn(ordinal: ordinal)
    }
    let index = ordinal - firstOrdinal
    guard !groups[index].isFinished else { throw .groupFinishedTwice(ordinal: ordinal) }
    return index
  }

  /// One walk up the ordinals from the first that may be news, counting what lies below each.
  private mutating func reportNewlyCertain() -> [Admission] {
    var (informative, unfinished) = (settledInformative, 0)
    var admissions: [Admission] = []
    for index in groups.indices[settledEnd...] {
      guard informative + unfinished < wanted else { break }
      switch groups[index] {
      case .drawn, .dispatched: unfinished += 1
      case .dropped: break
      case .informative(let tokens, let isReported):
        if !isReported, let miniBatch = settledMiniBatch(informative, unfinished) {
          groups[index] = .informative(tokens: tokens, isReported: true)
          admissions.append(Admission(ordinal: firstOrdinal + index, miniBatch: miniBatch))
        }
        informative += 1
      }
      if unfinished == 0 { (settledEnd, settledInformative) = (index + 1, informative) }
    }
    return admissions
  }

  /// The mini-batch of a group with so many informative and unfinished ones below it, if it can be but one.
  private func settledMiniBatch(_ informative: Int, _ unfinished: Int) -> Int? {
    let place = options.carried.count + informative
    let highest = (place + unfinished) / options.miniBatchSize
    // Without the filter the unfinished groups will be admitted, too: the place is known at once.
    let lowest = options.isFilterEnabled ? place / options.miniBatchSize : highest
    return lowest == highest ? highest : nil
  }
}

/// Events that cannot happen, and options that cannot be.
public enum AdmissionError: Error, Equatable, CustomStringConvertible {
  /// A count is below 1.
  case optionOutOfRange(key: String, value: Int)
  /// A round was opened while none was due.
  case roundNotExpected(firstOrdinal: Int)
  /// A round is empty, or does not begin where the last one ended.
  case roundOutOfPlace(firstOrdinal: Int, count: Int, expected: Int)
  /// A group finished that no round of this step has drawn.
  case groupNotDrawn(ordinal: Int)
  /// A group finished a second time.
  case groupFinishedTwice(ordinal: Int)

  /// One sentence for the operator.
  public var description: String {
    switch self {
    case .optionOutOfRange(let key, let value):
      "`\(key)` is \(value); it must be at least 1."
    case .roundNotExpected(let first):
      "a round from ordinal \(first) was opened while the step was sampling or had all it may draw."
    case .roundOutOfPlace(let first, let count, let expected):
      "a round of \(count) groups from ordinal \(first) was opened; it needs a group, and begins at "
        + "\(expected)."
    case .groupNotDrawn(let ordinal):
      "group \(ordinal) came back, but this step has not drawn it; it belongs to another step."
    case .groupFinishedTwice(let ordinal):
      "group \(ordinal) came back a second time; a message was repeated."
    }
  }
}
