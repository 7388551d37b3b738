import COneDNN
import Tensors

/// A left factor of products, or a pass of its rows, as oneDNN takes it: rounded, cut in pieces, padded.
struct OneDNNLeft: Sendable {
  private let cut: con_cut
  private let count: Int
  private let rowsPerBlock: Int
  private let words: Storage<UInt32>

  /// Brings `x` over, a few thousand rows at a time, and calls `body` with them and the place of the first.
  static func withPasses(
    _ x: MatrixView, cut: con_cut, rowsPerBlock: Int, _ body: (_ left: OneDNNLeft, _ firstRow: Int) -> Void
  ) {
    let perPass = max(1, mostBytes / con_left_bytes(cut, 1) / rowsPerBlock) * rowsPerBlock
    let words = wordCount(con_left_bytes(cut, paddedRows(min(x.rows, perPass))))
    Scratch.withWords(words) { words in
      for start in stride(from: 0, to: x.rows, by: perPass) {
        let rows = start..<min(x.rows, start + perPass)
        let left = OneDNNLeft(cut: cut, count: rows.count, rowsPerBlock: rowsPerBlock, words: words)
        left.take(x.rows(rows))
        body(left, start)
      }
    }
  }

  /// 16 MiB at a time, so that a large batch takes no memory to speak of.
  private static let mostBytes = 1 << 24

  /// The number of blocks of rows.
  var blocks: Int { (count + rowsPerBlock - 1) / rowsPerBlock }

  /// The rows of a block, counted from the first of the pass.
  func rows(_ block: Int) -> Range<Int> { block * rowsPerBlock..<min(count, (block + 1) * rowsPerBlock) }

  /// Rows that one task brings over; blocks are multiples of it.
  private static let strip = 64

  private func take(_ x: MatrixView) {
    let strips = (count + Self.strip - 1) / Self.strip
    if count * cut.padded_inner < 1 << 16 {  // not worth waking a thread
      for strip in 0..<strips { take(x, strip: strip) }
    } else {
      forEachBlock(strips) { take(x, strip: $0) }
    }
  }

  private func take(_ x: MatrixView, strip: Int) {
    let rows = rows(strip * Self.strip / rowsPerBlock)
    let padded = paddedRows(rows.count)
    let first = strip * Self.strip - rows.lowerBound
    let from = x.tensor.span
    var to = words.mutableSpan
    unsafe from.withUnsafeBufferPointer { from in
      unsafe to.withUnsafeMutableBytes { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        let failed = unsafe con_take_left(
          cut, from + x.offset + rows.lowerBound * x.rowStride, x.rowStride, x.columnStride, rows.count,
          padded,
          first, min(padded, first + Self.strip), to + con_left_bytes(cut, rows.lowerBound))
        precondition(failed == 0, "OneDNNLeft: no memory")
      }
    }
  }

  /// Multiplies block `row` of rows by block `column` of columns, and calls `body` with the product's rows and the
  /// distance between them, in elements.
  @unsafe
  func multiply(
    row: Int, column: Int, of packed: Storage<UInt32>,
    _ body: (_ product: UnsafePointer<Float>, _ rowLength: Int) -> Void
  ) {
    let rows = rows(row)
    let xs = words.span
    let ws = packed.span
    unsafe xs.withUnsafeBytes { xs in
      unsafe ws.withUnsafeBytes { ws in
        guard let xs = xs.baseAddress, let ws = ws.baseAddress else { return }
        var rowLength = 0
        let product = unsafe con_multiply(
          cut, column, paddedRows(rows.count), xs + con_left_bytes(cut, rows.lowerBound), ws, &rowLength)
        guard let product = unsafe product else {
          preconditionFailure("OneDNNLeft: oneDNN failed to multiply \(rows.count) rows")
        }
        unsafe body(product, rowLength)
      }
    }
  }
}

/// Packed right factors.
enum OneDNNRight {
  /// Calls `body` with room for a packed factor, whose content is anything.
  static func withWords(_ cut: con_cut, _ body: (_ packed: Storage<UInt32>) -> Void) {
    Scratch.withWords(wordCount(con_packed_bytes(cut)), body)
  }

  /// Memory for a packed factor: zeros.
  static func words(_ cut: con_cut) -> Storage<UInt32> { Storage(zeros: wordCount(con_packed_bytes(cut))) }

  /// Packs a matrix put together from `parts`.
  static func pack(_ parts: [MatrixPart], cut: con_cut, into packed: Storage<UInt32>) {
    forEachBlock(cut.blocks) { block in
      // Storages stay where they are for as long as `parts` is alive.
      let described = unsafe parts.map { unsafe con_part($0) }
      var to = packed.mutableSpan
      unsafe to.withUnsafeMutableBytes { to in
        unsafe described.withUnsafeBufferPointer { described in
          let failed = unsafe con_pack(
            cut, block, described.baseAddress, described.count, to.baseAddress)
          precondition(failed == 0, "OneDNNRight: packing failed")
        }
      }
      extendLifetime(parts)
    }
  }

  /// Writes a packed factor's elements to a part's view.
  static func unpack(_ packed: Storage<UInt32>, cut: con_cut, into part: MatrixPart) {
    forEachBlock(cut.blocks) { block in
      let from = packed.span
      var to = part.view.tensor.mutableSpan
      unsafe from.withUnsafeBytes { from in
        unsafe to.withUnsafeMutableBufferPointer { to in
          guard let from = from.baseAddress, let to = to.baseAddress else { return }
          let failed = unsafe con_unpack(cut, block, con_part(part), from, to + part.view.offset)
          precondition(failed == 0, "OneDNNRight: unpacking failed")
        }
      }
    }
  }
}

extension con_cut {
  init(inner: Int, columns: Int, precision: Precision) {
    self = con_cut_of(precision.oneDNN, inner, columns)
  }

  /// The columns of a block, without padding.
  func columns(ofBlock block: Int) -> Int { min(width, columns - block * width) }
}

extension con_part {
  /// The part as C sees it; its storage must outlive it.
  @unsafe
  fileprivate init(_ part: MatrixPart) {
    let view = part.view
    let elements = unsafe view.tensor.span.withUnsafeBufferPointer { $0.baseAddress }
    unsafe self.init(
      elements: elements.map { unsafe $0 + view.offset }, row_stride: view.rowStride,
      column_stride: view.columnStride, row: part.row, column: part.column, rows: view.rows,
      columns: view.columns)
  }
}

extension Precision {
  /// As oneDNN's door names it.
  var oneDNN: Int32 { self == .bf16 ? 1 : 0 }
}

private func wordCount(_ bytes: Int) -> Int { (bytes + 3) / 4 }

/// The number of rows as oneDNN gets to see it.
private func paddedRows(_ rows: Int) -> Int { (rows + 15) / 16 * 16 }
