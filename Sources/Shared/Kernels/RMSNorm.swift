import CKernels
public import Tensors

// RMSNorm, forward and backward.
//
//   s[r]     = 1 / sqrt(mean over c of x[r, c]² + ε)
//   y[r, c]  = x[r, c] · s[r] · w[c]
//   dx[r, c] = s[r] · (dy[r, c] · w[c] - x[r, c] · s[r]² · mean over k of dy[r, k] · w[k] · x[r, k])
//   dw[c]    = sum over r of dy[r, c] · x[r, c] · s[r]
//
// Source: Zhang and Sennrich 2019, "Root Mean Square Layer Normalization", eq. 4, arXiv:1910.07467.
// Oracle: the same in Double; Tests/KernelsTests/NormTests.swift.

/// Where the vectors to normalise lie: `heads` of them side by side from column `column` of rows of
/// `rowLength`.
public struct VectorLayout: Sendable {
  /// The number of vectors.
  public var count: Int
  private let heads: Int
  private let channels: Int
  private let rowLength: Int
  private let column: Int

  /// Whole rows of `channels` elements.
  public init(rows: Int, channels: Int) {
    self.init(rows: rows, rowLength: channels, column: 0, heads: 1, channels: channels)
  }

  /// The heads of every row.
  public init(rows: Int, rowLength: Int, column: Int, heads: Int, channels: Int) {
    count = rows * heads
    self.heads = heads
    self.channels = channels
    self.rowLength = rowLength
    self.column = column
  }

  /// Whether `elements` hold all vectors.
  func fits(_ elements: Int) -> Bool { count == 0 || start(count - 1) + channels <= elements }

  func start(_ vector: Int) -> Int {
    heads == 1
      ? vector * rowLength + column : vector / heads * rowLength + column + vector % heads * channels
  }
}

/// Normalises each vector by its root mean square, then scales each channel.
///
/// - Parameters:
///   - x: The vectors, laid out as `layout` says.
///   - layout: Rows, or the heads of rows (Qwen3 normalises every query and key head).
///   - weight: `[channels]`.
///   - epsilon: Added to the mean square; `rms_norm_eps` of `config.json`.
///   - y: As `x`, overwritten where `layout` says; may be `x` itself.
/// - Note: Row law: a vector of `y` depends on its vector of `x` only. Sums run in sixteen lanes by channel.
public func rmsNormForward(
  _ x: Tensor, layout: VectorLayout, weight: Tensor, epsilon: Float, into y: Tensor
) {
  let channels = weight.count
  precondition(x.count == y.count, "rmsNormForward: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(layout.count, rowLength: channels) { rows in
    for row in rows {
      let start = layout.start(row)
      unsafe ck_rms_norm(
        x.elements(start, channels), reciprocalRMS(x, start, channels, epsilon), weight.elements(0, channels),
        channels, y.elements(start, channels))
    }
  }
}

/// The gradient of ``rmsNormForward(_:layout:weight:epsilon:into:)``.
///
/// - Parameters:
///   - dy: As `x`.
///   - x: As given to the forward.
///   - layout: As given to the forward.
///   - weight: `[channels]`.
///   - epsilon: As given to the forward.
///   - dx: As `x`; added to, or overwritten, which allows `dx` to be `dy` itself.
///   - overwriting: Whether `dx` is overwritten.
///   - dWeight: `[channels]`, added to, vectors in ascending order.
public func rmsNormBackward(
  dy: Tensor, x: Tensor, layout: VectorLayout, weight: Tensor, epsilon: Float, dx: Tensor,
  overwriting: Bool = false,
  addingTo dWeight: Tensor
) {
  let channels = weight.count
  let rowCount = layout.count
  precondition(
    dy.count == x.count && dx.count == x.count && dWeight.count == channels && layout.fits(x.count),
    "rmsNormBackward: dy has \(dy.count) elements, x \(x.count), dx \(dx.count), dWeight \(dWeight.count)")
  let scales = Tensor(zeros: [rowCount])
  let starts = (0..<rowCount).map { layout.start($0) }
  forEachRowBlock(rowCount, rowLength: channels) { rows in
    var scales = scales.mutableSpan
    for row in rows { scales[row] = reciprocalRMS(x, starts[row], channels, epsilon) }
  }
  forEachChannelBlock(channels, rows: rowCount) { block in
    let (first, count) = (block.lowerBound, block.count)
    unsafe ck_add_rms_columns(
      dy.elements(first, 0), x.elements(first, 0), starts, scales.elements(0, rowCount), rowCount, count,
      dWeight.elements(first, count))
  }
  forEachRowBlock(rowCount, rowLength: channels) { rows in
    for row in rows {
      let start = starts[row]
      unsafe ck_rms_norm_backward(
        dy.elements(start, channels), x.elements(start, channels), scales.span[row],
        weight.elements(0, channels), channels, overwriting ? 1 : 0, dx.elements(start, channels))
    }
  }
}

private func reciprocalRMS(_ x: Tensor, _ start: Int, _ channels: Int, _ epsilon: Float) -> Float {
  unsafe ck_rms_scale(x.elements(start, channels), channels, epsilon)
}
