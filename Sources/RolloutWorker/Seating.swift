import Experience
import Kernels
import Messages

/// Who is being sampled: groups by age, of whose responses the oldest have *seats*.
///
/// A response with a seat may take pages and decodes in every pass. Seats are given from the oldest response
/// on (group by age, then sample) and taken from the youngest on:
///
/// | event | consequence |
/// |---|---|
/// | a response ends | its pages are free, its seat is the next one's at once |
/// | fewer seats than `limits.responses`, and pages for the next response's expected length | it gets a seat |
/// | a response needs a page and none is free | the youngest loses its seat and its pages |
/// | the youngest itself needs it | it waits |
/// | the oldest needs it and is alone | it takes a page beyond the budget |
///
/// So the oldest always goes on, and nothing waits for what waits for it. A response that lost its pages
/// keeps its tokens; with a new seat their keys and values are computed again, by the row law the same. So
/// that this stays rare, every loss doubles the pages that have to be left before the next one gets a seat;
/// responses that end bring them back.
struct Seating {
  /// All groups that are not done, oldest first.
  private(set) var groups: [LiveGroup] = []
  /// How many responses have a seat.
  private(set) var seats = 0
  /// How many pages are taken.
  private(set) var pages = 0
  /// How many responses lost their seats so far.
  private(set) var preemptions = 0

  let limits: RolloutLimits
  private let pool: KeyValuePool
  /// The pages that may be taken.
  private let budget: Int
  private var lengths = LengthExpectation()
  /// Pages to be left over when a seat is given.
  private var slack = 0
  /// The pages that the next group's responses are thought to need, each with its share of the prompt.
  private var pagesPerResponse: Int

  init(limits: RolloutLimits, shape: KeyValueShape, contextLength: Int) {
    self.limits = limits
    pool = KeyValuePool(shape)
    budget = limits.cacheBytes / max(1, KeyValuePool.pageBytes(shape))
    pagesPerResponse = max(1, pageCount(contextLength))
  }

  /// How many responses wait for a seat.
  var waiting: Int { groups.reduce(0) { $0 + $1.waiting } }

  /// How many more responses would get a seat now; none as long as one waits, one at least while there are
  /// none.
  var freeSeats: Int {
    guard waiting == 0 else { return 0 }
    let byPages = max(seats == 0 ? 1 : 0, (budget - reservedPages - slack) / pagesPerResponse)
    return max(0, min(limits.responses - seats, byPages))
  }

  // MARK: Groups

  /// Takes in a group, behind those that are older.
  mutating func insert(_ group: LiveGroup) {
    let place = groups.lastIndex { !group.isOlder(than: $0) }.map { $0 + 1 } ?? 0
    groups.insert(group, at: place)
    let trunk = pageCount(group.promptTokens.count)
    let samples = max(1, group.responses.count)
    pagesPerResponse =
      pageCount(max(1, lengths.expected(atMost: group.limits.maximumTokens)))
      + (trunk + samples - 1) / samples
  }

  /// Takes out the groups that are done, oldest first.
  mutating func removeFinished() -> [LiveGroup] {
    let finished = groups.filter { $0.unfinished == 0 }
    if !finished.isEmpty { remove { $0.unfinished == 0 } }
    return finished
  }

  /// Takes out groups with all they hold.
  mutating func remove(where isLeaving: (LiveGroup) -> Bool) {
    for group in groups where isLeaving(group) {
      for index in group.responses.indices { leaveSeat(group, index) }
    }
    groups.removeAll(where: isLeaving)
    guard groups.isEmpty else { return }
    slack = 0
    // An idle rank leaves its memory to whoever works now.
    pool.trim()
  }

  // MARK: Seats

  /// Gives seats to those that wait, oldest first, as far as seats and pages go.
  mutating func giveSeats() {
    guard seats < limits.responses, groups.contains(where: { $0.waiting > 0 }) else { return }
    var reserved = reservedPages + slack
    for group in groups where group.waiting > 0 {
      for index in group.responses.indices where group.responses[index].waits {
        guard seats < limits.responses else { return }
        let trunk = group.seats == 0 ? pageCount(group.promptTokens.count) : 0
        let needed = trunk + pagesReserved(group, index)
        guard reserved + needed <= budget || seats == 0 else { return }
        reserved += needed
        group.responses[index].hasSeat = true
        group.seats += 1
        seats += 1
      }
    }
  }

  /// A response has ended: its place is free.
  mutating func leave(_ group: LiveGroup, _ index: Int) {
    lengths.record(group.responses[index].tokens.count)
    slack = max(0, slack - 1)
    group.unfinished -= 1
    leaveSeat(group, index)
  }

  // MARK: Pages

  /// Makes room for `positions` tokens of the prompt.
  ///
  /// - Returns: False if the group lost all seats instead.
  mutating func growTrunk(_ group: LiveGroup, to positions: Int) -> Bool {
    guard let first = group.responses.firstIndex(where: \.hasSeat) else { return false }
    let trunk = group.trunk ?? KeyValueSegment(pool: pool)
    guard makeRoom(pageCount(positions) - pageCount(trunk.capacity), for: (group, first)) else {
      return false
    }
    pages += trunk.growing(to: positions)
    group.trunk = trunk
    return true
  }

  /// Makes room for `positions` tokens of a response that has a seat.
  ///
  /// - Returns: False if it lost its seat instead.
  mutating func grow(_ group: LiveGroup, _ index: Int, to positions: Int) -> Bool {
    let segment = group.responses[index].segment ?? KeyValueSegment(pool: pool)
    if positions > segment.capacity {
      guard makeRoom(pageCount(positions) - pageCount(segment.capacity), for: (group, index)) else {
        return false
      }
      pages += segment.growing(to: positions)
    }
    group.responses[index].segment = segment
    return true
  }

  /// Frees so many pages by taking the youngest responses' seats; false if that is `claimant`'s own.
  private mutating func makeRoom(_ count: Int, for claimant: (group: LiveGroup, index: Int)) -> Bool {
    while pages + count > budget, let (group, index) = youngest {
      let isOwn = group === claimant.group && index == claimant.index
      if isOwn && seats == 1 { return true }
      // A page for everybody at first.
      slack = min(budget / 2, max(seats, 2 * slack))
      leaveSeat(group, index)
      preemptions += 1
      if isOwn { return false }
    }
    return true
  }

  /// The youngest response that has a seat.
  private var youngest: (group: LiveGroup, index: Int)? {
    guard let group = groups.last(where: { $0.seats > 0 }),
      let index = group.responses.lastIndex(where: \.hasSeat)
    else { return nil }
    return (group, index)
  }

  /// Takes away a response's seat and pages, if it has any, and with the group's last seat its prompt's.
  private mutating func leaveSeat(_ group: LiveGroup, _ index: Int) {
    guard group.responses[index].hasSeat else { return }
    pages -= pageCount(group.responses[index].segment?.capacity ?? 0)
    group.responses[index].segment = nil
    group.responses[index].stored = 0
    group.responses[index].hasSeat = false
    group.seats -= 1
    seats -= 1
    guard group.seats == 0 else { return }
    pages -= pageCount(group.trunk?.capacity ?? 0)
    group.trunk = nil
    group.trunkStored = 0
  }

  /// The pages that those with seats have or are expected to need.
  private var reservedPages: Int {
    var sum = 0
    for group in groups where group.seats > 0 {
      sum += pageCount(group.promptTokens.count)
      for index in group.responses.indices where group.responses[index].hasSeat {
        sum += pagesReserved(group, index)
      }
    }
    return sum
  }

  /// The pages of a response's expected length, and one more than it has tokens for.
  private func pagesReserved(_ group: LiveGroup, _ index: Int) -> Int {
    let longest = group.limits.maximumTokens
    let next = group.responses[index].tokens.count + KeyValuePool.pagePositions
    return pageCount(min(longest, max(next, lengths.expected(atMost: longest))))
  }
}

/// How long responses are expected to become, in tokens.
///
/// The mean of those that ended, the longest possible while none has.
struct LengthExpectation {
  private var mean: Double?
  private var count = 0.0

  /// A response ended.
  mutating func record(_ tokens: Int) {
    // Of about the last 256, since the policy changes.
    count = min(256, count + 1)
    mean = (mean ?? 0) + (Double(tokens) - (mean ?? 0)) / count
  }

  func expected(atMost longest: Int) -> Int {
    mean.map { min(longest, Int($0.rounded(.up))) } ?? longest
  }
}

/// The pages that so many positions take.
func pageCount(_ positions: Int) -> Int {
  (positions + KeyValuePool.pagePositions - 1) / KeyValuePool.pagePositions
}

extension KeyValueSegment {
  /// Makes room for `positions` and returns the pages that took.
  fileprivate func growing(to positions: Int) -> Int {
    let before = pageCount(capacity)
    reserve(positions)
    return pageCount(capacity) - before
  }
}
