public import Kernels
public import Tensors

extension LanguageModel {
  /// Passes a gradient back through all layers of the workspace's last forward.
  ///
  /// - Parameters:
  ///   - batch: As given to the forward.
  ///   - dHidden: `[rows, hidden]`, the gradient with respect to the forward's result; overwritten.
  ///   - weights: As given to the forward, made for training.
  ///   - workspace: As given to the forward; its retention is not `none`.
  ///   - gradients: Every parameter's gradient, added to; laid out as the table says.
  ///   - trunk: One per layer. For a batch that reads a trunk, where the gradient of the trunk's keys and values is
  ///     added; for the trunk itself, what its readers added.
  ///   - isTrunk: Which of the two the batch is.
  public func backward(
    _ batch: TokenBatch, dHidden: Tensor, weights: ModelWeights, workspace: Workspace,
    gradients: Storage<Float>,
    trunk: [TrunkGradient]?, isTrunk: Bool
  ) {
    let rows = batch.tokens.count
    let positions = batch.positions
    for layer in (0..<configuration.layers).reversed() {
      let activations = workspace.activations(layer, rows: rows)
      if workspace.retention == .inputs {
        // The output goes to the gradient buffer's scratch; only the activations are wanted.
        layerForward(
          layer, activations, output: workspace.gradientBuffers(rows: rows).normed, positions: positions,
          sequences: batch.sequences, weights: weights)
      }
      layerBackward(
        layer, activations, d: dHidden, buffers: workspace.gradientBuffers(rows: rows), positions: positions,
        sequences: batch.sequences, weights: weights, gradients: gradients, trunk: trunk?[layer],
        isTrunk: isTrunk)
    }
    embeddingBackward(
      batch.tokens, dy: dHidden, addingTo: tensor(architecture.tokenEmbedding, in: gradients))
    if let positionEmbedding = architecture.positionEmbedding {
      embeddingBackward(positions, dy: dHidden, addingTo: tensor(positionEmbedding, in: gradients))
    }
  }

  /// Passes gradients of logits back through the output projection and the final norm.
  ///
  /// - Parameters:
  ///   - dLogits: `[rows, vocabulary]`.
  ///   - hidden: `[rows, hidden]`, as given to ``logits(_:normed:weights:into:)``.
  ///   - normed: `[rows, hidden]`, as it came back; overwritten.
  ///   - weights: As given to the forward, made for training.
  ///   - gradients: Every parameter's gradient, added to.
  ///   - dHidden: `[rows, hidden]`, added to.
  public func logitsBackward(
    _ dLogits: Tensor, hidden: Tensor, normed: Tensor, weights: ModelWeights, gradients: Storage<Float>,
    addingTo dHidden: Tensor
  ) {
    let rows = hidden.count / configuration.hiddenSize
    addWeightGradient(
      architecture.head, x: normed, dy: dLogits, rows: rows, rowLength: configuration.vocabularySize,
      gradients: gradients)
    inputGradient(
      architecture.head, dy: dLogits, rows: rows, rowLength: configuration.vocabularySize, weights: weights,
      into: normed, accumulating: false)
    normBackward(
      architecture.finalNorm, dy: normed, x: hidden, weights: weights, gradients: gradients, addingTo: dHidden
    )
  }

  private func layerBackward(
    _ index: Int, _ a: LayerActivations, d: Tensor, buffers b: GradientBuffers, positions: [Int32],
    sequences: [SequenceRows], weights: ModelWeights, gradients: Storage<Float>, trunk: TrunkGradient?,
    isTrunk: Bool
  ) {
    feedForwardBackward(
      architecture.layers[index], a, d: d, buffers: b, weights: weights, gradients: gradients)
    let layer = architecture.layers[index]
    let rows = positions.count
    let hidden = configuration.hiddenSize
    addWeightGradient(
      layer.attentionOutput, x: a.attention, dy: d, rows: rows, rowLength: hidden, gradients: gradients)
    inputGradient(
      layer.attentionOutput, dy: d, rows: rows, rowLength: hidden, weights: weights, into: b.attention,
      accumulating: false)
    attentionBackward(
      dOut: b.attention, qkv: a.qkv, shape: shape, layer: index, sequences: sequences, scale: attentionScale,
      into: b.qkv, trunk: isTrunk ? nil : trunk)
    if isTrunk { trunk?.add(to: b.qkv) }
    rotate(b.qkv, positions: positions, inverse: true)
    headNormsBackward(layer, a, dQKV: b.qkv, rows: rows, weights: weights, gradients: gradients)
    for (i, linear) in layer.qkv.enumerated() {
      addWeightGradient(
        linear, x: a.attentionNormed, dy: b.qkv, rows: rows, rowLength: shape.rowLength, gradients: gradients)
      inputGradient(
        linear, dy: b.qkv, rows: rows, rowLength: shape.rowLength, weights: weights, into: b.normed,
        accumulating: i > 0)
    }
    normBackward(
      layer.attentionNorm, dy: b.normed, x: a.input, weights: weights, gradients: gradients, addingTo: d)
  }

  private func feedForwardBackward(
    _ layer: DecoderLayer, _ a: LayerActivations, d: Tensor, buffers b: GradientBuffers,
    weights: ModelWeights,
    gradients: Storage<Float>
  ) {
    let hidden = configuration.hiddenSize
    let rows = d.count / hidden
    addWeightGradient(
      layer.feedForwardOutput, x: a.activated, dy: d, rows: rows, rowLength: hidden, gradients: gradients)
    inputGradient(
      layer.feedForwardOutput, dy: d, rows: rows, rowLength: hidden, weights: weights, into: b.activated,
      accumulating: false)
    if layer.inner.count == 2 {
      swiGLUBackward(dy: b.activated, gateUp: a.inner, width: configuration.intermediateSize, into: b.inner)
    } else {
      geluBackward(dy: b.activated, x: a.inner, into: b.inner)
    }
    for (i, linear) in layer.inner.enumerated() {
      addWeightGradient(
        linear, x: a.feedForwardNormed, dy: b.inner, rows: rows, rowLength: extents.inner,
        gradients: gradients)
      inputGradient(
        linear, dy: b.inner, rows: rows, rowLength: extents.inner, weights: weights, into: b.normed,
        accumulating: i > 0)
    }
    normBackward(
      layer.feedForwardNorm, dy: b.normed, x: a.middle, weights: weights, gradients: gradients, addingTo: d)
  }

  private func headNormsBackward(
    _ layer: DecoderLayer, _ a: LayerActivations, dQKV: Tensor, rows: Int, weights: ModelWeights,
    gradients: Storage<Float>
  ) {
    guard let queryNorm = layer.queryNorm, let keyNorm = layer.keyNorm, let raw = a.rawQKV else { return }
    for (norm, layout) in [(queryNorm, queryLayout(rows: rows)), (keyNorm, keyLayout(rows: rows))] {
      rmsNormBackward(
        dy: dQKV, x: raw, layout: layout, weight: weights.tensor(norm.weight), epsilon: configuration.epsilon,
        dx: dQKV, overwriting: true, addingTo: tensor(norm.weight, in: gradients))
    }
  }

  private func normBackward(
    _ norm: Norm, dy: Tensor, x: Tensor, weights: ModelWeights, gradients: Storage<Float>, addingTo dx: Tensor
  ) {
    let weight = weights.tensor(norm.weight)
    let dWeight = tensor(norm.weight, in: gradients)
    if let bias = norm.bias {
      layerNormBackward(
        dy: dy, x: x, weight: weight, epsilon: configuration.epsilon, addingTo: dx, dWeight: dWeight,
        dBias: tensor(bias, in: gradients))
    } else {
      let layout = VectorLayout(rows: x.count / weight.count, channels: weight.count)
      rmsNormBackward(
        dy: dy, x: x, layout: layout, weight: weight, epsilon: configuration.epsilon, dx: dx,
        addingTo: dWeight)
    }
  }

  /// `dW += xᵀ · dy`, `db += column sums of dy`.
  private func addWeightGradient(
    _ linear: Linear, x: Tensor, dy: Tensor, rows: Int, rowLength: Int, gradients: Storage<Float>
  ) {
    guard rows > 0 else { return }
    let inputs = MatrixView(x, rows: rows, rowLength: linear.inputs, columns: linear.inputs)
    let outputs = MatrixView(
      dy, rows: rows, rowLength: rowLength, column: linear.column, columns: linear.outputs)
    let target = tensor(linear.weight, in: gradients)
    let (left, right) = linear.storesInputMajor ? (inputs, outputs) : (outputs, inputs)
    let packed = PackedMatrix(inner: rows, outer: right.columns)
    packed.pack(right)
    let stored = MatrixView(target, rows: left.columns, rowLength: right.columns, columns: right.columns)
    packed.multiply(left.transposed, into: stored, accumulating: true)
    if let bias = linear.bias {
      addBiasBackward(
        dy: dy, rowLength: rowLength, column: linear.column, addingTo: tensor(bias, in: gradients))
    }
  }

  /// `dx = dy · Wᵀ`, or added to `dx`.
  private func inputGradient(
    _ linear: Linear, dy: Tensor, rows: Int, rowLength: Int, weights: ModelWeights, into dx: Tensor,
    accumulating: Bool
  ) {
    let outputs = MatrixView(
      dy, rows: rows, rowLength: rowLength, column: linear.column, columns: linear.outputs)
    let inputs = MatrixView(dx, rows: rows, rowLength: linear.inputs, columns: linear.inputs)
    weights.backward[linear.index].multiply(outputs, into: inputs, accumulating: accumulating)
  }

  private func tensor(_ parameter: Parameter, in storage: Storage<Float>) -> Tensor {
    Tensor(storage, offset: parameter.offset, shape: parameter.shape)
  }
}
