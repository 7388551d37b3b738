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
/// - Note: Row law: a vector of `y` depends on its vector of `x` only. Sums run in eight lanes by channel.
public func rmsNormForward(
  _ x: Tensor, layout: VectorLayout, weight: Tensor, epsilon: Float, into y: Tensor
) {
  let channels = weight.count
  precondition(x.count == y.count, "rmsNormForward: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(layout.count, rowLength: channels) { rows in
    let x = x.span
    let w = weight.span
    var y = y.mutableSpan
    for row in rows {
      let start = layout.start(row)
      let scale = reciprocalRMS(x, from: start, count: channels, epsilon: epsilon)
      forEachLane(channels) { c in
        y.setLanes8(x.lanes8(at: start + c) * scale * w.lanes8(at: c), at: start + c)
      } rest: { c in
        y[start + c] = x[start + c] * scale * w[c]
      }
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
    dy.count == x.count && dx.count == x.count && dWeight.count == channels,
    "rmsNormBackward: dy has \(dy.count) elements, x \(x.count), dx \(dx.count), dWeight \(dWeight.count)")
  let scales = Storage<Float>(zeros: max(1, rowCount))
  forEachRowBlock(rowCount, rowLength: channels) { rows in
    let x = x.span
    var scale = scales.mutableSpan
    for row in rows {
      scale[row] = reciprocalRMS(x, from: layout.start(row), count: channels, epsilon: epsilon)
    }
  }
  addWeightGradient(dy: dy, x: x, layout: layout, scales: scales, to: dWeight)
  forEachRowBlock(rowCount, rowLength: channels) { rows in
    let x = x.span
    let dy = dy.span
    let w = weight.span
    var dx = dx.mutableSpan
    for row in rows {
      let start = layout.start(row)
      let scale = scales.span[row]
      var lanes = SIMD8<Float>()
      var tail: Float = 0
      forEachLane(channels) { c in
        lanes.addProduct(dy.lanes8(at: start + c) * w.lanes8(at: c), x.lanes8(at: start + c))
      } rest: { c in
        tail += dy[start + c] * w[c] * x[start + c]
      }
      let mean = (lanes.treeSum + tail) / Float(channels) * scale * scale
      forEachLane(channels) { c in
        let term = (dy.lanes8(at: start + c) * w.lanes8(at: c) - x.lanes8(at: start + c) * mean) * scale
        dx.setLanes8(overwriting ? term : dx.lanes8(at: start + c) + term, at: start + c)
      } rest: { c in
        let term = (dy[start + c] * w[c] - x[start + c] * mean) * scale
        dx[start + c] = overwriting ? term : dx[start + c] + term
      }
    }
  }
}

private func addWeightGradient(
  dy: Tensor, x: Tensor, layout: VectorLayout, scales: Storage<Float>, to dWeight: Tensor
) {
  let channels = dWeight.count
  let xs = x.span
  let dys = dy.span
  let scale = scales.span
  var dw = dWeight.mutableSpan
  for row in 0..<layout.count {
    let start = layout.start(row)
    let s = scale[row]
    forEachLane(channels) { c in
      let term = dys.lanes8(at: start + c) * xs.lanes8(at: start + c) * s
      dw.setLanes8(dw.lanes8(at: c) + term, at: c)
    } rest: { c in
      dw[c] += dys[start + c] * xs[start + c] * s
    }
  }
}

private func reciprocalRMS(_ x: Span<Float>, from start: Int, count: Int, epsilon: Float) -> Float {
  var lanes = SIMD8<Float>()
  var tail: Float = 0
  forEachLane(count) { c in
    let v = x.lanes8(at: start + c)
    lanes.addProduct(v, v)
  } rest: { c in
    tail += x[start + c] * x[start + c]
  }
  return 1 / ((lanes.treeSum + tail) / Float(count) + epsilon).squareRoot()
}
