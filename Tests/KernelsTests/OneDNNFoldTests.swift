import Kernels
import Tensors
import TestSupport
import Testing

private let scale = 0x1p36

@Suite("Products folded by oneDNN", .enabled(if: MatrixBackend.onednn.supports(.bf16)), .serialized)
struct OneDNNFoldTests {
  static let extents = [
    [1, 1, 1], [2, 12, 32], [7, 40, 31], [130, 70, 95], [1000, 193, 514], [64, 400, 1100], [2000, 16, 65],
  ]

  /// Both factors are rounded to bf16 exactly as here; what remains are the roundings of an fp32 sum and of the fold.
  @Test("are added where they belong, within the roundings of a sum", arguments: extents)
  func oracle(extents: [Int]) {
    let (inner, rows, columns) = (extents[0], extents[1], extents[2])
    let x = Tensor(named: "x", [inner, rows + 2])
    let dy = Tensor(named: "dy", [inner, columns + 3])
    let left = MatrixView(x, rows: inner, rowLength: rows + 2, column: 1, columns: rows).transposed
    let right = MatrixView(dy, rows: inner, rowLength: columns + 3, column: 2, columns: columns)
    let offset = 5
    let totals = Storage<Int64>(zeros: offset + rows * columns + 7)
    let report = libraryFold(left, right, scale: scale, into: totals, at: offset)
    let once = integers(totals)
    #expect(once.prefix(offset).allSatisfy { $0 == 0 } && once.suffix(7).allSatisfy { $0 == 0 })

    var largest = 0.0
    for i in 0..<rows * columns {
      let (m, n) = (i / columns, i % columns)
      var (sum, magnitude) = (0.0, 0.0)
      for k in 0..<inner {
        let term = rounded(x.span[k * (rows + 2) + 1 + m]) * rounded(dy.span[k * (columns + 3) + 2 + n])
        sum += term
        magnitude += term.magnitude
      }
      largest = max(largest, sum.magnitude)
      let bound = magnitude * Double(inner + 2) * 0x1p-24 + 0.5 / scale
      guard (Double(once[offset + i]) / scale - sum).magnitude <= bound else {
        Issue.record(
          "element \(i) of \(extents) is \(Double(once[offset + i]) / scale), not \(sum) ± \(bound)")
        return
      }
    }
    expectClose([report.largestMagnitude], [largest], relative: 1e-4)
    #expect(libraryFold(left, right, scale: scale, into: totals, at: offset) == report)
    #expect(integers(totals) == once.map { 2 * $0 })
  }

  @Test("have the same bits on any number of threads, and from factors of any strides")
  func threads() {
    defer { ThreadPool.configure(threads: 1) }
    let (inner, rows, columns) = (1100, 500, 1300)
    let (x, dy) = (Tensor(named: "x", [inner, rows]), Tensor(named: "dy", [inner, columns]))
    let (turnedX, turnedDY) = (transposed(x), transposed(dy))
    let expected = Storage<Int64>(zeros: rows * columns)
    let report = libraryFold(view(x).transposed, view(dy), scale: scale, into: expected, at: 0)
    for threads in [1, 2, 3, 7] {
      ThreadPool.configure(threads: threads)
      for (left, right) in [
        (view(x).transposed, view(dy)), (view(turnedX), view(dy)),
        (view(turnedX), view(turnedDY).transposed),
      ] {
        let totals = Storage<Int64>(zeros: rows * columns)
        #expect(libraryFold(left, right, scale: scale, into: totals, at: 0) == report)
        #expect(integers(totals) == integers(expected))
      }
    }
  }

  /// More than one pass of packing on either side.
  @Test("of many rows or columns are folded where they belong", arguments: [(14_600, 3), (3, 30_000)])
  func wide(rows: Int, columns: Int) {
    let inner = 577
    let (x, dy) = (Tensor(zeros: [inner, rows]), Tensor(zeros: [inner, columns]))
    for (tensor, width, place) in [(x, rows, 17), (dy, columns, 200)] {
      // One row, so that an element is one product.
      var elements = tensor.mutableSpan
      for i in 0..<width {
        elements[place * width + i] = Float(i % 255 - 127)
        elements[201 * width + i] = Float(i % 7 + 1)
      }
    }
    let totals = Storage<Int64>(zeros: rows * columns)
    let report = libraryFold(view(x).transposed, view(dy), scale: 4, into: totals, at: 0)
    #expect(report.largestMagnitude == Float(min(7, rows) * min(7, columns)))
    #expect(
      integers(totals)
        == (0..<rows * columns).map { Int64(4 * ($0 / columns % 7 + 1) * ($0 % columns % 7 + 1)) })
  }

  @Test("report what is not finite", arguments: [Float.nan, .infinity, 3e38])
  func nonFinite(value: Float) {
    let (inner, rows, columns) = (30, 200, 70)
    let dy = Tensor([Float](repeating: 2, count: inner * columns), shape: [inner, columns])
    for place in [0, 29 * 200 + 199, 4000] {
      let x = Tensor(named: "x", [inner, rows])
      let totals = Storage<Int64>(zeros: rows * columns)
      #expect(libraryFold(view(x).transposed, view(dy), scale: scale, into: totals, at: 0).isFinite)
      setElement(x, place, value)
      #expect(!libraryFold(view(x).transposed, view(dy), scale: scale, into: totals, at: 0).isFinite)
    }
  }

  @Test("add nothing for nothing", arguments: [(0, 2, 3), (4, 0, 3), (4, 2, 0)])
  func empty(inner: Int, rows: Int, columns: Int) {
    let totals = Storage<Int64>(zeros: 6)
    let report = libraryFold(
      view(Tensor(zeros: [inner, rows])).transposed, view(Tensor(zeros: [inner, columns])), scale: 1,
      into: totals,
      at: 0)
    #expect(report == FoldReport(largestMagnitude: 0))
    #expect(integers(totals) == [Int64](repeating: 0, count: 6))
  }

  private func transposed(_ tensor: Tensor) -> Tensor {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    return Tensor(
      (0..<tensor.count).map { tensor.span[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
  }

  private func rounded(_ x: Float) -> Double { Double(float(bfloat16Bits: bfloat16Bits(x))) }

  private func view(_ tensor: Tensor) -> MatrixView {
    MatrixView(tensor, rows: tensor.shape[0], rowLength: tensor.shape[1], columns: tensor.shape[1])
  }

  private func integers(_ storage: Storage<Int64>) -> [Int64] {
    let span = storage.span
    return span.indices.map { span[$0] }
  }
}
