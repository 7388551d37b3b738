import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite("The global norm")
struct GlobalNormTests {
  @Test("agrees with the same in Double", arguments: [0, 1, 7, 8, 9, 65_536, 65_537, 300_001])
  func oracle(count: Int) {
    let gradient = Tensor(named: "gradient", [count], in: -2...2)
    let expected = gradient.elements.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect((globalNorm(gradient) - expected).magnitude <= 1e-12 * expected)
  }

  @Test("neither squares of large elements nor of small ones are lost")
  func extremes() {
    #expect(globalNorm(Tensor([3e38, 0], shape: [2])) == Double(Float(3e38)))
    #expect(globalNorm(Tensor([3e-38, 0], shape: [2])) == Double(Float(3e-38)))
  }

  @Test("something not finite makes it not finite", arguments: [0, 8, 65_536, 70_000])
  func nonFinite(place: Int) {
    for value in [Float.nan, .infinity] {
      let gradient = Tensor(named: "gradient", [70_001])
      setElement(gradient, place, value)
      #expect(!globalNorm(gradient).isFinite)
    }
  }
}

@Suite("AdamW")
struct AdamWTests {
  private let settings = AdamWSettings(
    learningRate: 2e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1)

  @Test("ten steps agree with the same in Double", arguments: [1, 7, 8, 9, 40_000])
  func oracle(count: Int) {
    let state = State(count)
    var expected = (0..<count).map { OracleState(parameter: Double(state.parameters.span[$0])) }
    for step in 1...10 {
      let gradient = Tensor(named: "gradient \(step)", [count])
      state.step(gradient, factor: 0.5, step, settings)
      for i in 0..<count { expected[i].step(Double(gradient.span[i]) * 0.5, step, settings) }
    }
    expectClose(
      state.parameters.elements, expected.map(\.parameter), absolute: 5e-7, relative: 2e-6, "parameter")
    expectClose(state.first.elements, expected.map(\.first), absolute: 1e-7, relative: 1e-5, "first moment")
    expectClose(
      state.second.elements, expected.map(\.second), absolute: 1e-8, relative: 1e-5, "second moment")
  }

  @Test("the first step is the learning rate against the gradient's sign, whatever its size")
  func firstStep() {
    let state = State(9)
    let before = state.parameters.elements
    let gradient = Tensor([1e-3, -1e-3, 1e3, -1e3, 1, -1, 1e-5, 20, -20], shape: [9])
    state.step(gradient, factor: 1, 1, AdamWSettings(learningRate: 0.1, weightDecay: 0))
    let expected = zip(before, gradient.elements).map { $0 - ($1 > 0 ? 0.1 : -0.1) }
    expectClose(state.parameters.elements, expected, absolute: 2e-4)
  }

  @Test("without a gradient parameters only decay")
  func decay() {
    let state = State(9)
    let before = state.parameters.elements
    state.step(Tensor(zeros: [9]), factor: 1, 1, settings)
    expectClose(state.parameters.elements, before.map { Double($0) * (1 - 2e-2 * 0.1) }, absolute: 1e-7)
    expectSameBits(state.first.elements + state.second.elements, [Float](repeating: 0, count: 18))
  }

  @Test("a NaN stays in its element")
  func notANumber() {
    let (state, clean) = (State(20), State(20))
    let gradient = Tensor(named: "gradient", [20])
    clean.step(gradient, factor: 1, 1, settings)
    setElement(gradient, 11, .nan)
    state.step(gradient, factor: 1, 1, settings)
    var expected = clean.parameters.elements
    expected[11] = .nan
    expectClose(state.parameters.elements, expected, absolute: 0, relative: 0)
  }

  @Test(
    "shards at any bounds take the step of the whole, bit for bit", arguments: [1, 5, 8, 13, 16_384, 30_000])
  func shards(bound: Int) {
    let count = 40_000
    let (whole, cut) = (State(count), State(count))
    for step in 1...3 {
      let gradient = Tensor(named: "gradient \(step)", [count])
      whole.step(gradient, factor: 0.7, step, settings)
      for range in [0..<bound, bound..<count] {
        adamWStep(
          parameters: cut.parameters.rows(range), gradient: gradient.rows(range), gradientFactor: 0.7,
          firstMoment: cut.first.rows(range), secondMoment: cut.second.rows(range), step: step,
          settings: settings)
      }
    }
    expectSameBits(cut.parameters.elements, whole.parameters.elements)
    expectSameBits(cut.second.elements, whole.second.elements)
  }
}

@Suite("AdamW from folded totals")
struct FoldedAdamWTests {
  private let settings = AdamWSettings(learningRate: 2e-2, beta2: 0.99, weightDecay: 0.1)
  private let scale = 0x1p36
  private let normalizer = 42.0

  @Test(
    "the norm from sums of blocks has the bits of the gradient's norm, however blocks are shared out",
    arguments: [0, 1, 7, 15, 17, 65_536, 65_543, 200_003])
  func norm(count: Int) {
    let totals = folded(count)
    let gradient = Tensor(zeros: [count])
    unfoldGradient(totals, scale: scale, normalizer: normalizer, into: gradient)
    let expected = globalNorm(gradient)
    for bound in Set([0, min(count, 65_536), min(count, 131_072), count]) {
      let sums = [0..<bound, bound..<count].flatMap { range in
        range.lowerBound.isMultiple(of: 65_536)
          ? gradientBlockSums(totals, range: range, factor: 1 / (scale * normalizer)) : []
      }
      #expect(globalNorm(blockSums: sums).bitPattern == expected.bitPattern)
    }
  }

  @Test(
    "shards at any bounds take the step of the unfolded gradient, bit for bit, and clear their totals",
    arguments: [(1, 0), (40, 17), (70_000, 13), (70_000, 65_536), (300_000, 100_001)])
  func steps(count: Int, bound: Int) {
    let (whole, cut) = (State(count), State(count))
    for step in 1...3 {
      let totals = folded(count)
      let gradient = Tensor(zeros: [count])
      unfoldGradient(totals, scale: scale, normalizer: normalizer, into: gradient)
      whole.step(gradient, factor: 0.7, step, settings)
      for (i, range) in [0..<bound, bound..<count].enumerated() {
        adamWStep(
          totals: totals, range: range, factor: 1 / (scale * normalizer), gradientFactor: 0.7,
          parameters: cut.parameters.rows(range), firstMoment: cut.first.rows(range),
          secondMoment: cut.second.rows(range), step: step, settings: settings)
        #expect((0..<count).allSatisfy { $0 >= range.upperBound || totals.span[$0] == 0 })
        #expect(i == 1 || (bound..<count).contains { totals.span[$0] != 0 }, "others' totals stay")
      }
    }
    expectSameBits(cut.parameters.elements, whole.parameters.elements)
    expectSameBits(cut.first.elements, whole.first.elements)
    expectSameBits(cut.second.elements, whole.second.elements)
  }

  @Test("totals beyond the integers of Float and Double are rounded as unfolding rounds them")
  func largeTotals() {
    let values: [Int64] = [Int64.max, Int64.min, 1 << 62 - 1, 1 << 53 + 1, -(1 << 53) - 1, 16_777_217, 0, -1]
    let count = 40
    let (whole, cut) = (State(count), State(count))
    let totals = Storage<Int64>(zeros: count)
    var elements = totals.mutableSpan
    for i in 0..<count { elements[i] = values[i % values.count] &+ Int64(i) }
    let gradient = Tensor(zeros: [count])
    unfoldGradient(totals, scale: scale, normalizer: normalizer, into: gradient)
    whole.step(gradient, factor: 1, 1, settings)
    adamWStep(
      totals: totals, range: 0..<count, factor: 1 / (scale * normalizer), gradientFactor: 1,
      parameters: cut.parameters, firstMoment: cut.first, secondMoment: cut.second, step: 1,
      settings: settings)
    expectSameBits(cut.parameters.elements, whole.parameters.elements)
    expectSameBits(cut.second.elements, whole.second.elements)
  }

  private func folded(_ count: Int) -> Storage<Int64> {
    let totals = Storage<Int64>(zeros: count)
    _ = foldGradient(Tensor(named: "folded", [count], in: -40...40), scale: scale, into: totals)
    return totals
  }
}

/// The pool is one per process; what else runs meanwhile may use it too, and changes nothing either.
@Suite("One thread and three give the same bits", .serialized)
struct ThreadCountTests {
  @Test("global norm, fold and AdamW")
  func learner() {
    let results = [1, 3, 2].map { threads in
      ThreadPool.configure(threads: threads)
      let gradient = Tensor(named: "gradient", [200_003])
      let total = Storage<Int64>(zeros: gradient.count)
      let report = foldGradient(gradient, scale: 0x1p36, into: total)
      let state = State(gradient.count)
      state.step(gradient, factor: 1, 1, AdamWSettings(learningRate: 1e-2))
      let norm = globalNorm(gradient)
      let totals = (0..<total.count).map { total.span[$0] }
      state.step(from: total, 2, AdamWSettings(learningRate: 1e-2))
      return (norm, report, totals, state.parameters.elements)
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0 && result.1 == results[0].1 && result.2 == results[0].2)
      expectSameBits(result.3, results[0].3)
    }
  }

  @Test("products of any shape", arguments: [(1, 700, 1000), (3, 300, 515), (40, 129, 700), (400, 64, 300)])
  func products(rows: Int, inner: Int, outer: Int) {
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let results = [1, 3, 2].map { threads in
      ThreadPool.configure(threads: threads)
      let packed = PackedMatrix(inner: inner, outer: outer)
      packed.pack(MatrixView(w, rows: inner, rowLength: outer, columns: outer))
      let y = Tensor(zeros: [rows, outer])
      packed.multiply(
        MatrixView(x, rows: rows, rowLength: inner, columns: inner),
        into: MatrixView(y, rows: rows, rowLength: outer, columns: outer))
      return y.elements
    }
    for result in results.dropFirst() { expectSameBits(result, results[0]) }
  }
}

/// Parameters and moments.
private struct State {
  let parameters: Tensor
  let first: Tensor
  let second: Tensor

  init(_ count: Int) {
    parameters = Tensor(named: "parameters", [count])
    first = Tensor(zeros: [count])
    second = Tensor(zeros: [count])
  }

  func step(_ gradient: Tensor, factor: Float, _ step: Int, _ settings: AdamWSettings) {
    adamWStep(
      parameters: parameters, gradient: gradient, gradientFactor: factor, firstMoment: first,
      secondMoment: second,
      step: step, settings: settings)
  }

  func step(from totals: Storage<Int64>, _ step: Int, _ settings: AdamWSettings) {
    adamWStep(
      totals: totals, range: 0..<totals.count, factor: 0x1p-36, gradientFactor: 1, parameters: parameters,
      firstMoment: first, secondMoment: second, step: step, settings: settings)
  }
}

/// One element in Double.
private struct OracleState {
  var parameter: Double
  var first = 0.0
  var second = 0.0

  mutating func step(_ g: Double, _ step: Int, _ settings: AdamWSettings) {
    first = settings.beta1 * first + (1 - settings.beta1) * g
    second = settings.beta2 * second + (1 - settings.beta2) * g * g
    let correctedFirst = first / (1 - pow(settings.beta1, Double(step)))
    let correctedSecond = second / (1 - pow(settings.beta2, Double(step)))
    parameter *= 1 - settings.learningRate * settings.weightDecay
    parameter -= settings.learningRate * correctedFirst / (correctedSecond.squareRoot() + settings.epsilon)
  }
}
