import Randomness
import Tensors
import TestSupport
import Testing

@testable import Kernels

/// oneDNN is optional, and has no bf16 below AVX-512: where it is missing, these tests are skipped.
@Suite("oneDNN's products", .enabled(if: MatrixBackend.onednn.supports(.bf16)))
struct OneDNNMatrixTests {
  /// Rows and columns on both sides of what is padded, and of one piece, two and six.
  static let extents = [
    [1, 1], [2, 31], [63, 64], [64, 65], [65, 511], [300, 513], [960, 70], [961, 33], [1921, 100],
    [4864, 64],
  ]

  /// Both factors are rounded to bf16 exactly as here; what remains are the roundings of an fp32 sum.
  @Test("are sums of products of rounded factors", arguments: extents, [1, 19, 64])
  func oracle(extents: [Int], rows: Int) {
    let (inner, outer) = (extents[0], extents[1])
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let y = product(x, pack(w))
    let (xs, ws) = (rounded(x), rounded(w))
    for i in 0..<rows * outer {
      var (sum, magnitude) = (0.0, 0.0)
      for k in 0..<inner {
        let term = xs[i / outer * inner + k] * ws[k * outer + i % outer]
        sum += term
        magnitude += term.magnitude
      }
      let bound = magnitude * Double(inner + 2) * 0x1p-24
      guard (Double(y.span[i]) - sum).magnitude <= bound else {
        Issue.record("element \(i) of \(rows) × \(inner) × \(outer) is \(y.span[i]), not \(sum) ± \(bound)")
        return
      }
    }
  }

  @Test(
    "factors are rounded to the nearest, ties to even, and what is denormal then is zero",
    arguments: [
      (0x3f80_0000, 0x3f80_0000), (0x3f80_7fff, 0x3f80_0000), (0x3f80_8000, 0x3f80_0000),
      (0x3f80_8001, 0x3f81_0000), (0x3f81_8000, 0x3f82_0000), (0xbf81_8000, 0xbf82_0000),
      (0x7f7f_7fff, 0x7f7f_0000), (0x7f7f_8000, 0x7f80_0000), (0xff80_0000, 0xff80_0000),
      (0x007f_ffff, 0x0080_0000), (0x007f_7fff, 0), (0x0000_0001, 0), (0x807f_0000, 0x8000_0000),
      (0x7f80_0001, 0x7fc0_0000), (0xffff_ffff, 0xffff_0000),
    ] as [(UInt32, UInt32)])
  func rounding(bits: UInt32, expected: UInt32) {
    let value = Float(bitPattern: bits)
    for count in [1, 2, 40, 130] {
      let values = Tensor([Float](repeating: value, count: count), shape: [1, count])
      for matrix in [view(values), view(values).transposed] {
        let weights = OneDNNMatrix(inner: matrix.rows, outer: matrix.columns, precision: .bf16)
        weights.pack(matrix)
        let found = Tensor(zeros: [matrix.rows, matrix.columns])
        weights.unpack(into: [MatrixPart(view(found))])
        #expect(found.elements.allSatisfy { $0.bitPattern == expected })
      }
      // As a left factor it meets a one, and zeros in the padding.
      let y = product(values.columnVector, pack(Tensor([1], shape: [1, 1])))
      let wanted = Float(bitPattern: expected)
      #expect(y.elements.allSatisfy { wanted.isNaN ? $0.isNaN : $0 == wanted })
    }
  }

  @Test(
    "several parts, of any strides and at any place, are the whole", arguments: Precision.allCases, 0..<24)
  func parts(precision: Precision, number: Int) {
    var draw = namedGenerator("oneDNN parts \(number)")
    let (inner, outer) = (draw.integer(in: 2...1200), draw.integer(in: 2...700))
    let (row, column) = (draw.integer(in: 1...inner - 1), draw.integer(in: 1...outer - 1))
    let w = Tensor(named: "w \(number)", [inner, outer])
    let turned = Tensor(zeros: [outer, inner])
    var elements = turned.mutableSpan
    for k in 0..<inner { for n in 0..<outer { elements[n * inner + k] = w.span[k * outer + n] } }
    let (plain, transposed) = (view(w), view(turned).transposed)
    let parts = [(0..<row, 0..<column), (row..<inner, 0..<column), (0..<inner, column..<outer)].map {
      MatrixPart(
        (draw.next(below: 2) == 0 ? plain : transposed).rows($0.0).columns($0.1), row: $0.0.lowerBound,
        column: $0.1.lowerBound)
    }
    let (whole, joined) = (
      OneDNNMatrix(inner: inner, outer: outer, precision: precision),
      OneDNNMatrix(inner: inner, outer: outer, precision: precision)
    )
    whole.pack(plain)
    joined.pack(parts.reversed(), inner: inner, outer: outer)
    let x = Tensor(named: "x \(number)", [9, inner])
    let (expected, found, copied) = (
      Tensor(zeros: [9, outer]), Tensor(zeros: [9, outer]), Tensor(zeros: [9, outer])
    )
    whole.multiply(view(x), into: view(expected))
    joined.multiply(view(x), into: view(found))
    expectSameBits(found.elements, expected.elements, "\(inner) × \(outer) cut at (\(row), \(column))")

    let unpacked = Tensor(zeros: [outer, inner])
    joined.unpack(into: [MatrixPart(view(unpacked).transposed)])
    expectSameBits(
      unpacked.elements, precision == .fp32 ? turned.elements : rounded(turned).map { Float($0) }, "unpacked")
    let copy = OneDNNMatrix(inner: inner, outer: outer, precision: precision)
    copy.copy(from: joined)
    copy.multiply(view(x), into: view(copied))
    expectSameBits(copied.elements, expected.elements, "copied")
  }

  @Test(
    "views of any strides are read, and written where they say; accumulating adds",
    arguments: Precision.allCases, 0..<20)
  func views(precision: Precision, number: Int) {
    var draw = namedGenerator("oneDNN views \(number)")
    let (rows, inner, outer) = (
      draw.integer(in: 1...400), draw.integer(in: 1...1000), draw.integer(in: 1...600)
    )
    let (left, right) = (draw.integer(in: 0...5), draw.integer(in: 0...5))
    let weights = pack(Tensor(named: "w \(number)", [inner, outer]), precision)
    let x = Tensor(named: "x \(number)", [rows, left + inner + right])
    let inside = MatrixView(x, rows: rows, rowLength: left + inner + right, column: left, columns: inner)
    let (dense, turned) = (Tensor(zeros: [rows, inner]), Tensor(zeros: [inner, rows]))
    for m in 0..<rows {
      for k in 0..<inner {
        setElement(dense, m * inner + k, x.span[m * (left + inner + right) + left + k])
        setElement(turned, k * rows + m, dense.span[m * inner + k])
      }
    }
    let expected = product(dense, weights)
    for source in [inside, view(turned).transposed] {
      for accumulating in [false, true] {
        let y = Tensor(named: "y \(number)", [rows, right + outer + left])
        var wanted = y.elements
        for i in 0..<rows * outer {
          let place = i / outer * (right + outer + left) + right + i % outer
          wanted[place] = accumulating ? wanted[place] + expected.span[i] : expected.span[i]
        }
        weights.multiply(
          source,
          into: MatrixView(y, rows: rows, rowLength: right + outer + left, column: right, columns: outer),
          accumulating: accumulating)
        expectSameBits(y.elements, wanted, "[\(rows), \(inner)] · [\(inner), \(outer)]")
      }
    }
  }

  @Test("a NaN stays in its row of x, an infinity in its column of w")
  func nonFinite() {
    let (rows, inner, outer) = (37, 1000, 530)
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let clean = product(x, pack(w))
    setElement(x, 5 * inner + 3, .nan)
    setElement(w, 999 * outer + 529, .infinity)
    let y = product(x, pack(w))
    for i in 0..<rows * outer {
      let isTouched = i / outer == 5 || i % outer == 529
      #expect(y.span[i].isFinite != isTouched)
      if !isTouched { #expect(y.span[i].bitPattern == clean.span[i].bitPattern) }
    }
  }

  @Test("more rows than are brought over at once are all multiplied, and none is no work")
  func manyRows() {
    let (inner, outer, rows) = (4864, 40, 1600)
    let weights = pack(Tensor(named: "w", [inner, outer]))
    let x = Tensor(named: "x", [rows, inner])
    let all = product(x, weights)
    for range in [0..<1, 1530..<1540, 1599..<1600, 0..<0] {
      expectSameBits(product(x.rows(range), weights).elements, all.rows(range).elements, "rows \(range)")
    }
  }
}

/// Whether oneDNN multiplies bf16 with AMX here; 0x3e7 is how it numbers AVX-512 with AMX.
private let usesAMX: Bool = {
  let isa = MatrixBackend.onednn.description.split(separator: "isa").last.flatMap { Int($0) } ?? 0
  return isa & 0x3e7 == 0x3e7
}()

/// Whether the check at start lets a product be used; where oneDNN works with vectors it lets all.
private func isCertified(_ shape: [Int]) -> Bool {
  (try? Certification.check(.onednn, precision: .bf16, shapes: [shape])) != nil
}

/// The row law at the shapes of GPT-2's and Qwen2.5-0.5B's layers.
@Suite("oneDNN keeps the row law in bf16", .enabled(if: MatrixBackend.onednn.supports(.bf16)), .serialized)
struct OneDNNRowLawTests {
  @Test(
    "for few rows and many, at any place and on any number of threads",
    arguments: [
      [64, 64], [768, 2304], [768, 768], [768, 3072], [3072, 768], [896, 1152], [896, 896], [896, 9728],
      [4864, 896], [1536, 64],
    ])
  func rows(shape: [Int]) {
    guard isCertified(shape) else {
      #expect(usesAMX, "the check at start refuses \(shape)")
      return
    }
    defer { ThreadPool.configure(threads: 1) }
    let x = Tensor(named: "x", [300, shape[0]])
    let weights = pack(Tensor(named: "w", shape))
    let all = product(x, weights)
    for (index, rows) in [1, 2, 15, 16, 17, 31, 47, 64, 80, 96, 111, 128, 160, 192, 250, 256, 257]
      .enumerated()
    {
      ThreadPool.configure(threads: 1 + index % 3 * 3)
      for first in [0, 300 - rows] {
        let part = first..<first + rows
        expectSameBits(product(x.rows(part), weights).elements, all.rows(part).elements, "rows \(part)")
      }
    }
  }

  @Test("and comes first in the automatic choice where it computes with AMX, and only there")
  func order() {
    #expect(MatrixBackend.candidates(for: .fp32) == MatrixBackend.allCases)
    let candidates = MatrixBackend.candidates(for: .bf16)
    #expect(Set(candidates) == Set(MatrixBackend.allCases))
    #expect(candidates.first == (usesAMX ? .onednn : .micro))
  }
}

/// Bits across processes: instruction sets and pools of threads.
@Suite("oneDNN in every process", .enabled(if: MatrixBackend.onednn.supports(.bf16)))
struct OneDNNProcessTests {
  @Test("gives the same bits on one thread and on five", arguments: Precision.allCases)
  func threads(precision: Precision) throws {
    let lines = try [1, 5].map { try line(precision, threads: $0) }
    #expect(lines[0] == lines[1] && (usesAMX || lines[0].hasPrefix("kept ")))
  }

  @Test("keeps the law in bf16 by way of fp32, where AVX-512 has no bf16")
  func emulated() throws {
    #expect(try line(.bf16, threads: 2, isa: "AVX512_CORE").hasPrefix("kept "))
  }

  @Test("says that it has no bf16, where there is no AVX-512")
  func missing() throws {
    #expect(try line(.bf16, threads: 1, isa: "AVX2") == "missing")
    #expect(try line(.fp32, threads: 1, isa: "AVX2") != "missing")
  }

  private func line(_ precision: Precision, threads: Int, isa: String = "ALL") throws -> String {
    let lines = try kernelProbe(["\(threads)"], environment: ["ONEDNN_MAX_CPU_ISA": isa])
    let start = "onednn-\(precision) "
    return String(try #require(lines.first { $0.hasPrefix(start) }).dropFirst(start.count))
  }
}

private func view(_ tensor: Tensor) -> MatrixView {
  MatrixView(tensor, rows: tensor.shape[0], rowLength: tensor.shape[1], columns: tensor.shape[1])
}

private func pack(_ w: Tensor, _ precision: Precision = .bf16) -> WeightMatrix {
  let weights = WeightMatrix(inner: w.shape[0], outer: w.shape[1], backend: .onednn, precision: precision)
  weights.pack(view(w))
  return weights
}

private func product(_ x: Tensor, _ weights: WeightMatrix) -> Tensor {
  let y = Tensor(
    [Float](repeating: .nan, count: x.shape[0] * weights.outer), shape: [x.shape[0], weights.outer])
  weights.multiply(view(x), into: view(y))
  return y
}

/// The elements rounded to bf16.
private func rounded(_ tensor: Tensor) -> [Double] {
  tensor.elements.map { Double(float(bfloat16Bits: bfloat16Bits($0))) }
}

extension Tensor {
  /// The same elements as a column.
  fileprivate var columnVector: Tensor { Tensor(storage, offset: offset, shape: [count, 1]) }
}
