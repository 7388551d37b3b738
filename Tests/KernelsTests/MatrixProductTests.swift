import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

@Suite("Matrix products")
struct MatrixProductTests {
  @Test(
    "every element is one chain of fused multiply-adds over ascending k, for 1 to 40 rows, bit for bit",
    arguments: [
      (1, 1), (2, 31), (7, 32), (8, 33), (9, 64), (30, 37), (64, 129), (255, 97), (256, 31), (257, 130),
      (513, 40), (1030, 33), (2600, 20),
    ])
  func chains(inner: Int, outer: Int) {
    let (x, w) = (Tensor(named: "x", [40, inner]), Tensor(named: "w", [inner, outer]))
    let expected = chainedProduct(x.elements, w.elements, rows: 40, inner: inner, outer: outer)
    let packed = pack(w)
    for rows in 1...40 {
      let y = Tensor([Float](repeating: .nan, count: rows * outer), shape: [rows, outer])
      packed.multiply(view(x.rows(0..<rows)), into: view(y))
      expectSameBits(y.elements, Array(expected[0..<rows * outer]), "\(rows) rows: y")
    }
  }

  @Test("a row's bits do not depend on where in the call it stands", arguments: 0..<40)
  func position(first: Int) {
    let (inner, outer) = (67, 70)
    let (x, w) = (Tensor(named: "x", [40, inner]), Tensor(named: "w", [inner, outer]))
    let expected = chainedProduct(x.elements, w.elements, rows: 40, inner: inner, outer: outer)
    let y = Tensor(zeros: [40 - first, outer])
    pack(w).multiply(view(x.rows(first..<40)), into: view(y))
    expectSameBits(y.elements, Array(expected[(first * outer)...]))
  }

  /// Wider rows on both sides, transposed factors, old values to add to; the extents drawn by name.
  @Test(
    "views with strides, transposed or not, fresh or accumulating, give the same chains", arguments: 0..<80)
  func views(number: Int) {
    var draw = namedGenerator("views \(number)")
    let (rows, inner, outer) = (
      draw.integer(in: 1...40), draw.integer(in: 1...300), draw.integer(in: 1...100)
    )
    let (left, right) = (draw.integer(in: 0...3), draw.integer(in: 0...3))
    let (transposesX, transposesW, accumulates) = (
      draw.next(below: 2), draw.next(below: 2), draw.next(below: 2)
    )
    let x = Margined(
      rows, inner, left: left, right: right, isTransposed: transposesX == 1, name: "x \(number)")
    let w = Margined(
      inner, outer, left: right, right: left, isTransposed: transposesW == 1, name: "w \(number)")
    let y = Margined(rows, outer, left: left, right: right, isTransposed: false, name: "y \(number)")
    let before = y.tensor.elements
    let expected = chainedProduct(
      x.elements, w.elements, rows: rows, inner: inner, outer: outer,
      start: accumulates == 1 ? y.elements : nil)
    let packed = PackedMatrix(inner: inner, outer: outer)
    packed.pack(w.view)
    packed.multiply(x.view, into: y.view, accumulating: accumulates == 1)
    let what = "[\(rows), \(inner)] · [\(inner), \(outer)]"
    expectSameBits(y.elements, expected, what)
    expectSameBits(y.margins(y.tensor.elements), y.margins(before), what + " leaves the margins alone")
  }

  @Test("agrees with the same in Double", arguments: [1, 7, 8, 9, 896])
  func oracle(inner: Int) {
    let (rows, outer) = (5, 100)
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let y = Tensor(zeros: [rows, outer])
    pack(w).multiply(view(x), into: view(y))
    let (xs, ws) = (doubles(x.elements), doubles(w.elements))
    let expected = (0..<rows * outer).map { i in
      (0..<inner).reduce(0.0) { $0 + xs[i / outer * inner + $1] * ws[$1 * outer + i % outer] }
    }
    // Partial sums of the longest chain reach 17, and each of its 896 additions rounds.
    expectClose(y.elements, expected, absolute: inner > 100 ? 3e-5 : 1e-6, relative: 1e-6)
  }

  @Test("products with transposed views are the slopes of the product, and are added")
  func slopesOfProduct() {
    let (rows, inner, outer) = (5, 9, 7)
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let dy = Tensor(named: "dy", [rows, outer])
    func loss(_ x: [Double], _ w: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<rows * outer {
        let y = (0..<inner).reduce(0.0) { $0 + x[i / outer * inner + $1] * w[$1 * outer + i % outer] }
        sum += y * Double(dy.span[i])
      }
      return sum
    }
    let (dx, dw) = (Tensor(zeros: [rows, inner]), Tensor(zeros: [inner, outer]))
    let (forX, forW) = (PackedMatrix(inner: outer, outer: inner), PackedMatrix(inner: rows, outer: outer))
    forX.pack(view(w).transposed)
    forW.pack(view(dy))
    for _ in 0..<2 {
      forX.multiply(view(dy), into: view(dx), accumulating: true)
      forW.multiply(view(x).transposed, into: view(dw), accumulating: true)
    }
    let (xs, ws) = (doubles(x.elements), doubles(w.elements))
    expectClose(dx.elements, slopes(at: xs) { 2 * loss($0, ws) }, "dx")
    expectClose(dw.elements, slopes(at: ws) { 2 * loss(xs, $0) }, "dw")
  }

  @Test("a NaN stays in its row of x, an infinity in its column of w")
  func nonFinite() {
    let (rows, inner, outer) = (14, 10, 37)
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let clean = Tensor(zeros: [rows, outer])
    pack(w).multiply(view(x), into: view(clean))
    setElement(x, 5 * inner + 3, .nan)
    setElement(w, 4 * outer + 36, .infinity)
    let y = Tensor(zeros: [rows, outer])
    pack(w).multiply(view(x), into: view(y))
    for i in 0..<rows * outer {
      let isTouched = i / outer == 5 || i % outer == 36
      #expect(y.span[i].isFinite != isTouched)
      if !isTouched { #expect(y.span[i].bitPattern == clean.span[i].bitPattern) }
    }
  }

  @Test("a matrix packed in parts is the whole", arguments: Precision.allCases, 0..<20)
  func parts(precision: Precision, number: Int) {
    var draw = namedGenerator("parts \(number)")
    let (inner, outer) = (draw.integer(in: 1...150), draw.integer(in: 1...150))
    let (x, w) = (Tensor(named: "x", [5, inner]), Tensor(named: "w", [inner, outer]))
    let (k, n) = (draw.integer(in: 0...inner), draw.integer(in: 0...outer))
    var parts: [MatrixPart] = []
    for rows in [0..<k, k..<inner] {
      for columns in [0..<n, n..<outer] where !rows.isEmpty && !columns.isEmpty {
        let part = w.part(rows: rows, columns: columns)
        // Every other part is stored transposed.
        let stored = parts.count.isMultiple(of: 2) ? view(part) : transposedCopy(part)
        parts.append(MatrixPart(stored, row: rows.lowerBound, column: columns.lowerBound))
      }
    }
    let packed = PackedMatrix(inner: inner, outer: outer, precision: precision)
    packed.pack(parts.reversed())
    let (y, expected) = (Tensor(zeros: [5, outer]), Tensor(zeros: [5, outer]))
    packed.multiply(view(x), into: view(y))
    pack(w, precision).multiply(view(x), into: view(expected))
    expectSameBits(y.elements, expected.elements)
  }

  @Test("packing again leaves nothing of the old matrix", arguments: Precision.allCases)
  func packsAgain(precision: Precision) {
    let (x, w) = (Tensor(named: "x", [5, 33]), Tensor(named: "w", [33, 47]))
    let packed = pack(Tensor(named: "old", [33, 47]), precision)
    packed.pack(view(w))
    let (y, expected) = (Tensor(zeros: [5, 47]), Tensor(zeros: [5, 47]))
    packed.multiply(view(x), into: view(y))
    pack(w, precision).multiply(view(x), into: view(expected))
    expectSameBits(y.elements, expected.elements)
  }

  @Test("products that several threads ask for at once do not meet", arguments: Precision.allCases)
  func concurrent(precision: Precision) async {
    let w = Tensor(named: "w", [130, 70])
    let packed = pack(w, precision)
    func product(_ number: Int) -> [Float] {
      let (x, y) = (Tensor(named: "x \(number)", [40 + number, 130]), Tensor(zeros: [40 + number, 70]))
      packed.multiply(view(x), into: view(y))
      return y.elements
    }
    let alone = (0..<8).map(product)
    await withTaskGroup(of: (Int, [Float]).self) { group in
      for number in 0..<64 { group.addTask { (number % 8, product(number % 8)) } }
      for await (number, elements) in group { expectSameBits(elements, alone[number]) }
    }
  }

  @Test("rows beyond one pass of packing are like the others", arguments: Precision.allCases)
  func manyRows(precision: Precision) {
    // In fp32 a pass of packing holds 4,194,304 words, in bf16 as many or twice.
    let (rows, inner) = (2400, 4096)
    let w = Tensor(named: "w", [inner, 3])
    let x = Tensor(zeros: [rows, inner])
    var elements = x.mutableSpan
    for i in 0..<rows * inner { elements[i] = Float(i % 4099 - 2049) * 0x1p-11 }
    let y = Tensor(zeros: [rows, 3])
    let packed = pack(w, precision)
    packed.multiply(view(x), into: view(y))
    for row in [0, 1, 1000, 1023, 1024, 1025, 2047, 2048, 2049, 2399] {
      let alone = Tensor(zeros: [1, 3])
      packed.multiply(view(x.rows(row..<row + 1)), into: view(alone))
      expectSameBits(y.rows(row..<row + 1).elements, alone.elements, "row \(row)")
    }
  }

  @Test("nothing happens for no rows")
  func noRows() {
    let w = Tensor(named: "w", [4, 3])
    pack(w).multiply(view(Tensor(zeros: [0, 4])), into: view(Tensor(zeros: [0, 3])))
  }
}

/// Bits across processes: vector widths and pools of threads.
@Suite("The same bits in every process")
struct ProcessTests {
  @Test(
    "AVX2, AVX-512 and its bf16, one thread and three give the same products, folds and fingerprint",
    arguments: [("1", "AVX2"), ("3", "AVX2"), ("1", "AVX512"), ("3", "AVX512"), ("3", ""), ("16", "")])
  func products(threads: String, limit: String) throws {
    let reference = try kernelProbe(["1"], environment: ["PRORL_MAX_ISA": ""])
    let found = try kernelProbe([threads], environment: ["PRORL_MAX_ISA": limit])
    // Where the processor lacks the wider instructions, what remains is the comparison of threads.
    #expect(found[0] == "width 8" || limit != "AVX2")
    #expect(reference[0] == "width \(vectorWidth)" || vectorWidth == 8)
    #expect(limit == "" || found.contains("native fp32"))
    let lines = [
      "check micro kept", "fingerprint ", "product-fp32 ", "product-bf16 ", "extremes-bf16 ", "fold-fp32 ",
      "fold-bf16 ", "rows ",
    ]
    for line in lines {
      let (expected, actual) = (reference.first { $0.hasPrefix(line) }, found.first { $0.hasPrefix(line) })
      #expect(expected != nil && actual == expected)
    }
  }

  @Test("OpenBLAS as an AVX2 core computes is refused with a sentence, where it is there")
  func refused() throws {
    let lines = try kernelProbe(["1"], environment: ["OPENBLAS_CORETYPE": "Haswell"])
    let verdict = try #require(lines.first { $0.hasPrefix("check openblas ") }).dropFirst(
      "check openblas ".count)
    guard verdict != "missing" else { return }
    #expect(
      verdict.hasPrefix(
        "`numerics.matmul: openblas` (openblas-Haswell) breaks the row law on this processor: "))
    #expect(verdict.hasSuffix(" rows gives a row other bits; use `auto` or `micro`"))
  }
}

/// The chain that the kernel promises, one element at a time.
private func chainedProduct(
  _ x: [Float], _ w: [Float], rows: Int, inner: Int, outer: Int, start: [Float]? = nil
) -> [Float] {
  var y = start ?? [Float](repeating: 0, count: rows * outer)
  for m in 0..<rows {
    for k in 0..<inner {
      for n in 0..<outer {
        y[m * outer + n] = y[m * outer + n].addingProduct(x[m * inner + k], w[k * outer + n])
      }
    }
  }
  return y
}

private func view(_ tensor: Tensor) -> MatrixView {
  MatrixView(tensor, rows: tensor.shape[0], rowLength: tensor.shape[1], columns: tensor.shape[1])
}

private func pack(_ w: Tensor, _ precision: Precision = .fp32) -> PackedMatrix {
  let packed = PackedMatrix(inner: w.shape[0], outer: w.shape[1], precision: precision)
  packed.pack(view(w))
  return packed
}

/// The same elements, stored column by column.
private func transposedCopy(_ tensor: Tensor) -> MatrixView {
  let (rows, columns) = (tensor.shape[0], tensor.shape[1])
  let elements = tensor.elements
  let stored = Tensor(
    (0..<rows * columns).map { elements[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
  return view(stored).transposed
}

extension Tensor {
  /// A copy of a part of a matrix.
  fileprivate func part(rows: Range<Int>, columns: Range<Int>) -> Tensor {
    let all = elements
    return Tensor(
      rows.flatMap { row in columns.map { all[row * shape[1] + $0] } }, shape: [rows.count, columns.count])
  }
}

/// A matrix of `rows` × `columns` inside wider rows, stored transposed or not.
private struct Margined {
  let tensor: Tensor
  let view: MatrixView
  private let left: Int
  private let width: Int
  private let rowLength: Int

  init(_ rows: Int, _ columns: Int, left: Int, right: Int, isTransposed: Bool, name: String) {
    let (height, width) = isTransposed ? (columns, rows) : (rows, columns)
    self.left = left
    self.width = width
    rowLength = left + width + right
    tensor = Tensor(named: name, [height, rowLength])
    let stored = MatrixView(tensor, rows: height, rowLength: rowLength, column: left, columns: width)
    view = isTransposed ? stored.transposed : stored
  }

  /// The matrix, row by row.
  var elements: [Float] {
    let all = tensor.elements
    return (0..<view.rows * view.columns).map {
      all[view.offset + $0 / view.columns * view.rowStride + $0 % view.columns * view.columnStride]
    }
  }

  /// What lies beside the matrix.
  func margins(_ all: [Float]) -> [Float] {
    all.indices.filter { !(left..<left + width).contains($0 % rowLength) }.map { all[$0] }
  }
}
