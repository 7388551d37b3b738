import CKernels
import Tensors

/// How a product is shared out over threads; it never changes a bit.
struct ProductCut {
  /// What one call of the micro-kernel computes.
  struct Part {
    var tiles: Range<Int>
    var panels: Range<Int>
    var firstRow: Int
    var firstColumn: Int
  }

  let rows: Int
  let columns: Int
  let inner: Int
  let precision: Precision
  private let tilesPerPart: Int
  private let panelsPerPart: Int

  private var tiles: Int { ck_tiles(rows) }
  private var panels: Int { (columns + panelWidth - 1) / panelWidth }
  private var panelParts: Int { (panels + panelsPerPart - 1) / panelsPerPart }

  /// Cuts a product of `rows` × `columns` elements, each a sum over `inner`.
  init(rows: Int, columns: Int, inner: Int, precision: Precision) {
    (self.rows, self.columns, self.inner, self.precision) = (rows, columns, inner, precision)
    let (tiles, panels) = (ck_tiles(rows), (columns + panelWidth - 1) / panelWidth)
    // 192 rows share a panel that comes from memory; their part of x stays in the second-level cache, or nearly.
    tilesPerPart = max(1, min(tiles, 16))
    let rowParts = (tiles + tilesPerPart - 1) / tilesPerPart
    let isSmall = rows * columns * inner < 1 << 17
    let threads = ThreadPool.threads
    let wanted = isSmall || threads == 1 ? 1 : 4 * threads
    let panelParts = max(1, min(panels, (wanted + rowParts - 1) / rowParts))
    let evenly = max(1, (panels + panelParts - 1) / panelParts)
    // Few rows take four panels side by side; of many, parts stay small, so that threads end together.
    panelsPerPart = tiles == 1 ? (evenly + 3) / 4 * 4 : min(8, evenly)
  }

  /// The number of parts.
  var count: Int { (tiles + tilesPerPart - 1) / tilesPerPart * panelParts }

  /// Part number `index`.
  func part(_ index: Int) -> Part {
    let tile = index / panelParts * tilesPerPart
    let panel = index % panelParts * panelsPerPart
    return Part(
      tiles: tile..<min(tiles, tile + tilesPerPart), panels: panel..<min(panels, panel + panelsPerPart),
      firstRow: ck_tile_start(rows, tile), firstColumn: panel * panelWidth)
  }

  /// The micro-kernel's order for a part, all but where results go.
  @unsafe
  func product(
    _ part: Part, left: UnsafePointer<UInt32>?, right: UnsafePointer<UInt32>?
  ) -> ck_product {
    unsafe ck_product(
      precision: precision.code, rows: rows, columns: columns, inner: inner, left: left, right: right,
      first_tile: part.tiles.lowerBound, last_tile: part.tiles.upperBound,
      first_panel: part.panels.lowerBound, last_panel: part.panels.upperBound, y: nil, y_stride: 0,
      accumulate: 0
    )
  }
}
