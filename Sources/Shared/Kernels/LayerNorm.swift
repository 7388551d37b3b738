import CKernels
public import Tensors

// LayerNorm, forward and backward.
//
//   μ = mean of x, s = 1 / sqrt(mean of (x - μ)² + ε), z = (x - μ) · s
//   y = z · w + b
//   dx = s · (g - mean(g) - z · mean(g · z)) with g = dy · w; dw += dy · z; db += dy
//
// Source: Ba, Kiros and Hinton 2016, "Layer Normalization", arXiv:1607.06450.
// Oracle: the same in Double; Tests/KernelsTests/NormTests.swift.

/// Normalises each row to zero mean and unit variance, then scales and shifts each channel.
///
/// - Parameters:
///   - x: `[rows, channels]`.
///   - weight: `[channels]`.
///   - bias: `[channels]`.
///   - epsilon: Added to the variance; `layer_norm_epsilon` of `config.json`.
///   - y: `[rows, channels]`, overwritten; may be `x` itself.
/// - Note: Row law: a row of `y` depends on its row of `x` only. Sums run in sixteen lanes by channel.
public func layerNormForward(_ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float, into y: Tensor) {
  let channels = weight.count
  precondition(
    x.count == y.count && x.count.isMultiple(of: channels) && bias.count == channels,
    "layerNormForward: x has \(x.count) elements, y \(y.count), weight \(channels), bias \(bias.count)")
  forEachRowBlock(x.count / channels, rowLength: channels) { rows in
    for row in rows {
      let start = row * channels
      let (mean, scale) = moments(x, start, channels, epsilon)
      unsafe ck_layer_norm(
        x.elements(start, channels), mean, scale, weight.elements(0, channels), bias.elements(0, channels),
        channels, y.elements(start, channels))
    }
  }
}

/// Adds the gradient of ``layerNormForward(_:weight:bias:epsilon:into:)`` to `dx`, `dWeight` and `dBias`.
///
/// - Parameters:
///   - dy: `[rows, channels]`.
///   - x: `[rows, channels]`, as given to the forward.
///   - weight: `[channels]`.
///   - epsilon: As given to the forward.
///   - dx: `[rows, channels]`, added to.
///   - dWeight: `[channels]`, added to, rows in ascending order.
///   - dBias: `[channels]`, added to, rows in ascending order.
public func layerNormBackward(
  dy: Tensor, x: Tensor, weight: Tensor, epsilon: Float, addingTo dx: Tensor, dWeight: Tensor, dBias: Tensor
) {
  let channels = weight.count
  let rowCount = x.count / channels
  precondition(
    dy.count == x.count && dx.count == x.count && dWeight.count == channels && dBias.count == channels,
    "layerNormBackward: dy has \(dy.count) elements, x \(x.count), dx \(dx.count), dWeight \(dWeight.count)")
  let (means, scales) = (Tensor(zeros: [rowCount]), Tensor(zeros: [rowCount]))
  forEachRowBlock(rowCount, rowLength: channels) { rows in
    var meansOut = means.mutableSpan
    var scalesOut = scales.mutableSpan
    for row in rows {
      let start = row * channels
      let (mean, scale) = moments(x, start, channels, epsilon)
      meansOut[row] = mean
      scalesOut[row] = scale
      unsafe ck_layer_norm_backward(
        dy.elements(start, channels), x.elements(start, channels), mean, scale, weight.elements(0, channels),
        channels, dx.elements(start, channels))
    }
  }
  forEachChannelBlock(channels, rows: rowCount) { block in
    let (first, count) = (block.lowerBound, block.count)
    unsafe ck_add_layer_columns(
      dy.elements(first, 0), x.elements(first, 0), means.elements(0, rowCount), scales.elements(0, rowCount),
      rowCount, channels, count, dWeight.elements(first, count), dBias.elements(first, count))
  }
}

private func moments(
  _ x: Tensor, _ start: Int, _ channels: Int, _ epsilon: Float
) -> (mean: Float, scale: Float) {
  var (mean, scale): (Float, Float) = (0, 0)
  unsafe ck_layer_moments(x.elements(start, channels), channels, epsilon, &mean, &scale)
  return (mean, scale)
}
