import Kernels
import Models
import Tensors

/// A token that is scored, and where it stands.
struct HeadTarget {
  let branch: Int
  let index: Int
  let token: Int32
}

/// A row of a batch and the tokens that it predicts: one, or, for the last row of a trunk, the first of every
/// branch.
struct HeadRow {
  let row: Int
  let targets: [HeadTarget]
}

/// The output projection in chunks of rows: final norm, logits, log-softmax, loss and their gradients, so that
/// logits never exist for a whole group.
final class HeadBuffers {
  /// Rows whose logits are alive together, at the most; part of what fixes the bits of gradients.
  let chunkRows: Int

  private let model: LanguageModel
  private let hidden: Tensor
  private let normed: Tensor
  private let logits: Tensor
  private let dHidden: Tensor
  private let statistics: Storage<DistributionStatistics>

  init(_ model: LanguageModel) {
    self.model = model
    chunkRows = Self.chunkRows(vocabulary: model.configuration.vocabularySize)
    let size = model.configuration.hiddenSize
    hidden = Tensor(zeros: [chunkRows, size])
    normed = Tensor(zeros: [chunkRows, size])
    dHidden = Tensor(zeros: [chunkRows, size])
    logits = Tensor(zeros: [chunkRows, model.configuration.vocabularySize])
    statistics = Storage(zeros: chunkRows)
  }

  /// As many rows as half a gibibyte of logits has room for, a power of two in 64…1,024: every chunk folds the
  /// whole projection once, so that few large ones are cheaper.
  static func chunkRows(vocabulary: Int) -> Int {
    var rows = 1024
    while rows > 64 && rows * vocabulary * MemoryLayout<Float>.stride > 1 << 29 { rows /= 2 }
    return rows
  }

  /// Scores `rows` of `allHidden`, at most ``chunkRows``, and, where gradients are wanted, adds theirs.
  func run(
    _ allHidden: Tensor, rows: ArraySlice<HeadRow>, weights: ModelWeights, inverseTemperature: Float,
    gradients: GradientTotals?, dHidden target: Tensor?, visit: (ScoredToken) -> TokenDerivative?
  ) {
    let count = rows.count
    let hidden = hidden.rows(0..<count)
    for (i, row) in rows.enumerated() {
      copy(allHidden.rows(row.row..<row.row + 1), to: hidden.rows(i..<i + 1))
    }
    let normed = normed.rows(0..<count)
    let logits = logits.rows(0..<count)
    model.logits(hidden, normed: normed, weights: weights, into: logits)
    computeStatistics(logits, count: count, inverseTemperature: inverseTemperature)
    let tokenGradients = rows.enumerated().map { i, row in
      row.targets.map { target in
        let derivative = visit(
          scoredToken(target, logits: logits, at: i, inverseTemperature: inverseTemperature))
        return TokenGradient(
          token: target.token, logProbability: derivative?.logProbability ?? 0,
          entropy: derivative?.entropy ?? 0)
      }
    }
    guard let gradients, let target else { return }
    turnIntoGradients(logits, tokenGradients, inverseTemperature: inverseTemperature)
    let dHidden = dHidden.rows(0..<count)
    setZero(dHidden)
    model.logitsBackward(
      logits, hidden: hidden, normed: normed, weights: weights, gradients: gradients, addingTo: dHidden)
    for (i, row) in rows.enumerated() { add(dHidden.rows(i..<i + 1), to: target.rows(row.row..<row.row + 1)) }
  }

  private func computeStatistics(_ logits: Tensor, count: Int, inverseTemperature: Float) {
    let statistics = statistics
    forEachBlock(count) { i in
      var out = statistics.mutableSpan
      out[i] = distributionStatistics(logits.rows(i..<i + 1).span, inverseTemperature: inverseTemperature)
    }
  }

  private func scoredToken(
    _ target: HeadTarget, logits: Tensor, at i: Int, inverseTemperature: Float
  ) -> ScoredToken {
    let all = self.statistics
    let statistics = all.span[i]
    let logit = logits.span[i * model.configuration.vocabularySize + Int(target.token)]
    return ScoredToken(
      branch: target.branch, index: target.index,
      logProbability: statistics.logProbability(logit: logit, inverseTemperature: inverseTemperature),
      entropy: statistics.entropy)
  }

  private func turnIntoGradients(_ logits: Tensor, _ gradients: [[TokenGradient]], inverseTemperature: Float)
  {
    let statistics = statistics
    forEachBlock(gradients.count) { i in
      let window = logits.rows(i..<i + 1)
      var row = window.mutableSpan
      logProbabilityBackward(
        &row, statistics: statistics.span[i], inverseTemperature: inverseTemperature, gradients: gradients[i])
    }
  }
}
