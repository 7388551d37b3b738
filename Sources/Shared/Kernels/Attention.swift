import CKernels
public import Tensors

// Causal attention with grouped queries over a shared trunk and a sequence's own positions.
//
//   score_j = scale · Σ_d q_d k_j,d        one chain over d per key
//   e_j     = exp(score_j - max score)     0 ≤ j ≤ position
//   out_d   = (Σ_j e_j v_j,d) / Σ_j e_j    one chain over ascending j per d; the denominator in eight lanes by j
//
// Positions are absolute, so where the trunk ends, where pages end, how rows are batched and which thread
// works changes no bit: this is attention's part of the row law. Scores and values are products of tiles
// (CKernels/attention_tile.inc.h): all rows that share a trunk read it together, and rows of one sequence the
// positions that they all see; what is left of the diagonal follows row by row, so that a position enters no
// sum of a row before it, whatever it holds.
//
// Source: Vaswani et al. 2017, arXiv:1706.03762, eq. 1; grouped queries: Ainslie et al. 2023, arXiv:2305.13245.
// Oracle: the same in Double, and the definition in scalar Float, bit for bit; Tests/KernelsTests/AttentionTests.

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

/// Attends from every row to all positions before it and its own.
///
/// Calls may run at the same time on several threads, for different `out`.
///
/// - Parameters:
///   - qkv: `[rows, shape.rowLength]`; only the queries are read, after rotation.
///   - shape: The layer's extents.
///   - layer: Which layer's keys and values to read.
///   - sequences: What each row belongs to; keys and values of the rows are stored already, those of trunks
///     too, which may be rows of the same batch.
///   - scale: Multiplies the scores, 1 / √headDimension.
///   - out: `[rows, shape.queryWidth]`, overwritten.
public func attentionForward(
  _ qkv: Tensor, shape: AttentionShape, layer: Int, sequences: [SequenceRows], scale: Float, into out: Tensor
) {
  checkAttention(sequences, shape: shape, layer: layer, qkv: qkv, out: out)
  let units = AttentionPlan.units(for: sequences, shape: shape)
  let pass = AttentionForwardPass(qkv: qkv, shape: shape, layer: layer, scale: scale, out: out)
  forEachBlock(units.count) { pass.run(units[$0]) }
}

/// Traps unless every segment holds the positions that its rows read, in `shape`, and the rows lie in the
/// tensors.
func checkAttention(
  _ sequences: [SequenceRows], shape: AttentionShape, layer: Int, qkv: Tensor, out: Tensor?
) {
  for sequence in sequences {
    let end = sequence.rows.upperBound
    precondition(
      sequence.rows.lowerBound >= 0 && end * shape.rowLength <= qkv.count
        && end * shape.queryWidth <= out?.count ?? .max,
      "attention: rows \(sequence.rows) lie outside the tensors")
    precondition(
      sequence.ownStart + sequence.rows.count <= sequence.own.capacity
        && sequence.trunkLength <= sequence.trunk?.capacity ?? 0,
      "attention: \(sequence.firstPosition + sequence.rows.count) positions exceed the segments")
    for segment in [sequence.own, sequence.trunk ?? sequence.own] {
      let cache = segment.pool.shape
      precondition(
        cache.heads == shape.keyValueHeads && cache.headDimension == shape.headDimension && layer >= 0
          && layer < cache.layers && cache.precision == sequences[0].own.pool.shape.precision,
        "attention: layer \(layer) of \(shape) does not fit a cache of \(cache)")
    }
  }
}

/// What one call of the forward computes, and where.
private struct AttentionForwardPass: Sendable {
  let qkv: Tensor
  let shape: AttentionShape
  let layer: Int
  let scale: Float
  let out: Tensor

  func run(_ unit: AttentionUnit) {
    let pieces = unsafe unit.pieces.map { piece in
      unsafe ck_attention_piece(
        pages: piece.sequence.own.pageAddresses, own_start: piece.own.lowerBound, row: piece.rows.lowerBound,
        rows: piece.rows.count, first_query: piece.firstQuery)
    }
    let rows = qkv.span
    var out = out.mutableSpan
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe out.withUnsafeMutableBufferPointer { out in
        unsafe pieces.withUnsafeBufferPointer { pieces in
          var work = unsafe ck_attention_unit(
            shape, unit.pieces[0].sequence.own.pool.shape, layer: layer, scale: scale)
          unsafe work.qkv = rows.baseAddress
          unsafe work.out = out.baseAddress
          unsafe work.trunk_pages = unit.trunk?.pageAddresses
          unsafe work.trunk_length = unit.trunkLength
          unsafe work.pieces = pieces.baseAddress
          unsafe work.piece_count = pieces.count
          unsafe work.queries = unit.queries
          unsafe work.score_stride = unit.scoreStride
          unsafe run(unit, &work)
        }
      }
    }
  }

  private func run(_ unit: AttentionUnit, _ work: inout ck_attention_unit) {
    let normalizers = (unit.queries + 15) / 16 * 16
    let count = unsafe normalizers + ck_attention_floats(&work)
    unsafe AttentionScratch.withFloats(count) { scratch in
      unsafe work.normalizer = scratch
      unsafe work.scratch = scratch + normalizers
      for head in unit.heads {
        unsafe ck_attention_weigh(&work, head)
        unsafe normalize(unit, scratch)
        unsafe ck_attention_collect(&work, head)
      }
    }
  }

  /// Turns sums of exponentials into factors.
  private func normalize(_ unit: AttentionUnit, _ normalizer: UnsafeMutablePointer<Float>) {
    for piece in unit.pieces {
      for query in piece.firstQuery..<piece.firstQuery + piece.rows.count * shape.groupSize {
        let sum = unsafe normalizer[query]
        #if PRORL_SABOTAGE
        // What libraries do: a kernel of its own for single rows, with other rounding; bf16 would hide a unit in the
        // last place.
        unsafe normalizer[query] =
          breaksRowLaw && piece.sequence.rows.count == 1 ? 1 / (sum * (1 + 0x1p-12)) : 1 / sum
        #else
        unsafe normalizer[query] = 1 / sum
        #endif
      }
    }
  }
}

extension ck_attention_unit {
  /// A unit of one layer, without rows.
  @unsafe
  init(_ shape: AttentionShape, _ cache: KeyValueShape, layer: Int, scale: Float) {
    unsafe self.init()
    unsafe bf16 = cache.precision == .bf16 ? 1 : 0
    unsafe dimension = shape.headDimension
    unsafe group = shape.groupSize
    unsafe offset = cache.keyOffset(layer: layer, head: 0)
    unsafe head_stride = cache.headElements
    unsafe self.scale = scale
    unsafe row_length = shape.rowLength
    unsafe out_length = shape.queryWidth
  }
}
