import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

private let scale = 0x1p36

@Suite("The fold into fixed point")
struct GradientFoldTests {
  @Test(
    "adds every element times the scale, rounded", arguments: [1, 7, 8, 9, 65_535, 65_536, 65_537, 200_003])
  func oracle(count: Int) {
    let gradient = Tensor(named: "gradient", [count], in: -3...3)
    let total = Storage<Int64>(zeros: count)
    for _ in 0..<2 {
      let report = foldGradient(gradient, scale: scale, into: total)
      #expect(report.largestMagnitude == gradient.elements.map(\.magnitude).max() && report.isFinite)
    }
    let expected = gradient.elements.map { 2 * Int64((Double($0) * scale).rounded(.toNearestOrEven)) }
    #expect(integers(total) == expected)
  }

  @Test("ties go to the even integer, in lanes and in the rest")
  func ties() {
    let values: [Float] = [
      0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.499_999_97, 0.500_000_06, 0.5, 1.5, 2.5, -1.5, -2.5,
    ]
    let total = Storage<Int64>(zeros: values.count)
    _ = foldGradient(Tensor(values, shape: [values.count]), scale: 1, into: total)
    #expect(integers(total) == [0, 2, 2, 0, -2, -2, 0, 1, 0, 2, 2, -2, -2])
  }

  @Test("groups in any order give the same total, where sums of Floats do not", arguments: 0..<8)
  func order(number: Int) {
    let groups = (0..<7).map { Tensor(named: "group \($0)", [1003], in: -1...1) }
    var shuffled = groups
    var generator = namedGenerator("order \(number)")
    generator.shuffle(&shuffled)
    #expect(integers(fold(shuffled)) == integers(fold(groups)))
    let sums = [groups, shuffled].map { order in
      order.reduce([Float](repeating: 0, count: 1003)) { zip($0, $1.elements).map { $0 + $1 } }
    }
    // If this fails, the shuffle was the identity, and the claim above says nothing.
    #expect(sums[0] != sums[1])
  }

  @Test("learners that fold different groups add up to one that folds them all")
  func ranks() {
    let groups = (0..<5).map { Tensor(named: "group \($0)", [77], in: -1...1) }
    let (first, second) = (integers(fold(Array(groups[..<2]))), integers(fold(Array(groups[2...]))))
    #expect(zip(first, second).map { $0 &+ $1 } == integers(fold(groups)))
  }

  @Test(
    "magnitudes on both sides of 2^51 are exact, in lanes and in the rest",
    arguments: [0x1p50, 0x1p51 - 0x1p28, 0x1p51, 0x1.8p51, 0x1p52, 0x1p53, 0x1p60, 0x1.fffffep62])
  func large(value: Double) {
    let values = [Float](repeating: Float(value), count: 4) + [Float](repeating: -Float(value), count: 7)
    let total = Storage<Int64>(zeros: 11)
    let report = foldGradient(Tensor(values, shape: [11]), scale: 1, into: total)
    #expect(integers(total) == values.map { Int64($0) })
    #expect(report.largestMagnitude == Float(value))
  }

  @Test("beyond 64 bits nothing traps, and the report tells", arguments: [0x1p63, 0x1p100, 3e38] as [Float])
  func beyond(value: Float) {
    let total = Storage<Int64>(zeros: 9)
    let report = foldGradient(
      Tensor([Float](repeating: value, count: 9), shape: [9]), scale: scale, into: total)
    #expect(report.largestMagnitude == value)
    _ = foldGradient(Tensor([Float](repeating: -value, count: 9), shape: [9]), scale: scale, into: total)
  }

  @Test("totals wrap around")
  func wrap() {
    let total = Storage<Int64>(zeros: 9)
    for i in 0..<9 {
      var elements = total.mutableSpan
      elements[i] = .max
    }
    _ = foldGradient(Tensor([Float](repeating: 1, count: 9), shape: [9]), scale: 1, into: total)
    #expect(integers(total) == [Int64](repeating: .min, count: 9))
  }

  @Test(
    "a gradient that is not finite is reported, wherever it is",
    arguments: [Float.nan, .infinity, -.infinity],
    [0, 7, 8, 12, 65_535, 65_536, 70_000, 70_008])
  func nonFinite(value: Float, place: Int) {
    let count = max(13, place + 1)
    let gradient = Tensor(named: "gradient", [count])
    setElement(gradient, place, value)
    #expect(!foldGradient(gradient, scale: scale, into: Storage(zeros: count)).isFinite)
  }

  @Test("the mean is the total by scale and normaliser, rounded once", arguments: [1, 7, 8, 9, 40_000])
  func unfold(count: Int) {
    let total = Storage<Int64>(zeros: count)
    var generator = namedGenerator("totals")
    var expected: [Float] = []
    for i in 0..<count {
      let value = Int64(truncatingIfNeeded: generator.next()) >> 12
      var elements = total.mutableSpan
      elements[i] = value
      expected.append(Float(Double(value) * (1 / (scale * 42))))
    }
    let gradient = Tensor(zeros: [count])
    unfoldGradient(total, scale: scale, normalizer: 42, into: gradient)
    expectSameBits(gradient.elements, expected)
  }

  @Test("what is folded comes back within half a step of the fixed point")
  func roundTrip() {
    let gradient = Tensor(named: "gradient", [1001], in: -2...2)
    let back = Tensor(zeros: [1001])
    unfoldGradient(fold([gradient]), scale: scale, normalizer: 1, into: back)
    expectClose(back.elements, gradient.elements, absolute: 0.5 / scale, relative: 0)
  }

  private func fold(_ groups: [Tensor]) -> Storage<Int64> {
    let total = Storage<Int64>(zeros: groups[0].count)
    for group in groups { _ = foldGradient(group, scale: scale, into: total) }
    return total
  }

  private func integers(_ storage: Storage<Int64>) -> [Int64] {
    (0..<storage.count).map { storage.span[$0] }
  }
}
