import Configuration

extension TRLTranslation {
  /// TRL's `loss_type`.
  private enum LossType: String, CaseIterable {
    case grpo
    case drGRPO = "dr_grpo"
    case dapo
    case bnpo
    case cispo
    case sapo
    case luspo
    case vespo
  }

  private enum Level: String, CaseIterable {
    case token
    case sequence
  }

  private enum RewardScale: String {
    case group
    case batch
    case none
  }

  enum Aggregation: String, CaseIterable {
    case sumThenNormalize = "sum_then_normalize"
    case normalizeThenSum = "normalize_then_sum"
  }

  private static let actor = "actor_rollout_ref.actor"

  /// Advantages, policy loss, aggregation.
  mutating func translateLoss(_ trl: ConfigurationSection) throws(ConfigurationError) {
    try translateAdvantages(trl)
    let type: LossType = try trl.choice("loss_type", default: .dapo)
    let level: Level = try trl.choice("importance_sampling_level", default: .token)
    let low = try trl.number("epsilon", default: 0.2, in: 0...1)
    let high = try trl.optionalNumber("epsilon_high", in: 0...1000)
    let positive = try trl.number("sapo_temperature_pos", default: 1, in: 1e-6...1e6)
    let negative = try trl.number("sapo_temperature_neg", default: 1.05, in: 1e-6...1e6)
    let delta = try trl.optionalNumber("delta", in: 1e-6...1e6)
    let mode = "\(Self.actor).policy_loss.loss_mode"
    switch type {
    case .luspo:
      throw trl.fail(
        "loss_type",
        "is `luspo`, which weighs a response by its length twice; the nearest here is `dapo`, a mean over tokens"
      )
    case .vespo:
      throw trl.fail("loss_type", "is `vespo`, which has no equivalent here; the nearest is `cispo`")
    case .cispo:
      // TRL caps the ratio at epsilon_high itself and not below; ours lies between 1 - low and 1 + high.
      guard let cap = high, cap >= 1 else {
        throw trl.fail(
          "epsilon_high",
          "is the cap of the ratio itself with `loss_type: cispo`, and must be at least 1 here, such as 5.0")
      }
      emit(mode, "cispo", "loss_type")
      emit("\(Self.actor).clip_ratio_low", "1.0", "loss_type")
      emit("\(Self.actor).clip_ratio_high", "\(cap - 1)", "epsilon_high", "loss_type")
    case .sapo:
      emit(mode, "sapo", "loss_type")
      emit("\(Self.actor).tau_pos", "\(positive)", "sapo_temperature_pos")
      emit("\(Self.actor).tau_neg", "\(negative)", "sapo_temperature_neg")
    case .grpo, .drGRPO, .dapo, .bnpo:
      if level == .sequence { emit(mode, "gspo", "importance_sampling_level") }
      emit("\(Self.actor).clip_ratio_low", "\(low)", "epsilon")
      emit("\(Self.actor).clip_ratio_high", "\(high ?? low)", "epsilon_high")
      // TRL has no dual clip; no ratio of a token gets that large.
      emit("\(Self.actor).clip_ratio_c", "1e6", "delta")
    }
    if level == .sequence, type != .grpo {
      throw trl.fail(
        "importance_sampling_level",
        "is `sequence` (GSPO), whose loss is a mean per response; use `loss_type: grpo`")
    }
    if let delta { emit("\(Self.actor).delta", "\(delta)", "delta") }
    try translateAggregation(type, trl)
  }

  private mutating func translateAggregation(
    _ type: LossType, _ trl: ConfigurationSection
  ) throws(ConfigurationError) {
    let key = "\(Self.actor).loss_agg_mode"
    switch type {
    case .grpo, .sapo: emit(key, "seq-mean-token-mean", "loss_type")
    case .drGRPO:
      emit(key, "seq-mean-token-sum-norm", "loss_type")
      let length = try trl.integer("max_completion_length", default: 512, in: 1...1 << 24)
      emit("\(Self.actor).loss_scale_factor", "\(length)", "max_completion_length", "loss_type")
    case .dapo, .bnpo, .cispo, .luspo, .vespo: emit(key, "token-mean", "loss_type")
    }
    if try trl.boolean("mask_truncated_completions", default: false) {
      emit("algorithm.mask_truncated_completions", "true", "mask_truncated_completions")
    }
    let quantile = try trl.number("top_entropy_quantile", default: 1, in: 0...1)
    if quantile < 1 { emit("algorithm.top_entropy_quantile", "\(quantile)", "top_entropy_quantile") }
  }

  /// How several rewards become one advantage.
  func aggregation(_ trl: ConfigurationSection) throws(ConfigurationError) -> Aggregation {
    try trl.choice("multi_objective_aggregation", default: .sumThenNormalize)
  }

  private mutating func translateAdvantages(_ trl: ConfigurationSection) throws(ConfigurationError) {
    let aggregation = try aggregation(trl)
    let written = try trl.string("scale_rewards", default: "group")
    // Booleans are the field's older values.
    let names = ["true": "group", "false": "none"]
    guard let scale = RewardScale(rawValue: names[written.lowercased()] ?? written) else {
      throw trl.fail("scale_rewards", "is `\(written)`; it must be `group`, `batch`, `none` or a boolean")
    }
    emit(
      "algorithm.adv_estimator", aggregation == .sumThenNormalize ? "grpo" : "gdpo",
      "multi_objective_aggregation")
    emit("algorithm.norm_adv_by_std_in_grpo", "\(scale != .none)", "scale_rewards")
    if scale == .batch { emit("algorithm.scale_rewards", "batch", "scale_rewards") }
  }

  /// KL, entropy and what happens to the reference.
  mutating func translateReference(_ trl: ConfigurationSection) throws(ConfigurationError) {
    let beta = try trl.number("beta", default: 0, in: 0...1000)
    emit("\(Self.actor).use_kl_loss", "\(beta != 0)", "beta")
    if beta != 0 {
      emit("\(Self.actor).kl_loss_coef", "\(beta)", "beta")
      emit("\(Self.actor).kl_loss_type", "k3", "beta")
    }
    let syncs = try trl.boolean("sync_ref_model", default: false)
    let steps = try trl.integer("ref_model_sync_steps", default: 512, in: 1...1 << 30)
    let share = try trl.number("ref_model_mixup_alpha", default: 0.6, in: 0...1)
    if syncs {
      guard beta != 0 else {
        throw trl.fail("sync_ref_model", "is true, but with `beta: 0` there is no reference; give `beta`")
      }
      emit("algorithm.reference_sync.interval", "\(steps)", "ref_model_sync_steps", "sync_ref_model")
      emit("algorithm.reference_sync.alpha", "\(share)", "ref_model_mixup_alpha")
    }
    emit(
      "\(Self.actor).entropy_coeff", "\(try trl.number("entropy_coef", default: 0, in: -1000...1000))",
      "entropy_coef")
    let adapts = try trl.boolean("use_adaptive_entropy", default: false)
    for (field, value, key) in [
      ("entropy_coef_min", 0.0, "min_coef"), ("entropy_coef_max", 1, "max_coef"),
      ("entropy_coef_delta", 0.005, "delta"), ("entropy_target", 0.2, "target_entropy"),
    ] {
      let number = try trl.number(field, default: value, in: 0...1000)
      if adapts { emit("algorithm.entropy_control.\(key)", "\(number)", field) }
    }
    if adapts { emit("algorithm.entropy_control.controller", "trl", "use_adaptive_entropy") }
  }
}
