import CKernels
public import Tensors

/// Keys and values of consecutive positions of one sequence, for every layer, in pages of a pool.
///
/// A group's prompt is one segment that its responses share, each with a segment of its own behind it. The
/// pages go back to the pool when the segment is gone.
///
/// Sendable because only ``reserve(_:)`` changes it, which the sequence's owner calls while no kernel is using
/// the segment; kernels write disjoint elements.
@safe
public final class KeyValueSegment: @unchecked Sendable {
  let pool: KeyValuePool

  private var pages: [KeyValuePage] = []

  /// The addresses of the pages, for C.
  private var table: UnsafeMutableBufferPointer<UnsafeRawPointer?>

  /// An empty segment with room for `positions` positions.
  public init(pool: KeyValuePool, positions: Int = 0) {
    self.pool = pool
    unsafe table = .allocate(capacity: 4)
    reserve(positions)
  }

  deinit {
    pool.giveBack(pages)
    unsafe table.deallocate()
  }

  /// The number of positions there is room for.
  public var capacity: Int { pages.count * pageWidth }

  /// Makes room for at least `positions` positions; what is stored stays.
  ///
  /// Never call it while a kernel is using the segment.
  public func reserve(_ positions: Int) {
    let wanted = (positions + pageWidth - 1) / pageWidth
    guard wanted > pages.count else { return }
    pages += pool.take(wanted - pages.count)
    if unsafe table.count < wanted {
      unsafe table.deallocate()
      unsafe table = .allocate(capacity: 2 * wanted)
    }
    for (index, page) in pages.enumerated() {
      unsafe table.initializeElement(at: index, to: UnsafeRawPointer(page.start))
    }
  }

  /// The addresses of the pages, in order; valid until the next ``reserve(_:)``.
  @unsafe
  var pageAddresses: UnsafePointer<UnsafeRawPointer?>? { unsafe UnsafePointer(table.baseAddress) }

  /// The address of the page that holds positions `32 · index` on.
  @unsafe
  func page(_ index: Int) -> UnsafeMutablePointer<UInt32> { unsafe pages[index].start }
}

/// Stores the keys and values of every row in its sequence's own segment.
///
/// Calls may run at the same time on several threads, for different rows.
///
/// - Parameters:
///   - qkv: `[rows, shape.rowLength]`; only keys and values are read, the keys after rotation.
///   - shape: The layer's extents.
///   - layer: Which layer's keys and values they are.
///   - sequences: Where each row belongs; their own segments have room for the rows.
public func storeKeysAndValues(_ qkv: Tensor, shape: AttentionShape, layer: Int, sequences: [SequenceRows]) {
  checkAttention(sequences, shape: shape, layer: layer, qkv: qkv, out: nil)
  let parts = partsByPage(sequences)
  // Some 16,384 elements are worth a thread's trouble.
  let perBlock = max(
    1, 16_384 * parts.count / max(1, parts.reduce(0) { $0 + $1.count } * shape.keyValueWidth))
  forEachBlock((parts.count + perBlock - 1) / perBlock) { block in
    let rows = qkv.span
    unsafe rows.withUnsafeBufferPointer { rows in
      for part in parts[block * perBlock..<min(parts.count, (block + 1) * perBlock)] {
        let sequence = sequences[part.sequence]
        let cache = sequence.own.pool.shape
        guard let base = rows.baseAddress else { return }
        let keys = unsafe base + part.row * shape.rowLength + shape.queryWidth
        unsafe ck_attention_store(
          cache.precision == .bf16 ? 1 : 0, part.count, shape.keyValueHeads, shape.headDimension, keys,
          keys + shape.keyValueWidth, shape.rowLength, sequence.own.page(part.page),
          cache.keyOffset(layer: layer, head: 0), cache.headElements, part.position)
      }
    }
  }
}

/// Rows of one sequence that go into one page.
private struct PagePart: Sendable {
  let sequence: Int
  let row: Int
  let page: Int
  let position: Int
  let count: Int
}

/// All rows by pages, so that no two threads write the same line of a page.
private func partsByPage(_ sequences: [SequenceRows]) -> [PagePart] {
  var parts: [PagePart] = []
  for (index, sequence) in sequences.enumerated() {
    var (row, own) = (sequence.rows.lowerBound, sequence.ownStart)
    while row < sequence.rows.upperBound {
      let position = own % pageWidth
      let count = min(pageWidth - position, sequence.rows.upperBound - row)
      parts.append(
        PagePart(sequence: index, row: row, page: own / pageWidth, position: position, count: count))
      row += count
      own += count
    }
  }
  return parts
}

/// Consecutive rows of a batch that continue one sequence.
public struct SequenceRows: Sendable {
  /// The rows.
  public var rows: Range<Int>
  /// The shared beginning, if any.
  public var trunk: KeyValueSegment?
  /// How many positions of `trunk` come before this sequence's own.
  public var trunkLength: Int
  /// The sequence's own keys and values; the rows' are stored here.
  public var own: KeyValueSegment
  /// How many positions `own` held before these rows.
  public var ownStart: Int

  /// Creates the description of one sequence's rows.
  public init(
    rows: Range<Int>, trunk: KeyValueSegment? = nil, trunkLength: Int = 0, own: KeyValueSegment,
    ownStart: Int = 0
  ) {
    self.rows = rows
    self.trunk = trunk
    self.trunkLength = trunkLength
    self.own = own
    self.ownStart = ownStart
  }

  /// The absolute position of the first row.
  public var firstPosition: Int { trunkLength + ownStart }
}
