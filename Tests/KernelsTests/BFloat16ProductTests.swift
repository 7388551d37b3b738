import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// Whatever processor the tests run on; `ProcessTests` compares the processors' ways.
@Suite("Products in bf16")
struct BFloat16ProductTests {
  @Test(
    "every element is a chain over pairs of rounded factors, the odd one first, for 1 to 40 rows, bit for bit",
    arguments: [
      (1, 1), (2, 31), (3, 2), (7, 32), (8, 33), (9, 64), (30, 37), (64, 129), (255, 97), (256, 31),
      (321, 33),
      (513, 40), (1025, 35), (2050, 33), (4199, 20),
    ])
  func chains(inner: Int, outer: Int) {
    let (x, w) = (Tensor(named: "x", [40, inner]), Tensor(named: "w", [inner, outer]))
    let expected = pairedProduct(x.elements, w.elements, rows: 40, inner: inner, outer: outer)
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
    let expected = pairedProduct(x.elements, w.elements, rows: 40, inner: inner, outer: outer)
    let y = Tensor(zeros: [40 - first, outer])
    pack(w).multiply(view(x.rows(first..<40)), into: view(y))
    expectSameBits(y.elements, Array(expected[(first * outer)...]))
  }

  @Test(
    "views, transposed or strided both ways, fresh or accumulating, give the same chains", arguments: 0..<60)
  func views(number: Int) {
    var draw = namedGenerator("bf16 views \(number)")
    let (rows, inner, outer) = (
      draw.integer(in: 1...40), draw.integer(in: 1...400), draw.integer(in: 1...100)
    )
    let x = Strided(rows, inner, kind: number % 3, name: "x \(number)")
    let w = Strided(inner, outer, kind: number / 3 % 3, name: "w \(number)")
    let accumulates = draw.next(below: 2) == 1
    let y = Tensor(named: "y \(number)", [rows, outer])
    let expected = pairedProduct(
      x.elements, w.elements, rows: rows, inner: inner, outer: outer, start: accumulates ? y.elements : nil)
    let packed = PackedMatrix(inner: inner, outer: outer, precision: .bf16)
    packed.pack(w.view)
    packed.multiply(x.view, into: view(y), accumulating: accumulates)
    expectSameBits(y.elements, expected, "[\(rows), \(inner)] · [\(inner), \(outer)]")
  }

  @Test("is within the rounding of its factors of the same in Double", arguments: [1, 2, 7, 8, 9, 896])
  func oracle(inner: Int) {
    let (rows, outer) = (5, 100)
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let y = Tensor(zeros: [rows, outer])
    pack(w).multiply(view(x), into: view(y))
    let (xs, ws) = (doubles(x.elements), doubles(w.elements))
    for i in 0..<rows * outer {
      let terms = (0..<inner).map { xs[i / outer * inner + $0] * ws[$0 * outer + i % outer] }
      let magnitude = terms.reduce(0) { $0 + $1.magnitude }
      // A factor is off by at most 2^-8 of itself; the chain rounds by 2^-24 at each step.
      let bound = magnitude * (0x1p-7 + 0x1p-16 + Double(inner) * 0x1p-24)
      #expect((Double(y.span[i]) - terms.reduce(0, +)).magnitude <= bound)
    }
  }

  @Test(
    "factors are rounded to the nearest, ties to even",
    arguments: [
      (0x3f80_0000, 0x3f80_0000), (0x3f80_7fff, 0x3f80_0000), (0x3f80_8000, 0x3f80_0000),
      (0x3f80_8001, 0x3f81_0000), (0x3f81_8000, 0x3f82_0000), (0x3f81_7fff, 0x3f81_0000),
      (0xbf81_8000, 0xbf82_0000), (0x7f7f_7fff, 0x7f7f_0000), (0x7f7f_8000, 0x7f80_0000),
      (0x7f80_0000, 0x7f80_0000), (0xff80_0000, 0xff80_0000), (0x007f_ffff, 0x0080_0000),
      (0x007f_7fff, 0), (0x0000_0001, 0), (0x807f_0000, 0),
    ] as [(UInt32, UInt32)])
  func rounding(bits: UInt32, expected: UInt32) {
    let value = Float(bitPattern: bits)
    for inner in [1, 2, 5] {
      // Last in the chain, among zeros.
      let factor = Tensor([Float](repeating: 0, count: inner - 1) + [value], shape: [1, inner])
      let ones = Tensor([Float](repeating: 1, count: inner), shape: [inner, 1])
      let y = Tensor(zeros: [1, 1])
      // An infinity times zero is no number, so the other factors are ones.
      pack(ones).multiply(view(factor), into: view(y))
      expectSameBits(y.elements, [Float(bitPattern: expected)], "as left factor of \(inner)")
      pack(Tensor(factor.elements, shape: [inner, 1])).multiply(
        view(Tensor(ones.elements, shape: [1, inner])), into: view(y))
      expectSameBits(y.elements, [Float(bitPattern: expected)], "as right factor of \(inner)")
    }
  }

  @Test("a NaN stays in its row of x, an infinity in its column of w", arguments: [3, 4])
  func nonFinite(place: Int) {
    let (rows, inner, outer) = (14, 11, 37)
    let (x, w) = (Tensor(named: "x", [rows, inner]), Tensor(named: "w", [inner, outer]))
    let clean = Tensor(zeros: [rows, outer])
    pack(w).multiply(view(x), into: view(clean))
    // All payload bits below those kept: rounding must not make it an infinity or a number.
    setElement(x, 5 * inner + place, Float(bitPattern: 0x7f80_0001))
    setElement(x, 6 * inner + place, Float(bitPattern: 0xffff_ffff))
    setElement(w, place * outer + 36, .infinity)
    let y = Tensor(zeros: [rows, outer])
    pack(w).multiply(view(x), into: view(y))
    for i in 0..<rows * outer {
      let isTouched = [5, 6].contains(i / outer) || i % outer == 36
      #expect(y.span[i].isFinite != isTouched)
      #expect(y.span[i].isNaN || ![5, 6].contains(i / outer))
      if !isTouched { #expect(y.span[i].bitPattern == clean.span[i].bitPattern) }
    }
  }

  @Test("denormal numbers are zero: as old values, as factors, as sums")
  func denormals() {
    let tiny = Float.leastNormalMagnitude
    let (x, w) = (Tensor([0x1p-70, 0], shape: [1, 2]), Tensor([0x1p-60, 1], shape: [2, 1]))
    let y = Tensor([tiny / 2], shape: [1, 1])
    pack(w).multiply(view(x), into: view(y), accumulating: true)
    // 2^-127 + 2^-130, were they numbers.
    expectSameBits(y.elements, [0])
    setElement(y, 0, tiny)
    pack(w).multiply(view(x), into: view(y), accumulating: true)
    expectSameBits(y.elements, [tiny + 0x1p-130])
    setElement(x, 0, tiny / 2)
    pack(Tensor([0x1p100, 1], shape: [2, 1])).multiply(view(x), into: view(y))
    expectSameBits(y.elements, [0])
  }

  @Test("denormal numbers are numbers again after a product")
  func restores() {
    let w = Tensor(named: "w", [3, 3])
    pack(w).multiply(view(w), into: view(Tensor(zeros: [3, 3])))
    // Powers of two come back from below the smallest normal number as they went.
    let tiny = (1...16).map { Float(sign: .plus, exponent: -128 - $0, significand: 1) }
    #expect(
      tiny.map { $0 * 0x1p60 } == (1...16).map { Float(sign: .plus, exponent: -68 - $0, significand: 1) })
  }

  @Test("nothing is summed over nothing")
  func noInner() {
    let packed = PackedMatrix(inner: 0, outer: 3, precision: .bf16)
    packed.pack([])
    let y = Tensor(named: "y", [2, 3])
    let old = y.elements
    let x = MatrixView(Tensor(zeros: [2, 0]), rows: 2, rowLength: 0, columns: 0)
    packed.multiply(x, into: view(y), accumulating: true)
    expectSameBits(y.elements, old)
    packed.multiply(x, into: view(y))
    expectSameBits(y.elements, [Float](repeating: 0, count: 6))
  }

  private func pack(_ w: Tensor) -> PackedMatrix {
    let packed = PackedMatrix(inner: w.shape[0], outer: w.shape[1], precision: .bf16)
    packed.pack(view(w))
    return packed
  }
}

/// The chain that the kernel promises, one element at a time; no value is near the smallest normal number.
private func pairedProduct(
  _ x: [Float], _ w: [Float], rows: Int, inner: Int, outer: Int, start: [Float]? = nil
) -> [Float] {
  let (x, w) = (x.map(rounded), w.map(rounded))
  var y = start ?? [Float](repeating: 0, count: rows * outer)
  for m in 0..<rows {
    for n in 0..<outer {
      var sum = y[m * outer + n]
      for even in stride(from: 0, to: inner, by: 2) {
        for k in [even + 1, even] where k < inner {
          sum.addProduct(x[m * inner + k], w[k * outer + n])
        }
      }
      y[m * outer + n] = sum
    }
  }
  return y
}

private func rounded(_ x: Float) -> Float { float(bfloat16Bits: bfloat16Bits(x)) }

private func view(_ tensor: Tensor) -> MatrixView {
  MatrixView(tensor, rows: tensor.shape[0], rowLength: tensor.shape[1], columns: tensor.shape[1])
}

/// A matrix stored row by row, column by column, or with gaps both ways.
private struct Strided {
  let view: MatrixView

  init(_ rows: Int, _ columns: Int, kind: Int, name: String) {
    switch kind {
    case 0:
      view = MatrixView(
        Tensor(named: name, [rows, columns + 3]), rows: rows, rowLength: columns + 3, column: 2,
        columns: columns)
    case 1:
      view =
        MatrixView(
          Tensor(named: name, [columns, rows + 1]), rows: columns, rowLength: rows + 1, column: 1,
          columns: rows
        ).transposed
    default:
      var gaps = MatrixView(
        Tensor(named: name, [rows, 2 * columns]), rows: rows, rowLength: 2 * columns, columns: columns)
      gaps.columnStride = 2
      view = gaps
    }
  }

  /// The matrix, row by row.
  var elements: [Float] {
    let all = view.tensor.elements
    return (0..<view.rows * view.columns).map {
      all[view.offset + $0 / view.columns * view.rowStride + $0 % view.columns * view.columnStride]
    }
  }
}
