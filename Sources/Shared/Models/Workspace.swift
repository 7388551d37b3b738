import Tensors

/// What one layer's backward reads of its forward.
struct LayerActivations: Sendable {
  var input: Tensor  // [rows, hidden]
  let attentionNormed: Tensor  // [rows, hidden]
  let rawQKV: Tensor?  // [rows, qkv], before head norms and rotation; families with head norms only
  let qkv: Tensor  // [rows, qkv], rotated
  let attention: Tensor  // [rows, queries]
  let middle: Tensor  // [rows, hidden], after the attention's residual
  let feedForwardNormed: Tensor  // [rows, hidden]
  let inner: Tensor  // [rows, inner]
  let activated: Tensor  // [rows, intermediate]

  /// Buffers for `rows` rows of any layer; the input is set by ``window(rows:input:)``.
  init(rows: Int, extents: Extents) {
    input = Tensor(zeros: [0, extents.hidden])
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
/// Where a backward follows, the activations of as many layers are kept as a budget has room for; of the others
/// only the input is, from which the backward computes them again: the same bits for less memory.
public final class Workspace {
  /// What is kept between forward and backward.
  public enum Retention: Sendable, Equatable {
    /// Nothing: there will be no backward.
    case none
    /// Each layer's input, and everything of as many layers as fit this many bytes.
    case layers(bytes: Int)

    /// Each layer's input; the rest is recomputed.
    public static let inputs = layers(bytes: 0)
    /// Everything.
    public static let all = layers(bytes: .max)
  }

  let retention: Retention
  private let extents: Extents
  private let layerCount: Int
  private var keptLayers = 0
  private var inputs: [Tensor] = []
  private var kept: [LayerActivations?]
  private var shared: LayerActivations?
  /// What was given out last without a backward, by the parity of the layer: a pass of one row takes as long as the
  /// making of some hundred tensors.
  private var windows: [LayerActivations?] = [nil, nil]
  private var gradients: GradientBuffers?

  init(extents: Extents, layers: Int, retention: Retention) {
    self.extents = extents
    layerCount = layers
    self.retention = retention
    kept = Array(repeating: nil, count: layers)
  }

  /// Makes room for `rows` rows, and decides which layers are kept: the first ones.
  func reserve(_ rows: Int) {
    if case .layers(let bytes) = retention {
      let perLayer = max(1, rows * extents.perRow * MemoryLayout<Float>.stride)
      keptLayers = min(layerCount, bytes / perLayer)
      for layer in keptLayers..<layerCount { kept[layer] = nil }
    }
    guard rows > inputs.first?.shape[0] ?? 0 else { return }
    let capacity = max(16, rows + rows / 8)
    inputs = (0...(retention == .none ? 1 : layerCount)).map { _ in
      Tensor(zeros: [capacity, extents.hidden])
    }
    (shared, gradients, windows) = (nil, nil, [nil, nil])
  }

  /// The input of layer `layer`, or the last layer's output.
  func input(_ layer: Int, rows: Int) -> Tensor {
    inputs[retention == .none ? layer % 2 : layer].rows(0..<rows)
  }

  /// Whether the activations of `layer` are still there when the backward comes to it.
  func keeps(_ layer: Int) -> Bool { layer < keptLayers }

  func activations(_ layer: Int, rows: Int) -> LayerActivations {
    if let window = windows[layer % 2], window.middle.shape[0] == rows { return window }
    let input = input(layer, rows: rows)
    if keeps(layer) {
      let buffers = roomy(kept[layer], rows: rows)
      kept[layer] = buffers
      return buffers.window(rows: rows, input: input)
    }
    let buffers = roomy(shared, rows: rows)
    shared = buffers
    let window = buffers.window(rows: rows, input: input)
    if retention == .none { windows[layer % 2] = window }
    return window
  }

  /// `buffers`, or larger ones if they are too small for `rows` rows.
  private func roomy(_ buffers: LayerActivations?, rows: Int) -> LayerActivations {
    if let buffers, buffers.middle.shape[0] >= rows { return buffers }
    return LayerActivations(rows: max(16, rows + rows / 8), extents: extents)
  }

  /// Buffers for gradients flowing back through one layer.
  func gradientBuffers(rows: Int) -> GradientBuffers {
    let buffers = gradients ?? GradientBuffers(rows: inputs[0].shape[0], extents: extents)
    gradients = buffers
    return buffers.window(rows: rows)
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
