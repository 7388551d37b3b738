public import Tensors

// Causal attention with grouped queries over a shared trunk and a sequence's own positions.
//
//   score_j = scale · Σ_d q_d k_j,d        one chain over d per key
//   e_j     = exp(score_j - max score)     0 ≤ j ≤ position
//   out_d   = (Σ_j e_j v_j,d) / Σ_j e_j    one chain over ascending j per d; the denominator in eight lanes by j
//
// Positions are absolute, so where the trunk ends, how rows are batched and which thread works changes no
// bit: this is attention's part of the row law. Source: Vaswani et al. 2017, arXiv:1706.03762, eq. 1; grouped
// queries: Ainslie et al. 2023, arXiv:2305.13245.

/// The extents of an attention layer and of the rows that carry its queries, keys and values.
public struct AttentionShape: Sendable, Equatable {
  /// Query heads.
  public var heads: Int
  /// Key-value heads; divides `heads`.
  public var keyValueHeads: Int
  /// Elements of one head.
  public var headDimension: Int

  /// Creates a shape.
  public init(heads: Int, keyValueHeads: Int, headDimension: Int) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
  }

  /// Columns of the queries, and of the attention's output.
  public var queryWidth: Int { heads * headDimension }
  /// Columns of the keys, and of the values.
  public var keyValueWidth: Int { keyValueHeads * headDimension }
  /// Columns of a row that holds queries, keys and values in this order.
  public var rowLength: Int { queryWidth + 2 * keyValueWidth }
  /// Query heads per key-value head.
  public var groupSize: Int { heads / keyValueHeads }
}

/// Stores the keys and values of every row in its sequence's own segment.
public func storeKeysAndValues(_ qkv: Tensor, shape: AttentionShape, layer: Int, sequences: [SequenceRows]) {
  forEachBlock(sequences.count) { index in
    let sequence = sequences[index]
    for (i, row) in sequence.rows.enumerated() {
      let start = row * shape.rowLength
      sequence.own.store(
        qkv.span.extracting(start..<start + shape.rowLength), keyColumn: shape.queryWidth,
        valueColumn: shape.queryWidth + shape.keyValueWidth, layer: layer, position: sequence.ownStart + i)
    }
  }
}

/// Attends from every row to all positions before it and its own.
///
/// - Parameters:
///   - qkv: `[rows, shape.rowLength]`; only the queries are read, after rotation.
///   - shape: The layer's extents.
///   - layer: Which layer's keys and values to read.
///   - sequences: What each row belongs to; keys and values of the rows are stored already.
///   - scale: Multiplies the scores, 1 / √headDimension.
///   - out: `[rows, shape.queryWidth]`, overwritten.
public func attentionForward(
  _ qkv: Tensor, shape: AttentionShape, layer: Int, sequences: [SequenceRows], scale: Float, into out: Tensor
) {
  let pieces = workPieces(sequences)
  forEachBlock(pieces.count) { index in
    let (sequence, rows) = pieces[index]
    let contextLength = sequence.firstPosition + sequence.rows.count
    let scratch = Storage<Float>(zeros: contextLength + 40)
    for row in rows {
      let position = sequence.firstPosition + row - sequence.rows.lowerBound
      for head in 0..<shape.heads {
        var scores = scratch.mutableSpan
        let kv = head / shape.groupSize
        let sum = attentionWeights(
          qkv.span, query: row * shape.rowLength + head * shape.headDimension, sequence: sequence,
          layer: layer,
          head: kv, dimension: shape.headDimension, count: position + 1, scale: scale, into: &scores)
        #if PRORL_SABOTAGE
        // What libraries do: a kernel of its own for single rows, with other rounding.
        let factor = breaksRowLaw && sequence.rows.count == 1 ? 3 / (3 * sum) : 1 / sum
        #else
        let factor = 1 / sum
        #endif
        var out = out.mutableSpan
        sumValues(
          scores.span, sequence: sequence, layer: layer, head: kv, dimension: shape.headDimension,
          count: position + 1, factor: factor, into: &out,
          at: row * shape.queryWidth + head * shape.headDimension)
      }
    }
  }
}

/// Rows of one sequence in pieces of about equal work, for threads.
private func workPieces(_ sequences: [SequenceRows]) -> [(SequenceRows, Range<Int>)] {
  var pieces: [(SequenceRows, Range<Int>)] = []
  for sequence in sequences {
    var row = sequence.rows.lowerBound
    while row < sequence.rows.upperBound {
      let end = min(sequence.rows.upperBound, row + 32)
      pieces.append((sequence, row..<end))
      row = end
    }
  }
  return pieces
}

/// Writes `e_j` of the first `count` positions into `weights` and returns their sum.
private func attentionWeights(
  _ q: Span<Float>, query: Int, sequence: SequenceRows, layer: Int, head: Int, dimension: Int, count: Int,
  scale: Float, into weights: inout MutableSpan<Float>
) -> Float {
  let trunkCount = min(count, sequence.trunkLength)
  if let trunk = sequence.trunk, trunkCount > 0 {
    let keys = trunk.keys
    keyScores(
      q, query: query, keys: keys.span, from: trunk.keyOffset(layer: layer, head: head), dimension: dimension,
      count: trunkCount, scale: scale, into: &weights, at: 0)
  }
  if count > trunkCount {
    let keys = sequence.own.keys
    keyScores(
      q, query: query, keys: keys.span, from: sequence.own.keyOffset(layer: layer, head: head),
      dimension: dimension, count: count - trunkCount, scale: scale, into: &weights, at: trunkCount)
  }
  return exponentiate(&weights, count: count)
}

/// Scores of `count` keys, written from `at` on; up to 31 elements beyond them are overwritten as well.
func keyScores(
  _ q: Span<Float>, query: Int, keys: Span<Float>, from: Int, dimension: Int, count: Int, scale: Float,
  into scores: inout MutableSpan<Float>, at: Int
) {
  let blockSize = 8 * dimension
  var j = 0
  // Four blocks of keys side by side keep the multipliers busy; the fourth may be partly filled.
  while j + 24 < count {
    var a = SIMD8<Float>()
    var b = SIMD8<Float>()
    var c = SIMD8<Float>()
    var e = SIMD8<Float>()
    let block = from + j * dimension
    for d in 0..<dimension {
      let value = SIMD8<Float>(repeating: q[query + d])
      let key = block + d * 8
      a.addProduct(value, keys.lanes8(at: key))
      b.addProduct(value, keys.lanes8(at: key + blockSize))
      c.addProduct(value, keys.lanes8(at: key + 2 * blockSize))
      e.addProduct(value, keys.lanes8(at: key + 3 * blockSize))
    }
    scores.setLanes8(a * scale, at: at + j)
    scores.setLanes8(b * scale, at: at + j + 8)
    scores.setLanes8(c * scale, at: at + j + 16)
    scores.setLanes8(e * scale, at: at + j + 24)
    j += 32
  }
  while j < count {
    var a = SIMD8<Float>()
    let block = from + j * dimension
    for d in 0..<dimension { a.addProduct(SIMD8(repeating: q[query + d]), keys.lanes8(at: block + d * 8)) }
    scores.setLanes8(a * scale, at: at + j)
    j += 8
  }
}

/// Replaces the first `count` scores by `e^(score - max)` and returns their sum in eight lanes by position.
func exponentiate(_ scores: inout MutableSpan<Float>, count: Int) -> Float {
  let padded = (count + 7) / 8 * 8
  for j in count..<padded { scores[j] = -.infinity }
  var maxima = SIMD8<Float>(repeating: -.infinity)
  for j in stride(from: 0, to: padded, by: 8) {
    let s = scores.lanes8(at: j)
    maxima.replace(with: s, where: s .> maxima)
  }
  let maximum = maxima.max()
  var sums = SIMD8<Float>()
  for j in stride(from: 0, to: padded, by: 8) {
    let e = exponential(scores.lanes8(at: j) - maximum)
    scores.setLanes8(e, at: j)
    sums += e
  }
  return sums.treeSum
}

/// Writes `factor · Σ_j weights[j] · v_j` to `out[at..<at + dimension]`, one chain over ascending j per
/// element.
private func sumValues(
  _ weights: Span<Float>, sequence: SequenceRows, layer: Int, head: Int, dimension: Int, count: Int,
  factor: Float,
  into out: inout MutableSpan<Float>, at: Int
) {
  let trunkCount = min(count, sequence.trunkLength)
  let ownValues = sequence.own.values
  let trunkValues = sequence.trunk?.values ?? ownValues
  let trunkStart = sequence.trunk?.valueOffset(layer: layer, head: head) ?? 0
  let ownStart = sequence.own.valueOffset(layer: layer, head: head)
  let trunk = trunkValues.span
  let own = ownValues.span
  var d = 0
  while d + 32 <= dimension {
    var a = SIMD8<Float>()
    var b = SIMD8<Float>()
    var c = SIMD8<Float>()
    var e = SIMD8<Float>()
    for j in 0..<trunkCount {
      let w = SIMD8<Float>(repeating: weights[j])
      let v = trunkStart + j * dimension + d
      a.addProduct(w, trunk.lanes8(at: v))
      b.addProduct(w, trunk.lanes8(at: v + 8))
      c.addProduct(w, trunk.lanes8(at: v + 16))
      e.addProduct(w, trunk.lanes8(at: v + 24))
    }
    for j in trunkCount..<count {
      let w = SIMD8<Float>(repeating: weights[j])
      let v = ownStart + (j - trunkCount) * dimension + d
      a.addProduct(w, own.lanes8(at: v))
      b.addProduct(w, own.lanes8(at: v + 8))
      c.addProduct(w, own.lanes8(at: v + 16))
      e.addProduct(w, own.lanes8(at: v + 24))
    }
    out.setLanes8(a * factor, at: at + d)
    out.setLanes8(b * factor, at: at + d + 8)
    out.setLanes8(c * factor, at: at + d + 16)
    out.setLanes8(e * factor, at: at + d + 24)
    d += 32
  }
  while d < dimension {
    let valid = min(8, dimension - d)
    var a = SIMD8<Float>()
    for j in 0..<trunkCount {
      let v = trunk.loadUpTo8(at: trunkStart + j * dimension + d, count: valid)
      a.addProduct(SIMD8(repeating: weights[j]), v)
    }
    for j in trunkCount..<count {
      let v = own.loadUpTo8(at: ownStart + (j - trunkCount) * dimension + d, count: valid)
      a.addProduct(SIMD8(repeating: weights[j]), v)
    }
    out.storeUpTo8(a * factor, at: at + d, count: valid)
    d += 8
  }
}
