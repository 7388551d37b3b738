import Foundation
import Kernels
import Models
import PolicyOptimization
import Safetensors
import Tensors

/// Compares a model's numbers with `golden.safetensors` and `golden.json` beside it, computed by another
/// program.
///
/// The log-probabilities, the loss, the gradients and the updates go through the learner's own code: trees,
/// pieces, the fold into integers, the unfolding, the norm and AdamW.
public final class ParityCheck {
  /// One line per quantity: its largest error and the limit.
  public private(set) var lines: [String] = []
  /// Whether everything is within its limit.
  public private(set) var isWithinTolerance = true

  private let model: LanguageModel
  private let weights: ModelWeights
  private let parameters: Storage<Float>
  private let golden: GoldenData
  private let pass: TreePass

  /// Reads the directory and compares.
  ///
  /// - Throws: What reading the files throws, and ``GoldenError`` where they do not fit the model.
  public init(directory: String) throws {
    model = LanguageModel(try ModelConfiguration(directory: directory))
    weights = model.makeWeights(forTraining: true)
    parameters = Storage(zeros: model.parameterCount)
    try model.load(directory: directory, into: weights, keeping: parameters)
    golden = try GoldenData(directory: directory, vocabulary: model.configuration.vocabularySize)
    pass = TreePass(model: model, temperature: 1, pieceTokens: 4096, retention: .all)
    compareLogits()
    let total = GradientTotals(model, scale: 0x1p36)
    let loss = accumulate(into: total, compares: true)
    report("loss", abs(loss - golden.loss), limit: 2e-5 * max(1, abs(golden.loss)))
    try compareGradients(total)
    try compareUpdates(total)
    try compareGreedy()
  }

  private func report(_ name: String, _ error: Double, limit: Double, note: String = "") {
    let isFine = error <= limit
    if !isFine { isWithinTolerance = false }
    lines.append("\(isFine ? "ok  " : "FAIL") \(name): largest error \(error), limit \(limit)\(note)")
  }

  // MARK: Forward

  private func compareLogits() {
    var worst = 0.0
    for row in 0..<golden.rows {
      let tokens = golden.tokens(row)
      let computed = logits(of: tokens)
      let golden = golden
      let expected = golden.logits.span
      let start = row * golden.length * model.configuration.vocabularySize
      let values = computed.span
      for i in 0..<values.count { worst = larger(worst, Double(abs(values[i] - expected[start + i]))) }
    }
    report("logits", worst, limit: 2e-5)
  }

  private func logits(of tokens: [Int32]) -> Tensor {
    let batch = TokenBatch(
      tokens: tokens,
      sequences: [
        SequenceRows(
          rows: 0..<tokens.count,
          own: KeyValueSegment(pool: model.makeKeyValuePool(), positions: tokens.count))
      ])
    let hidden = model.forward(batch, weights: weights, workspace: model.makeWorkspace(.none))
    let logits = Tensor(zeros: [tokens.count, model.configuration.vocabularySize])
    model.logits(
      hidden, normed: Tensor(zeros: [tokens.count, model.configuration.hiddenSize]), weights: weights,
      into: logits)
    return logits
  }

  // MARK: Loss and gradients

  /// Folds every group's gradient into `total` and returns the token-mean loss.
  private func accumulate(into total: GradientTotals, compares: Bool) -> Double {
    var sums = GroupSums()
    var worstLogProbability = 0.0
    var worstEntropy = 0.0
    for group in golden.groups {
      let prompt = golden.promptLengths[group.lowerBound]
      pass.accumulate(golden.tree(group), weights: weights, gradients: total) { scored in
        let at = golden.predictionIndex(row: group.lowerBound + scored.branch, target: prompt + scored.index)
        worstLogProbability = larger(
          worstLogProbability, Double(abs(scored.logProbability - golden.logProbabilities[at])))
        worstEntropy = larger(worstEntropy, Double(abs(scored.entropy - golden.entropies[at])))
        let token = golden.loss(scored, at: at, row: group.lowerBound + scored.branch)
        sums.add(token, weight: 1)
        return TokenDerivative(logProbability: token.derivative, entropy: token.entropyDerivative)
      }
      _ = total.takeMagnitude()
    }
    if compares {
      report("log-probabilities", worstLogProbability, limit: 2e-5)
      report("entropies", worstEntropy, limit: 2e-5)
    }
    return sums.loss / golden.tokensInLoss
  }

  private func compareGradients(_ total: GradientTotals) throws {
    let gradient = Tensor(zeros: [model.parameterCount])
    unfoldGradient(total.integers, scale: total.scale, normalizer: golden.tokensInLoss, into: gradient)
    let norm = globalNorm(gradient)
    report("gradient norm", abs(norm - golden.gradientNorm), limit: 2e-5 * golden.gradientNorm)
    for parameter in model.table.parameters {
      let expected = try golden.tensor("grad." + parameter.name, shape: parameter.shape)
      var worst = 0.0
      var largest = 0.0
      for i in 0..<parameter.count {
        worst = larger(worst, Double(abs(gradient.span[parameter.offset + i] - expected.span[i])))
        largest = max(largest, Double(abs(expected.span[i])))
      }
      report(
        "gradient of \(parameter.name)", worst / max(largest, 1e-30), limit: 2e-5,
        note: " of its largest entry")
    }
  }

  // MARK: Updates

  private func compareUpdates(_ total: GradientTotals) throws {
    let count = model.parameterCount
    let shape = [count]
    let (first, second) = (Tensor(zeros: shape), Tensor(zeros: shape))
    let factor = 1 / (total.scale * golden.tokensInLoss)
    for step in 1...golden.steps {
      if step > 1 { _ = accumulate(into: total, compares: false) }
      let norm = globalNorm(blockSums: gradientBlockSums(total.integers, range: 0..<count, factor: factor))
      adamWStep(
        totals: total.integers, range: 0..<count, factor: factor,
        gradientFactor: Float(min(1, golden.clipNorm / (norm + 1e-6))),
        parameters: Tensor(parameters, shape: shape), firstMoment: first, secondMoment: second, step: step,
        settings: golden.optimizer)
      weights.install(parameters)
    }
    var worst = 0.0
    var beyond = 0
    for parameter in model.table.parameters {
      let expected = try golden.tensor("after\(golden.steps)." + parameter.name, shape: parameter.shape)
      let values = Tensor(parameters, offset: parameter.offset, shape: parameter.shape)
      for i in 0..<parameter.count {
        let error = Double(abs(values.span[i] - expected.span[i]))
        worst = larger(worst, error)
        if error > 1e-5 { beyond += 1 }
      }
    }
    report("weights after \(golden.steps) AdamW steps", worst, limit: 2e-4)
    report("share of weights off by more than 1e-5", Double(beyond) / Double(count), limit: 0.001)
  }

  // MARK: Greedy continuation

  private func compareGreedy() throws {
    try model.load(directory: golden.directory, into: weights)
    let expected = golden.greedy
    var tokens = Array(expected.prefix(golden.promptLengths[0]))
    while tokens.count < expected.count {
      let logits = logits(of: tokens)
      let vocabulary = model.configuration.vocabularySize
      let start = (tokens.count - 1) * vocabulary
      var best = 0
      for id in 1..<vocabulary where logits.span[start + id] > logits.span[start + best] { best = id }
      tokens.append(Int32(best))
    }
    let agrees = tokens == expected
    if !agrees { isWithinTolerance = false }
    lines.append(
      "\(agrees ? "ok  " : "FAIL") greedy continuation: \(agrees ? "agrees" : "\(tokens), expected \(expected)")"
    )
  }
}

/// The larger error; one that is not a number is infinitely large.
private func larger(_ a: Double, _ b: Double) -> Double { b.isNaN ? .infinity : max(a, b) }
