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
