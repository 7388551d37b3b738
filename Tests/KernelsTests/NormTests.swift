import Kernels
import Tensors
import TestSupport
import Testing

@Suite("RMSNorm")
struct RMSNormTests {
  @Test("agrees with the same in Double", arguments: oracleSizes(1536))
  func oracle(channels: Int) {
    let (x, w) = (Tensor(named: "x", [5, channels], in: -4...4), Tensor(named: "w", [channels], in: 0...2))
    let y = Tensor(zeros: x.shape)
    rmsNormForward(x, layout: VectorLayout(rows: 5, channels: channels), weight: w, epsilon: 1e-6, into: y)
    expectClose(
      y.elements, rmsNorm(doubles(x.elements), doubles(w.elements), 1e-6), absolute: 1e-7, relative: 1e-6)
  }

  @Test("the gradients are the slopes of the forward, and are added", arguments: [1, 7, 8, 9, 37])
  func gradientsAreSlopes(channels: Int) {
    let (rows, epsilon) = (3, Float(1e-3))
    let (x, w) = (Tensor(named: "x", [rows, channels], in: -2...2), Tensor(named: "w", [channels]))
    let dy = Tensor(named: "dy", [rows, channels])
    let (dx, dw) = (Tensor(zeros: x.shape), Tensor(zeros: w.shape))
    for _ in 0..<2 {
      rmsNormBackward(
        dy: dy, x: x, layout: VectorLayout(rows: rows, channels: channels), weight: w, epsilon: epsilon,
        dx: dx,
        addingTo: dw)
    }
    let (xs, ws, g) = (doubles(x.elements), doubles(w.elements), doubles(dy.elements))
    func loss(_ x: [Double], _ w: [Double]) -> Double { 2 * dot(g, rmsNorm(x, w, Double(epsilon))) }
    expectClose(dx.elements, slopes(at: xs) { loss($0, ws) }, absolute: 2e-6, relative: 1e-5, "dx")
    expectClose(dw.elements, slopes(at: ws) { loss(xs, $0) }, absolute: 2e-6, relative: 1e-5, "dw")
  }

  /// Rows hold 2 columns to leave alone, three heads of 10, and 3 more columns.
  @Test("normalises the heads it is told, in place, and leaves the other columns alone")
  func heads() {
    let (rows, rowLength, channels) = (4, 35, 10)
    let layout = VectorLayout(rows: rows, rowLength: rowLength, column: 2, heads: 3, channels: channels)
    let (x, w) = (Tensor(named: "x", [rows, rowLength]), Tensor(named: "w", [channels]))
    let expected = inHeads(doubles(x.elements), rowLength) { rmsNorm($0, doubles(w.elements), 1e-5) }
    rmsNormForward(x, layout: layout, weight: w, epsilon: 1e-5, into: x)
    expectClose(x.elements, expected)
  }

  @Test("the gradient of heads replaces what came from above where they lie, and nothing else")
  func headsBackward() {
    let (rows, rowLength, channels) = (4, 35, 10)
    let layout = VectorLayout(rows: rows, rowLength: rowLength, column: 2, heads: 3, channels: channels)
    let (x, w) = (Tensor(named: "x", [rows, rowLength]), Tensor(named: "w", [channels]))
    let dy = Tensor(named: "dy", [rows, rowLength])
    let (xs, ws, g) = (doubles(x.elements), doubles(w.elements), doubles(dy.elements))
    func loss(_ x: [Double], _ w: [Double]) -> Double {
      dot(g, inHeads(x, rowLength) { rmsNorm($0, w, 1e-5) })
    }
    let dw = Tensor(zeros: w.shape)
    rmsNormBackward(
      dy: dy, x: x, layout: layout, weight: w, epsilon: 1e-5, dx: dy, overwriting: true, addingTo: dw)
    expectClose(dy.elements, slopes(at: xs) { loss($0, ws) }, absolute: 2e-6)
    expectClose(dw.elements, slopes(at: ws) { loss(xs, $0) }, absolute: 2e-6)
  }

  @Test("the weight's gradient sums rows in ascending order", arguments: [(3, 7), (5, 130), (300, 200)])
  func weightGradient(rows: Int, channels: Int) {
    let (x, dy) = (Tensor(named: "x", [rows, channels]), Tensor(named: "dy", [rows, channels]))
    // A first channel of 1, and weights of 1, so that the first channel of the output is the row's scale.
    for row in 0..<rows { setElement(x, row * channels, 1) }
    let (w, dw) = (
      Tensor([Float](repeating: 1, count: channels), shape: [channels]), Tensor(named: "dw", [channels])
    )
    let layout = VectorLayout(rows: rows, channels: channels)
    let (y, dx) = (Tensor(zeros: x.shape), Tensor(zeros: x.shape))
    rmsNormForward(x, layout: layout, weight: w, epsilon: 1e-6, into: y)
    var expected = dw.elements
    for i in 0..<x.count {
      expected[i % channels] += dy.span[i] * x.span[i] * y.span[i / channels * channels]
    }
    rmsNormBackward(dy: dy, x: x, layout: layout, weight: w, epsilon: 1e-6, dx: dx, addingTo: dw)
    expectSameBits(dw.elements, expected)
  }

  @Test("a row of zeros gives zeros, and a NaN stays in its row")
  func edges() {
    let x = Tensor([0, 0, 0, .nan, 1, 1, 1, 1, 1], shape: [3, 3])
    let y = Tensor(zeros: [3, 3])
    let w = Tensor([1, 2, 3], shape: [3])
    rmsNormForward(x, layout: VectorLayout(rows: 3, channels: 3), weight: w, epsilon: 1e-6, into: y)
    expectClose(y.elements, [0, 0, 0, .nan, .nan, .nan, 1, 2, 3], relative: 1e-6)
  }

  @Test("a row's bits depend on no other row")
  func rowLaw() {
    let (x, w) = (Tensor(named: "x", [700, 50]), Tensor(named: "w", [50]))
    let y = Tensor(zeros: x.shape)
    rmsNormForward(x, layout: VectorLayout(rows: 700, channels: 50), weight: w, epsilon: 1e-6, into: y)
    for row in [0, 1, 326, 327, 328, 699] {
      let alone = Tensor(zeros: [1, 50])
      rmsNormForward(
        x.rows(row..<row + 1), layout: VectorLayout(rows: 1, channels: 50), weight: w, epsilon: 1e-6,
        into: alone)
      expectSameBits(y.rows(row..<row + 1).elements, alone.elements)
    }
  }

  /// `x` with the three heads of ten from column 2 of every row replaced by what `body` makes of them.
  private func inHeads(_ x: [Double], _ rowLength: Int, _ body: ([Double]) -> [Double]) -> [Double] {
    var y = x
    for row in 0..<x.count / rowLength {
      for head in 0..<3 {
        let range = row * rowLength + 2 + head * 10..<row * rowLength + 12 + head * 10
        y.replaceSubrange(range, with: body(Array(x[range])))
      }
    }
    return y
  }
}

@Suite("LayerNorm")
struct LayerNormTests {
  @Test("agrees with the same in Double, far from zero too", arguments: oracleSizes(768))
  func oracle(channels: Int) {
    let x = Tensor(named: "x", [5, channels], in: 6...10)
    let (w, b) = (Tensor(named: "w", [channels], in: 0...2), Tensor(named: "b", [channels]))
    let expected = layerNorm(doubles(x.elements), doubles(w.elements), doubles(b.elements), 1e-5)
    layerNormForward(x, weight: w, bias: b, epsilon: 1e-5, into: x)
    expectClose(x.elements, expected, absolute: 3e-6, relative: 1e-6)
  }

  @Test("the gradients are the slopes of the forward, and are added", arguments: [1, 7, 8, 9, 37])
  func gradientsAreSlopes(channels: Int) {
    let (rows, epsilon) = (3, Float(1e-3))
    let (x, w) = (Tensor(named: "x", [rows, channels], in: -1...3), Tensor(named: "w", [channels]))
    let (b, dy) = (Tensor(named: "b", [channels]), Tensor(named: "dy", [rows, channels]))
    let (dx, dw, db) = (Tensor(zeros: x.shape), Tensor(zeros: w.shape), Tensor(zeros: b.shape))
    for _ in 0..<2 {
      layerNormBackward(dy: dy, x: x, weight: w, epsilon: epsilon, addingTo: dx, dWeight: dw, dBias: db)
    }
    let (xs, ws, bs, g) = (
      doubles(x.elements), doubles(w.elements), doubles(b.elements), doubles(dy.elements)
    )
    func loss(_ x: [Double], _ w: [Double], _ b: [Double]) -> Double {
      2 * dot(g, layerNorm(x, w, b, Double(epsilon)))
    }
    expectClose(dx.elements, slopes(at: xs) { loss($0, ws, bs) }, absolute: 2e-6, relative: 1e-5, "dx")
    expectClose(dw.elements, slopes(at: ws) { loss(xs, $0, bs) }, absolute: 2e-6, relative: 1e-5, "dw")
    expectClose(db.elements, slopes(at: bs) { loss(xs, ws, $0) }, absolute: 2e-6, relative: 1e-5, "db")
  }

  @Test(
    "the gradients of weight and bias sum rows in ascending order", arguments: [(3, 7), (5, 130), (300, 200)])
  func weightGradient(rows: Int, channels: Int) {
    let (x, dy) = (Tensor(named: "x", [rows, channels]), Tensor(named: "dy", [rows, channels]))
    let (dw, db) = (Tensor(named: "dw", [channels]), Tensor(named: "db", [channels]))
    let (z, dx) = (Tensor(zeros: x.shape), Tensor(zeros: x.shape))
    let ones = Tensor([Float](repeating: 1, count: channels), shape: [channels])
    layerNormForward(x, weight: ones, bias: Tensor(zeros: [channels]), epsilon: 1e-5, into: z)
    var (expectedW, expectedB) = (dw.elements, db.elements)
    for i in 0..<x.count {
      expectedW[i % channels] += dy.span[i] * z.span[i]
      expectedB[i % channels] += dy.span[i]
    }
    layerNormBackward(dy: dy, x: x, weight: ones, epsilon: 1e-5, addingTo: dx, dWeight: dw, dBias: db)
    expectSameBits(dw.elements, expectedW)
    expectSameBits(db.elements, expectedB)
  }

  @Test("equal channels give the bias, and a NaN stays in its row")
  func edges() {
    let x = Tensor([3, 3, 3, .nan, 1, 1, 1, 1, 1], shape: [3, 3])
    let y = Tensor(zeros: [3, 3])
    let (w, b) = (Tensor([1, 2, 3], shape: [3]), Tensor([4, 5, 6], shape: [3]))
    layerNormForward(x, weight: w, bias: b, epsilon: 1e-5, into: y)
    expectClose(y.elements, [4, 5, 6, .nan, .nan, .nan, 4, 5, 6])
  }

  @Test("a row's bits depend on no other row")
  func rowLaw() {
    let (x, w, b) = (Tensor(named: "x", [700, 50]), Tensor(named: "w", [50]), Tensor(named: "b", [50]))
    let y = Tensor(zeros: x.shape)
    layerNormForward(x, weight: w, bias: b, epsilon: 1e-5, into: y)
    for row in [0, 1, 326, 327, 328, 699] {
      let alone = Tensor(zeros: [1, 50])
      layerNormForward(x.rows(row..<row + 1), weight: w, bias: b, epsilon: 1e-5, into: alone)
      expectSameBits(y.rows(row..<row + 1).elements, alone.elements)
    }
  }
}

private func rmsNorm(_ x: [Double], _ w: [Double], _ epsilon: Double) -> [Double] {
  x.indices.map { i in
    let row = x[i / w.count * w.count..<(i / w.count + 1) * w.count]
    let meanSquare = row.reduce(0) { $0 + $1 * $1 } / Double(w.count)
    return x[i] / (meanSquare + epsilon).squareRoot() * w[i % w.count]
  }
}

private func layerNorm(_ x: [Double], _ w: [Double], _ b: [Double], _ epsilon: Double) -> [Double] {
  x.indices.map { i in
    let row = x[i / w.count * w.count..<(i / w.count + 1) * w.count]
    let mean = row.reduce(0, +) / Double(w.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(w.count)
    return (x[i] - mean) / (variance + epsilon).squareRoot() * w[i % w.count] + b[i % w.count]
  }
}
