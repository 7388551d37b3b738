import Kernels
import Tensors
import TestSupport
import Testing

@Suite("Attention")
struct AttentionTests {
  @Test("agrees with the same in Double", arguments: AttentionShape.variety, Precision.both)
  func oracle(shape: AttentionShape, precision: Precision) {
    for length in [1, 7, 8, 9, 70] {
      let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
      let expected = oracleAttention(doubles(shape.rounded(qkv.elements, precision)), shape: shape)
      expectClose(prefill(qkv, shape, precision).elements, expected, absolute: 2e-6, relative: 2e-6)
    }
  }

  @Test("has the bits of its definition", arguments: AttentionShape.variety, Precision.both)
  func definition(shape: AttentionShape, precision: Precision) {
    for length in [1, 12, 31, 32, 33, 100] {
      let qkv = Tensor(named: "definition", [length, shape.rowLength], in: -4...4)
      let expected = definedAttention(shape.rounded(qkv.elements, precision), shape: shape)
      expectSameBits(prefill(qkv, shape, precision).elements, expected, "length \(length)")
    }
  }

  @Test(
    "token by token and in chunks gives the bits of one call", arguments: AttentionShape.variety,
    Precision.both)
  func chunks(shape: AttentionShape, precision: Precision) {
    let length = 150
    let qkv = Tensor(named: "qkv", [length, shape.rowLength], in: -2...2)
    let whole = prefill(qkv, shape, precision).elements
    for chunk in [1, 3, 31, 32, 33, 49] {
      // Room is made as positions come.
      let segment = shape.segment(precision, positions: 0)
      var found: [Float] = []
      for start in stride(from: 0, to: length, by: chunk) {
        let rows = qkv.rows(start..<min(length, start + chunk))
        segment.reserve(start + rows.shape[0])
        found +=
          attend(
            rows, shape, [SequenceRows(rows: 0..<rows.shape[0], own: segment, ownStart: start)]
          ).elements
      }
      expectSameBits(found, whole, "chunks of \(chunk)")
    }
  }

  @Test(
    "branches behind a shared trunk give the bits of whole sequences, in one batch with it or after it",
    arguments: AttentionShape.variety, Precision.both)
  func trunkAndBranches(shape: AttentionShape, precision: Precision) {
    for trunkLength in [1, 7, 31, 32, 33, 69] {
      let tree = Tree(shape, trunkLength: trunkLength, branches: [70, 1, 5, 33, 1, 1, 2])
      let expected = tree.alone(precision)
      expectSameBits(
        attend(tree.rows, shape, tree.sequences(precision)).elements, expected, "trunk of \(trunkLength)")
      let sequences = tree.sequences(precision)
      let before = attend(tree.rows, shape, [sequences[0]]).rows(0..<trunkLength).elements
      let after = attend(tree.rows, shape, Array(sequences[1...]))
      expectSameBits(
        before + after.rows(trunkLength..<tree.rows.shape[0]).elements, expected,
        "after a trunk of \(trunkLength)")
    }
  }

  @Test("of a trunk that goes on, branches read the part they are told", arguments: Precision.both)
  func partOfTrunk(precision: Precision) {
    let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 16)
    let trunkRows = Tensor(named: "trunk", [80, shape.rowLength])
    let trunk = shape.segment(precision, positions: 80)
    _ = attend(trunkRows, shape, [SequenceRows(rows: 0..<80, own: trunk)])
    for length in [1, 31, 32, 40, 79] {
      let branch = Tensor(named: "branch", [9, shape.rowLength])
      let whole = Tensor(
        trunkRows.rows(0..<length).elements + branch.elements, shape: [length + 9, shape.rowLength])
      let sequence = SequenceRows(
        rows: 0..<9, trunk: trunk, trunkLength: length, own: shape.segment(precision, positions: 9))
      expectSameBits(
        attend(branch, shape, [sequence]).elements,
        prefill(whole, shape, precision).rows(length..<length + 9).elements)
    }
  }

  @Test("neighbours, their order and their number change no bit", arguments: Precision.both)
  func neighbours(precision: Precision) {
    let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 24)
    let tree = Tree(
      shape, trunkLength: 45, branches: [1, 1, 1, 20, 1, 1, 64, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    let expected = Tensor(tree.alone(precision), shape: [tree.rows.shape[0], shape.queryWidth])
    let sequences = tree.sequences(precision)
    _ = attend(tree.rows, shape, sequences)
    for members in [[3], [17, 3, 1], Array(1...18), (1...18).reversed(), [7, 1, 2], [0, 4, 18]] {
      let out = attend(tree.rows, shape, members.map { sequences[$0] })
      for rows in members.map({ sequences[$0].rows }) {
        expectSameBits(out.rows(rows).elements, expected.rows(rows).elements, "\(members)")
      }
    }
  }

  @Test("layers keep apart, and a NaN in one sequence reaches no other", arguments: Precision.both)
  func layers(precision: Precision) {
    let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 8)
    let qkv = Tensor(named: "qkv", [50, shape.rowLength])
    let clean =
      prefill(qkv.rows(0..<20), shape, precision).elements
      + prefill(qkv.rows(21..<50), shape, precision).elements
    setElement(qkv, 20 * shape.rowLength + 3, .nan)
    let pool = KeyValuePool(shape.cache(precision, layers: 3))
    let sequences = [0..<20, 20..<21, 21..<50].map {
      SequenceRows(rows: $0, own: KeyValueSegment(pool: pool, positions: 30))
    }
    for layer in 0..<3 {
      storeKeysAndValues(
        layer == 1 ? qkv : Tensor(zeros: qkv.shape), shape: shape, layer: layer, sequences: sequences)
    }
    let out = Tensor(zeros: [50, shape.queryWidth])
    attentionForward(qkv, shape: shape, layer: 1, sequences: sequences, scale: shape.scale, into: out)
    expectSameBits(out.rows(0..<20).elements + out.rows(21..<50).elements, clean)
  }

  @Test("a position reaches no row before it, whatever it holds", arguments: [Float.nan, .infinity])
  func laterPositions(poison: Float) {
    for (shape, precision) in zip(AttentionShape.variety, Precision.both + Precision.both + Precision.both) {
      let clean = Tensor(named: "qkv", [70, shape.rowLength])
      let expected = prefill(clean, shape, precision)
      for position in [1, 5, 31, 32, 47, 69] {
        let qkv = Tensor(clean.elements, shape: clean.shape)
        for column in shape.queryWidth..<shape.rowLength {
          setElement(qkv, position * shape.rowLength + column, poison)
        }
        let found = prefill(qkv, shape, precision)
        expectSameBits(
          found.rows(0..<position).elements, expected.rows(0..<position).elements, "before \(position)")
        #expect(found.rows(position..<70).elements.allSatisfy { !$0.isFinite || poison == .infinity })
      }
    }
  }

  @Test("thousands of positions give their rows the bits that single rows get", arguments: Precision.both)
  func longContext(precision: Precision) {
    let shape = AttentionShape(heads: 2, keyValueHeads: 1, headDimension: 8)
    let (length, trunkLength) = (9000, 2000)
    let qkv = Tensor(named: "long", [length, shape.rowLength])
    let segment = shape.segment(precision, positions: length)
    let whole = attend(qkv, shape, [SequenceRows(rows: 0..<length, own: segment)])
    let branch = SequenceRows(
      rows: trunkLength..<length, trunk: segment, trunkLength: trunkLength,
      own: shape.segment(precision, positions: length - trunkLength))
    let behindTrunk = attend(qkv, shape, [branch])
    expectSameBits(
      behindTrunk.rows(trunkLength..<length).elements, whole.rows(trunkLength..<length).elements)
    for row in [100, 4095, 4096, 8999] {
      let single = SequenceRows(rows: row..<row + 1, own: segment, ownStart: row)
      let out = attend(qkv, shape, [single])
      expectSameBits(out.rows(row..<row + 1).elements, whole.rows(row..<row + 1).elements, "row \(row)")
    }
  }

  @Test("scores of any size attend to the largest", arguments: Precision.both)
  func largeScores(precision: Precision) {
    let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 2)
    // Queries of 1e4 meet keys 1, 2, 3: scores thousands apart.
    let qkv = Tensor([1e4, 0, 1, 0, 5, 6, 1e4, 0, 2, 0, 7, 8, 1e4, 0, 3, 0, 9, 10], shape: [3, 6])
    expectClose(prefill(qkv, shape, precision).elements, [5, 6, 7, 8, 9, 10])
  }

  @Test("bf16 pages round to nearest, ties to even, and keep NaN and infinity")
  func rounding() {
    // A single position attends to itself: the output is its value as stored.
    let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 40)
    let special: [Float] = [
      1, -0.0, 1.003_906_25, 1.011_718_75, 1.003_906_4, -3.389_5e38, .greatestFiniteMagnitude, .infinity,
      -.infinity, .leastNonzeroMagnitude * 70_000, .leastNonzeroMagnitude, 0.1, -7.77,
    ]
    let values = special + namedFloats("rounding", 40 - special.count)
    let row = Tensor([Float](repeating: 0.5, count: 80) + values, shape: [1, 120])
    // The chain starts at +0, which a negative zero does not change.
    let expected = values.map { Precision.bf16.rounded($0) + 0 }
    expectSameBits(prefill(row, shape, .bf16).elements, expected)
    setElement(row, 80, .nan)
    #expect(prefill(row, shape, .bf16).elements[0].isNaN)
  }

  @Test("one thread and three give the same bits", arguments: AttentionShape.variety, Precision.both)
  func threads(shape: AttentionShape, precision: Precision) {
    let tree = Tree(shape, trunkLength: 50, branches: [100, 1, 7, 1, 1, 64])
    let results = [1, 3].map { threads in
      ThreadPool.configure(threads: threads)
      return attend(tree.rows, shape, tree.sequences(precision)).elements
    }
    ThreadPool.configure(threads: 1)
    expectSameBits(results[1], results[0])
  }

  @Test(
    "other processes, with narrower vectors or more threads, give the same bits",
    arguments: [("1", "AVX2"), ("3", "")])
  func processes(threads: String, limit: String) throws {
    let reference = try kernelProbe(["1"], environment: ["PRORL_MAX_ISA": ""])
    let found = try kernelProbe([threads], environment: ["PRORL_MAX_ISA": limit])
    let expected = reference.filter { $0.hasPrefix("attention") }
    #expect(expected.count == 4)
    #expect(found.filter { $0.hasPrefix("attention") } == expected)
  }
}

/// The rows of a trunk and of branches that read it, one after the other.
struct Tree {
  let shape: AttentionShape
  let rows: Tensor
  let trunk: Range<Int>
  let branches: [Range<Int>]

  init(_ shape: AttentionShape, trunkLength: Int, branches lengths: [Int]) {
    self.shape = shape
    trunk = 0..<trunkLength
    var (branches, start): ([Range<Int>], Int) = ([], trunkLength)
    for length in lengths {
      branches.append(start..<start + length)
      start += length
    }
    self.branches = branches
    rows = Tensor(named: "tree", [start, shape.rowLength], in: -2...2)
  }

  /// The trunk's rows, then the branches', in segments of their own from one pool.
  func sequences(_ precision: Precision) -> [SequenceRows] {
    let pool = KeyValuePool(shape.cache(precision))
    let segment = KeyValueSegment(pool: pool, positions: trunk.count)
    return [SequenceRows(rows: trunk, own: segment)]
      + branches.map {
        SequenceRows(
          rows: $0, trunk: segment, trunkLength: trunk.count,
          own: KeyValueSegment(pool: pool, positions: $0.count))
      }
  }

  /// The rows of trunk and branch as one sequence.
  func whole(_ branch: Range<Int>) -> Tensor {
    Tensor(
      rows.rows(trunk).elements + rows.rows(branch).elements,
      shape: [trunk.count + branch.count, shape.rowLength])
  }

  /// What every row gets when its sequence is alone, in one call.
  func alone(_ precision: Precision) -> [Float] {
    branches.reduce(into: prefill(rows.rows(trunk), shape, precision).elements) { out, branch in
      let whole = prefill(whole(branch), shape, precision)
      out += whole.rows(trunk.count..<trunk.count + branch.count).elements
    }
  }
}
