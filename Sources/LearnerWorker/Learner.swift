public import Experience
public import Kernels
public import MessagePassing
public import Messages
public import Models
public import PolicyOptimization
public import Tensors
import Timing

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
/// any order. Parameters and moments are kept in full precision by one learner each (``ShardPlan``); what the
/// model computes with is everywhere, and the same bits.
public final class Learner {
  /// The model.
  public let model: LanguageModel
  /// The policy's weights.
  public let policy: ModelWeights
  /// The reference's weights, where the loss or a controller asks for them.
  public let reference: ModelWeights?

  /// Which learner keeps what.
  public let plan: ShardPlan
  let shard: OptimizerShard
  /// Optimizer steps since its moments were zero.
  var updateCount = 0

  let options: LearnerOptions
  private let totals: GradientTotals
  private let pass: TreePass
  #if PRORL_SABOTAGE
  private let floatTotals: Storage<Float>
  #endif

  /// Learner `rank` of `learners`, with zeroed weights.
  public init(model: LanguageModel, options: LearnerOptions, rank: Int = 0, learners: Int = 1) {
    self.model = model
    self.options = options
    policy = model.makeWeights(forTraining: true)
    plan = ShardPlan(count: model.parameterCount, learners: learners)
    shard = OptimizerShard(plan.range(of: rank))
    totals = GradientTotals(model, scale: options.foldScale)
    #if PRORL_SABOTAGE
    floatTotals = Storage(zeros: model.parameterCount)
    #endif
    reference = options.loss.klPenalty == nil ? nil : model.makeWeights(forTraining: false)
    pass = TreePass(
      model: model, temperature: options.temperature, pieceTokens: options.pieceTokens,
      retention: .layers(bytes: options.activationBytes))
  }

  /// Begins with `values`, laid out as the model's table says; the reference is the same.
  public func begin(with values: Storage<Float>) {
    shard.takeOver(values)
    policy.install(values)
    reference?.copy(from: policy)
  }

  /// Begins with the weights of a model directory; the reference is the same.
  public func begin(directory: String) throws {
    try model.load(
      directory: directory, into: policy, keeping: shard.parameters, base: shard.range.lowerBound)
    reference?.copy(from: policy)
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
    pass.accumulate(tree, weights: policy, gradients: totals) { scored in
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
      ordinal: group.ordinal, sums: sums, largestMagnitude: endGroup(),
      probabilityDifference: difference)
  }

  /// Adds the mean negative log-likelihood of a supervised tree's targets to the totals.
  ///
  /// - Returns: The summed loss in nats, the number of targets and the gradient's largest magnitude.
  public func trainSupervised(_ tree: TokenTree) -> (loss: Double, tokens: Int, largestMagnitude: Float) {
    var loss = 0.0
    var tokens = 0
    pass.accumulate(tree, weights: policy, gradients: totals) { scored in
      loss -= Double(scored.logProbability)
      tokens += 1
      return TokenDerivative(logProbability: -1)
    }
    return (loss, tokens, endGroup())
  }

  /// Whether a sum of these groups' gradients may be applied.
  var updateGuard: UpdateGuard { UpdateGuard(scale: options.foldScale) }

  /// Ends a group's gradient.
  private func endGroup() -> Float {
    let magnitude = totals.takeMagnitude()
    #if PRORL_SABOTAGE
    // What other trainers do: floats are added in the order in which groups arrive.
    if sabotage == .sum {
      totals.addAsFloats(to: floatTotals)
      return 0
    }
    #endif
    return magnitude
  }

  /// Ends a mini-batch: sums the totals over all learners, takes the optimizer's step, starts from zero.
  ///
  /// - Parameters:
  ///   - order: The step's normaliser and learning rate, or that it is skipped.
  ///   - link: All learners, in the order of the plan; nil where there is one.
  /// - Returns: What the update was like.
  /// - Throws: What the link throws.
  public func update(_ order: UpdateOrder, link: (any CollectiveLink)? = nil) throws -> UpdateReport {
    try PhaseClock.stage(.update) { try endMiniBatch(order, link: link) }
  }

  private func endMiniBatch(_ order: UpdateOrder, link: (any CollectiveLink)?) throws -> UpdateReport {
    guard !order.isSkipped else {
      totals.clear(0..<plan.count)
      return UpdateReport(step: order.step, miniBatch: order.miniBatch, gradientNorm: .nan, checksum: 0)
    }
    #if PRORL_SABOTAGE
    if sabotage == .sum { totals.addFloats(floatTotals) }
    #endif
    try sumTotals(link)
    let norm = try step(order, link: link)
    let checksum = try spread(over: link)
    return UpdateReport(step: order.step, miniBatch: order.miniBatch, gradientNorm: norm, checksum: checksum)
  }

  /// Leaves the sum over learners in the totals of this one's shard.
  private func sumTotals(_ link: (any CollectiveLink)?) throws {
    guard let link else { return }
    let integers = totals.integers
    var values = integers.mutableSpan
    try PhaseClock.part(.communication) {
      try link.sum(&values, keeping: (0..<plan.learners).map { plan.range(of: $0) })
    }
  }

  /// Steps this learner's shard and returns the norm of the whole gradient.
  private func step(_ order: UpdateOrder, link: (any CollectiveLink)?) throws -> Double {
    let factor = 1 / (options.foldScale * order.normalizer)
    let mine = PhaseClock.part(.optimizer) {
      gradientBlockSums(totals.integers, range: shard.range, factor: factor)
    }
    let norm = globalNorm(blockSums: try link?.gather(mine) ?? mine)
    let clip = options.gradientClip > 0 ? min(1, options.gradientClip / (norm + 1e-6)) : 1
    updateCount += 1
    var settings = options.optimizer
    settings.learningRate = order.learningRate
    let shape = [shard.range.count]
    PhaseClock.part(.optimizer) {
      adamWStep(
        totals: totals.integers, range: shard.range, factor: factor, gradientFactor: Float(clip),
        parameters: Tensor(shard.parameters, shape: shape),
        firstMoment: Tensor(shard.firstMoment, shape: shape),
        secondMoment: Tensor(shard.secondMoment, shape: shape), step: updateCount, settings: settings)
      totals.clear(0..<shard.range.lowerBound)
      totals.clear(shard.range.upperBound..<plan.count)
    }
    return norm
  }

  /// Installs the new parameters everywhere.
  ///
  /// - Returns: A checksum of what was installed, which must be the same on all learners; 0 for a single one.
  private func spread(over link: (any CollectiveLink)?) throws -> UInt64 {
    guard let link, plan.learners > 1 else {
      PhaseClock.part(.packing) { policy.install(shard.parameters) }
      return 0
    }
    var checksum: UInt64 = 0
    try exchange(over: link) { parcel in
      PhaseClock.part(.packing) { policy.install(parcel) }
      checksum = (checksum &* 0x100_0000_01b3) ^ parcel.checksum
    }
    return checksum
  }

  /// Sends the policy to every member of `link`, whose first members are the learners.
  func publish(over link: any CollectiveLink) throws { try exchange(over: link) { _ in } }

  private func exchange(over link: any CollectiveLink, install: (WeightParcel) throws -> Void) throws {
    try WeightExchange(model, plan: plan).run(
      values: shard.parameters, range: shard.range,
      carryNarrow: { elements, root in
        try PhaseClock.part(.communication) { try link.broadcast(&elements, from: root) }
      },
      carryWide: { elements, root in
        try PhaseClock.part(.communication) { try link.broadcast(&elements, from: root) }
      },
      install: install)
  }

  /// The policy becomes the reference; the optimizer forgets its moments if asked to.
  public func resetReference(reinitializingOptimizer: Bool) {
    reference?.copy(from: policy)
    guard reinitializingOptimizer else { return }
    for moment in [shard.firstMoment, shard.secondMoment] { setZero(Tensor(moment, shape: [moment.count])) }
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
