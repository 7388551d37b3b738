import Kernels
import Models
import Tensors

/// A row whose next token is scored.
struct HeadRow {
  let row: Int
  let branch: Int
  let index: Int
  let token: Int32
}

/// What one row's backward through the output projection needs, when one row predicts several tokens.
struct HeadGradient {
  let statistics: DistributionStatistics
  let gradients: [TokenGradient]
}

/// The output projection in chunks: final norm, logits, log-softmax, loss and their gradients for a few rows
/// at a time, so that logits never exist for a whole group.
final class HeadBuffers {
  private let model: LanguageModel
  private let hidden: Tensor
  private let normed: Tensor
  private let logits: Tensor
  private let dHidden: Tensor
  private let statistics = Storage<DistributionStatistics>(zeros: headChunkRows)

  init(_ model: LanguageModel) {
    self.model = model
    let size = model.configuration.hiddenSize
    hidden = Tensor(zeros: [headChunkRows, size])
    normed = Tensor(zeros: [headChunkRows, size])
    dHidden = Tensor(zeros: [headChunkRows, size])
    logits = Tensor(zeros: [headChunkRows, model.configuration.vocabularySize])
  }

  /// Scores `rows` of `allHidden` and, where gradients are wanted, adds theirs.
  func run(
    _ allHidden: Tensor, rows: [HeadRow], weights: ModelWeights, inverseTemperature: Float,
    gradients: Storage<Float>?, dHidden target: Tensor?, visit: (ScoredToken) -> TokenDerivative?
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
    let derivatives = rows.enumerated().map { i, row in
      visit(scoredToken(row, logits: logits, at: i, inverseTemperature: inverseTemperature))
    }
    guard let gradients, let target else { return }
    let tokenGradients = zip(rows, derivatives).map { row, derivative in
      TokenGradient(
        token: row.token, logProbability: derivative?.logProbability ?? 0, entropy: derivative?.entropy ?? 0)
    }
    turnIntoGradients(logits, tokenGradients, inverseTemperature: inverseTemperature)
    let dHidden = dHidden.rows(0..<count)
    setZero(dHidden)
    model.logitsBackward(
      logits, hidden: hidden, normed: normed, weights: weights, gradients: gradients, addingTo: dHidden)
    for (i, row) in rows.enumerated() { add(dHidden.rows(i..<i + 1), to: target.rows(row.row..<row.row + 1)) }
  }

  /// Scores several tokens that one row, the trunk's last, predicts.
  func scoreShared(
    _ hidden: Tensor, rows: [HeadRow], weights: ModelWeights, inverseTemperature: Float,
    visit: (ScoredToken) -> TokenDerivative?
  ) -> HeadGradient {
    let logits = logits.rows(0..<1)
    model.logits(hidden, normed: normed.rows(0..<1), weights: weights, into: logits)
    computeStatistics(logits, count: 1, inverseTemperature: inverseTemperature)
    let gradients = rows.map { row in
      let derivative = visit(scoredToken(row, logits: logits, at: 0, inverseTemperature: inverseTemperature))
      return TokenGradient(
        token: row.token, logProbability: derivative?.logProbability ?? 0, entropy: derivative?.entropy ?? 0)
    }
    let statistics = statistics
    return HeadGradient(statistics: statistics.span[0], gradients: gradients)
  }

  /// Adds the gradient of what ``scoreShared(_:rows:weights:inverseTemperature:visit:)`` scored, computing
  /// its logits again, since the chunks of all pieces have used the buffer in between.
  func backward(
    _ gradient: HeadGradient, hidden: Tensor, weights: ModelWeights, gradients: Storage<Float>,
    inverseTemperature: Float, addingTo target: Tensor
  ) {
    let logits = logits.rows(0..<1)
    let normed = normed.rows(0..<1)
    model.logits(hidden, normed: normed, weights: weights, into: logits)
    var row = logits.mutableSpan
    logProbabilityBackward(
      &row, statistics: gradient.statistics, inverseTemperature: inverseTemperature,
      gradients: gradient.gradients)
    model.logitsBackward(
      logits, hidden: hidden, normed: normed, weights: weights, gradients: gradients, addingTo: target)
  }

  private func computeStatistics(_ logits: Tensor, count: Int, inverseTemperature: Float) {
    let statistics = statistics
    forEachBlock(count) { i in
      var out = statistics.mutableSpan
      out[i] = distributionStatistics(logits.rows(i..<i + 1).span, inverseTemperature: inverseTemperature)
    }
  }

  private func scoredToken(
    _ row: HeadRow, logits: Tensor, at i: Int, inverseTemperature: Float
  ) -> ScoredToken {
    let all = self.statistics
    let statistics = all.span[i]
    let logit = logits.span[i * model.configuration.vocabularySize + Int(row.token)]
    return ScoredToken(
      branch: row.branch, index: row.index,
      logProbability: statistics.logProbability(logit: logit, inverseTemperature: inverseTemperature),
      entropy: statistics.entropy)
  }

  private func turnIntoGradients(_ logits: Tensor, _ gradients: [TokenGradient], inverseTemperature: Float) {
    let statistics = statistics
    forEachBlock(gradients.count) { i in
      let window = logits.rows(i..<i + 1)
      var row = window.mutableSpan
      logProbabilityBackward(
        &row, statistics: statistics.span[i], inverseTemperature: inverseTemperature,
        gradients: CollectionOfOne(gradients[i]))
    }
  }
}
