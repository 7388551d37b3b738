public import Kernels
public import Tensors
import Timing

extension LanguageModel {
  /// Passes a gradient back through all layers of the workspace's last forward.
  ///
  /// - Parameters:
  ///   - batch: As given to the forward.
  ///   - dHidden: `[rows, hidden]`, the gradient with respect to the forward's result; overwritten.
  ///   - weights: As given to the forward, made for training.
  ///   - workspace: As given to the forward; its retention is not `none`.
  ///   - gradients: Where every parameter's gradient goes.
  ///   - trunk: One per layer, where the gradient of a shared trunk's keys and values is added.
  ///   - trunkRows: How many rows of the batch, from the first on, are the trunk's own: they take over what all
  ///     readers, of this batch and earlier ones, left in `trunk`.
  public func backward(
    _ batch: TokenBatch, dHidden: Tensor, weights: ModelWeights, workspace: Workspace,
    gradients: GradientTotals, trunk: [TrunkGradient]?, trunkRows: Int
  ) {
    let rows = batch.tokens.count
    let positions = batch.positions
    let buffers = workspace.gradientBuffers(rows: rows)
    for layer in (0..<configuration.layers).reversed() {
      let activations = workspace.activations(layer, rows: rows)
      if !workspace.keeps(layer) {
        // The output goes to the gradient buffer's scratch; only the activations are wanted.
        layerForward(
          layer, activations, output: buffers.normed, positions: positions, sequences: batch.sequences,
          weights: weights)
      }
      let pass = LayerBackward(
        model: self, layer: architecture.layers[layer], index: layer, activations: activations,
        buffers: buffers, weights: weights, gradients: gradients)
      pass.feedForward(d: dHidden)
      pass.attention(
        d: dHidden, positions: positions, sequences: batch.sequences, trunk: trunk?[layer],
        trunkRows: trunkRows)
    }
    gradients.addRows(dHidden, ids: batch.tokens, to: architecture.tokenEmbedding)
    if let positionEmbedding = architecture.positionEmbedding {
      gradients.addRows(dHidden, ids: positions, to: positionEmbedding)
    }
    gradients.closeBatch()
  }

  /// Passes gradients of logits back through the output projection and the final norm.
  ///
  /// - Parameters:
  ///   - dLogits: `[rows, vocabulary]`.
  ///   - hidden: `[rows, hidden]`, as given to ``logits(_:normed:weights:into:)``.
  ///   - normed: `[rows, hidden]`, as it came back; overwritten.
  ///   - weights: As given to the forward, made for training.
  ///   - gradients: Where every parameter's gradient goes.
  ///   - dHidden: `[rows, hidden]`, added to.
  public func logitsBackward(
    _ dLogits: Tensor, hidden: Tensor, normed: Tensor, weights: ModelWeights, gradients: GradientTotals,
    addingTo dHidden: Tensor
  ) {
    let rows = hidden.count / configuration.hiddenSize
    addWeightGradient(
      architecture.head, x: normed, dy: dLogits, rows: rows, gradients: gradients, isWholeBatch: false)
    inputGradient(architecture.head, dy: dLogits, rows: rows, weights: weights, into: normed)
    normBackward(
      architecture.finalNorm, dy: normed, x: hidden, weights: weights, gradients: gradients, addingTo: dHidden
    )
  }

  fileprivate func normBackward(
    _ norm: Norm, dy: Tensor, x: Tensor, weights: ModelWeights, gradients: GradientTotals,
    addingTo dx: Tensor
  ) {
    let weight = weights.vector(norm.weight)
    let dWeight = gradients.vector(norm.weight)
    if let bias = norm.bias {
      layerNormBackward(
        dy: dy, x: x, weight: weight, epsilon: configuration.epsilon, addingTo: dx, dWeight: dWeight,
        dBias: gradients.vector(bias))
    } else {
      let layout = VectorLayout(rows: x.count / weight.count, channels: weight.count)
      rmsNormBackward(
        dy: dy, x: x, layout: layout, weight: weight, epsilon: configuration.epsilon, dx: dx,
        addingTo: dWeight)
    }
  }

  /// `dW += xᵀ · dy`, `db += column sums of dy`.
  fileprivate func addWeightGradient(
    _ projection: Projection, x: Tensor, dy: Tensor, rows: Int, gradients: GradientTotals,
    isWholeBatch: Bool = true
  ) {
    guard rows > 0 else { return }
    let inputs = MatrixView(x, rows: rows, rowLength: projection.inputs, columns: projection.inputs)
    for part in projection.parts {
      let outputs = MatrixView(
        dy, rows: rows, rowLength: projection.outputs, column: part.column, columns: part.outputs)
      let (left, right) = part.storesInputMajor ? (inputs, outputs) : (outputs, inputs)
      PhaseClock.part(.weightGradient) {
        gradients.addProduct(left.transposed, right, to: part.weight, isWholeBatch: isWholeBatch)
      }
      if let bias = part.bias {
        addBiasBackward(
          dy: dy, rowLength: projection.outputs, column: part.column, addingTo: gradients.vector(bias))
      }
    }
  }

  /// `dx = dy · Wᵀ`.
  fileprivate func inputGradient(
    _ projection: Projection, dy: Tensor, rows: Int, weights: ModelWeights, into dx: Tensor
  ) {
    let (inputs, outputs) = (projection.inputs, projection.outputs)
    PhaseClock.part(.inputGradient) {
      weights.backward[projection.index].multiply(
        MatrixView(dy, rows: rows, rowLength: outputs, columns: outputs),
        into: MatrixView(dx, rows: rows, rowLength: inputs, columns: inputs))
    }
  }
}

/// The backward of one layer's two halves.
private struct LayerBackward {
  let model: LanguageModel
  let layer: DecoderLayer
  let index: Int
  let activations: LayerActivations
  let buffers: GradientBuffers
  let weights: ModelWeights
  let gradients: GradientTotals

  private var rows: Int { activations.input.count / model.configuration.hiddenSize }

  /// The feed-forward half: `d`, `[rows, hidden]`, arrives as the gradient of the layer's output and leaves as
  /// that of its middle.
  func feedForward(d: Tensor) {
    let (a, b) = (activations, buffers)
    let width = model.configuration.intermediateSize
    model.addWeightGradient(
      layer.feedForwardOutput, x: a.activated, dy: d, rows: rows, gradients: gradients)
    model.inputGradient(layer.feedForwardOutput, dy: d, rows: rows, weights: weights, into: b.activated)
    if layer.inner.parts.count == 2 {
      swiGLUBackward(dy: b.activated, gateUp: a.inner, width: width, into: b.inner)
    } else {
      geluBackward(dy: b.activated, x: a.inner, into: b.inner)
    }
    model.addWeightGradient(
      layer.inner, x: a.feedForwardNormed, dy: b.inner, rows: rows, gradients: gradients)
    model.inputGradient(layer.inner, dy: b.inner, rows: rows, weights: weights, into: b.normed)
    model.normBackward(
      layer.feedForwardNorm, dy: b.normed, x: a.middle, weights: weights, gradients: gradients, addingTo: d)
  }

  /// The attention half: `d` arrives as the gradient of the layer's middle and leaves as that of its input.
  func attention(
    d: Tensor, positions: [Int32], sequences: [SequenceRows], trunk: TrunkGradient?, trunkRows: Int
  ) {
    let (a, b) = (activations, buffers)
    model.addWeightGradient(layer.attentionOutput, x: a.attention, dy: d, rows: rows, gradients: gradients)
    model.inputGradient(layer.attentionOutput, dy: d, rows: rows, weights: weights, into: b.attention)
    PhaseClock.part(.attention) {
      attentionBackward(
        dOut: b.attention, qkv: a.qkv, shape: model.shape, layer: index, sequences: sequences,
        scale: model.attentionScale, into: b.qkv, trunk: trunk)
    }
    if trunkRows > 0 { trunk?.add(to: b.qkv.rows(0..<trunkRows)) }
    model.rotate(b.qkv, positions: positions, inverse: true)
    headNorms()
    model.addWeightGradient(layer.qkv, x: a.attentionNormed, dy: b.qkv, rows: rows, gradients: gradients)
    model.inputGradient(layer.qkv, dy: b.qkv, rows: rows, weights: weights, into: b.normed)
    model.normBackward(
      layer.attentionNorm, dy: b.normed, x: a.input, weights: weights, gradients: gradients, addingTo: d)
  }

  private func headNorms() {
    guard let queryNorm = layer.queryNorm, let keyNorm = layer.keyNorm, let raw = activations.rawQKV
    else { return }
    let layouts = [(queryNorm, model.queryLayout(rows: rows)), (keyNorm, model.keyLayout(rows: rows))]
    for (norm, layout) in layouts {
      rmsNormBackward(
        dy: buffers.qkv, x: raw, layout: layout, weight: weights.vector(norm.weight),
        epsilon: model.configuration.epsilon, dx: buffers.qkv, overwriting: true,
        addingTo: gradients.vector(norm.weight))
    }
  }
}
