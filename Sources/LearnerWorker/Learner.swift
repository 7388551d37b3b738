public import Experience
public import Kernels
public import Messages
public import Models
public import PolicyOptimization
import Tensors

/// How a learner turns groups into updates.
public struct LearnerOptions: Sendable, Equatable {
  /// The loss of one token; its KL coefficient comes with every group.
  public var loss = TokenLoss()
  /// How token losses add up.
  public var aggregation = LossAggregation.tokenMean
  /// The sampling temperature, whose distribution log-probabilities are of.
  public var temperature: Float = 1
  /// AdamW's settings; the learning rate comes with every update.
  public var optimizer = AdamWSettings(learningRate: 0)
  /// The gradient is scaled down to this norm; 0 leaves it.
  public var gradientClip = 1.0
  /// The fold's scale, a power of two.
  public var foldScale = 0x1p36
  /// The most rows of a piece.
  public var pieceTokens = 4096
  /// The most tokens of a prompt.
  public var longestPrompt = 0
  /// The most tokens of a response.
  public var longestResponse = 0
  /// Activations beyond this many bytes are recomputed instead of kept.
  public var activationBytes = 1 << 31

  /// The defaults.
  public init() {}
}

/// The policy in training, its reference and its optimizer: groups in, new weights out.
///
/// Every group's gradient is computed alone and folded into integers, so that learners may take any groups in
/// any order. Updates run on every learner alike and give every one the same bits.
public final class Learner {
  /// The model.
  public let model: LanguageModel
  /// The policy's weights.
  public let policy: ModelWeights
  /// The reference's weights, where the loss or a controller asks for them.
  public let reference: ModelWeights?

  let firstMoment: Storage<Float>
  let secondMoment: Storage<Float>
  /// Optimizer steps since its moments were zero.
  var updateCount = 0

  private let options: LearnerOptions
  private let gradients: Storage<Float>
  private let totals: Storage<Int64>
  private let pass: TreePass
  #if PRORL_SABOTAGE
  private let floatTotals: Storage<Float>
  #endif

  /// A learner of `policy`, which is made for training.
  public init(model: LanguageModel, policy: ModelWeights, options: LearnerOptions) {
    self.model = model
    self.policy = policy
    self.options = options
    let count = model.parameterCount
    gradients = Storage(zeros: count)
    totals = Storage(zeros: count)
    firstMoment = Storage(zeros: count)
    secondMoment = Storage(zeros: count)
    #if PRORL_SABOTAGE
    floatTotals = Storage(zeros: count)
    #endif
    if options.loss.klPenalty != nil {
      let weights = model.makeWeights(forTraining: false)
      weights.parameters.copy(from: policy.parameters)
      weights.repack()
      reference = weights
    } else {
      reference = nil
    }
    // A response longer than a piece is a piece of its own; the prompt's activations live beside it.
    let rows = max(options.pieceTokens, options.longestResponse) + options.longestPrompt
    let keepsAll = rows * model.activationBytesPerRow <= options.activationBytes
    pass = TreePass(
      model: model, temperature: options.temperature, pieceTokens: options.pieceTokens,
      retention: keepsAll ? .all : .inputs)
  }

  /// Computes the group's gradient and adds it to the totals.
  public func train(_ group: TrainingGroup, klCoefficient: Double) -> GroupReport {
    let tree = TokenTree(trunk: group.promptTokens, branches: group.samples.map { .init(tokens: $0.tokens) })
    let referenceScores = reference.map { pass.score(tree, weights: $0) }
    var loss = options.loss
    loss.klPenalty?.coefficient = klCoefficient
    let weights = group.samples.map { options.aggregation.tokenWeight(length: $0.tokens.count) }
    var sums = GroupSums()
    sums.sequences = group.samples.count { !$0.tokens.isEmpty }
    var difference = (largest: 0.0, sum: 0.0)
    setZero(gradientTensor)
    pass.accumulate(tree, weights: policy, gradients: gradients) { scored in
      let sample = group.samples[scored.branch]
      let old = sample.oldLogProbabilities[scored.index]
      let token = loss.token(
        new: scored.logProbability, old: old,
        reference: referenceScores?[scored.branch][scored.index] ?? scored.logProbability,
        advantage: sample.advantage, entropy: scored.entropy)
      let weight = weights[scored.branch]
      sums.add(token, weight: weight)
      let distance = probabilityDistance(old, scored.logProbability)
      difference = (max(difference.largest, distance), difference.sum + distance)
      return TokenDerivative(
        logProbability: token.derivative * Float(weight), entropy: token.entropyDerivative * Float(weight))
    }
    return GroupReport(
      ordinal: group.ordinal, sums: sums, largestMagnitude: fold().largestMagnitude,
      probabilityDifference: difference)
  }

  /// Adds the mean negative log-likelihood of a supervised tree's targets to the totals.
  ///
  /// - Returns: The summed loss in nats, the number of targets and the gradient's largest magnitude.
  public func trainSupervised(_ tree: TokenTree) -> (loss: Double, tokens: Int, largestMagnitude: Float) {
    var loss = 0.0
    var tokens = 0
    setZero(gradientTensor)
    pass.accumulate(tree, weights: policy, gradients: gradients) { scored in
      loss -= Double(scored.logProbability)
      tokens += 1
      return TokenDerivative(logProbability: -1)
    }
    return (loss, tokens, fold().largestMagnitude)
  }

  /// Whether a sum of these groups' gradients may be applied.
  var updateGuard: UpdateGuard { UpdateGuard(scale: options.foldScale) }

  private var gradientTensor: Tensor { Tensor(gradients, shape: [gradients.count]) }

  private func fold() -> FoldReport {
    #if PRORL_SABOTAGE
    // What other trainers do: floats are added in the order in which groups arrive.
    if sabotage == .sum {
      add(gradientTensor, to: Tensor(floatTotals, shape: [floatTotals.count]))
      return FoldReport(largestMagnitude: 0)
    }
    #endif
    return foldGradient(gradientTensor, scale: options.foldScale, into: totals)
  }

  /// Ends a mini-batch: sums the totals over all learners, takes the optimizer's step, starts from zero.
  public func update(
    _ order: UpdateOrder, sum: (inout MutableSpan<Int64>) throws -> Void
  ) throws -> UpdateReport {
    var norm = Double.nan
    if !order.isSkipped {
      #if PRORL_SABOTAGE
      if sabotage == .sum {
        let floats = Tensor(floatTotals, shape: [floatTotals.count])
        _ = foldGradient(floats, scale: options.foldScale, into: totals)
        setZero(floats)
      }
      #endif
      let totals = totals
      var values = totals.mutableSpan
      try sum(&values)
      norm = step(order)
    }
    clearTotals()
    return UpdateReport(
      step: order.step, miniBatch: order.miniBatch, gradientNorm: norm, checksum: policy.checksum)
  }

  private func step(_ order: UpdateOrder) -> Double {
    unfoldGradient(totals, scale: options.foldScale, normalizer: order.normalizer, into: gradientTensor)
    let norm = globalNorm(gradientTensor)
    let factor = options.gradientClip > 0 ? min(1, options.gradientClip / (norm + 1e-6)) : 1
    updateCount += 1
    var settings = options.optimizer
    settings.learningRate = order.learningRate
    let shape = [gradients.count]
    adamWStep(
      parameters: Tensor(policy.parameters, shape: shape), gradient: gradientTensor,
      gradientFactor: Float(factor),
      firstMoment: Tensor(firstMoment, shape: shape), secondMoment: Tensor(secondMoment, shape: shape),
      step: updateCount, settings: settings)
    policy.repack()
    return norm
  }

  private func clearTotals() {
    let totals = totals
    forEachBlock((totals.count + 65_535) / 65_536) { block in
      var values = totals.mutableSpan(block * 65_536..<min(totals.count, (block + 1) * 65_536))
      for i in 0..<values.count { values[i] = 0 }
    }
  }

  /// The policy becomes the reference; the optimizer forgets its moments if asked to.
  public func resetReference(reinitializingOptimizer: Bool) {
    if let reference {
      reference.parameters.copy(from: policy.parameters)
      reference.repack()
    }
    guard reinitializingOptimizer else { return }
    for moment in [firstMoment, secondMoment] { setZero(Tensor(moment, shape: [moment.count])) }
    updateCount = 0
  }
}

/// How far apart two log-probabilities put their token's probability; never zero unless they are the same
/// bits.
private func probabilityDistance(_ a: Float, _ b: Float) -> Double {
  if a == b { return 0 }
  let distance = abs(Double(exponential(a)) - Double(exponential(b)))
  return max(distance, .leastNormalMagnitude)
}
