import Kernels
public import Models
import Tensors
import Timing

/// Computes log-probabilities and gradients of token trees: the trunk once for all branches, no padding,
/// logits in chunks of rows.
///
/// The order of every sum is fixed: pieces are consecutive branches up to a fixed number of tokens, the trunk's
/// rows pass back with the last piece, chunks of the output projection have a fixed number of rows.
public final class TreePass {
  private let model: LanguageModel
  /// The sampling temperature; log-probabilities are of the distribution it gives.
  public var temperature: Float
  private var inverseTemperature: Float { 1 / temperature }
  private let pieceTokens: Int
  private let workspace: Workspace
  private let prefillSpace: Workspace
  private let pool: KeyValuePool
  private let head: HeadBuffers

  /// Buffers for trees of `model`.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - temperature: The sampling temperature; log-probabilities are of the distribution it gives.
  ///   - pieceTokens: The most rows of a piece, beside the trunk's; part of what fixes the bits.
  ///   - retention: Whether activations are kept or recomputed; changes no bit.
  public init(model: LanguageModel, temperature: Float, pieceTokens: Int, retention: Workspace.Retention) {
    self.model = model
    self.temperature = temperature
    self.pieceTokens = pieceTokens
    workspace = model.makeWorkspace(retention)
    prefillSpace = model.makeWorkspace(.none)
    pool = model.makeKeyValuePool()
    head = HeadBuffers(model)
  }

  /// Bytes of the logits that are alive together.
  public static func logitBytes(_ model: LanguageModel) -> Int {
    let vocabulary = model.configuration.vocabularySize
    return HeadBuffers.chunkRows(vocabulary: vocabulary) * vocabulary * MemoryLayout<Float>.stride
  }

  /// The log-probability of every target, by branch; the order within a branch is that of its targets.
  public func score(_ tree: TokenTree, weights: ModelWeights) -> [[Float]] {
    var scores = tree.branches.map { [Float](repeating: 0, count: $0.targets.count) }
    visit(tree, weights: weights) { token in
      scores[token.branch][token.index - tree.branches[token.branch].targets.lowerBound] =
        token.logProbability
    }
    return scores
  }

  /// Computes every target's log-probability and entropy without any gradient.
  public func visit(_ tree: TokenTree, weights: ModelWeights, _ body: (ScoredToken) -> Void) {
    let trunk = trunkSegment(tree)
    for (i, piece) in tree.pieces(tokens: pieceTokens).enumerated() {
      let batch = TreeBatch(tree, piece, trunk: trunk, hasTrunk: i == 0 && trunk != nil, pool: pool)
      guard !batch.batch.tokens.isEmpty else { continue }
      let hidden = PhaseClock.stage(.reference) {
        model.forward(batch.batch, weights: weights, workspace: prefillSpace)
      }
      run(batch, hidden: hidden, weights: weights, gradients: nil, dHidden: nil) { token in
        body(token)
        return nil
      }
    }
  }

  /// Adds the gradient of a loss over the tree's targets to `gradients`.
  ///
  /// - Parameters:
  ///   - tree: The trunk and its branches.
  ///   - weights: The policy's, made for training.
  ///   - gradients: Where every parameter's gradient goes.
  ///   - loss: Called once per target, in an order that depends on the tree and the size of pieces only.
  public func accumulate(
    _ tree: TokenTree, weights: ModelWeights, gradients: GradientTotals,
    loss: (ScoredToken) -> TokenDerivative
  ) {
    let pieces = tree.pieces(tokens: pieceTokens)
    let trunk = trunkSegment(tree)
    // The trunk's rows pass back last, when all its readers have; with one piece they need no pass of their own.
    if let trunk, pieces.count > 1 {
      let batch = TokenBatch(
        tokens: tree.trunk, sequences: [SequenceRows(rows: 0..<tree.trunk.count, own: trunk)])
      _ = PhaseClock.stage(.forward) { model.forward(batch, weights: weights, workspace: prefillSpace) }
    }
    let shared = trunk.map { _ in model.makeTrunkGradients(length: tree.trunk.count) }
    for (i, piece) in pieces.enumerated() {
      let isLast = i == pieces.count - 1
      let batch = TreeBatch(tree, piece, trunk: trunk, hasTrunk: isLast && trunk != nil, pool: pool)
      guard !batch.batch.tokens.isEmpty else { continue }
      let hidden = PhaseClock.stage(.forward) {
        model.forward(batch.batch, weights: weights, workspace: workspace)
      }
      let dHidden = Tensor(zeros: [batch.batch.tokens.count, model.configuration.hiddenSize])
      run(batch, hidden: hidden, weights: weights, gradients: gradients, dHidden: dHidden) { loss($0) }
      PhaseClock.stage(.backward) {
        model.backward(
          batch.batch, dHidden: dHidden, weights: weights, workspace: workspace, gradients: gradients,
          trunk: shared, trunkRows: batch.trunkRows)
      }
    }
  }

  private func trunkSegment(_ tree: TokenTree) -> KeyValueSegment? {
    tree.trunk.isEmpty ? nil : KeyValueSegment(pool: pool, positions: tree.trunk.count)
  }

  /// Passes a batch's scored rows through the output projection, chunk by chunk.
  private func run(
    _ batch: TreeBatch, hidden: Tensor, weights: ModelWeights, gradients: GradientTotals?, dHidden: Tensor?,
    visit: (ScoredToken) -> TokenDerivative?
  ) {
    for start in stride(from: 0, to: batch.rows.count, by: head.chunkRows) {
      PhaseClock.stage(gradients == nil ? .reference : .head) {
        head.run(
          hidden, rows: batch.rows[start..<min(start + head.chunkRows, batch.rows.count)], weights: weights,
          inverseTemperature: inverseTemperature, gradients: gradients, dHidden: dHidden, visit: visit)
      }
    }
  }
}
