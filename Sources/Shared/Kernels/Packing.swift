import CKernels
import Tensors

/// Packing left factors, in tiles of rows.
enum LeftTiles {
  /// Packs `x`, a few thousand rows at a time, and calls `body` with the rows and their words.
  static func withPasses(
    _ x: MatrixView, precision: Precision, _ body: (_ rows: Range<Int>, _ words: Storage<UInt32>) -> Void
  ) {
    let wordsPerRow = ck_steps(precision.code, x.columns) * ck_left_words(precision.code)
    let rowsPerPass = max(1, mostWords / max(1, wordsPerRow) / 192) * 192
    Scratch.withWords(min(x.rows, rowsPerPass) * wordsPerRow) { words in
      for start in stride(from: 0, to: x.rows, by: rowsPerPass) {
        let rows = start..<min(x.rows, start + rowsPerPass)
        pack(x.rows(rows), precision: precision, into: words)
        body(rows, words)
      }
    }
  }

  /// 16 MiB of words at a time, so that a large batch takes no memory to speak of.
  private static let mostWords = 1 << 22

  private static func pack(_ x: MatrixView, precision: Precision, into words: Storage<UInt32>) {
    let tiles = ck_tiles(x.rows)
    // Neighbours share cache lines where rows of x do not lie side by side, so blocks are as large as threads allow.
    let perBlock =
      tiles * x.columns < 2048 ? max(1, tiles) : max(1, min(16, tiles / (2 * ThreadPool.threads)))
    forEachBlock((tiles + perBlock - 1) / perBlock) { block in
      let from = x.tensor.span
      var to = words.mutableSpan
      unsafe from.withUnsafeBufferPointer { from in
        unsafe to.withUnsafeMutableBufferPointer { to in
          guard let source = from.baseAddress, let target = to.baseAddress else { return }
          unsafe ck_pack_left(
            precision.code, source + x.offset, x.rowStride, x.columnStride, x.rows, x.columns,
            block * perBlock, min(tiles, (block + 1) * perBlock), target)
        }
      }
    }
  }
}

/// Packing right factors, in panels of 32 columns.
enum RightPanels {
  /// Words of a packed matrix.
  static func words(inner: Int, outer: Int, precision: Precision) -> Int {
    max(1, ck_steps(precision.code, inner)) * ((outer + panelWidth - 1) / panelWidth) * panelWidth
  }

  /// Packs a matrix put together from `parts`; whatever was in `words` before is gone.
  static func pack(
    _ parts: [MatrixPart], inner: Int, outer: Int, precision: Precision, into words: Storage<UInt32>
  ) {
    let wordsPerPanel = ck_steps(precision.code, inner) * panelWidth
    let panels = (outer + panelWidth - 1) / panelWidth
    let perBlock = 4
    forEachBlock(wordsPerPanel == 0 ? 0 : (panels + perBlock - 1) / perBlock) { block in
      let part = block * perBlock..<min(panels, (block + 1) * perBlock)
      // A last column or an odd number of rows leaves places that no element fills.
      let hasGaps = part.upperBound * panelWidth > outer || (precision == .bf16 && !inner.isMultiple(of: 2))
      if hasGaps {
        var gaps = words.mutableSpan(part.lowerBound * wordsPerPanel..<part.upperBound * wordsPerPanel)
        for i in gaps.indices { gaps[i] = 0 }
      }
      for matrix in parts { pack(matrix, panels: part, inner: inner, precision: precision, into: words) }
    }
  }

  private static func pack(
    _ part: MatrixPart, panels: Range<Int>, inner: Int, precision: Precision, into words: Storage<UInt32>
  ) {
    let view = part.view
    let from = view.tensor.span
    var to = words.mutableSpan
    unsafe from.withUnsafeBufferPointer { from in
      unsafe to.withUnsafeMutableBufferPointer { to in
        guard let source = from.baseAddress, let target = to.baseAddress else { return }
        var part = unsafe ck_part(
          elements: source + view.offset, k_stride: view.rowStride, n_stride: view.columnStride,
          row: part.row,
          column: part.column, rows: view.rows, columns: view.columns)
        unsafe ck_pack_right(precision.code, &part, inner, panels.lowerBound, panels.upperBound, target)
      }
    }
  }
}

let panelWidth = Int(CK_PANEL)
