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

  @Test("the gate's sigmoid is within 4 units in the last place")
  func sigmoidAccuracy() {
    let gates = Array(stride(from: Float(-86), through: 100, by: 1.3e-3))
    let y = Tensor(zeros: [gates.count])
    swiGLUForward(
      Tensor(gates + [Float](repeating: 1, count: gates.count), shape: [2 * gates.count]), width: gates.count,
      into: y)
    for (i, x) in gates.enumerated() {
      let expected = Double(x) / (1 + exp(-Double(x)))
      // One rounding more, that of the product.
      let unit = Double(Float(expected).ulp)
      #expect((Double(y.span[i]) - expected).magnitude <= 5 * unit, "at \(x)")
    }
  }

  @Test("GELU's tanh is within 2e-7")
  func hyperbolicTangentAccuracy() {
    let x = Array(stride(from: Float(-12), through: 12, by: 1.1e-3))
    let y = Tensor(zeros: [x.count])
    geluForward(Tensor(x, shape: [x.count]), into: y)
    for i in x.indices {
      let tolerance = 0.5 * 2e-7 * Double(x[i].magnitude) + Double(x[i].ulp)
      #expect((Double(y.span[i]) - gelu(Double(x[i]))).magnitude <= tolerance, "at \(x[i])")
    }
  }

  @Test("infinite gates pass or vanish as far as numbers can")
  func infinities() {
    let gates: [Float] = [.infinity, -.infinity, -87.4, 88.8, -1e30, 1e30]
    let y = Tensor(zeros: [6])
    swiGLUForward(Tensor(gates + [Float](repeating: 1, count: 6), shape: [12]), width: 6, into: y)
    #expect(
      y.span[0] == .infinity && y.span[1].isNaN && y.span[3] == 88.8 && y.span[4] == 0 && y.span[5] == 1e30)
    #expect(y.span[2].magnitude < 1e-35)
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
