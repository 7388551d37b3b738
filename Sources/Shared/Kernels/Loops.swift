import Tensors

/// Calls `body` at every multiple of 8 below `count` that has eight elements after it, then `rest` for what
/// is left.
@inline(__always)
func forEachLane(_ count: Int, _ body: (_ offset: Int) -> Void, rest: (_ index: Int) -> Void) {
  let whole = count & ~7
  var i = 0
  while i < whole {
    body(i)
    i += 8
  }
  while i < count {
    rest(i)
    i += 1
  }
}

/// Calls `body` with ranges that cover `0..<rows`, in parallel, each worth the trouble of a thread.
@inline(__always)
func forEachRowBlock(_ rows: Int, rowLength: Int, _ body: @Sendable (_ rows: Range<Int>) -> Void) {
  let perBlock = max(1, 16_384 / max(1, rowLength))
  let blocks = (rows + perBlock - 1) / perBlock
  forEachBlock(blocks) { block in
    body(block * perBlock..<min(rows, (block + 1) * perBlock))
  }
}

/// Calls `body` with ranges that cover `0..<channels`, in parallel: for sums over rows, which each channel takes in
/// ascending order whoever computes it.
@inline(__always)
func forEachChannelBlock(_ channels: Int, rows: Int, _ body: @Sendable (_ channels: Range<Int>) -> Void) {
  if rows == 0 { return }
  // A block reads eight cache lines of every row.
  let perBlock = rows * channels < 32_768 ? max(1, channels) : 128
  forEachBlock((channels + perBlock - 1) / perBlock) { block in
    body(block * perBlock..<min(channels, (block + 1) * perBlock))
  }
}

/// Calls `body` at every multiple of 8 below `count` with the number of elements left, at most 8.
///
/// For kernels whose lanes go through the same elementary functions whether or not the vector is full.
@inline(__always)
func forEachLane8Padded(_ count: Int, _ body: (_ offset: Int, _ valid: Int) -> Void) {
  var i = 0
  while i < count {
    body(i, min(8, count - i))
    i += 8
  }
}

extension Span<Float> {
  /// The elements from `offset` on, up to `count` of them, zeros after.
  @inline(__always)
  func loadUpTo8(at offset: Int, count: Int) -> SIMD8<Float> {
    if count == 8 { return lanes8(at: offset) }
    var lanes = SIMD8<Float>()
    for i in 0..<count { lanes[i] = self[offset + i] }
    return lanes
  }
}

extension MutableSpan<Float> {
  /// Stores the first `count` lanes from `offset` on.
  @inline(__always)
  mutating func storeUpTo8(_ lanes: SIMD8<Float>, at offset: Int, count: Int) {
    if count == 8 {
      setLanes8(lanes, at: offset)
    } else {
      for i in 0..<count { self[offset + i] = lanes[i] }
    }
  }
}
