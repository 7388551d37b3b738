import Kernels
import Tensors

/// Hashes of attention, forward and backward, over a trunk and branches in one batch: several shapes, pages that
/// are partly filled, one and many rows.
func attentionHashes(_ precision: Precision) -> (forward: UInt64, backward: UInt64) {
  var (forward, backward) = (BitHash(), BitHash())
  for (heads, keyValueHeads, dimension) in [(3, 3, 7), (4, 1, 40), (14, 2, 64), (2, 2, 128)] {
    let shape = AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headDimension: dimension)
    let pool = KeyValuePool(
      KeyValueShape(layers: 1, heads: keyValueHeads, headDimension: dimension, precision: precision))
    let trunk = KeyValueSegment(pool: pool, positions: 41)
    var (sequences, rows) = ([SequenceRows(rows: 0..<41, own: trunk)], 41)
    for length in [1, 1, 5, 70, 33, 1] {
      sequences.append(
        SequenceRows(
          rows: rows..<rows + length, trunk: trunk, trunkLength: 41,
          own: KeyValueSegment(pool: pool, positions: length)))
      rows += length
    }
    let (qkv, out) = (Tensor(zeros: [rows, shape.rowLength]), Tensor(zeros: [rows, shape.queryWidth]))
    fill(qkv, from: UInt64(dimension))
    storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
    attentionForward(qkv, shape: shape, layer: 0, sequences: sequences, scale: 0.7, into: out)
    forward.add(out.span)
    let (dQKV, shared) = (Tensor(zeros: qkv.shape), TrunkGradient(length: 41, shape: shape))
    fill(out, from: UInt64(heads))
    attentionBackward(
      dOut: out, qkv: qkv, shape: shape, layer: 0, sequences: sequences, scale: 0.7, into: dQKV, trunk: shared
    )
    shared.add(to: dQKV.rows(0..<41))
    backward.add(dQKV.span)
  }
  return (forward.value, backward.value)
}
