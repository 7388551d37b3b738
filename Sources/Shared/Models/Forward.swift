import Kernels
public import Tensors
import Timing

extension LanguageModel {
  /// Passes a batch through all layers.
  ///
  /// - Parameters:
  ///   - batch: The rows; their keys and values are stored in their own segments.
  ///   - weights: The weights to use.
  ///   - workspace: Buffers; keeps what a backward needs, as its retention says.
  /// - Returns: `[rows, hidden]`, the last layer's output before the final norm; valid until the workspace's
  ///   next use.
  public func forward(_ batch: TokenBatch, weights: ModelWeights, workspace: Workspace) -> Tensor {
    let rows = batch.tokens.count
    workspace.reserve(rows)
    let positions = batch.positions
    let input = workspace.input(0, rows: rows)
    weights.table(architecture.tokenEmbedding).look(batch.tokens, into: input)
    if let positionEmbedding = architecture.positionEmbedding {
      weights.table(positionEmbedding).look(positions, into: input, adding: true)
    }
    for layer in 0..<configuration.layers {
      layerForward(
        layer, workspace.activations(layer, rows: rows), output: workspace.input(layer + 1, rows: rows),
        positions: positions, sequences: batch.sequences, weights: weights)
    }
    return workspace.input(configuration.layers, rows: rows)
  }

  /// The logits of `hidden`, `[rows, hidden]`, into `[rows, vocabulary]`; `normed`, as `hidden`, receives the
  /// final norm.
  public func logits(_ hidden: Tensor, normed: Tensor, weights: ModelWeights, into logits: Tensor) {
    let rows = hidden.count / configuration.hiddenSize
    normForward(architecture.finalNorm, hidden, weights: weights, into: normed)
    product(architecture.head, normed, rows: rows, weights: weights, into: logits)
  }

  func layerForward(
    _ index: Int, _ a: LayerActivations, output: Tensor, positions: [Int32], sequences: [SequenceRows],
    weights: ModelWeights
  ) {
    let layer = architecture.layers[index]
    let rows = positions.count
    normForward(layer.attentionNorm, a.input, weights: weights, into: a.attentionNormed)
    product(layer.qkv, a.attentionNormed, rows: rows, weights: weights, into: a.qkv)
    normalizeHeads(layer, a, rows: rows, weights: weights)
    rotate(a.qkv, positions: positions)
    PhaseClock.part(.attention) {
      storeKeysAndValues(a.qkv, shape: shape, layer: index, sequences: sequences)
      attentionForward(
        a.qkv, shape: shape, layer: index, sequences: sequences, scale: attentionScale, into: a.attention)
    }
    product(layer.attentionOutput, a.attention, rows: rows, weights: weights, into: a.middle)
    add(a.input, to: a.middle)
    normForward(layer.feedForwardNorm, a.middle, weights: weights, into: a.feedForwardNormed)
    product(layer.inner, a.feedForwardNormed, rows: rows, weights: weights, into: a.inner)
    if layer.inner.parts.count == 2 {
      swiGLUForward(a.inner, width: configuration.intermediateSize, into: a.activated)
    } else {
      geluForward(a.inner, into: a.activated)
    }
    product(layer.feedForwardOutput, a.activated, rows: rows, weights: weights, into: output)
    add(a.middle, to: output)
  }

  private func product(
    _ projection: Projection, _ x: Tensor, rows: Int, weights: ModelWeights, into y: Tensor
  ) {
    let (inputs, outputs) = (projection.inputs, projection.outputs)
    PhaseClock.part(projection.index == architecture.head.index ? .head : .products) {
      weights.forward[projection.index].multiply(
        MatrixView(x, rows: rows, rowLength: inputs, columns: inputs),
        into: MatrixView(y, rows: rows, rowLength: outputs, columns: outputs))
    }
    for part in projection.parts {
      guard let bias = part.bias else { continue }
      addBias(weights.vector(bias), to: y, rowLength: outputs, column: part.column)
    }
  }

  private func normForward(_ norm: Norm, _ x: Tensor, weights: ModelWeights, into y: Tensor) {
    let weight = weights.vector(norm.weight)
    if let bias = norm.bias {
      layerNormForward(x, weight: weight, bias: weights.vector(bias), epsilon: configuration.epsilon, into: y)
    } else {
      let layout = VectorLayout(rows: x.count / weight.count, channels: weight.count)
      rmsNormForward(x, layout: layout, weight: weight, epsilon: configuration.epsilon, into: y)
    }
  }

  private func normalizeHeads(_ layer: DecoderLayer, _ a: LayerActivations, rows: Int, weights: ModelWeights)
  {
    guard let queryNorm = layer.queryNorm, let keyNorm = layer.keyNorm, let raw = a.rawQKV else { return }
    copy(a.qkv, to: raw)
    for (norm, layout) in [(queryNorm, queryLayout(rows: rows)), (keyNorm, keyLayout(rows: rows))] {
      rmsNormForward(
        raw, layout: layout, weight: weights.vector(norm.weight), epsilon: configuration.epsilon, into: a.qkv)
    }
  }

  func queryLayout(rows: Int) -> VectorLayout {
    VectorLayout(
      rows: rows, rowLength: shape.rowLength, column: 0, heads: shape.heads, channels: shape.headDimension)
  }

  func keyLayout(rows: Int) -> VectorLayout {
    VectorLayout(
      rows: rows, rowLength: shape.rowLength, column: shape.queryWidth, heads: shape.keyValueHeads,
      channels: shape.headDimension)
  }

  func rotate(_ qkv: Tensor, positions: [Int32], inverse: Bool = false) {
    // Queries and keys lie side by side, so that one call rotates both.
    rotary?.rotate(
      qkv, rowLength: shape.rowLength, column: 0, heads: shape.heads + shape.keyValueHeads,
      positions: positions,
      inverse: inverse)
  }
}
