import CKernels
public import Tensors

// The gradient of causal attention.
//
//   P_j = e_j / Σ e,  dP_j = dout · v_j,  δ = Σ_j P_j dP_j,  dS_j = scale · P_j (dP_j - δ)
//   dq = Σ_j dS_j k_j        dk_j = Σ dS_j q        dv_j = Σ P_j dout
//
// Each line is a product of tiles (CKernels/attention_backward.c), and each sum one chain: over ascending j for
// a query, over rows in ascending order for a position, heads in ascending order within a row. What sequences
// give to their trunk is summed apart for each sequence and then added in the order of sequences. So bits
// depend on the sequences and their order, not on threads or on how rows are cut into blocks. A NaN spreads
// over its sequence and the trunk.

/// Gradients of a shared trunk's keys and values of one layer, summed over the responses that read it.
public final class TrunkGradient: Sendable {
  /// The number of positions.
  public let length: Int
  private let keys: Storage<Float>
  private let values: Storage<Float>
  private let shape: AttentionShape

  /// Zeros for a trunk of `length` positions.
  public init(length: Int, shape: AttentionShape) {
    self.length = length
    self.shape = shape
    // [head][position][dimension]
    keys = Storage(zeros: max(1, length * shape.keyValueWidth))
    values = Storage(zeros: max(1, length * shape.keyValueWidth))
  }

  /// Adds the sums to the key and value columns of the trunk's own `dQKV`, `[length, shape.rowLength]`.
  public func add(to dQKV: Tensor) {
    precondition(
      dQKV.count >= length * shape.rowLength, "TrunkGradient: \(dQKV.count) elements for \(length) rows")
    forEachRowBlock(length, rowLength: 2 * shape.keyValueWidth) { positions in
      let (keys, values) = (keys, values)
      var out = dQKV.mutableSpan
      for position in positions {
        for head in 0..<shape.keyValueHeads {
          let from = (head * length + position) * shape.headDimension
          let key = position * shape.rowLength + shape.queryWidth + head * shape.headDimension
          addElements(shape.headDimension, of: keys.span, from: from, to: &out, at: key)
          addElements(
            shape.headDimension, of: values.span, from: from, to: &out, at: key + shape.keyValueWidth)
        }
      }
    }
  }

  /// Adds what one sequence gives to one head of the first `positions` positions, `[position][stride]` each.
  func add(
    _ dKeys: Span<Float>, _ dValues: Span<Float>, head: Int, positions: Int, stride: Int
  ) {
    let (keys, values) = (keys, values)
    var k = keys.mutableSpan
    var v = values.mutableSpan
    for position in 0..<positions {
      let to = (head * length + position) * shape.headDimension
      addElements(shape.headDimension, of: dKeys, from: position * stride, to: &k, at: to)
      addElements(shape.headDimension, of: dValues, from: position * stride, to: &v, at: to)
    }
  }
}

/// Adds `count` elements of `x` from `from` on to those of `y` from `at` on.
private func addElements(
  _ count: Int, of x: Span<Float>, from: Int, to y: inout MutableSpan<Float>, at: Int
) {
  forEachLane(count) { i in
    y.setLanes8(y.lanes8(at: at + i) + x.lanes8(at: from + i), at: at + i)
  } rest: { i in
    y[at + i] += x[from + i]
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
///   - trunk: Where the gradient of the shared trunk is added; needed when the sequences have one. Where the
///     trunk's own rows are in the batch, it is not part of their `dQKV`.
public func attentionBackward(
  dOut: Tensor, qkv: Tensor, shape: AttentionShape, layer: Int, sequences: [SequenceRows], scale: Float,
  into dQKV: Tensor, trunk: TrunkGradient?
) {
  checkAttention(sequences, shape: shape, layer: layer, qkv: qkv, out: dOut)
  for sequence in sequences {
    precondition(
      sequence.ownStart == 0 && sequence.rows.upperBound * shape.rowLength <= dQKV.count
        && sequence.trunkLength <= trunk?.length ?? 0,
      "attentionBackward: \(sequence.rows) at \(sequence.ownStart) with a trunk of \(sequence.trunkLength)")
  }
  let pass = AttentionBackwardPass(
    dOut: dOut, qkv: qkv, shape: shape, layer: layer, scale: scale, dQKV: dQKV)
  var rest = sequences.filter { !$0.rows.isEmpty }[...]
  while !rest.isEmpty {
    let wave = pass.wave(rest)
    pass.run(wave, trunk: trunk)
    rest = rest.dropFirst(wave.count)
  }
}

/// What one call of the backward computes, and where.
private struct AttentionBackwardPass: Sendable {
  let dOut: Tensor
  let qkv: Tensor
  let shape: AttentionShape
  let layer: Int
  let scale: Float
  let dQKV: Tensor

  private var width: Int { (shape.headDimension + pageWidth - 1) / pageWidth * pageWidth }

  /// The floats that a sequence adds to its trunk's gradient, of keys or of values of one head.
  private func trunkFloats(_ sequence: SequenceRows) -> Int { sequence.trunkLength * width }

  /// The first sequences of `rest` whose parts of their trunk's gradient fit into 16 MiB; at least one.
  func wave(_ rest: ArraySlice<SequenceRows>) -> [SequenceRows] {
    var floats = 0
    let fitting = rest.prefix { sequence in
      floats += trunkFloats(sequence) * 2 * shape.keyValueHeads
      return floats <= 4 << 20
    }
    return Array(fitting.isEmpty ? rest.prefix(1) : fitting)
  }

  /// Runs all heads of all sequences side by side, then adds their parts in order.
  func run(_ wave: [SequenceRows], trunk: TrunkGradient?) {
    let heads = shape.keyValueHeads
    var starts: [Int] = []
    var floats = 0
    for sequence in wave {
      starts.append(floats)
      floats += trunkFloats(sequence) * 2 * heads
    }
    // Long sequences first, so that no thread is left with one at the end.
    let order = wave.indices.sorted { wave[$0].rows.count > wave[$1].rows.count }
    let places = starts
    AttentionScratch.withStorage(floats) { parts in
      forEachBlock(wave.count * heads) { block in
        let (sequence, head) = (wave[order[block / heads]], block % heads)
        let count = 2 * trunkFloats(sequence)
        let start = places[order[block / heads]] + head * count
        var part = parts.mutableSpan(start..<start + count)
        unsafe part.withUnsafeMutableBufferPointer { part in unsafe run(sequence, head: head, part) }
      }
      guard let trunk, floats > 0 else { return }
      forEachBlock(heads) { head in
        for (index, sequence) in wave.enumerated() {
          let count = trunkFloats(sequence)
          let start = places[index] + head * 2 * count
          trunk.add(
            parts.span(start..<start + count), parts.span(start + count..<start + 2 * count), head: head,
            positions: sequence.trunkLength, stride: width)
        }
      }
    }
  }

  private func run(_ sequence: SequenceRows, head: Int, _ trunk: UnsafeMutableBufferPointer<Float>) {
    let piece = unsafe ck_attention_piece(
      pages: sequence.own.pageAddresses, own_start: 0, row: sequence.rows.lowerBound,
      rows: sequence.rows.count, first_query: 0)
    let (rows, dRows) = (qkv.span, dOut.span)
    var out = dQKV.mutableSpan
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe dRows.withUnsafeBufferPointer { dRows in
        unsafe out.withUnsafeMutableBufferPointer { out in
          unsafe withUnsafePointer(to: piece) { piece in
            var work = unsafe backward(of: sequence)
            unsafe work.unit.qkv = rows.baseAddress
            unsafe work.unit.pieces = piece
            unsafe work.d_out = dRows.baseAddress
            unsafe work.d_qkv = out.baseAddress
            unsafe work.trunk_keys = trunk.baseAddress
            unsafe work.trunk_values = trunk.baseAddress.map { unsafe $0 + trunk.count / 2 }
            unsafe AttentionScratch.withFloats(ck_attention_backward_floats(&work)) { scratch in
              unsafe work.scratch = scratch
              unsafe ck_attention_run_backward(&work, head)
            }
          }
        }
      }
    }
  }

  /// The extents of a sequence's backward, without addresses of rows.
  private func backward(of sequence: SequenceRows) -> ck_attention_backward {
    var work = unsafe ck_attention_backward()
    unsafe work.unit = ck_attention_unit(shape, sequence.own.pool.shape, layer: layer, scale: scale)
    let pages = (sequence.rows.count + pageWidth - 1) / pageWidth
    let stride = AttentionUnit.scoreStride(trunkLength: sequence.trunkLength, ownPages: pages)
    unsafe work.unit.trunk_pages = sequence.trunk?.pageAddresses
    unsafe work.unit.trunk_length = sequence.trunkLength
    unsafe work.unit.piece_count = 1
    unsafe work.unit.score_stride = stride
    // Probabilities and slopes of 24 to 48 queries, 1 MiB where they fit.
    let queries = min(48, max(24, (1 << 17) / stride))
    unsafe work.block_rows = min(sequence.rows.count, max(1, queries / shape.groupSize))
    unsafe work.key_column = shape.queryWidth
    unsafe work.value_column = shape.queryWidth + shape.keyValueWidth
    return unsafe work
  }
}
