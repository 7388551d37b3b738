import Configuration
import Coordinator
import PolicyOptimization

extension Controllers {
  /// What steers coefficients and resets, from `algorithm`.
  init(_ sections: AlgorithmSections) throws {
    let algorithm = sections.algorithm
    self.init(
      kl: try algorithm.klController(actor: sections.actor),
      rewardKL: try algorithm.section("kl_ctrl").rewardKLController(),
      entropy: try algorithm.section("entropy_control").entropyController(
        fixed: sections.actor.number("entropy_coeff", default: 0, in: -1000...1000)),
      reset: ReferenceResetPolicy(options: try algorithm.section("reference_reset").resetOptions()))
  }

  /// Whether the loss has an entropy bonus in some step.
  var hasEntropyBonus: Bool { entropy.rule != .fixed || entropy.initialCoefficient != 0 }

  /// The same where a checkpoint left them.
  func resumed(_ state: TrainerState) throws -> Controllers {
    Controllers(
      kl: try KLController(
        initialCoefficient: kl.initialCoefficient, rule: kl.rule, state: state.klController),
      rewardKL: try KLController(
        initialCoefficient: rewardKL.initialCoefficient, rule: rewardKL.rule, state: state.rewardKLController),
      entropy: try EntropyController(
        initialCoefficient: entropy.initialCoefficient, rule: entropy.rule, state: state.entropyController),
      reset: ReferenceResetPolicy(options: reset.options, state: state.reset))
  }
}

/// How the weight of the KL penalty in the loss follows the divergence.
private enum KLRule: String, CaseIterable {
  case band
  case proportional
}

/// How the weight of the entropy bonus follows the entropy.
private enum EntropyRule: String, CaseIterable {
  case fixed
  case prorl
  case skywork
  case trl
}

/// verl's `algorithm.kl_ctrl.type`.
private enum RewardKLRule: String, CaseIterable {
  case fixed
  case adaptive
}

extension ConfigurationSection {
  /// `algorithm.kl_control`, or the fixed `actor.kl_loss_coef`.
  fileprivate func klController(actor: ConfigurationSection) throws -> KLController {
    let control = try section("kl_control")
    let fixed = try actor.number("kl_loss_coef", default: 0.001, in: 0...1000, aliases: ["kl_beta"])
    let initial = try control.number("initial_coef", default: fixed, in: 0...1000)
    let target = try control.number("target_kl", default: 0.05, in: 1e-9...1000)
    let minimum = try control.number("min_coef", default: 0.001, in: 0...1000)
    let maximum = try control.number("max_coef", default: 0.1, in: 0...1000)
    let rule: KLRule = try control.choice("rule", default: .band)
    let horizon = try control.number("horizon", default: 10_000, in: 1...1e12)
    guard try control.boolean("adaptive", default: false) else {
      return try KLController(initialCoefficient: initial, rule: .fixed)
    }
    switch rule {
    case .band:
      if minimum > maximum { throw control.fail("min_coef", "is above `max_coef`, \(maximum)") }
      return try KLController(
        initialCoefficient: initial, rule: .band(targetKL: target, minimum: minimum, maximum: maximum))
    case .proportional:
      return try KLController(
        initialCoefficient: initial, rule: .proportional(targetKL: target, horizon: horizon))
    }
  }

  /// `algorithm.kl_ctrl`: the penalty in the reward.
  fileprivate func rewardKLController() throws -> KLController {
    let coefficient = try number("kl_coef", default: 0.001, in: 0...1000)
    let target = try number("target_kl", default: 0.1, in: 1e-9...1000)
    let horizon = try number("horizon", default: 10_000, in: 1...1e12)
    let type: RewardKLRule = try choice("type", default: .fixed)
    return try KLController(
      initialCoefficient: coefficient,
      rule: type == .fixed ? .fixed : .proportional(targetKL: target, horizon: horizon))
  }

  /// `algorithm.entropy_control`, or the fixed `actor.entropy_coeff`.
  fileprivate func entropyController(fixed: Double) throws -> EntropyController {
    let rule: EntropyRule = try choice("controller", default: .fixed)
    let target = try number("target_entropy", default: 0.2, in: 0...1000)
    func own(_ key: String, _ fallback: Double) throws -> Double {
      try optionalNumber(key, in: 0...1000) ?? fallback
    }
    let isProRL = rule == .prorl
    let initial = try own("initial_coef", isProRL ? 0.01 : rule == .fixed ? fixed : 0)
    let minimum = try own("min_coef", isProRL ? 0.001 : 0)
    let maximum = try own("max_coef", isProRL ? 0.1 : rule == .skywork ? 5e-3 : 1)
    let delta = try own("delta", rule == .skywork ? 1e-4 : 0.005)
    let follows: EntropyController.Rule =
      switch rule {
      case .fixed: .fixed
      case .prorl: .trend(minimum: minimum, maximum: maximum)
      case .skywork: .skywork(target: target, delta: delta, minimum: minimum, maximum: maximum)
      case .trl: .trl(target: target, delta: delta, minimum: minimum, maximum: maximum)
      }
    return try EntropyController(initialCoefficient: rule == .fixed ? fixed : initial, rule: follows)
  }

  /// `algorithm.reference_reset`.
  fileprivate func resetOptions() throws -> ReferenceResetPolicy.Options {
    var options = ReferenceResetPolicy.Options(interval: nil, klThreshold: nil)
    options.interval = try optionalInteger("interval", in: 1...1 << 30)
    options.klThreshold = try optionalNumber("kl_threshold", in: 0...1e6)
    let factor = try optionalNumber("kl_spike_factor", in: 1.000_001...1e6)
    let window = try integer("kl_spike_window", default: 20, in: 1...10_000)
    let values = try integer("kl_spike_min_values", default: 10, in: 1...10_000)
    if let factor {
      options.klSpike = .init(factor: factor, window: window, minimumValues: min(values, window))
    }
    let tolerance = try number("degradation_tolerance", default: 0.95, in: 0...1)
    let recent = try integer("degradation_window", default: 5, in: 1...10_000)
    let patience = try integer("degradation_patience", default: 1, in: 1...10_000)
    if try boolean("performance_degradation", default: false) {
      options.degradation = .init(tolerance: tolerance, window: recent, patience: patience)
    }
    let plateau = try optionalInteger("plateau_patience", in: 1...10_000)
    let delta = try number("plateau_min_delta", default: 0, in: 0...1e6)
    if let plateau { options.plateau = .init(minimumDelta: delta, patience: plateau) }
    options.minimumStepsBetween = try integer("min_steps_between", default: 1, in: 1...1 << 30)
    options.maximumResets = try optionalInteger("max_resets", in: 0...1 << 30)
    options.source = try choice("source", default: .policy)
    options.optimizer = try choice("optimizer", default: .reinit)
    return options
  }
}
