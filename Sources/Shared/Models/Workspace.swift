import Tensors

/// What one layer's backward reads of its forward.
struct LayerActivations: Sendable {
  let input: Tensor  // [rows, hidden]
  let attentionNormed: Tensor  // [rows, hidden]
  let rawQKV: Tensor?  // [rows, qkv], before head norms and rotation; families with head norms only
  let qkv: Tensor  // [rows, qkv], rotated
  let attention: Tensor  // [rows, queries]
  let middle: Tensor  // [rows, hidden], after the attention's residual
  let feedForwardNormed: Tensor  // [rows, hidden]
  let inner: Tensor  // [rows, inner]
  let activated: Tensor  // [rows, intermediate]

  init(rows: Int, extents: Extents, input: Tensor) {
    self.input = input
    attentionNormed = Tensor(zeros: [rows, extents.hidden])
    rawQKV = extents.hasHeadNorms ? Tensor(zeros: [rows, extents.qkv]) : nil
    qkv = Tensor(zeros: [rows, extents.qkv])
    attention = Tensor(zeros: [rows, extents.queries])
    middle = Tensor(zeros: [rows, extents.hidden])
    feedForwardNormed = Tensor(zeros: [rows, extents.hidden])
    inner = Tensor(zeros: [rows, extents.inner])
    activated = Tensor(zeros: [rows, extents.intermediate])
  }

  private init(_ whole: LayerActivations, rows: Int, input: Tensor) {
    self.input = input.rows(0..<rows)
    attentionNormed = whole.attentionNormed.rows(0..<rows)
    rawQKV = whole.rawQKV?.rows(0..<rows)
    qkv = whole.qkv.rows(0..<rows)
    attention = whole.attention.rows(0..<rows)
    middle = whole.middle.rows(0..<rows)
    feedForwardNormed = whole.feedForwardNormed.rows(0..<rows)
    inner = whole.inner.rows(0..<rows)
    activated = whole.activated.rows(0..<rows)
  }

  /// The first `rows` rows, with `input` as the layer's input.
  func window(rows: Int, input: Tensor) -> LayerActivations {
    LayerActivations(self, rows: rows, input: input)
  }
}

/// The widths of a layer's buffers.
struct Extents: Sendable {
  let hidden: Int
  let qkv: Int
  let queries: Int
  let inner: Int
  let intermediate: Int
  let hasHeadNorms: Bool

  /// Floats that keeping one row of one layer takes.
  var perRow: Int { 3 * hidden + qkv * (hasHeadNorms ? 2 : 1) + queries + inner + intermediate }
}

/// The buffers of one batch at a time, reused from batch to batch.
///
/// Activations of every layer are kept for the backward, or only each layer's input, from which the backward
/// computes them again: the same bits for less memory.
public final class Workspace {
  /// What is kept between forward and backward.
  public enum Retention: Sendable {
    /// Nothing: there will be no backward.
    case none
    /// Each layer's input; the rest is recomputed.
    case inputs
    /// Everything.
    case all
  }

  let retention: Retention
  private let extents: Extents
  private let layerCount: Int
  private var capacity = 0
  private var inputs: [Tensor] = []
  private var layers: [LayerActivations] = []
  private var gradients: GradientBuffers?

  init(extents: Extents, layers: Int, retention: Retention) {
    self.extents = extents
    layerCount = layers
    self.retention = retention
  }

  /// Makes room for `rows` rows.
  func reserve(_ rows: Int) {
    guard rows > capacity || inputs.isEmpty else { return }
    capacity = max(16, rows + rows / 8)
    inputs = (0...(retention == .none ? 1 : layerCount)).map { _ in Tensor(zeros: [capacity, extents.hidden])
    }
    let kept = retention == .all ? layerCount : 1
    layers = (0..<kept).map { LayerActivations(rows: capacity, extents: extents, input: inputs[$0]) }
    gradients = nil
  }

  /// The input of layer `layer`, or the last layer's output.
  func input(_ layer: Int, rows: Int) -> Tensor {
    inputs[retention == .none ? layer % 2 : layer].rows(0..<rows)
  }

  func activations(_ layer: Int, rows: Int) -> LayerActivations {
    layers[retention == .all ? layer : 0].window(rows: rows, input: input(layer, rows: rows))
  }

  /// Buffers for gradients flowing back through one layer.
  func gradientBuffers(rows: Int) -> GradientBuffers {
    if gradients == nil { gradients = GradientBuffers(rows: capacity, extents: extents) }
    return (gradients ?? GradientBuffers(rows: capacity, extents: extents)).window(rows: rows)
  }
}

/// Gradients inside one layer.
struct GradientBuffers {
  let normed: Tensor
  let qkv: Tensor
  let attention: Tensor
  let inner: Tensor
  let activated: Tensor

  init(rows: Int, extents: Extents) {
    normed = Tensor(zeros: [rows, extents.hidden])
    qkv = Tensor(zeros: [rows, extents.qkv])
    attention = Tensor(zeros: [rows, extents.queries])
    inner = Tensor(zeros: [rows, extents.inner])
    activated = Tensor(zeros: [rows, extents.intermediate])
  }

  private init(_ whole: GradientBuffers, rows: Int) {
    normed = whole.normed.rows(0..<rows)
    qkv = whole.qkv.rows(0..<rows)
    attention = whole.attention.rows(0..<rows)
    inner = whole.inner.rows(0..<rows)
    activated = whole.activated.rows(0..<rows)
  }

  func window(rows: Int) -> GradientBuffers { GradientBuffers(self, rows: rows) }
}
