import Configuration
import Coordinator
import Experience
import LearnerWorker
import PolicyOptimization
import Tasks

extension TrainerOptions {
  /// How steps run: sampling, rewards, advantages, and what frames them.
  init(_ sections: AlgorithmSections, data: DataOptions, learner: LearnerOptions, seed: UInt64) throws {
    self.init()
    self.seed = seed
    try readTrainer(sections.trainer)
    try readSampling(sections, data: data)
    try readAlgorithm(sections, data: data)
    let plan = learner.firstPlan
    aggregation = plan.aggregation
    mixesAggregations = plan.mixesAggregations
    measuresKL = plan.loss.klPenalty != nil
    updateGuard = UpdateGuard(scale: learner.foldScale)
    let share = try sections.algorithm.number("top_entropy_quantile", default: 1, in: 0...1)
    selector = TokenSelector(loss: plan.loss.policy, highEntropy: try HighEntropyTokens(share: share))
  }

  private mutating func readTrainer(_ trainer: ConfigurationSection) throws {
    saveFrequency = try trainer.integer("save_freq", default: 0, in: -1...1 << 30)
    maximumSeconds = try trainer.duration("max_time")
    testFrequency = try trainer.integer("test_freq", default: 0, in: -1...1 << 30, aliases: ["val_freq"])
    validatesBefore = try trainer.boolean("val_before_train", default: true)
    validatesOnly = try trainer.boolean("val_only", default: false)
    checkpointsKept = try trainer.integer("max_actor_ckpt_to_keep", default: 2, in: 1...1 << 20)
    maximumSkippedSteps = try trainer.integer("max_consecutive_skipped_steps", default: 10, in: 1...1 << 20)
  }

  private mutating func readSampling(_ sections: AlgorithmSections, data: DataOptions) throws {
    let rollout = sections.rollout
    samplesPerPrompt = try rollout.integer("n", default: 8, in: 1...65_535, aliases: ["n_samples"])
    sampling = try SamplingParameters(
      rollout, maximumTokens: data.maximumResponseLength, stops: rollout.strings("stop", default: []))
    let validation = try rollout.section("val_kwargs")
    validationSamples = try validation.integer("n", default: 8, in: 1...65_535)
    validationSampling = try SamplingParameters(
      validation, maximumTokens: data.maximumResponseLength, stops: sampling.stopStrings)
    if try !validation.boolean("do_sample", default: true) {
      (validationSampling, validationSamples) = (validationSampling.greedy, 1)
    }
    passCounts = try validation.passCounts(samples: validationSamples)
    prompts = try sections.data.promptOptions()
    try readFilter(sections.algorithm.section("filter_groups"), sections, data: data)
  }

  private mutating func readFilter(
    _ filter: ConfigurationSection, _ sections: AlgorithmSections, data: DataOptions
  ) throws {
    filterMetric = FilterMetric(name: try filter.string("metric", default: "acc"))
    onExhausted = try filter.choice("on_exhausted", default: .train)
    // verl's 0, no limit, would let a policy that has learned all its prompts, or none, sample for ever.
    let rounds = try filter.integer("max_num_gen_batches", default: 10, in: 0...1 << 20)
    admission = AdmissionLedger.Options(
      groupsWanted: data.trainBatchSize, roundSize: data.genBatchSize,
      refillSize: try filter.optionalInteger("refill_batch_size", in: 1...1 << 20),
      maximumRounds: rounds == 0 ? 1000 : rounds,
      isFilterEnabled: try filter.boolean("enable", default: true),
      miniBatchSize: try sections.actor.integer(
        "ppo_mini_batch_size", default: data.trainBatchSize, in: 1...1 << 20))
    let surplus: Surplus = try filter.choice("surplus", default: .discard)
    admission.keepsSurplus = surplus == .carry
  }

  private mutating func readAlgorithm(_ sections: AlgorithmSections, data: DataOptions) throws {
    let algorithm = sections.algorithm
    epochs = try sections.actor.integer("ppo_epochs", default: 1, in: 1...1000)
    staleness = try algorithm.integer("staleness", default: 0, in: 0...16)
    estimator = try algorithm.advantageEstimator()
    correction = try algorithm.section("rollout_correction").rolloutCorrection()
    let penalty = try KLEstimator(
      name: algorithm.string("kl_penalty", default: "kl"), key: "algorithm.kl_penalty")
    if try algorithm.boolean("use_kl_in_reward", default: false) { rewardPenalty = penalty }
    _ = try algorithm.boolean("allow_kl_twice", default: false)
    shaping = try RewardShaping(sections, data: data)
    maximumErrorRate = try sections.reward.number("max_error_rate", default: 0.5, in: 0...1)
    let sync = try algorithm.section("reference_sync")
    let share = try sync.number("alpha", default: 0.6, in: 1e-9...1)
    if let interval = try sync.optionalInteger("interval", in: 1...1 << 30) {
      referenceSync = ReferenceSync(interval: interval, share: share)
    }
    keepsSnapshots = try algorithm.section("reference_reset").boolean("snapshot", default: true)
  }
}

/// What becomes of informative groups beyond the batch.
private enum Surplus: String, CaseIterable {
  case discard
  case carry
}

extension ConfigurationSection {
  /// `algorithm.adv_estimator` and what belongs to it.
  fileprivate func advantageEstimator() throws -> AdvantageEstimator {
    let name = try string("adv_estimator", default: "grpo")
    var options = AdvantageOptions(
      normalizeByStandardDeviation: try boolean("norm_adv_by_std_in_grpo", default: true))
    if let scale = try optionalString("scale_rewards") {
      guard let deviation = AdvantageOptions.Deviation(rawValue: scale) else {
        throw fail("scale_rewards", "is `\(scale)`; it must be one of `group`, `batch`, `none`")
      }
      options.deviation = deviation
    }
    options.epsilon = try number("adv_epsilon", default: 1e-6, in: 0...1)
    options.baseline = try choice("adv_baseline", default: .group)
    options.singleResponse = try choice("adv_single_response", default: .reward)
    options.tokenVariance = try choice("adv_token_variance", default: .sample)
    options.gamma = try number("gamma", default: 1, in: 0...1)
    options.rewardKeys = try strings("gdpo_reward_keys", default: [])
    let weights = try strings("gdpo_reward_weights", default: [])
    if !weights.isEmpty {
      options.rewardWeights = try weights.map { text in
        guard let weight = Double(text) else {
          throw fail("gdpo_reward_weights", "holds `\(text)`, which is no number")
        }
        return weight
      }
    }
    return try AdvantageEstimator(name: name, options: options)
  }

  /// `val_kwargs.pass_k`.
  fileprivate func passCounts(samples: Int) throws -> [Int] {
    let counts = try strings("pass_k", default: []).map { text in
      guard let k = Int(text), (1...samples).contains(k) else {
        throw fail("pass_k", "holds `\(text)`; each k must be a number from 1 to `n`, \(samples)")
      }
      return k
    }
    return counts.isEmpty ? [samples] : Set(counts).sorted()
  }

  /// `data.mix` and `data.curriculum`.
  fileprivate func promptOptions() throws -> PromptSampler.Options {
    var options = PromptSampler.Options()
    let shares = try assignments("mix")
    if !shares.isEmpty {
      var weights: [String: Double] = [:]
      for assignment in shares {
        // A data source may hold `=` or `.`, a weight may not.
        guard let equals = assignment.lastIndex(of: "="),
          let weight = Double(assignment[assignment.index(after: equals)...]), weight >= 0, weight.isFinite
        else {
          throw fail("mix", "holds `\(assignment)`; write `data_source: weight`, a weight of at least 0")
        }
        weights[String(assignment[..<equals])] = weight
      }
      guard weights.values.contains(where: { $0 > 0 }) else {
        throw fail("mix", "has no weight above 0, so that there is nothing to ask")
      }
      options.weights = weights
    }
    let curriculum = try section("curriculum")
    let window = try curriculum.integer("window", default: 4, in: 1...256)
    let floor = try curriculum.number("floor", default: 0.05, in: 1e-6...1)
    if try curriculum.boolean("enable", default: false) {
      options.curriculum = Curriculum(window: window, floor: floor)
    }
    return options
  }
}

/// The forms of the overlong penalty.
private enum OverlongForm: String, CaseIterable {
  case verl
  case dapo
}

extension RewardShaping {
  /// How scores become rewards, from `reward` and `algorithm`.
  fileprivate init(_ sections: AlgorithmSections, data: DataOptions) throws {
    self.init()
    let section = try sections.reward.section("overlong_buffer")
    let length = try section.integer("len", default: 0, in: 0...1 << 24)
    let factor = try section.number("penalty_factor", default: 1, in: 0...1000)
    let form: OverlongForm = try section.choice("form", default: .verl)
    if try section.boolean("enable", default: false) {
      overlong = try OverlongPenalty(
        bufferLength: length, factor: factor, maximumResponseLength: data.maximumResponseLength,
        hasFloor: form == .dapo)
    }
    if let coefficient = try sections.reward.optionalNumber("stop_properly_penalty_coef", in: -1e6...1e6) {
      stopProperly = try StopProperly(coefficient: coefficient)
    }
    cosine = try sections.reward.section("length_reward").cosine(limit: data.maximumResponseLength)
    masksTruncated = try sections.algorithm.boolean(
      "mask_truncated_completions", default: false, aliases: ["overlong_filtering"])
  }
}

extension ConfigurationSection {
  fileprivate func cosine(limit: Int) throws -> CosineLengthReward? {
    let weight = try number("weight", default: 1, in: -1e6...1e6)
    let low = try number("low", default: -0.5, in: -1e6...1e6)
    let high = try number("high", default: 0.5, in: -1e6...1e6)
    let on = try integer("steps_on", default: 100, in: 1...1 << 30)
    let off = try integer("steps_off", default: 500, in: 0...1 << 30)
    let first = try integer("first_step", default: 1, in: 1...1 << 30)
    guard try boolean("enable", default: false) else { return nil }
    return try CosineLengthReward(
      weight: weight, low: low, high: high, limit: limit, stepsOn: on, stepsOff: off, firstStep: first)
  }
}

extension SamplingParameters {
  fileprivate init(_ section: ConfigurationSection, maximumTokens: Int, stops: [String]) throws {
    // verl writes -1 for "all".
    let topK = try section.integer("top_k", default: 0, in: -1...1 << 24)
    self.init(
      temperature: Float(try section.number("temperature", default: 1, in: 0...100)),
      topK: max(0, topK),
      topP: Float(try section.number("top_p", default: 1, in: 1e-6...1)),
      minP: Float(try section.number("min_p", default: 0, in: 0...1)),
      maximumTokens: maximumTokens, stopStrings: stops)
  }
}
