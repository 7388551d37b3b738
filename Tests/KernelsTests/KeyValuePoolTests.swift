import Dispatch
import Kernels
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite("Pages of keys and values")
struct KeyValuePoolTests {
  private static let shape = KeyValueShape(layers: 2, heads: 3, headDimension: 40, precision: .fp32)

  @Test("a page's bytes are what its extents say: values take whole slices of 32 columns")
  func bytes() {
    #expect(KeyValuePool.pageBytes(Self.shape) == 2 * 3 * (40 + 64) * 32 * 4)
    var half = Self.shape
    half.precision = .bf16
    #expect(KeyValuePool.pageBytes(half) == 2 * 3 * (40 + 64) * 32 * 2)
  }

  @Test("a segment takes the pages that its positions need, and gives them back")
  func reuse() {
    let pool = KeyValuePool(Self.shape)
    let page = KeyValuePool.pageBytes(Self.shape)
    #expect(pool.allocatedBytes == 0)
    for _ in 0..<3 {
      let first = KeyValueSegment(pool: pool, positions: 33)
      #expect(first.capacity == 64)
      let second = KeyValueSegment(pool: pool)
      #expect(second.capacity == 0)
      second.reserve(1)
      second.reserve(32)
      second.reserve(20)
      #expect(second.capacity == 32)
      second.reserve(96)
      #expect(second.capacity == 96)
      #expect(pool.allocatedBytes == 5 * page)
    }
    #expect(pool.allocatedBytes == 5 * page)
  }

  @Test("trimming gives the system what nobody uses, and nothing else")
  func trim() {
    let shape = AttentionShape(heads: 3, keyValueHeads: 3, headDimension: 40)
    let pool = KeyValuePool(shape.cache(.bf16))
    let qkv = Tensor(named: "qkv", [100, shape.rowLength])
    let kept = KeyValueSegment(pool: pool, positions: 100)
    let before = attend(qkv, shape, [SequenceRows(rows: 0..<100, own: kept)]).elements
    do {
      let many = (0..<40).map { _ in KeyValueSegment(pool: pool, positions: 70) }
      #expect(pool.allocatedBytes == (4 + 40 * 3) * KeyValuePool.pageBytes(pool.shape))
      withExtendedLifetime(many) {}
    }
    pool.trim()
    #expect(pool.allocatedBytes < 20 * KeyValuePool.pageBytes(pool.shape))
    let others = (0..<40).map { _ in KeyValueSegment(pool: pool, positions: 70) }
    for other in others { _ = attend(qkv, shape, [SequenceRows(rows: 0..<70, own: other)]) }
    let last = SequenceRows(rows: 99..<100, own: kept, ownStart: 99)
    expectSameBits(
      attend(qkv, shape, [last]).rows(99..<100).elements, Array(before.suffix(shape.queryWidth)))
  }

  @Test("an unused pool holds nothing after trimming")
  func trimAll() {
    let pool = KeyValuePool(Self.shape)
    do { _ = (0..<30).map { _ in KeyValueSegment(pool: pool, positions: 1000) } }
    #expect(pool.allocatedBytes > 0)
    pool.trim()
    #expect(pool.allocatedBytes == 0)
    #expect(KeyValueSegment(pool: pool, positions: 1).capacity == 32)
  }

  @Test("what a reused page held before is not seen", arguments: Precision.both)
  func leftovers(precision: Precision) {
    let shape = AttentionShape(heads: 2, keyValueHeads: 1, headDimension: 20)
    let qkv = Tensor(named: "qkv", [50, shape.rowLength])
    let expected = prefill(qkv, shape, precision).elements
    let pool = KeyValuePool(shape.cache(precision))
    let nan = Tensor([Float](repeating: .nan, count: 64 * shape.rowLength), shape: [64, shape.rowLength])
    do {
      let segment = KeyValueSegment(pool: pool, positions: 64)
      _ = attend(nan, shape, [SequenceRows(rows: 0..<64, own: segment)])
    }
    let segment = KeyValueSegment(pool: pool, positions: 50)
    expectSameBits(attend(qkv, shape, [SequenceRows(rows: 0..<50, own: segment)]).elements, expected)
  }

  @Test("threads that take and give pages side by side never share one")
  func sideBySide() {
    let shape = AttentionShape(heads: 2, keyValueHeads: 2, headDimension: 8)
    let pool = KeyValuePool(shape.cache(.fp32))
    let wrong = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for round in 0..<50 {
        let length = 1 + (thread * 37 + round * 11) % 90
        let qkv = Tensor(named: "rows \(thread)", [length, shape.rowLength])
        let segment = KeyValueSegment(pool: pool, positions: length)
        let found = attend(qkv, shape, [SequenceRows(rows: 0..<length, own: segment)]).elements
        if found != prefill(qkv, shape, .fp32).elements { wrong.withLock { $0.append(thread) } }
      }
    }
    #expect(wrong.withLock { $0 } == [])
  }
}
