import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Elementary functions")
struct ElementaryFunctionsTests {
  @Test("e^x is within 2 units in the last place wherever it is a normal number")
  func exponentialAccuracy() {
    var worst = (x: Float(0), units: 0.0)
    for x in stride(from: Float(-87.3), through: 88.722, by: 2.3e-4) {
      let expected = exp(Double(x))
      let unit = Double(Float(expected).ulp)
      let units = (Double(exponential(x)) - expected).magnitude / unit
      if units > worst.units { worst = (x, units) }
    }
    #expect(worst.units <= 2, "e^\(worst.x) is \(worst.units) units off")
  }

  @Test("e^x is within 2 units in the last place near zero")
  func exponentialNearZero() {
    for power in 1...60 {
      let size = Float(sign: .plus, exponent: -power, significand: 1.37)
      for x in [size, -size] {
        let expected = exp(Double(x))
        #expect((Double(exponential(x)) - expected).magnitude <= 2 * Double(Float(expected).ulp))
      }
    }
  }

  @Test(
    "e^x at its edges",
    arguments: [
      (-Float.infinity, Float(0)), (-3e38, 0), (-1e10, 0), (-104, 0), (-87.31, 0), (-0.0, 1), (0.0, 1),
      (Float.leastNonzeroMagnitude, 1), (88.73, .infinity), (89, .infinity), (1e10, .infinity),
      (3e38, .infinity),
      (.infinity, .infinity),
    ] as [(Float, Float)])
  func exponentialEdges(x: Float, expected: Float) {
    #expect(exponential(x) == expected)
  }

  @Test("a NaN stays in its lane of e^x")
  func notANumber() {
    let x = SIMD8<Float>(0, .nan, 1, -1, .nan, 2, -.infinity, .infinity)
    let y = exponential(x)
    for lane in 0..<8 { #expect(y[lane].isNaN == x[lane].isNaN) }
  }

  @Test("a lane of e^x does not depend on its place or its neighbours")
  func lanes() {
    let x = namedFloats("lanes", 64, in: -90...90)
    for shift in 0..<8 {
      var lanes = SIMD8<Float>()
      for i in 0..<8 {
        for lane in 0..<8 { lanes[lane] = x[(i * 8 + lane * 5 + shift) % 64] }
        let y = exponential(lanes)
        expectSameBits((0..<8).map { y[$0] }, (0..<8).map { exponential(lanes[$0]) })
      }
    }
  }

  @Test(
    "the logarithm is within 4e-16 of the larger of |log x| and 1, from the smallest to the largest number")
  func logarithmAccuracy() {
    let turn = Double(2).squareRoot()
    var xs: [Double] = [.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1, 0.5, 2]
    for x in [1, turn] { xs += [x.nextDown, x, x.nextUp] }
    for exponent in -1074...1023 { xs.append(Double(sign: .plus, exponent: exponent, significand: 1.618)) }
    for i in 0..<4000 { xs.append(0.4 + Double(i) * 5e-4) }
    for x in xs {
      let expected = log(x)
      #expect((logarithm(x) - expected).magnitude <= 4e-16 * max(1, expected.magnitude), "log \(x)")
    }
  }

  @Test("the logarithm at its edges")
  func logarithmEdges() {
    #expect(logarithm(1) == 0)
    #expect(logarithm(0) == -.infinity)
    #expect(logarithm(-0.0) == -.infinity)
    #expect(logarithm(.infinity) == .infinity)
    for x in [-1, -.infinity, .nan, -.leastNonzeroMagnitude] as [Double] { #expect(logarithm(x).isNaN) }
  }

  @Test("lanes are summed as a fixed tree")
  func treeSum() {
    let x = namedFloats("tree", 8, in: -1e3...1e3)
    var lanes = SIMD8<Float>()
    for i in 0..<8 { lanes[i] = x[i] }
    let expected = ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
    #expect(lanes.treeSum.bitPattern == expected.bitPattern)
  }
}
