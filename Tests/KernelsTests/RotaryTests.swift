import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite("Rotary positions")
struct RotaryTests {
  /// Half dimensions around a vector of eight, and a real one.
  @Test("agrees with the same in Double, and leaves the other columns alone", arguments: oracleSizes(64))
  func oracle(half: Int) {
    let (heads, positions): (Int, [Int32]) = (3, [0, 1, 5, 999, 7])
    let rowLength = heads * 2 * half + 4
    let x = Tensor(named: "x", [positions.count, rowLength])
    let expected = rotated(doubles(x.elements), positions, half: half, heads: heads, rowLength: rowLength)
    table(half).rotate(x, rowLength: rowLength, column: 1, heads: heads, positions: positions)
    expectClose(x.elements, expected, absolute: 2e-7, relative: 1e-6)
  }

  @Test("the inverse is the slope: the gradient of a rotation", arguments: [1, 4, 9])
  func slope(half: Int) {
    let (positions, rowLength): ([Int32], Int) = ([3, 40], 2 * half + 4)
    let (x, dy) = (namedFloats("x", 2 * rowLength), Tensor(named: "dy", [2, rowLength]))
    let g = doubles(dy.elements)
    table(half).rotate(dy, rowLength: rowLength, column: 1, heads: 1, positions: positions, inverse: true)
    let expected = slopes(at: doubles(x)) {
      dot(g, rotated($0, positions, half: half, heads: 1, rowLength: rowLength))
    }
    expectClose(dy.elements, expected)
  }

  @Test("a rotation keeps lengths, and its inverse undoes it")
  func inverse() {
    let x = Tensor(named: "x", [2, 20])
    let before = x.elements
    table(10).rotate(x, rowLength: 20, column: 0, heads: 1, positions: [17, 900])
    expectClose(
      [Float(dot(doubles(x.elements), doubles(x.elements)))], [dot(doubles(before), doubles(before))])
    table(10).rotate(x, rowLength: 20, column: 0, heads: 1, positions: [17, 900], inverse: true)
    expectClose(x.elements, before, absolute: 1e-6)
  }

  @Test("scores depend on the distance of positions only")
  func distance() {
    let products = [(3, 1), (13, 11), (502, 500)].map { first, second in
      let (q, k) = (Tensor(named: "q", [1, 16]), Tensor(named: "k", [1, 16]))
      table(8).rotate(q, rowLength: 16, column: 0, heads: 1, positions: [Int32(first)])
      table(8).rotate(k, rowLength: 16, column: 0, heads: 1, positions: [Int32(second)])
      return Float(dot(doubles(q.elements), doubles(k.elements)))
    }
    expectClose(products, [Float](repeating: products[0], count: 3), absolute: 2e-4)
  }

  private func table(_ half: Int) -> RotaryTable {
    RotaryTable(frequencies: frequencies(half), positions: 1000)
  }
}

private func frequencies(_ half: Int) -> [Float] {
  (0..<half).map { Float(pow(10_000, -Double($0) / Double(half))) }
}

private func rotated(
  _ x: [Double], _ positions: [Int32], half: Int, heads: Int, rowLength: Int
) -> [Double] {
  var y = x
  for (row, position) in positions.enumerated() {
    for head in 0..<heads {
      for (i, frequency) in frequencies(half).enumerated() {
        // The angle is rounded to Float first, as the table says.
        let angle = Double(Float(position) * frequency)
        let first = row * rowLength + 1 + head * 2 * half + i
        let second = first + half
        y[first] = x[first] * cos(angle) - x[second] * sin(angle)
        y[second] = x[second] * cos(angle) + x[first] * sin(angle)
      }
    }
  }
  return y
}
