import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite("Gates")
struct ActivationsTests {
  @Test("SwiGLU agrees with the same in Double", arguments: oracleSizes(4864))
  func swiGLUOracle(width: Int) {
    let x = Tensor(named: "x", [3, 2 * width], in: -12...12)
    let y = Tensor([Float](repeating: .nan, count: 3 * width), shape: [3, width])
    swiGLUForward(x, width: width, into: y)
    expectClose(y.elements, swiGLU(doubles(x.elements), width: width), absolute: 1e-7, relative: 1e-6)
  }

  @Test("SwiGLU's gradient is its slope, and overwrites", arguments: [1, 7, 8, 9, 33])
  func swiGLUSlopes(width: Int) {
    let (x, dy) = (Tensor(named: "x", [2, 2 * width], in: -6...6), Tensor(named: "dy", [2, width]))
    let dx = Tensor([Float](repeating: .nan, count: x.count), shape: x.shape)
    swiGLUBackward(dy: dy, gateUp: x, width: width, into: dx)
    let g = doubles(dy.elements)
    expectClose(
      dx.elements, slopes(at: doubles(x.elements)) { dot(g, swiGLU($0, width: width)) }, relative: 2e-6)
  }

  @Test("GELU agrees with the same in Double", arguments: oracleSizes(40_000))
  func geluOracle(count: Int) {
    let x = Tensor(named: "x", [count], in: -8...8)
    let y = Tensor(zeros: [count])
    geluForward(x, into: y)
    expectClose(y.elements, doubles(x.elements).map(gelu), absolute: 1e-6, relative: 1e-6)
  }

  @Test("GELU's gradient is its slope, in place too", arguments: [1, 7, 8, 9, 500])
  func geluSlopes(count: Int) {
    let (x, dy) = (Tensor(named: "x", [count], in: -6...6), Tensor(named: "dy", [count]))
    let expected = zip(x.elements, dy.elements).map { x, dy in
      Double(dy) * slopes(at: [Double(x)]) { gelu($0[0]) }[0]
    }
    geluBackward(dy: dy, x: x, into: dy)
    expectClose(dy.elements, expected, absolute: 2e-6, relative: 2e-6)
  }

  @Test("large inputs pass or vanish, and a NaN stays in its element")
  func edges() {
    let x = Tensor([-1e4, 1e4, .nan, -100, 100, 0, -0.0, 3, 3], shape: [9])
    let y = Tensor(zeros: [9])
    geluForward(x, into: y)
    expectClose(y.elements, [0, 1e4, .nan, 0, 100, 0, 0, 2.996_362_6, 2.996_362_6])
    let gated = Tensor(zeros: [9])
    swiGLUForward(
      Tensor(x.elements + [Float](repeating: 2, count: 9), shape: [18]), width: 9, into: gated)
    expectClose(gated.elements, [0, 2e4, .nan, 0, 200, 0, 0, 5.715_445, 5.715_445])
  }
}

private func swiGLU(_ x: [Double], width: Int) -> [Double] {
  (0..<x.count / 2).map { i in
    let start = i / width * 2 * width + i % width
    return x[start] / (1 + exp(-x[start])) * x[start + width]
  }
}

private func gelu(_ x: Double) -> Double {
  x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
}
