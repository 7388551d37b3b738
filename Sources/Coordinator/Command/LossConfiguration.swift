import Configuration
import Coordinator
import Kernels
import LearnerWorker
import PolicyOptimization

/// The sections that a run's algorithm is read from.
struct AlgorithmSections {
  let actor: ConfigurationSection
  let rollout: ConfigurationSection
  let algorithm: ConfigurationSection
  let reward: ConfigurationSection
  let trainer: ConfigurationSection
  let data: ConfigurationSection
  let numerics: ConfigurationSection

  init(_ root: ConfigurationSection) throws {
    let actorRolloutRef = try root.section("actor_rollout_ref")
    actor = try actorRolloutRef.section("actor")
    rollout = try actorRolloutRef.section("rollout")
    algorithm = try root.section("algorithm")
    reward = try root.section("reward")
    trainer = try root.section("trainer")
    data = try root.section("data")
    numerics = try root.section("numerics")
  }
}

extension LossPlan {
  /// The loss, from `actor_rollout_ref.actor` and what belongs to it.
  init(_ sections: AlgorithmSections, data: DataOptions) throws {
    self.init()
    let actor = sections.actor
    loss.policy = try actor.policyLoss()
    loss.entropyCoefficient = try actor.number("entropy_coeff", default: 0, in: -1000...1000)
    loss.klPenalty = try actor.klPenalty()
    denominator = try RatioDenominator(name: actor.string("ratio_denominator", default: "old"))
    let scaleFactor = try actor.optionalNumber("loss_scale_factor", in: 1e-9...1e12)
    aggregation = try LossAggregation(
      name: actor.string("loss_agg_mode", default: "token-mean"), lossScaleFactor: scaleFactor,
      maximumResponseLength: data.maximumResponseLength)
    let temperature = try sections.rollout.number("temperature", default: 1, in: 0.01...100)
    self.temperature = Float(temperature)
    // verl's bypass mode with `reinforce` has no ratio: weights alone correct.
    let correction = try sections.algorithm.section("rollout_correction").rolloutCorrection()
    if correction.options.bypassesOldPolicy, correction.options.lossType == .reinforce { loss.policy = .gpg }
  }
}

extension ConfigurationSection {
  /// `actor_rollout_ref.actor`: the policy's part of the loss.
  fileprivate func policyLoss() throws -> PolicyLoss {
    var options = PolicyLossOptions()
    // verl's rule: the common bound counts only where a bound of its own is null.
    let common = try number("clip_ratio", default: 0.2, in: 0...1000)
    options.clipRatioLow = try optionalNumber("clip_ratio_low", default: 0.2, in: 0...1000) ?? common
    options.clipRatioHigh = try optionalNumber("clip_ratio_high", default: 0.28, in: 0...1000) ?? common
    options.clipRatioC = try optionalNumber("clip_ratio_c", default: 3, in: 1.000_001...1e300) ?? .infinity
    options.delta = try optionalNumber("delta", in: 1.000_001...1e300)
    options.tauPositive = try number("tau_pos", default: 1, in: 1e-9...1e6)
    options.tauNegative = try number("tau_neg", default: 1.05, in: 1e-9...1e6)
    let own = try section("policy_loss")
    let name = try own.string("loss_mode", default: "vanilla")
    options.clipCovRatio = try own.number("clip_cov_ratio", default: 0.0002, in: 0...1)
    options.clipCovLowerBound = try own.number("clip_cov_lb", default: 1, in: -1e6...1e6)
    options.clipCovUpperBound = try own.number("clip_cov_ub", default: 5, in: -1e6...1e6)
    options.klCovRatio = try own.number("kl_cov_ratio", default: 0.0002, in: 0...1)
    options.ppoKLCoefficient = try own.number("ppo_kl_coef", default: 0.1, in: 0...1e6)
    options.droBeta = try own.optionalNumber("dro_beta", in: 0...1e6)
    options.cispoMaximumRatio = try own.optionalNumber("cispo_max_ratio", in: 1e-9...1e6)
    return try PolicyLoss(name: name, options: options)
  }

  /// `use_kl_loss` and what belongs to it.
  fileprivate func klPenalty() throws -> TokenLoss.KLPenalty? {
    var estimator = try KLEstimator(name: string("kl_loss_type", default: "low_var_kl"))
    estimator.inputBound = try optionalNumber(
      "kl_loss_input_clamp", default: estimator.inputBound, in: 1e-9...1e6)
    estimator.outputBound = try optionalNumber(
      "kl_loss_output_clamp", default: estimator.outputBound, in: 1e-9...1e6)
    let isCorrected = try boolean("use_bias_correction_kl", default: false)
    guard try boolean("use_kl_loss", default: true) else { return nil }
    return TokenLoss.KLPenalty(estimator: estimator, isBiasCorrected: isCorrected)
  }

  /// `algorithm.rollout_correction`.
  func rolloutCorrection() throws -> RolloutCorrection {
    let preset = try optionalString("preset")
    let weighting = try optionalString("rollout_is")
    let threshold = try optionalString("rollout_is_threshold")
    let rejections = try optionalString("rollout_rs")
    let rejectionThreshold = try optionalString("rollout_rs_threshold")
    let bypasses = try boolean("bypass_mode", default: false)
    let lossType = try string("loss_type", default: "ppo_clip")
    let normalizes = try boolean("rollout_is_batch_normalize", default: false)
    if let preset {
      guard weighting == nil, rejections == nil else {
        throw fail("preset", "sets `rollout_is` and `rollout_rs`; give the preset or these, not both")
      }
      return RolloutCorrection(options: try RolloutCorrection.Options(preset: preset))
    }
    let options = try RolloutCorrection.Options(
      rolloutIS: weighting, rolloutISThreshold: threshold.map { .init(written: $0) } ?? 2.0,
      normalizesBatch: normalizes, rolloutRS: rejections,
      rolloutRSThreshold: rejectionThreshold.map { .init(written: $0) }, bypassMode: bypasses,
      lossType: lossType)
    return RolloutCorrection(options: options)
  }
}

extension RolloutCorrection.Threshold {
  /// A number as a number, everything else as it stands.
  fileprivate init(written text: String) { self = Double(text).map { .number($0) } ?? .text(text) }
}

extension LearnerOptions {
  /// What learners need beside the loss, from `actor_rollout_ref.actor` and `numerics`.
  init(_ sections: AlgorithmSections, data: DataOptions) throws {
    self.init()
    let (actor, numerics) = (sections.actor, sections.numerics)
    plans = [try LossPlan(sections, data: data)]
    gradientClip = try actor.number("grad_clip", default: 1, in: 0...1e9)
    longestPrompt = data.maximumPromptLength
    longestResponse = data.maximumResponseLength
    pieceTokens = try actor.integer("piece_tokens", default: 4096, in: 1...1 << 24)
    activationBytes = try actor.integer("activation_memory_mib", default: 2048, in: 0...1 << 24) << 20
    let optimizerSection = try actor.section("optim")
    optimizer.beta1 = try optimizerSection.number("beta1", default: 0.9, in: 0...0.999_999)
    optimizer.beta2 = try optimizerSection.number("beta2", default: 0.999, in: 0...0.999_999_9)
    optimizer.epsilon = try optimizerSection.number("eps", default: 1e-8, in: 1e-30...1)
    optimizer.weightDecay = try optimizerSection.number("weight_decay", default: 0.01, in: 0...10)
    decaysVectors = try optimizerSection.boolean("decay_norms_and_biases", default: true)
    let bits = try numerics.integer("fold_scale_log2", default: 36, in: 8...50)
    foldScale = Double(sign: .plus, exponent: bits, significand: 1)
  }
}
