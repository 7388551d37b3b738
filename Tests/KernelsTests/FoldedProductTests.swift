import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

private let scale = 0x1p36

@Suite("Products folded into fixed point")
struct FoldedProductTests {
  static let extents = [
    [1, 1, 1], [1, 13, 33], [2, 12, 32], [7, 40, 31], [130, 70, 95], [333, 200, 300], [700, 25, 530],
    [2600, 50, 40],
  ]

  @Test("are the product, then folded, bit for bit", arguments: Precision.allCases, extents)
  func oracle(precision: Precision, extents: [Int]) {
    let (inner, rows, columns) = (extents[0], extents[1], extents[2])
    let x = Tensor(named: "x", [inner, rows + 2])
    let dy = Tensor(named: "dy", [inner, columns + 3])
    let left = MatrixView(x, rows: inner, rowLength: rows + 2, column: 1, columns: rows).transposed
    let right = MatrixView(dy, rows: inner, rowLength: columns + 3, column: 2, columns: columns)
    let offset = 5
    let totals = Storage<Int64>(zeros: offset + rows * columns + 7)
    let product = Tensor(zeros: [rows, columns])
    let packed = PackedMatrix(inner: inner, outer: columns, precision: precision)
    packed.pack(right)
    packed.multiply(left, into: MatrixView(product, rows: rows, rowLength: columns, columns: columns))
    let expected = Storage<Int64>(zeros: rows * columns)
    for _ in 0..<2 {
      let report = foldProduct(left, right, precision: precision, scale: scale, into: totals, at: offset)
      #expect(report == foldGradient(product, scale: scale, into: expected))
    }
    #expect(integers(totals) == [0, 0, 0, 0, 0] + integers(expected) + [Int64](repeating: 0, count: 7))
  }

  @Test("row-major left factors and transposed right ones give the same", arguments: Precision.allCases)
  func strides(precision: Precision) {
    let (inner, rows, columns) = (67, 30, 45)
    let x = Tensor(named: "x", [rows, inner])
    let w = Tensor(named: "w", [columns, inner])
    let (left, right) = (view(x), view(w).transposed)
    let totals = Storage<Int64>(zeros: rows * columns)
    _ = foldProduct(left, right, precision: precision, scale: scale, into: totals, at: 0)
    let (copiedX, copiedW) = (Tensor(zeros: [inner, rows]), Tensor(zeros: [inner, columns]))
    for k in 0..<inner {
      for m in 0..<rows { setElement(copiedX, k * rows + m, x.span[m * inner + k]) }
      for n in 0..<columns { setElement(copiedW, k * columns + n, w.span[n * inner + k]) }
    }
    let expected = Storage<Int64>(zeros: rows * columns)
    _ = foldProduct(
      view(copiedX).transposed, view(copiedW), precision: precision, scale: scale, into: expected, at: 0)
    #expect(integers(totals) == integers(expected))
  }

  /// More than one pass of packing on either side.
  @Test("wide results are folded where they belong", arguments: [(9000, 40), (40, 17_000)])
  func wide(rows: Int, columns: Int) {
    let inner = 530
    let (x, dy) = (Tensor(zeros: [inner, rows]), Tensor(zeros: [inner, columns]))
    for (tensor, width, place) in [(x, rows, 17), (dy, columns, 200)] {
      // One row, so that an element is one product.
      var elements = tensor.mutableSpan
      for i in 0..<width { elements[place * width + i] = Float(i % 255 - 127) }
      for i in 0..<width { elements[201 * width + i] = 1 }
    }
    let totals = Storage<Int64>(zeros: rows * columns)
    let report = foldProduct(
      view(x).transposed, view(dy), precision: .bf16, scale: 4, into: totals, at: 0)
    #expect(report.largestMagnitude == 1)
    #expect(integers(totals) == [Int64](repeating: 4, count: rows * columns))
  }

  @Test(
    "what is not finite is reported, and only there",
    arguments: Precision.allCases, [Float.nan, .infinity, 3e38])
  func nonFinite(precision: Precision, value: Float) {
    let (inner, rows, columns) = (30, 50, 70)
    for place in [0, 29 * 50 + 49, 400] {
      let (x, dy) = (
        Tensor(named: "x", [inner, rows]),
        Tensor([Float](repeating: 2, count: inner * columns), shape: [inner, columns])
      )
      let totals = Storage<Int64>(zeros: rows * columns)
      #expect(
        foldProduct(view(x).transposed, view(dy), precision: precision, scale: scale, into: totals, at: 0)
          .isFinite)
      setElement(x, place, value)
      #expect(
        !foldProduct(view(x).transposed, view(dy), precision: precision, scale: scale, into: totals, at: 0)
          .isFinite)
    }
  }

  @Test(
    "magnitudes on both sides of 2^51 and beyond 64 bits are folded as gradients are",
    arguments: [0x1p50, 0x1p51, 0x1.8p51, 0x1p60, 0x1.fep62, 0x1p63, 0x1p100] as [Float])
  func large(value: Float) {
    let x = Tensor((0..<40).map { $0.isMultiple(of: 3) ? -value : value }, shape: [1, 40])
    let ones = Tensor([Float](repeating: 1, count: 35), shape: [1, 35])
    let (totals, expected) = (Storage<Int64>(zeros: 1400), Storage<Int64>(zeros: 1400))
    let product = Tensor((0..<1400).map { x.span[$0 / 35] }, shape: [40, 35])
    let report = foldProduct(view(x).transposed, view(ones), precision: .bf16, scale: 1, into: totals, at: 0)
    #expect(report == foldGradient(product, scale: 1, into: expected))
    #expect(integers(totals) == integers(expected))
  }

  @Test("nothing is added for nothing")
  func empty() {
    let totals = Storage<Int64>(zeros: 6)
    let none = Tensor(zeros: [0])
    let report = foldProduct(
      MatrixView(none, rows: 0, rowLength: 2, columns: 2).transposed,
      MatrixView(none, rows: 0, rowLength: 3, columns: 3), precision: .bf16, scale: 1, into: totals, at: 0)
    #expect(report == FoldReport(largestMagnitude: 0))
    #expect(integers(totals) == [Int64](repeating: 0, count: 6))
  }

  private func view(_ tensor: Tensor) -> MatrixView {
    MatrixView(tensor, rows: tensor.shape[0], rowLength: tensor.shape[1], columns: tensor.shape[1])
  }

  private func integers(_ storage: Storage<Int64>) -> [Int64] {
    (0..<storage.count).map { storage.span[$0] }
  }
}
