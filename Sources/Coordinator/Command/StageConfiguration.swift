import Configuration
import Coordinator
import LearnerWorker

/// A stage as `stages.NAME` describes it.
struct StageDescription {
  let name: String
  let start: TrainerStage.Start
  let resetsReference: Bool
  /// What it changes, as overrides.
  let changes: [String]

  /// Reads the list `stages`, in its order.
  static func all(_ root: ConfigurationSection) throws -> [StageDescription] {
    var lastStep = 1
    return try root.sections("stages").enumerated().map { index, section in
      let stage = try StageDescription(section.string("name", default: "stage \(index + 1)"), section)
      if case .step(let step) = stage.start {
        guard step > lastStep else {
          throw section.fail(
            "start",
            "is step \(step), and the stage before begins no earlier than step \(lastStep); stages follow one another"
          )
        }
        lastStep = step
      }
      return stage
    }
  }

  private init(_ name: String, _ section: ConfigurationSection) throws {
    self.name = name
    resetsReference = try section.boolean("reset_reference", default: false)
    changes = try section.assignments("set")
    let step = try section.optionalInteger("start", in: 2...1 << 30)
    let plateau = try section.section("plateau")
    let metric = try plateau.optionalString("metric")
    let patience = try plateau.integer("patience", default: 3, in: 1...10_000)
    let gain = try plateau.number("min_gain", default: 0, in: 0...1e6)
    switch (step, metric) {
    case (let step?, nil): start = .step(step)
    case (nil, let metric?): start = .plateau(metric: metric, patience: patience, minimumGain: gain)
    default:
      // A mistyped name is why there is none.
      try section.close()
      throw section.fail("start", "and `plateau.metric` say when a stage begins; give one of the two")
    }
    for change in changes {
      let key = String(change.prefix { $0 != "=" })
      guard Self.changeable.contains(where: { key == $0 || key.hasPrefix($0 + ".") }) else {
        throw section.fail(
          "set",
          "changes `\(key)`, which holds for the whole run; a stage may change \(Self.changeable.joined(separator: ", "))"
        )
      }
    }
  }

  /// What a stage may change, with everything below.
  private static let changeable = [
    "data.max_response_length", "data.mix", "data.curriculum", "data.train_batch_size", "data.gen_batch_size",
    "actor_rollout_ref.rollout.n", "actor_rollout_ref.rollout.temperature", "actor_rollout_ref.rollout.top_p",
    "actor_rollout_ref.rollout.top_k", "actor_rollout_ref.rollout.min_p",
    "actor_rollout_ref.actor.clip_ratio", "actor_rollout_ref.actor.clip_ratio_low",
    "actor_rollout_ref.actor.clip_ratio_high", "actor_rollout_ref.actor.clip_ratio_c",
    "actor_rollout_ref.actor.entropy_coeff", "actor_rollout_ref.actor.kl_loss_coef",
    "actor_rollout_ref.actor.kl_loss_type", "actor_rollout_ref.actor.use_kl_loss",
    "actor_rollout_ref.actor.ppo_mini_batch_size", "actor_rollout_ref.actor.ppo_epochs",
    "actor_rollout_ref.actor.loss_agg_mode", "actor_rollout_ref.actor.loss_scale_factor",
    "actor_rollout_ref.actor.policy_loss", "actor_rollout_ref.actor.optim.lr",
    "algorithm.filter_groups", "algorithm.kl_control", "algorithm.kl_ctrl", "algorithm.entropy_control",
    "algorithm.mask_truncated_completions", "algorithm.adv_estimator", "algorithm.norm_adv_by_std_in_grpo",
    "algorithm.top_entropy_quantile", "reward.overlong_buffer", "reward.stop_properly_penalty_coef",
    "reward.length_reward", "reward.max_error_rate",
  ]
}
