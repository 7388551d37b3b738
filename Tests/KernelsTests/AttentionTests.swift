import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite("Attention")
struct AttentionTests {
  static let shapes = [
    AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 1),
    AttentionShape(heads: 3, keyValueHeads: 3, headDimension: 7),
    AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 8),
    AttentionShape(heads: 4, keyValueHeads: 1, headDimension: 9),
    AttentionShape(heads: 3, keyValueHeads: 1, headDimension: 10),
    AttentionShape(heads: 2, keyValueHeads: 1, headDimension: 40),
    AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 64),
  ]

  @Test("agrees with the same in Double", arguments: shapes, [1, 7, 8, 9, 70])
  func oracle(shape: AttentionShape, length: Int) {
    let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
    let expected = oracleAttention(doubles(qkv.elements), shape: shape)
    expectClose(prefill(qkv, shape).elements, expected, absolute: 2e-6, relative: 2e-6)
  }

  @Test("token by token and in chunks gives the bits of one call", arguments: shapes, [1, 3, 8, 31])
  func chunks(shape: AttentionShape, chunk: Int) {
    let length = 70
    let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
    let segment = segment(shape, capacity: length)
    var found: [Float] = []
    for start in stride(from: 0, to: length, by: chunk) {
      let rows = qkv.rows(start..<min(length, start + chunk))
      let sequence = SequenceRows(rows: 0..<rows.shape[0], own: segment, ownStart: start)
      found += attend(rows, shape, [sequence]).elements
    }
    expectSameBits(found, prefill(qkv, shape).elements)
  }

  @Test(
    "branches behind a shared trunk give the bits of whole sequences", arguments: shapes, [1, 7, 8, 33, 69])
  func trunkAndBranches(shape: AttentionShape, trunkLength: Int) {
    let length = 70
    let trunkRows = Tensor(named: "trunk", [length, shape.rowLength], in: -2...2).rows(0..<trunkLength)
    // The trunk may hold more positions than a branch reads.
    let trunk = segment(shape, capacity: length + 5)
    _ = attend(
      Tensor(named: "trunk", [length, shape.rowLength], in: -2...2), shape,
      [SequenceRows(rows: 0..<length, own: trunk)])
    let lengths = [length - trunkLength, 1, 5]
    let branches = Tensor(named: "branches", [lengths.reduce(0, +), shape.rowLength], in: -2...2)
    var sequences: [SequenceRows] = []
    var expected: [Float] = []
    var start = 0
    for length in lengths {
      let rows = start..<start + length
      sequences.append(
        SequenceRows(
          rows: rows, trunk: trunk, trunkLength: trunkLength, own: segment(shape, capacity: length)))
      let whole = Tensor(
        trunkRows.elements + branches.rows(rows).elements, shape: [trunkLength + length, shape.rowLength])
      expected += prefill(whole, shape).rows(trunkLength..<trunkLength + length).elements
      start += length
    }
    expectSameBits(attend(branches, shape, sequences).elements, expected)
  }

  @Test("a copied beginning continues with the bits of the original", arguments: [1, 7, 8, 30])
  func copiedSegment(positions: Int) {
    let shape = AttentionShape(heads: 3, keyValueHeads: 3, headDimension: 7)
    let qkv = Tensor(named: "qkv", [40, shape.rowLength])
    let (original, copy) = (segment(shape, capacity: 40), segment(shape, capacity: 51))
    _ = attend(qkv, shape, [SequenceRows(rows: 0..<40, own: original)])
    copy.copy(from: original, positions: positions)
    let rest = qkv.rows(positions..<40)
    let found = attend(
      rest, shape, [SequenceRows(rows: 0..<40 - positions, own: copy, ownStart: positions)])
    expectSameBits(found.elements, prefill(qkv, shape).rows(positions..<40).elements)
  }

  @Test("layers keep apart, and a NaN in one sequence reaches no other")
  func neighbours() {
    let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 8)
    let qkv = Tensor(named: "qkv", [50, shape.rowLength])
    let clean = prefill(qkv.rows(0..<20), shape).elements + prefill(qkv.rows(21..<50), shape).elements
    setElement(qkv, 20 * shape.rowLength + 3, .nan)
    let sequences = [0..<20, 20..<21, 21..<50].map {
      SequenceRows(rows: $0, own: KeyValueSegment(capacity: 30, layers: 3, heads: 2, headDimension: 8))
    }
    for layer in 0..<3 {
      storeKeysAndValues(
        layer == 1 ? qkv : Tensor(zeros: qkv.shape), shape: shape, layer: layer, sequences: sequences)
    }
    let out = Tensor(zeros: [50, shape.queryWidth])
    attentionForward(qkv, shape: shape, layer: 1, sequences: sequences, scale: scale(shape), into: out)
    expectSameBits(out.rows(0..<20).elements + out.rows(21..<50).elements, clean)
  }

  @Test("scores of any size attend to the largest")
  func largeScores() {
    let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 2)
    // Queries of 1e4 meet keys 1, 2, 3: scores thousands apart.
    let qkv = Tensor(
      [1e4, 0, 1, 0, 5, 6, 1e4, 0, 2, 0, 7, 8, 1e4, 0, 3, 0, 9, 10], shape: [3, 6])
    expectClose(prefill(qkv, shape).elements, [5, 6, 7, 8, 9, 10])
  }

  @Test("a segment's bytes are what its extents say")
  func bytes() {
    for (capacity, positions) in [(16, 16 + 16), (9, 16 + 9)] {
      let found = KeyValueSegment.byteCount(capacity: capacity, layers: 2, heads: 3, headDimension: 5)
      #expect(found == positions * 2 * 3 * 5 * 4)
    }
  }

  private func prefill(_ qkv: Tensor, _ shape: AttentionShape) -> Tensor {
    let length = qkv.shape[0]
    return attend(qkv, shape, [SequenceRows(rows: 0..<length, own: segment(shape, capacity: length))])
  }

  private func attend(_ qkv: Tensor, _ shape: AttentionShape, _ sequences: [SequenceRows]) -> Tensor {
    let (rows, width) = (qkv.shape[0], shape.queryWidth)
    let out = Tensor([Float](repeating: .nan, count: rows * width), shape: [rows, width])
    storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
    attentionForward(qkv, shape: shape, layer: 0, sequences: sequences, scale: scale(shape), into: out)
    return out
  }
}

@Suite("The gradient of attention")
struct AttentionBackwardTests {
  static let shapes = [
    AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 1),
    AttentionShape(heads: 3, keyValueHeads: 3, headDimension: 7),
    AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 8),
    AttentionShape(heads: 3, keyValueHeads: 1, headDimension: 9),
  ]

  @Test("is the slope of the forward, and overwrites", arguments: shapes, [1, 7, 8, 9, 12])
  func gradientIsSlope(shape: AttentionShape, length: Int) {
    let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
    let dOut = Tensor(named: "dOut", [length, shape.queryWidth])
    let sequences = [SequenceRows(rows: 0..<length, own: segment(shape, capacity: length))]
    storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
    let dQKV = Tensor([Float](repeating: .nan, count: qkv.count), shape: qkv.shape)
    attentionBackward(
      dOut: dOut, qkv: qkv, shape: shape, layer: 0, sequences: sequences, scale: scale(shape), into: dQKV,
      trunk: nil)
    let g = doubles(dOut.elements)
    let expected = slopes(at: doubles(qkv.elements)) { dot(g, oracleAttention($0, shape: shape)) }
    expectClose(dQKV.elements, expected, absolute: 3e-6, relative: 1e-5)
  }

  @Test(
    "branches hand their trunk the slope with respect to it, summed and added", arguments: shapes,
    [1, 7, 8, 9])
  func trunkGradient(shape: AttentionShape, trunkLength: Int) {
    let width = shape.rowLength
    let trunkRows = Tensor(named: "trunk", [trunkLength, width], in: -2...2)
    let trunk = segment(shape, capacity: trunkLength)
    storeKeysAndValues(
      trunkRows, shape: shape, layer: 0, sequences: [SequenceRows(rows: 0..<trunkLength, own: trunk)])
    let ranges = [0..<3, 3..<4, 4..<9]
    let branches = Tensor(named: "branches", [9, width], in: -2...2)
    let sequences = ranges.map {
      SequenceRows(rows: $0, trunk: trunk, trunkLength: trunkLength, own: segment(shape, capacity: $0.count))
    }
    storeKeysAndValues(branches, shape: shape, layer: 0, sequences: sequences)
    let dOut = Tensor(named: "dOut", [9, shape.queryWidth])
    let dBranches = Tensor(zeros: branches.shape)
    let gradient = TrunkGradient(length: trunkLength, shape: shape)
    for _ in 0..<2 {
      attentionBackward(
        dOut: dOut, qkv: branches, shape: shape, layer: 0, sequences: sequences, scale: scale(shape),
        into: dBranches,
        trunk: gradient)
    }
    let dTrunk = Tensor([Float](repeating: 1, count: trunkRows.count), shape: trunkRows.shape)
    gradient.add(to: dTrunk)

    let g = doubles(dOut.elements)
    func loss(_ trunk: [Double], _ branches: [Double]) -> Double {
      ranges.reduce(0) { sum, range in
        let whole = trunk + branches[range.lowerBound * width..<range.upperBound * width]
        let out = oracleAttention(whole, shape: shape).suffix(range.count * shape.queryWidth)
        let weights = g[range.lowerBound * shape.queryWidth..<range.upperBound * shape.queryWidth]
        return sum + dot(Array(weights), Array(out))
      }
    }
    let (t, b) = (doubles(trunkRows.elements), doubles(branches.elements))
    expectClose(
      dBranches.elements, slopes(at: b) { loss(t, $0) }, absolute: 3e-6, relative: 1e-5, "dBranches")
    let twice = slopes(at: t) { 2 * loss($0, b) }
    expectClose(dTrunk.elements, twice.map { $0 + 1 }, absolute: 6e-6, relative: 1e-5, "dTrunk")
  }

  @Test("gives the same bits on one thread and on three")
  func threads() {
    let shape = AttentionShape(heads: 8, keyValueHeads: 4, headDimension: 16)
    let (qkv, dOut) = (
      Tensor(named: "qkv", [90, shape.rowLength]), Tensor(named: "dOut", [90, shape.queryWidth])
    )
    let results = [1, 3].map { threads in
      ThreadPool.configure(threads: threads)
      let sequences = [0..<50, 50..<90].map { SequenceRows(rows: $0, own: segment(shape, capacity: 50)) }
      let (out, dQKV) = (Tensor(zeros: dOut.shape), Tensor(zeros: qkv.shape))
      storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
      attentionForward(qkv, shape: shape, layer: 0, sequences: sequences, scale: 0.25, into: out)
      attentionBackward(
        dOut: dOut, qkv: qkv, shape: shape, layer: 0, sequences: sequences, scale: 0.25, into: dQKV,
        trunk: nil)
      return out.elements + dQKV.elements
    }
    expectSameBits(results[1], results[0])
  }
}

private func scale(_ shape: AttentionShape) -> Float { 1 / Float(shape.headDimension).squareRoot() }

private func segment(_ shape: AttentionShape, capacity: Int) -> KeyValueSegment {
  KeyValueSegment(
    capacity: capacity, layers: 1, heads: shape.keyValueHeads, headDimension: shape.headDimension)
}

/// Causal attention over the rows of one sequence, by the formula.
private func oracleAttention(_ qkv: [Double], shape: AttentionShape) -> [Double] {
  let scale = Double(scale(shape))
  let (dimension, width) = (shape.headDimension, shape.rowLength)
  let length = qkv.count / width
  var out = [Double](repeating: 0, count: length * shape.queryWidth)
  for row in 0..<length {
    for head in 0..<shape.heads {
      let q = row * width + head * dimension
      let k = shape.queryWidth + head / shape.groupSize * dimension
      let v = k + shape.keyValueWidth
      let scores = (0...row).map { j in
        scale * (0..<dimension).reduce(0.0) { $0 + qkv[q + $1] * qkv[j * width + k + $1] }
      }
      let maximum = scores.max() ?? 0
      let weights = scores.map { exp($0 - maximum) }
      let sum = weights.reduce(0, +)
      for d in 0..<dimension {
        out[row * shape.queryWidth + head * dimension + d] =
          (0...row).reduce(0.0) { $0 + weights[$1] * qkv[$1 * width + v + d] } / sum
      }
    }
  }
  return out
}
