public import Tensors

// The two gates of the supported families.
//
//   SwiGLU: y = g · σ(g) · u                 Shazeer 2020, arXiv:2002.05202, with SiLU as the gate
//   GELU:   y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))   Hendrycks and Gimpel 2016, arXiv:1606.08415, "gelu_new"

/// `y = gate · sigmoid(gate) · up`, where a row of `gateUp` holds both halves: `[rows, 2 · width]` to `[rows,
/// width]`.
public func swiGLUForward(_ gateUp: Tensor, width: Int, into y: Tensor) {
  let rowCount = y.count / width
  precondition(
    gateUp.count == 2 * y.count, "swiGLUForward: gateUp has \(gateUp.count) elements, y \(y.count)")
  forEachRowBlock(rowCount, rowLength: width) { rows in
    let x = gateUp.span
    var y = y.mutableSpan
    for row in rows {
      let g = row * 2 * width
      let u = g + width
      forEachLane8Padded(width) { c, valid in
        let gate = x.loadUpTo8(at: g + c, count: valid)
        let value = gate * sigmoid(gate) * x.loadUpTo8(at: u + c, count: valid)
        y.storeUpTo8(value, at: row * width + c, count: valid)
      }
    }
  }
}

/// Overwrites `gateUp` with the gradient of ``swiGLUForward(_:width:into:)`` with respect to it.
public func swiGLUBackward(dy: Tensor, gateUp: Tensor, width: Int, into dGateUp: Tensor) {
  let rowCount = dy.count / width
  precondition(
    gateUp.count == 2 * dy.count && dGateUp.count == gateUp.count,
    "swiGLUBackward: gateUp has \(gateUp.count) elements, dy \(dy.count), dGateUp \(dGateUp.count)")
  forEachRowBlock(rowCount, rowLength: width) { rows in
    let x = gateUp.span
    let dy = dy.span
    var dx = dGateUp.mutableSpan
    for row in rows {
      let g = row * 2 * width
      let u = g + width
      forEachLane8Padded(width) { c, valid in
        let gate = x.loadUpTo8(at: g + c, count: valid)
        let up = x.loadUpTo8(at: u + c, count: valid)
        let d = dy.loadUpTo8(at: row * width + c, count: valid)
        let s = sigmoid(gate)
        let silu = gate * s
        let slope = s + silu * (1 - s)
        dx.storeUpTo8(d * up * slope, at: g + c, count: valid)
        dx.storeUpTo8(d * silu, at: u + c, count: valid)
      }
    }
  }
}

/// `y = gelu_new(x)`, element by element.
public func geluForward(_ x: Tensor, into y: Tensor) {
  precondition(x.count == y.count, "geluForward: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(x.count, rowLength: 1) { range in
    let x = x.span
    var y = y.mutableSpan
    let start = range.lowerBound
    forEachLane8Padded(range.count) { i, valid in
      let v = x.loadUpTo8(at: start + i, count: valid)
      let t = hyperbolicTangent(geluArgument(v))
      y.storeUpTo8(0.5 * v * (1 + t), at: start + i, count: valid)
    }
  }
}

/// `dx = dy · gelu_new'(x)`, element by element; `dx` is overwritten and may be `dy` itself.
public func geluBackward(dy: Tensor, x: Tensor, into dx: Tensor) {
  precondition(
    x.count == dy.count && x.count == dx.count,
    "geluBackward: x has \(x.count) elements, dy \(dy.count), dx \(dx.count)")
  forEachRowBlock(x.count, rowLength: 1) { range in
    let x = x.span
    let dy = dy.span
    var dx = dx.mutableSpan
    let start = range.lowerBound
    forEachLane8Padded(range.count) { i, valid in
      let v = x.loadUpTo8(at: start + i, count: valid)
      let t = hyperbolicTangent(geluArgument(v))
      let slope = 0.797_884_56 * (1 + 0.134_145 * v * v)
      let derivative = 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * slope
      dx.storeUpTo8(dy.loadUpTo8(at: start + i, count: valid) * derivative, at: start + i, count: valid)
    }
  }
}

@inline(__always)
private func geluArgument(_ v: SIMD8<Float>) -> SIMD8<Float> {
  0.797_884_56 * (v + 0.044_715 * v * v * v)
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
