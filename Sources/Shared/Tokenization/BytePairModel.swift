/// Byte pair encoding: from the bytes of a piece, the pair that was learned first is merged until none is
/// left.
///
/// The merge learned first goes first, and of equal ones the leftmost. A heap holds the pairs, so that a
/// piece of n bytes takes n log n steps. Source: Sennrich et al. 2016; `Word::merge_all` of Hugging Face
/// tokenizers.
struct BytePairModel: Sendable {
  /// The tokens.
  var vocabulary: Vocabulary

  private var merges: [UInt64: UInt64] = [:]
  private var byteIds: [Int32]
  private let unknownId: Int32?
  private let fusesUnknown: Bool
  private let ignoresMerges: Bool

  /// The model of `vocabulary` and `merges`, each a pair of tokens, in the order they were learned.
  ///
  /// A byte that is no token becomes `unknown`, or nothing where there is none. With `ignoresMerges`, a piece
  /// that is a token stays one, whether or not merges lead there.
  init(
    vocabulary: Vocabulary, merges: MergeList, unknown: String? = nil, fusesUnknown: Bool = false,
    ignoresMerges: Bool = false
  ) throws(VocabularyError) {
    self.vocabulary = vocabulary
    self.fusesUnknown = fusesUnknown
    self.ignoresMerges = ignoresMerges
    unknownId = try unknown.map { (token) throws(VocabularyError) in
      guard let id = vocabulary.id(of: token[...]) else {
        throw VocabularyError("`unk_token` is `\(token)`, which is not in the vocabulary")
      }
      return id
    }
    byteIds = (0...255).map { vocabulary.id(of: [UInt8($0)]) ?? -1 }
    self.merges.reserveCapacity(merges.count)
    for rank in 0..<merges.count {
      let (left, right) = try merges.pair(rank)
      let key = Self.key(try id(of: left, rank, merges), try id(of: right, rank, merges))
      let joined = try id(of: left + right, rank, merges)
      // A pair listed twice has its last rank, as in the reference.
      self.merges[key] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: joined))
    }
  }

  /// The id of `token`, which the merge at `rank` needs.
  private func id(of token: Substring, _ rank: Int, _ merges: MergeList) throws(VocabularyError) -> Int32 {
    if let id = vocabulary.id(of: token) { return id }
    let (left, right) = try merges.pair(rank)
    throw VocabularyError(
      "merge \(rank + 1), `\(left) \(right)`, needs the token `\(token)`, which is not in the vocabulary")
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// Appends the ids of `piece`, using `work` as scratch memory.
  func encode(_ piece: ArraySlice<UInt8>, work: inout Work, into ids: inout [Int32]) {
    if ignoresMerges, let id = vocabulary.id(of: piece) {
      ids.append(id)
      return
    }
    start(piece, &work)
    merge(&work)
    var position = 0
    while position < work.ids.count {
      ids.append(work.ids[position])
      position = Int(work.next[position])
    }
  }

  /// Fills `work` with one symbol per byte.
  private func start(_ piece: ArraySlice<UInt8>, _ work: inout Work) {
    work.removeAll()
    var wasUnknown = false
    for byte in piece {
      let id = byteIds[Int(byte)]
      if id >= 0 {
        work.ids.append(id)
      } else if let unknownId, !(fusesUnknown && wasUnknown) {
        work.ids.append(unknownId)
      }
      wasUnknown = id < 0
    }
    let count = Int32(work.ids.count)
    for position in 0..<count {
      work.next.append(position + 1)
      work.previous.append(position - 1)
      work.pairs.append(Work.noPair)
    }
    for position in 0..<max(Int(count) - 1, 0) { look(at: position, &work) }
  }

  private func merge(_ work: inout Work) {
    while let (rank, position) = work.pop() {
      let pair = work.pairs[position]
      // The pair that was queued here is gone: one of its halves has grown since.
      guard pair != Work.noPair, pair >> 32 == rank else { continue }
      work.ids[position] = Int32(truncatingIfNeeded: pair & 0xFFFF_FFFF)
      let right = Int(work.next[position])
      let after = Int(work.next[right])
      work.pairs[right] = Work.noPair
      work.next[position] = Int32(after)
      if after < work.ids.count { work.previous[after] = Int32(position) }
      look(at: position, &work)
      if work.previous[position] >= 0 { look(at: Int(work.previous[position]), &work) }
    }
  }

  /// Queues the pair of the symbol at `position` and the next, if it is one that merges.
  private func look(at position: Int, _ work: inout Work) {
    let right = Int(work.next[position])
    guard right < work.ids.count, let pair = merges[Self.key(work.ids[position], work.ids[right])] else {
      work.pairs[position] = Work.noPair
      return
    }
    work.pairs[position] = pair
    work.push(rank: pair >> 32, position: position)
  }
}

extension BytePairModel {
  /// The symbols of one piece as a linked list, and the pairs that wait to be merged.
  ///
  /// Reused from piece to piece, so that a piece costs no allocation.
  struct Work {
    static let noPair = UInt64.max

    fileprivate(set) var ids: [Int32] = []
    fileprivate var next: [Int32] = []
    fileprivate var previous: [Int32] = []

    /// Rank (high half) and result (low half) of the pair that begins here.
    fileprivate var pairs: [UInt64] = []

    /// A binary heap, smallest first, of rank (high half) and position (low half).
    private var heap: [UInt64] = []

    fileprivate mutating func removeAll() {
      ids.removeAll(keepingCapacity: true)
      next.removeAll(keepingCapacity: true)
      previous.removeAll(keepingCapacity: true)
      pairs.removeAll(keepingCapacity: true)
      heap.removeAll(keepingCapacity: true)
    }

    fileprivate mutating func push(rank: UInt64, position: Int) {
      heap.append(rank << 32 | UInt64(position))
      var child = heap.count - 1
      while child > 0, heap[child] < heap[(child - 1) / 2] {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    fileprivate mutating func pop() -> (rank: UInt64, position: Int)? {
      guard let first = heap.first, let last = heap.popLast() else { return nil }
      if !heap.isEmpty { sink(last) }
      return (first >> 32, Int(first & 0xFFFF_FFFF))
    }

    /// Puts `entry` at the root and lets it down to its place.
    private mutating func sink(_ entry: UInt64) {
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        guard heap[child] < entry else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = entry
    }
  }
}

/// Merges as files write them, in the order they were learned.
enum MergeList: Decodable, Sendable {
  /// `"a b"`.
  case lines([String])

  /// `["a", "b"]`.
  case pairs([[String]])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let lines = try? container.decode([String].self) {
      // A file converted from merges.txt may keep its first line.
      self = .lines(lines.filter { !$0.hasPrefix("#version") })
    } else {
      self = .pairs(try container.decode([[String]].self))
    }
  }

  /// How many.
  var count: Int {
    switch self {
    case .lines(let lines): lines.count
    case .pairs(let pairs): pairs.count
    }
  }

  /// The two tokens of the merge at `rank`.
  func pair(_ rank: Int) throws(VocabularyError) -> (Substring, Substring) {
    switch self {
    case .lines(let lines):
      let line = lines[rank].utf8
      let space = UInt8(ascii: " ")
      guard let middle = line.firstIndex(of: space), middle == line.lastIndex(of: space) else {
        throw VocabularyError("merge \(rank + 1), `\(lines[rank])`, is not two tokens with a space between")
      }
      return (Substring(line[..<middle]), Substring(line[line.index(after: middle)...]))
    case .pairs(let pairs):
      guard pairs[rank].count == 2 else {
        throw VocabularyError("merge \(rank + 1) has \(pairs[rank].count) tokens in place of two")
      }
      return (Substring(pairs[rank][0]), Substring(pairs[rank][1]))
    }
  }
}
