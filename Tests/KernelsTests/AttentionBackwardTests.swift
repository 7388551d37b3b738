import Kernels
import Tensors
import TestSupport
import Testing

@Suite("The gradient of attention")
struct AttentionBackwardTests {
  static let small = [
    AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 1),
    AttentionShape(heads: 3, keyValueHeads: 3, headDimension: 7),
    AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 8),
    AttentionShape(heads: 3, keyValueHeads: 1, headDimension: 9),
  ]

  @Test("is the slope of the forward, and overwrites", arguments: small, Precision.both)
  func gradientIsSlope(shape: AttentionShape, precision: Precision) {
    for length in [1, 7, 8, 9, 12] {
      let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
      let dOut = Tensor(named: "dOut", [length, shape.queryWidth])
      let sequences = [SequenceRows(rows: 0..<length, own: shape.segment(precision, positions: length))]
      let found = gradient(dOut: dOut, qkv: qkv, shape, sequences)
      let g = doubles(dOut.elements)
      // In bf16 the slope is the one where keys and values have been rounded to.
      let expected = slopes(at: doubles(shape.rounded(qkv.elements, precision))) {
        dot(g, oracleAttention($0, shape: shape))
      }
      expectClose(found, expected, absolute: 3e-6, relative: 1e-5)
    }
  }

  @Test(
    "agrees with the formula in Double over many pages", arguments: AttentionShape.variety, Precision.both)
  func oracle(shape: AttentionShape, precision: Precision) {
    for length in [31, 33, 130] {
      let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
      let dOut = Tensor(named: "dOut", [length, shape.queryWidth])
      let sequences = [SequenceRows(rows: 0..<length, own: shape.segment(precision, positions: length))]
      let found = gradient(dOut: dOut, qkv: qkv, shape, sequences)
      let expected = oracleGradient(
        doubles(shape.rounded(qkv.elements, precision)), dOut: doubles(dOut.elements), shape: shape)
      expectClose(found, expected, absolute: 3e-6, relative: 1e-5, ofLargest: 2e-6)
    }
  }

  @Test(
    "branches hand their trunk its share, summed and added, in one batch with it or after it",
    arguments: AttentionShape.variety, [1, 9, 32, 45])
  func trunkGradient(shape: AttentionShape, trunkLength: Int) {
    for precision in Precision.both {
      let tree = Tree(shape, trunkLength: trunkLength, branches: [40, 1, 35])
      let sequences = tree.sequences(precision)
      let dOut = Tensor(named: "dOut", [tree.rows.shape[0], shape.queryWidth])
      let expected = tree.oracleGradient(dOut, precision)

      let together = Tensor([Float](repeating: .nan, count: tree.rows.count), shape: tree.rows.shape)
      let shared = TrunkGradient(length: trunkLength, shape: shape)
      storeKeysAndValues(tree.rows, shape: shape, layer: 0, sequences: sequences)
      attentionBackward(
        dOut: dOut, qkv: tree.rows, shape: shape, layer: 0, sequences: sequences, scale: shape.scale,
        into: together, trunk: shared)
      shared.add(to: together.rows(tree.trunk))
      expectClose(together.elements, expected, absolute: 6e-6, relative: 1e-5, ofLargest: 2e-6)

      let apart = Tensor([Float](repeating: .nan, count: tree.rows.count), shape: tree.rows.shape)
      let summed = TrunkGradient(length: trunkLength, shape: shape)
      for part in [sequences[1...1], sequences[2...], sequences[..<1]] {
        attentionBackward(
          dOut: dOut, qkv: tree.rows, shape: shape, layer: 0, sequences: Array(part), scale: shape.scale,
          into: apart, trunk: summed)
      }
      summed.add(to: apart.rows(tree.trunk))
      expectSameBits(apart.elements, together.elements, "in several calls")
    }
  }

  @Test("agrees with the formula in Double behind thousands of positions", arguments: Precision.both)
  func longContext(precision: Precision) {
    let shape = AttentionShape(heads: 2, keyValueHeads: 1, headDimension: 4)
    let (trunkLength, count) = (7000, 90)
    let tree = Tree(shape, trunkLength: trunkLength, branches: [count])
    let sequences = tree.sequences(precision)
    let dOut = Tensor(named: "dOut", [trunkLength + count, shape.queryWidth])
    storeKeysAndValues(tree.rows, shape: shape, layer: 0, sequences: sequences)
    let dQKV = Tensor(zeros: tree.rows.shape)
    let shared = TrunkGradient(length: trunkLength, shape: shape)
    attentionBackward(
      dOut: dOut, qkv: tree.rows, shape: shape, layer: 0, sequences: [sequences[1]], scale: shape.scale,
      into: dQKV, trunk: shared)
    shared.add(to: dQKV.rows(tree.trunk))
    let zeros = [Double](repeating: 0, count: trunkLength * shape.queryWidth)
    let expected = oracleGradient(
      doubles(shape.rounded(tree.rows.elements, precision)),
      dOut: zeros + doubles(dOut.rows(tree.branches[0]).elements), shape: shape)
    expectClose(dQKV.elements, expected, absolute: 1e-6, relative: 1e-5)
  }

  @Test("a sequence's gradient is the same alone and beside others", arguments: Precision.both)
  func neighbours(precision: Precision) {
    let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 24)
    let lengths = [70, 1, 33, 150]
    let qkv = Tensor(named: "qkv", [lengths.reduce(0, +), shape.rowLength])
    let dOut = Tensor(named: "dOut", [qkv.shape[0], shape.queryWidth])
    var start = 0
    let sequences = lengths.map { length in
      defer { start += length }
      return SequenceRows(
        rows: start..<start + length, own: shape.segment(precision, positions: length))
    }
    let all = Tensor(gradient(dOut: dOut, qkv: qkv, shape, sequences), shape: qkv.shape)
    for sequence in sequences {
      let alone = Tensor(gradient(dOut: dOut, qkv: qkv, shape, [sequence]), shape: qkv.shape)
      expectSameBits(alone.rows(sequence.rows).elements, all.rows(sequence.rows).elements)
    }
  }

  @Test("gives the same bits on one thread and on three", arguments: AttentionShape.variety)
  func threads(shape: AttentionShape) {
    let tree = Tree(shape, trunkLength: 40, branches: [64, 1, 30, 30, 50])
    let dOut = Tensor(named: "dOut", [tree.rows.shape[0], shape.queryWidth])
    let results = [1, 3].map { threads in
      ThreadPool.configure(threads: threads)
      let sequences = tree.sequences(.bf16)
      let dQKV = Tensor(zeros: tree.rows.shape)
      let shared = TrunkGradient(length: 40, shape: shape)
      storeKeysAndValues(tree.rows, shape: shape, layer: 0, sequences: sequences)
      attentionBackward(
        dOut: dOut, qkv: tree.rows, shape: shape, layer: 0, sequences: sequences, scale: shape.scale,
        into: dQKV, trunk: shared)
      shared.add(to: dQKV.rows(tree.trunk))
      return dQKV.elements
    }
    ThreadPool.configure(threads: 1)
    expectSameBits(results[1], results[0])
  }

  private func gradient(
    dOut: Tensor, qkv: Tensor, _ shape: AttentionShape, _ sequences: [SequenceRows]
  ) -> [Float] {
    let dQKV = Tensor([Float](repeating: .nan, count: qkv.count), shape: qkv.shape)
    storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
    attentionBackward(
      dOut: dOut, qkv: qkv, shape: shape, layer: 0, sequences: sequences, scale: shape.scale, into: dQKV,
      trunk: nil)
    return dQKV.elements
  }
}

extension Tree {
  /// The gradient of `Σ dOut · attention` with respect to all rows, by the formula.
  func oracleGradient(_ dOut: Tensor, _ precision: Precision) -> [Double] {
    let width = shape.rowLength
    var gradient = [Double](repeating: 0, count: rows.count)
    let own = KernelsTests.oracleGradient(
      doubles(shape.rounded(rows.rows(trunk).elements, precision)),
      dOut: doubles(dOut.rows(trunk).elements), shape: shape)
    for (i, element) in own.enumerated() { gradient[i] += element }
    for branch in branches {
      let zeros = [Double](repeating: 0, count: trunk.count * shape.queryWidth)
      let whole = KernelsTests.oracleGradient(
        doubles(shape.rounded(whole(branch).elements, precision)),
        dOut: zeros + doubles(dOut.rows(branch).elements), shape: shape)
      for i in 0..<trunk.count * width { gradient[i] += whole[i] }
      for i in 0..<branch.count * width {
        gradient[branch.lowerBound * width + i] = whole[trunk.count * width + i]
      }
    }
    return gradient
  }
}
