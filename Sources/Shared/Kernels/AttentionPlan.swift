import Tensors

/// Consecutive rows of one sequence within a unit of work.
struct AttentionPiece: Sendable {
  /// Whose rows they are.
  let sequence: SequenceRows
  /// Rows of the batch.
  let rows: Range<Int>
  /// Positions of the sequence's own segment that the rows take.
  let own: Range<Int>
  /// Queries of the unit before this piece's.
  let firstQuery: Int

  /// Pages of the sequence's own segment that the rows see.
  var pages: Int { (own.upperBound + pageWidth - 1) / pageWidth }
}

/// A unit of work of the forward: some rows that share a trunk, or have none, for some key-value heads.
///
/// Its queries are those of its rows in order, of one row the `groupSize` query heads of a key-value head in
/// order.
struct AttentionUnit: Sendable {
  /// The key-value heads, one after the other.
  var heads: Range<Int>
  /// What all pieces read first.
  let trunk: KeyValueSegment?
  /// How many positions of it.
  let trunkLength: Int
  /// The rows; at least one piece.
  var pieces: [AttentionPiece] = []
  /// Queries of all pieces, for one key-value head.
  var queries = 0
  /// Pages of the longest piece's own segment.
  var ownPages = 0

  /// The distance between rows of scores: room for whole pages of trunk and own positions, and no multiple of
  /// a power of two, so that rows do not compete for the same lines of the cache.
  var scoreStride: Int {
    AttentionUnit.scoreStride(trunkLength: trunkLength, ownPages: ownPages)
  }

  static func scoreStride(trunkLength: Int, ownPages: Int) -> Int {
    ((trunkLength + ownPages * pageWidth + 15) / 16 | 1) * 16
  }

  /// About how long one head takes, in nanoseconds on one core.
  func cost(_ shape: AttentionShape) -> Int {
    var (scores, positions) = (0, trunkLength)
    for piece in pieces {
      let rows = piece.rows.count
      scores += rows * (trunkLength + piece.own.upperBound - rows / 2)
      positions += piece.own.upperBound
    }
    // Four operations per element of a key at 80 a nanosecond, or two values of two bytes at 15.
    return max(scores * shape.groupSize * shape.headDimension / 20, positions * shape.headDimension / 4)
  }
}

/// How a batch is cut into units of work, on which no bit depends.
struct AttentionPlan {
  private let shape: AttentionShape
  private let mostQueries: Int
  private(set) var units: [AttentionUnit] = []

  /// Units for `sequences`, heavy ones first: few enough to be worth a thread's trouble, and enough for all
  /// threads.
  static func units(for sequences: [SequenceRows], shape: AttentionShape) -> [AttentionUnit] {
    let threads = ThreadPool.threads
    // 48 queries let the keys and values that pass by serve four tiles of twelve rows.
    var plan = AttentionPlan(sequences, shape: shape, mostQueries: 48)
    if threads > 1 && plan.units.count * shape.keyValueHeads < 4 * threads {
      plan = AttentionPlan(sequences, shape: shape, mostQueries: 12)
    }
    return plan.spread(over: threads)
  }

  private init(_ sequences: [SequenceRows], shape: AttentionShape, mostQueries: Int) {
    self.shape = shape
    self.mostQueries = mostQueries
    for sharers in groupedByTrunk(sequences) {
      guard let first = sharers.first else { continue }
      var unit = AttentionUnit(
        heads: 0..<shape.keyValueHeads, trunk: first.trunkLength > 0 ? first.trunk : nil,
        trunkLength: first.trunkLength)
      for sequence in sharers { add(sequence, to: &unit) }
      finish(&unit)
    }
  }

  /// Cuts `sequence` into pieces and puts them into `unit`, and further ones when it is full.
  private mutating func add(_ sequence: SequenceRows, to unit: inout AttentionUnit) {
    let last = sequence.ownStart + sequence.rows.count
    let stride = AttentionUnit.scoreStride(
      trunkLength: sequence.trunkLength, ownPages: (last + pageWidth - 1) / pageWidth)
    let fitting = max(1, min(mostQueries, mostScores / stride) / shape.groupSize)
    // Pieces of equal length, so that the last is not a thin one.
    let pieces = (sequence.rows.count + fitting - 1) / fitting
    let length = (sequence.rows.count + pieces - 1) / pieces
    for start in Swift.stride(from: 0, to: sequence.rows.count, by: length) {
      let end = min(sequence.rows.count, start + length)
      let ownPages = (sequence.ownStart + end + pageWidth - 1) / pageWidth
      let queries = unit.queries + (end - start) * shape.groupSize
      let widest = AttentionUnit.scoreStride(
        trunkLength: sequence.trunkLength, ownPages: max(unit.ownPages, ownPages))
      if !unit.pieces.isEmpty && (queries > mostQueries || queries * widest > mostScores) { finish(&unit) }
      unit.pieces.append(
        AttentionPiece(
          sequence: sequence, rows: sequence.rows.lowerBound + start..<sequence.rows.lowerBound + end,
          own: sequence.ownStart + start..<sequence.ownStart + end, firstQuery: unit.queries))
      unit.queries += (end - start) * shape.groupSize
      unit.ownPages = max(unit.ownPages, ownPages)
    }
  }

  private mutating func finish(_ unit: inout AttentionUnit) {
    if !unit.pieces.isEmpty { units.append(unit) }
    unit.pieces = []
    unit.queries = 0
    unit.ownPages = 0
  }

  /// The units by ranges of heads, each range worth the trouble of a thread.
  private func spread(over threads: Int) -> [AttentionUnit] {
    let heads = shape.keyValueHeads
    let costs = units.map { $0.cost(shape) }
    let total = costs.reduce(0, +) * heads
    let worthwhile = min(40_000, max(6000, total / (4 * threads)))
    var result: [(cost: Int, unit: AttentionUnit)] = []
    for (unit, cost) in zip(units, costs) {
      let perUnit = threads == 1 ? heads : min(heads, max(1, worthwhile / max(1, cost)))
      for head in Swift.stride(from: 0, to: heads, by: perUnit) {
        var part = unit
        part.heads = head..<min(heads, head + perUnit)
        result.append((cost * part.heads.count, part))
      }
    }
    return threads == 1 ? result.map(\.unit) : result.sorted { $0.cost > $1.cost }.map(\.unit)
  }
}

/// The scores that a unit keeps at once, 1 MiB of them: what a core's second-level cache holds.
private let mostScores = 1 << 18

/// The sequences with rows, those that read the same positions of the same trunk together, in order of
/// appearance.
private func groupedByTrunk(_ sequences: [SequenceRows]) -> [[SequenceRows]] {
  struct Key: Hashable {
    let trunk: ObjectIdentifier?
    let length: Int
  }
  var places: [Key: Int] = [:]
  var groups: [[SequenceRows]] = []
  for sequence in sequences where !sequence.rows.isEmpty {
    let trunk = sequence.trunkLength > 0 ? sequence.trunk.map { ObjectIdentifier($0) } : nil
    let key = Key(trunk: trunk, length: sequence.trunkLength)
    if let place = places[key] {
      groups[place].append(sequence)
    } else {
      places[key] = groups.count
      groups.append([sequence])
    }
  }
  return groups
}
