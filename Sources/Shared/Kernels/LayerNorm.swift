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
/// - Note: Row law: a row of `y` depends on its row of `x` only.
public func layerNormForward(_ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float, into y: Tensor) {
  let channels = weight.count
  precondition(
    x.count == y.count && x.count.isMultiple(of: channels) && bias.count == channels,
    "layerNormForward: x has \(x.count) elements, y \(y.count), weight \(channels), bias \(bias.count)")
  forEachRowBlock(x.count / channels, rowLength: channels) { rows in
    let x = x.span
    let w = weight.span
    let b = bias.span
    var y = y.mutableSpan
    for row in rows {
      let start = row * channels
      let (mean, scale) = moments(x, from: start, count: channels, epsilon: epsilon)
      forEachLane(channels) { c in
        let z = (x.lanes8(at: start + c) - mean) * scale
        y.setLanes8(z * w.lanes8(at: c) + b.lanes8(at: c), at: start + c)
      } rest: { c in
        y[start + c] = (x[start + c] - mean) * scale * w[c] + b[c]
      }
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
  let means = Storage<Float>(zeros: rowCount)
  let scales = Storage<Float>(zeros: rowCount)
  forEachRowBlock(rowCount, rowLength: channels) { rows in
    let x = x.span
    let dy = dy.span
    let w = weight.span
    var dx = dx.mutableSpan
    var meansOut = means.mutableSpan
    var scalesOut = scales.mutableSpan
    for row in rows {
      let start = row * channels
      let (mean, scale) = moments(x, from: start, count: channels, epsilon: epsilon)
      meansOut[row] = mean
      scalesOut[row] = scale
      var sumLanes = SIMD8<Float>()
      var productLanes = SIMD8<Float>()
      var sumTail: Float = 0
      var productTail: Float = 0
      forEachLane(channels) { c in
        let g = dy.lanes8(at: start + c) * w.lanes8(at: c)
        sumLanes += g
        productLanes.addProduct(g, (x.lanes8(at: start + c) - mean) * scale)
      } rest: { c in
        let g = dy[start + c] * w[c]
        sumTail += g
        productTail += g * ((x[start + c] - mean) * scale)
      }
      let meanG = (sumLanes.treeSum + sumTail) / Float(channels)
      let meanGZ = (productLanes.treeSum + productTail) / Float(channels)
      forEachLane(channels) { c in
        let z = (x.lanes8(at: start + c) - mean) * scale
        let g = dy.lanes8(at: start + c) * w.lanes8(at: c)
        dx.setLanes8(dx.span.lanes8(at: start + c) + (g - meanG - z * meanGZ) * scale, at: start + c)
      } rest: { c in
        let z = (x[start + c] - mean) * scale
        dx[start + c] += (dy[start + c] * w[c] - meanG - z * meanGZ) * scale
      }
    }
  }
  let xs = x.span
  let dys = dy.span
  var dw = dWeight.mutableSpan
  var db = dBias.mutableSpan
  for row in 0..<rowCount {
    let start = row * channels
    let mean = means.span[row]
    let scale = scales.span[row]
    forEachLane(channels) { c in
      let g = dys.lanes8(at: start + c)
      dw.setLanes8(dw.span.lanes8(at: c) + g * ((xs.lanes8(at: start + c) - mean) * scale), at: c)
      db.setLanes8(db.span.lanes8(at: c) + g, at: c)
    } rest: { c in
      dw[c] += dys[start + c] * ((xs[start + c] - mean) * scale)
      db[c] += dys[start + c]
    }
  }
}

private func moments(
  _ x: Span<Float>, from start: Int, count: Int, epsilon: Float
) -> (mean: Float, scale: Float) {
  var lanes = SIMD8<Float>()
  var tail: Float = 0
  forEachLane(count) { c in
    lanes += x.lanes8(at: start + c)
  } rest: { c in
    tail += x[start + c]
  }
  let mean = (lanes.treeSum + tail) / Float(count)
  lanes = SIMD8()
  tail = 0
  forEachLane(count) { c in
    let d = x.lanes8(at: start + c) - mean
    lanes.addProduct(d, d)
  } rest: { c in
    tail += (x[start + c] - mean) * (x[start + c] - mean)
  }
  return (mean, 1 / ((lanes.treeSum + tail) / Float(count) + epsilon).squareRoot())
}
