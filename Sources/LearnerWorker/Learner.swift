public import Experience
public import Kernels
public import MessagePassing
public import Messages
public import Models
public import PolicyOptimization
public import Tensors
import Timing

/// The loss of one stage of a run, and the temperature it was sampled at.
public struct LossPlan: Sendable, Equatable {
  /// The loss of one token; the coefficients of KL penalty and entropy bonus come with every group.
  public var loss = TokenLoss()
  /// How token losses add up.
  public var aggregation = LossAggregation.tokenMean
  /// What the policy's ratio is taken to.
  public var denominator = RatioDenominator.old
  /// The sampling temperature, whose distribution log-probabilities are of.
  public var temperature: Float = 1

  /// The defaults.
  public init() {}

  /// Whether a token's loss looks at the reference.
  public var needsReference: Bool { loss.klPenalty != nil || denominator == .reference }

  /// How the policy's part of token losses adds up.
  public var policyAggregation: LossAggregation { loss.policy.forcedAggregation ?? aggregation }

  /// Whether the policy's part and another one add up differently.
  public var mixesAggregations: Bool { policyAggregation != aggregation && hasOtherParts }

  /// Whether there is a KL penalty or an entropy bonus, in some step at least.
  public var hasOtherParts = false
}

/// How a learner turns groups into updates.
public struct LearnerOptions: Sendable, Equatable {
  /// The losses, by stage of the run; at least one.
  public var plans = [LossPlan()]
  /// Whether the reference's weights are kept, for a KL penalty, a KL in the reward or a ratio against it.
  public var keepsReference = false
  /// AdamW's settings; the learning rate comes with every update.
  public var optimizer = AdamWSettings(learningRate: 0)
  /// Whether norms' weights and biases decay as matrices do; verl's and torch's default.
  public var decaysVectors = true
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

  /// The loss of the first stage.
  public var firstPlan: LossPlan {
    get { plans[0] }
    set { plans[0] = newValue }
  }
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
  /// The version of the policy: optimizer steps since the run began.
  public var policyVersion = 0

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
    reference = options.keepsReference ? model.makeWeights(forTraining: false) : nil
    pass = TreePass(
      model: model, temperature: options.firstPlan.temperature, pieceTokens: options.pieceTokens,
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
  ///
  /// A response none of whose tokens counts is left out altogether.
  public func train(_ group: TrainingGroup, settings: LossSettings) -> GroupReport {
    let plan = options.plans[settings.stage]
    let numbered = group.samples.enumerated().filter { $0.element.countedTokens > 0 }
    let samples = numbered.map(\.element)
    let tree = TokenTree(trunk: group.promptTokens, branches: samples.map { .init(tokens: $0.tokens) })
    pass.temperature = plan.temperature
    let referenceScores = plan.needsReference ? reference.map { pass.score(tree, weights: $0) } : nil
    var loss = GroupLoss(plan, settings, numbered: numbered, reference: referenceScores)
    if plan.loss.policy.scope == .response {
      loss.takeTerms(
        new: group.policyVersion == policyVersion
          ? samples.map(\.oldLogProbabilities) : pass.score(tree, weights: policy))
    }
    pass.accumulate(tree, weights: policy, gradients: totals) { loss.derivative(of: $0) }
    var report = loss.report(ordinal: group.ordinal)
    report.largestMagnitude = endGroup()
    if let name = totals.takeDamaged(), report.trouble.isEmpty { report.trouble = "the gradient of \(name)" }
    return report
  }

  /// Computes log-probabilities of a group's tokens, under the policy, the reference or both.
  public func score(_ order: ScoreOrder) -> GroupScores {
    let tree = TokenTree(
      trunk: order.promptTokens, branches: order.responses.map { .init(tokens: $0) })
    pass.temperature = options.plans[order.stage].temperature
    var scores = GroupScores(ordinal: order.ordinal, policyVersion: policyVersion)
    if order.wantsPolicy {
      scores.policy = order.responses.map { [Float](repeating: 0, count: $0.count) }
      scores.entropies = scores.policy
      pass.visit(tree, weights: policy) { token in
        scores.policy[token.branch][token.index] = token.logProbability
        scores.entropies[token.branch][token.index] = token.entropy
      }
    }
    if order.wantsReference, let reference { scores.reference = pass.score(tree, weights: reference) }
    return scores
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
    policyVersion += 1
    var settings = options.optimizer
    settings.learningRate = order.learningRate
    PhaseClock.part(.optimizer) {
      for (range, decays) in decayRanges {
        settings.weightDecay = decays ? options.optimizer.weightDecay : 0
        let offset = range.lowerBound - shard.range.lowerBound
        func part(_ row: Storage<Float>) -> Tensor { Tensor(row, offset: offset, shape: [range.count]) }
        adamWStep(
          totals: totals.integers, range: range, factor: factor, gradientFactor: Float(clip),
          parameters: part(shard.parameters), firstMoment: part(shard.firstMoment),
          secondMoment: part(shard.secondMoment), step: updateCount, settings: settings)
      }
      totals.clear(0..<shard.range.lowerBound)
      totals.clear(shard.range.upperBound..<plan.count)
    }
    return norm
  }

  /// The shard in parts whose parameters decay alike.
  private var decayRanges: [(range: Range<Int>, decays: Bool)] {
    guard !options.decaysVectors else { return [(shard.range, true)] }
    var ranges: [(range: Range<Int>, decays: Bool)] = []
    for parameter in model.table.parameters {
      let mine = parameter.range.clamped(to: shard.range)
      guard !mine.isEmpty else { continue }
      if let last = ranges.last, last.decays == parameter.isMatrix, last.range.upperBound == mine.lowerBound {
        ranges[ranges.count - 1].range = last.range.lowerBound..<mine.upperBound
      } else {
        ranges.append((mine, parameter.isMatrix))
      }
    }
    return ranges
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

  /// Another reference; the optimizer forgets its moments if asked to.
  ///
  /// - Throws: What a checkpoint's files throw that cannot be read.
  public func resetReference(_ order: ResetOrder) throws {
    if let reference {
      if !order.checkpoint.isEmpty {
        try model.load(directory: order.checkpoint + "/" + Self.modelFolder, into: reference)
      } else if order.share < 1 {
        mix(policy, into: reference, share: Float(order.share))
      } else {
        reference.copy(from: policy)
      }
    }
    guard order.reinitializesOptimizer else { return }
    for moment in [shard.firstMoment, shard.secondMoment] { setZero(Tensor(moment, shape: [moment.count])) }
    updateCount = 0
  }

  /// Moves `reference` towards `policy` by `share` of the way; rounded as products round weights.
  private func mix(_ policy: ModelWeights, into reference: ModelWeights, share: Float) {
    for chunk in model.chunks {
      let (old, new) = (Storage<Float>(zeros: chunk.range.count), Storage<Float>(zeros: chunk.range.count))
      reference.export(chunk, into: old, base: chunk.range.lowerBound)
      policy.export(chunk, into: new, base: chunk.range.lowerBound)
      var values = old.mutableSpan
      for i in 0..<values.count { values[i] = (1 - share) * values[i] + share * new.span[i] }
      reference.install(old, chunk: chunk, base: chunk.range.lowerBound)
    }
  }
}
