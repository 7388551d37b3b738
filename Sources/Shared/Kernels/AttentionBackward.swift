public import Tensors

// The gradient of causal attention.
//
//   P_j = e_j / Σ e,  dP_j = dout · v_j,  δ = Σ_j P_j dP_j,  dS_j = scale · P_j (dP_j - δ)
//   dq += Σ_j dS_j k_j        dk_j += dS_j q        dv_j += P_j dout
//
// Rows in ascending order, heads in ascending order within a row: the sums into dk and dv are the same
// whatever the number of threads, which share out key-value heads only.

/// Gradients of a shared trunk's keys and values of one layer, summed over the responses that read it.
public final class TrunkGradient: Sendable {
  /// The number of positions.
  public let length: Int
  let keys: Storage<Float>
  let values: Storage<Float>
  private let shape: AttentionShape

  /// Zeros for a trunk of `length` positions: `[head][position][dimension]`.
  public init(length: Int, shape: AttentionShape) {
    self.length = length
    self.shape = shape
    keys = Storage(zeros: max(1, length * shape.keyValueWidth))
    values = Storage(zeros: max(1, length * shape.keyValueWidth))
  }

  /// Adds the sums to the key and value columns of the trunk's own `dQKV`, `[length, shape.rowLength]`.
  public func add(to dQKV: Tensor) {
    let (keys, values) = (keys, values)
    var out = dQKV.mutableSpan
    let k = keys.span
    let v = values.span
    let dimension = shape.headDimension
    for position in 0..<length {
      for head in 0..<shape.keyValueHeads {
        let from = (head * length + position) * dimension
        let key = position * shape.rowLength + shape.queryWidth + head * dimension
        let value = key + shape.keyValueWidth
        for d in 0..<dimension {
          out[key + d] += k[from + d]
          out[value + d] += v[from + d]
        }
      }
    }
  }
}

/// Overwrites `dQKV` with the gradient of attention with respect to the rows' queries, keys and values.
///
/// - Parameters:
///   - dOut: `[rows, shape.queryWidth]`.
///   - qkv: `[rows, shape.rowLength]`; only the queries are read, after rotation.
///   - shape: The layer's extents.
///   - layer: Which layer's keys and values to read.
///   - sequences: As given to the forward; their own segments begin with these rows (`ownStart` is 0).
///   - scale: As given to the forward.
///   - dQKV: `[rows, shape.rowLength]`, overwritten.
///   - trunk: Where the gradient of the shared trunk is added; needed when the sequences have one.
public func attentionBackward(
  dOut: Tensor, qkv: Tensor, shape: AttentionShape, layer: Int, sequences: [SequenceRows], scale: Float,
  into dQKV: Tensor, trunk: TrunkGradient?
) {
  forEachBlock(shape.keyValueHeads) { head in
    for sequence in sequences {
      precondition(
        sequence.ownStart == 0, "attentionBackward: rows before \(sequence.ownStart) are not in the batch")
      let context = GatheredContext(sequence, layer: layer, head: head, dimension: shape.headDimension)
      context.accumulate(
        dOut: dOut, qkv: qkv, shape: shape, head: head, rows: sequence.rows, scale: scale, into: dQKV)
      context.scatter(into: dQKV, rows: sequence.rows, shape: shape, head: head, trunk: trunk)
    }
  }
}

/// One head's keys and values of a whole context in the layouts that the backward reads, and their gradients.
private struct GatheredContext {
  let length: Int
  let trunkLength: Int
  let dimension: Int
  let keys: Storage<Float>  // [position][dimension]
  let keyBlocks: Storage<Float>  // [block][dimension][8]
  let valueBlocks: Storage<Float>  // [block][dimension][8]
  let dKeys: Storage<Float>  // [position][dimension]
  let dValues: Storage<Float>  // [position][dimension]

  init(_ sequence: SequenceRows, layer: Int, head: Int, dimension: Int) {
    trunkLength = sequence.trunkLength
    length = trunkLength + sequence.rows.count
    self.dimension = dimension
    let padded = (length + 7) / 8 * 8 * dimension
    keys = Storage(zeros: length * dimension)
    keyBlocks = Storage(zeros: padded)
    valueBlocks = Storage(zeros: padded)
    dKeys = Storage(zeros: length * dimension)
    dValues = Storage(zeros: length * dimension)
    if let trunk = sequence.trunk {
      gather(trunk, layer: layer, head: head, count: trunkLength, at: 0)
    }
    gather(sequence.own, layer: layer, head: head, count: sequence.rows.count, at: trunkLength)
  }

  private func gather(_ segment: KeyValueSegment, layer: Int, head: Int, count: Int, at: Int) {
    let (segmentKeys, segmentValues) = (segment.keys, segment.values)
    let k = segmentKeys.span
    let v = segmentValues.span
    let key = segment.keyOffset(layer: layer, head: head)
    let value = segment.valueOffset(layer: layer, head: head)
    var keys = keys.mutableSpan
    var keyBlocks = keyBlocks.mutableSpan
    var valueBlocks = valueBlocks.mutableSpan
    for j in 0..<count {
      let position = at + j
      let block = position / 8 * 8 * dimension + position % 8
      for d in 0..<dimension {
        let element = k[key + j / 8 * 8 * dimension + d * 8 + j % 8]
        keys[position * dimension + d] = element
        keyBlocks[block + d * 8] = element
        valueBlocks[block + d * 8] = v[value + j * dimension + d]
      }
    }
  }

  func accumulate(
    dOut: Tensor, qkv: Tensor, shape: AttentionShape, head: Int, rows: Range<Int>, scale: Float,
    into dQKV: Tensor
  ) {
    let probabilities = Storage<Float>(zeros: length + 40)
    let slopes = Storage<Float>(zeros: length + 40)
    let q = qkv.span
    let g = dOut.span
    for (i, row) in rows.enumerated() {
      let count = trunkLength + i + 1
      for query in head * shape.groupSize..<(head + 1) * shape.groupSize {
        let from = row * shape.rowLength + query * dimension
        let dFrom = row * shape.queryWidth + query * dimension
        var p = probabilities.mutableSpan
        var s = slopes.mutableSpan
        keyScores(
          q, query: from, keys: keyBlocks.span, from: 0, dimension: dimension, count: count, scale: scale,
          into: &p,
          at: 0)
        let reciprocal = 1 / exponentiate(&p, count: count)
        keyScores(
          g, query: dFrom, keys: valueBlocks.span, from: 0, dimension: dimension, count: count, scale: 1,
          into: &s,
          at: 0)
        scoreGradients(&p, &s, count: count, reciprocal: reciprocal, scale: scale)
        addRowGradients(p.span, s.span, count: count, q: q, from: from, g: g, dFrom: dFrom, into: dQKV)
      }
    }
  }

  /// Turns `e_j` and `dP_j` into `P_j` and `dS_j`.
  private func scoreGradients(
    _ p: inout MutableSpan<Float>, _ s: inout MutableSpan<Float>, count: Int, reciprocal: Float, scale: Float
  ) {
    let padded = (count + 7) / 8 * 8
    for j in count..<padded { s[j] = 0 }
    var lanes = SIMD8<Float>()
    for j in stride(from: 0, to: padded, by: 8) {
      let probability = p.lanes8(at: j) * reciprocal
      p.setLanes8(probability, at: j)
      lanes.addProduct(probability, s.lanes8(at: j))
    }
    let delta = lanes.treeSum
    for j in stride(from: 0, to: padded, by: 8) {
      s.setLanes8(p.lanes8(at: j) * (s.lanes8(at: j) - delta) * scale, at: j)
    }
  }

  private func addRowGradients(
    _ p: Span<Float>, _ s: Span<Float>, count: Int, q: Span<Float>, from: Int, g: Span<Float>, dFrom: Int,
    into dQKV: Tensor
  ) {
    var dQuery = dQKV.mutableSpan
    let keys = keys.span
    var dKeys = dKeys.mutableSpan
    var dValues = dValues.mutableSpan
    forEachLane8Padded(dimension) { d, valid in
      let query = q.loadUpTo8(at: from + d, count: valid)
      let dOut = g.loadUpTo8(at: dFrom + d, count: valid)
      var sum = SIMD8<Float>()
      for j in 0..<count {
        let at = j * dimension + d
        let slope = SIMD8<Float>(repeating: s[j])
        sum.addProduct(slope, keys.loadUpTo8(at: at, count: valid))
        let dKey = dKeys.span.loadUpTo8(at: at, count: valid).addingProduct(slope, query)
        dKeys.storeUpTo8(dKey, at: at, count: valid)
        let dValue = dValues.span.loadUpTo8(at: at, count: valid).addingProduct(SIMD8(repeating: p[j]), dOut)
        dValues.storeUpTo8(dValue, at: at, count: valid)
      }
      dQuery.storeUpTo8(sum, at: from + d, count: valid)
    }
  }

  func scatter(into dQKV: Tensor, rows: Range<Int>, shape: AttentionShape, head: Int, trunk: TrunkGradient?) {
    let dKeys = dKeys.span
    let dValues = dValues.span
    if let trunk {
      let (trunkKeys, trunkValues) = (trunk.keys, trunk.values)
      var k = trunkKeys.mutableSpan
      var v = trunkValues.mutableSpan
      let start = head * trunk.length * dimension
      for i in 0..<trunkLength * dimension {
        k[start + i] += dKeys[i]
        v[start + i] += dValues[i]
      }
    }
    var out = dQKV.mutableSpan
    for (i, row) in rows.enumerated() {
      let from = (trunkLength + i) * dimension
      let key = row * shape.rowLength + shape.queryWidth + head * dimension
      for d in 0..<dimension {
        out[key + d] = dKeys[from + d]
        out[key + shape.keyValueWidth + d] = dValues[from + d]
      }
    }
  }
}
