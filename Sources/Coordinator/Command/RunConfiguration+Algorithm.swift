import Configuration
import Coordinator
import Experience
import Kernels
import LearnerWorker
import PolicyOptimization

extension ConfigurationSection {
  /// `algorithm.kl_control`, or the fixed `actor.kl_loss_coef`.
  func klController(actor: ConfigurationSection) throws -> KLController {
    let control = try section("kl_control")
    let fixed = try actor.number("kl_loss_coef", default: 0.001, in: 0...1000, aliases: ["kl_beta"])
    let initial = try control.number("initial_coef", default: fixed, in: 0...1000)
    let target = try control.number("target_kl", default: 0.05, in: 1e-9...1000)
    let minimum = try control.number("min_coef", default: 0.001, in: 0...1000)
    let maximum = try control.number("max_coef", default: 0.1, in: 0...1000)
    let isAdaptive = try control.boolean("adaptive", default: false)
    if isAdaptive && minimum > maximum { throw control.fail("min_coef", "is above `max_coef`, \(maximum)") }
    return try KLController(
      initialCoefficient: initial,
      rule: isAdaptive ? .band(targetKL: target, minimum: minimum, maximum: maximum) : .fixed)
  }

  /// `algorithm.reference_reset`.
  func resetPolicy() throws -> ReferenceResetPolicy {
    let reset = try section("reference_reset")
    let optimizer: ResetOptimizer = try reset.choice("optimizer", default: .reinit)
    return ReferenceResetPolicy(
      options: ReferenceResetPolicy.Options(
        interval: try reset.optionalInteger("interval", in: 1...1 << 30),
        klThreshold: try reset.optionalNumber("kl_threshold", in: 0...1e6),
        minimumStepsBetween: try reset.integer("min_steps_between", default: 1, in: 1...1 << 30),
        optimizer: optimizer == .reinit ? .reinit : .keep))
  }
}

/// What a reset does to the optimizer.
private enum ResetOptimizer: String, CaseIterable {
  case reinit
  case keep
}

extension LearnerOptions {
  /// `actor_rollout_ref.actor` and what it needs of other sections.
  init(
    actor: ConfigurationSection, rollout: ConfigurationSection, numerics: ConfigurationSection,
    data: DataOptions
  ) throws {
    self.init()
    loss.objective = ClippedObjective(
      clipRatioLow: try actor.number("clip_ratio_low", default: 0.2, in: 0...1),
      clipRatioHigh: try actor.number("clip_ratio_high", default: 0.28, in: 0...1000),
      clipRatioC: try actor.number("clip_ratio_c", default: 3, in: 1.000_001...1e6))
    loss.entropyCoefficient = try actor.number("entropy_coeff", default: 0, in: -1000...1000)
    let estimator = try actor.string("kl_loss_type", default: "low_var_kl")
    if try actor.boolean("use_kl_loss", default: true) {
      loss.klPenalty = .init(estimator: try KLEstimator(name: estimator))
    }
    let scaleFactor = try actor.optionalNumber("loss_scale_factor", in: 1e-9...1e12)
    aggregation = try LossAggregation(
      name: actor.string("loss_agg_mode", default: "token-mean"), lossScaleFactor: scaleFactor,
      maximumResponseLength: data.maximumResponseLength)
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
    let bits = try numerics.integer("fold_scale_log2", default: 36, in: 8...50)
    foldScale = Double(sign: .plus, exponent: bits, significand: 1)
    let temperature = try rollout.number("temperature", default: 1, in: 0.01...100)
    self.temperature = Float(temperature)
  }
}

extension TrainerOptions {
  /// The loop's own options.
  init(
    trainer: ConfigurationSection, data: DataOptions, actor: ConfigurationSection,
    rollout: ConfigurationSection,
    algorithm: ConfigurationSection, reward: ConfigurationSection, learner: LearnerOptions
  ) throws {
    self.init()
    saveFrequency = try trainer.integer("save_freq", default: 0, in: -1...1 << 30)
    testFrequency = try trainer.integer("test_freq", default: 0, in: -1...1 << 30, aliases: ["val_freq"])
    validatesBefore = try trainer.boolean("val_before_train", default: true)
    checkpointsKept = try trainer.integer("max_actor_ckpt_to_keep", default: 2, in: 1...1 << 20)
    maximumSkippedSteps = try trainer.integer("max_consecutive_skipped_steps", default: 10, in: 1...1 << 20)
    epochs = try actor.integer("ppo_epochs", default: 1, in: 1...1000)
    aggregation = learner.aggregation
    updateGuard = UpdateGuard(scale: learner.foldScale)
    let estimator: AdvantageName = try algorithm.choice("adv_estimator", default: .grpo)
    _ = estimator
    advantage.normalizeByStandardDeviation = try algorithm.boolean("norm_adv_by_std_in_grpo", default: true)
    let filter = try algorithm.section("filter_groups")
    resetsOnDegradation = try algorithm.section("reference_reset").boolean(
      "performance_degradation", default: false)
    filterMetric = try filter.choice("metric", default: .acc)
    whenExhausted = try filter.choice("when_exhausted", default: .partial)
    admission = AdmissionLedger.Options(
      groupsWanted: data.trainBatchSize, roundSize: data.genBatchSize,
      maximumRounds: try filter.integer("max_num_gen_batches", default: 10, in: 1...1 << 20),
      isFilterEnabled: try filter.boolean("enable", default: true),
      miniBatchSize: try actor.integer("ppo_mini_batch_size", default: data.trainBatchSize, in: 1...1 << 20))
    samplesPerPrompt = try rollout.integer("n", default: 8, in: 1...65_535, aliases: ["n_samples"])
    sampling = try SamplingParameters(
      rollout, maximumTokens: data.maximumResponseLength, temperature: 1,
      stops: rollout.strings("stop", default: []))
    let validation = try rollout.section("val_kwargs")
    validationSamples = try validation.integer("n", default: 8, in: 1...65_535)
    validationSampling = try SamplingParameters(
      validation, maximumTokens: data.maximumResponseLength, temperature: 1, stops: sampling.stopStrings)
    let overlong = try reward.section("overlong_buffer")
    let length = try overlong.integer("len", default: 0, in: 0...1 << 24)
    let factor = try overlong.number("penalty_factor", default: 1, in: 0...1000)
    if try overlong.boolean("enable", default: false) {
      overlongPenalty = try OverlongPenalty(
        bufferLength: length, factor: factor, maximumResponseLength: data.maximumResponseLength)
    }
  }
}

/// The advantage estimators.
private enum AdvantageName: String, CaseIterable {
  case grpo
}

extension SamplingParameters {
  fileprivate init(
    _ section: ConfigurationSection, maximumTokens: Int, temperature: Double, stops: [String]
  ) throws {
    // verl writes -1 for "all".
    let topK = try section.integer("top_k", default: 0, in: -1...1 << 24)
    self.init(
      temperature: Float(try section.number("temperature", default: temperature, in: 0.01...100)),
      topK: max(0, topK),
      topP: Float(try section.number("top_p", default: 1, in: 1e-6...1)),
      minP: Float(try section.number("min_p", default: 0, in: 0...1)),
      maximumTokens: maximumTokens, stopStrings: stops)
  }
}
