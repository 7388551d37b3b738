import CKernels
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
    for row in rows {
      let gate = row * 2 * width
      unsafe ck_swiglu(
        gateUp.elements(gate, width), gateUp.elements(gate + width, width), width,
        y.elements(row * width, width))
    }
  }
}

/// Overwrites `dGateUp` with the gradient of ``swiGLUForward(_:width:into:)`` with respect to `gateUp`, which it may be.
public func swiGLUBackward(dy: Tensor, gateUp: Tensor, width: Int, into dGateUp: Tensor) {
  let rowCount = dy.count / width
  precondition(
    gateUp.count == 2 * dy.count && dGateUp.count == gateUp.count,
    "swiGLUBackward: gateUp has \(gateUp.count) elements, dy \(dy.count), dGateUp \(dGateUp.count)")
  forEachRowBlock(rowCount, rowLength: width) { rows in
    for row in rows {
      let (gate, up) = (row * 2 * width, row * 2 * width + width)
      unsafe ck_swiglu_backward(
        dy.elements(row * width, width), gateUp.elements(gate, width), gateUp.elements(up, width), width,
        dGateUp.elements(gate, width), dGateUp.elements(up, width))
    }
  }
}

/// `y = gelu_new(x)`, element by element; `y` may be `x` itself.
public func geluForward(_ x: Tensor, into y: Tensor) {
  precondition(x.count == y.count, "geluForward: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(x.count, rowLength: 1) { part in
    let (start, count) = (part.lowerBound, part.count)
    unsafe ck_gelu(x.elements(start, count), count, y.elements(start, count))
  }
}

/// `dx = dy · gelu_new'(x)`, element by element; `dx` is overwritten and may be `dy` itself.
public func geluBackward(dy: Tensor, x: Tensor, into dx: Tensor) {
  precondition(
    x.count == dy.count && x.count == dx.count,
    "geluBackward: x has \(x.count) elements, dy \(dy.count), dx \(dx.count)")
  forEachRowBlock(x.count, rowLength: 1) { part in
    let (start, count) = (part.lowerBound, part.count)
    unsafe ck_gelu_backward(
      dy.elements(start, count), x.elements(start, count), count, dx.elements(start, count))
  }
}
