import Kernels
public import Models
public import Tensors

/// Computes log-probabilities and gradients of token trees: the trunk once for all branches, no padding,
/// logits in chunks of rows.
///
/// The order of every sum is fixed: pieces are consecutive branches up to a fixed number of tokens, chunks of
/// the output projection are 64 rows within a piece, the trunk comes last.
public final class TreePass {
  private let model: LanguageModel
  private let inverseTemperature: Float
  private let pieceTokens: Int
  private let trunkSpace: Workspace
  private let pieceSpace: Workspace
  private let head: HeadBuffers

  /// Buffers for trees of `model`.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - temperature: The sampling temperature; log-probabilities are of the distribution it gives.
  ///   - pieceTokens: The most rows of a piece; part of what fixes the bits.
  ///   - retention: Whether activations are kept or recomputed; changes no bit.
  public init(model: LanguageModel, temperature: Float, pieceTokens: Int, retention: Workspace.Retention) {
    self.model = model
    inverseTemperature = 1 / temperature
    self.pieceTokens = pieceTokens
    trunkSpace = model.makeWorkspace(retention)
    pieceSpace = model.makeWorkspace(retention)
    head = HeadBuffers(model)
  }

  /// The log-probability of every target, by branch; the order within a branch is that of its targets.
  public func score(_ tree: TokenTree, weights: ModelWeights) -> [[Float]] {
    var scores: [[Float]] = tree.branches.map { _ in [] }
    run(tree, weights: weights, gradients: nil) { token in
      scores[token.branch].append(token.logProbability)
      return nil
    }
    return scores
  }

  /// Adds the gradient of a loss over the tree's targets to `gradients`.
  ///
  /// - Parameters:
  ///   - tree: The trunk and its branches.
  ///   - weights: The policy's, made for training.
  ///   - gradients: Every parameter's gradient, added to.
  ///   - loss: Called once per target in a fixed order: first targets of all branches that the trunk predicts, then
  ///     branch by branch.
  public func accumulate(
    _ tree: TokenTree, weights: ModelWeights, gradients: Storage<Float>,
    loss: (ScoredToken) -> TokenDerivative
  ) {
    run(tree, weights: weights, gradients: gradients) { loss($0) }
  }

  private func run(
    _ tree: TokenTree, weights: ModelWeights, gradients: Storage<Float>?,
    visit: (ScoredToken) -> TokenDerivative?
  ) {
    let trunk = TrunkPass(tree.trunk, model: model, weights: weights, workspace: trunkSpace)
    let predicted = tree.branches.indices.filter { tree.branches[$0].targets.first == 0 }
    var trunkGradient: HeadGradient?
    if let trunk, !predicted.isEmpty {
      let rows = predicted.map { HeadRow(row: 0, branch: $0, index: 0, token: tree.branches[$0].tokens[0]) }
      trunkGradient = head.scoreShared(
        trunk.lastHidden, rows: rows, weights: weights, inverseTemperature: inverseTemperature, visit: visit)
    }
    let shared = trunk.map { _ in model.makeTrunkGradients(length: tree.trunk.count) }
    for piece in tree.pieces(tokens: pieceTokens) {
      runPiece(
        tree, piece, trunk: trunk, weights: weights, gradients: gradients, shared: shared, visit: visit)
    }
    guard let gradients, let trunk else { return }
    let dHidden = Tensor(zeros: [tree.trunk.count, model.configuration.hiddenSize])
    if let trunkGradient {
      head.backward(
        trunkGradient, hidden: trunk.lastHidden, weights: weights, gradients: gradients,
        inverseTemperature: inverseTemperature,
        addingTo: dHidden.rows(tree.trunk.count - 1..<tree.trunk.count))
    }
    model.backward(
      trunk.batch, dHidden: dHidden, weights: weights, workspace: trunkSpace, gradients: gradients,
      trunk: shared,
      isTrunk: true)
  }

  private func runPiece(
    _ tree: TokenTree, _ piece: Range<Int>, trunk: TrunkPass?, weights: ModelWeights,
    gradients: Storage<Float>?,
    shared: [TrunkGradient]?, visit: (ScoredToken) -> TokenDerivative?
  ) {
    let layout = PieceLayout(tree, piece, model: model, trunk: trunk)
    guard !layout.batch.tokens.isEmpty else { return }
    let hidden = model.forward(layout.batch, weights: weights, workspace: pieceSpace)
    let dHidden = gradients.map { _ in
      Tensor(zeros: [layout.batch.tokens.count, model.configuration.hiddenSize])
    }
    for start in stride(from: 0, to: layout.rows.count, by: headChunkRows) {
      let rows = Array(layout.rows[start..<min(start + headChunkRows, layout.rows.count)])
      head.run(
        hidden, rows: rows, weights: weights, inverseTemperature: inverseTemperature, gradients: gradients,
        dHidden: dHidden, visit: visit)
    }
    guard let gradients, let dHidden else { return }
    model.backward(
      layout.batch, dHidden: dHidden, weights: weights, workspace: pieceSpace, gradients: gradients,
      trunk: shared,
      isTrunk: false)
  }
}

/// Rows of the output projection that are alive together.
let headChunkRows = 64

/// The trunk's forward, kept while its branches run.
private struct TrunkPass {
  let batch: TokenBatch
  let segment: KeyValueSegment
  let lastHidden: Tensor

  init?(_ tokens: [Int32], model: LanguageModel, weights: ModelWeights, workspace: Workspace) {
    guard !tokens.isEmpty else { return nil }
    segment = model.makeSegment(capacity: tokens.count)
    batch = TokenBatch(tokens: tokens, sequences: [SequenceRows(rows: 0..<tokens.count, own: segment)])
    let hidden = model.forward(batch, weights: weights, workspace: workspace)
    lastHidden = hidden.rows(tokens.count - 1..<tokens.count)
  }
}

/// Where a piece's tokens stand in its batch.
///
/// The last token of a branch predicts nothing, so it has no row.
private struct PieceLayout {
  var batch = TokenBatch(tokens: [], sequences: [])
  var rows: [HeadRow] = []

  init(_ tree: TokenTree, _ piece: Range<Int>, model: LanguageModel, trunk: TrunkPass?) {
    for index in piece {
      let branch = tree.branches[index]
      let count = branch.tokens.count - 1
      guard count > 0 else { continue }
      let first = batch.tokens.count
      batch.tokens += branch.tokens[0..<count]
      batch.sequences.append(
        SequenceRows(
          rows: first..<first + count, trunk: trunk?.segment, trunkLength: tree.trunk.count,
          own: model.makeSegment(capacity: count)))
      for target in branch.targets where target > 0 {
        rows.append(
          HeadRow(row: first + target - 1, branch: index, index: target, token: branch.tokens[target]))
      }
    }
  }
}
