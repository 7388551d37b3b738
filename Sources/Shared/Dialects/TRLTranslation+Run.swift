import Configuration

extension TRLTranslation {
  private enum Schedule: String, CaseIterable {
    case linear
    case cosine
    case constant
    case constantWithWarmup = "constant_with_warmup"
  }

  private enum Strategy: String, CaseIterable {
    case no
    case steps
    case epoch
    case best
  }

  private static let optimizer = "actor_rollout_ref.actor.optim"

  /// The optimizer and its schedule; TRL counts updates, this program steps of so many.
  mutating func translateOptimizer(
    _ trl: ConfigurationSection, updatesPerStep: Int
  ) throws(ConfigurationError) {
    for (field, value, key) in [
      ("learning_rate", 1e-6, "lr"), ("weight_decay", 0, "weight_decay"), ("adam_beta1", 0.9, "beta1"),
      ("adam_beta2", 0.999, "beta2"), ("adam_epsilon", 1e-8, "eps"),
    ] {
      emit("\(Self.optimizer).\(key)", "\(try trl.number(field, default: value, in: 0...100))", field)
    }
    let clip = try trl.number("max_grad_norm", default: 1, in: 0...1e9)
    emit("actor_rollout_ref.actor.grad_clip", "\(clip)", "max_grad_norm")
    let schedule: Schedule = try trl.choice("lr_scheduler_type", default: .linear)
    let shape =
      switch schedule {
      case .linear: "linear"
      case .cosine: "cosine"
      case .constant, .constantWithWarmup: "constant"
      }
    emit("\(Self.optimizer).lr_scheduler_type", shape, "lr_scheduler_type")
    let warmup = try trl.number("warmup_steps", default: 0, in: 0...1e9)
    var ratio = try trl.number("warmup_ratio", default: 0, in: 0...1)
    // Below 1 it is a share of the run, as in transformers since version 5.
    if warmup > 0, warmup < 1 { ratio = warmup }
    guard schedule != .constant else { return }
    let steps = warmup < 1 ? 0 : Self.steps(Int(warmup.rounded(.up)), updatesPerStep)
    emit("\(Self.optimizer).lr_warmup_steps", "\(steps)", "warmup_steps")
    emit("\(Self.optimizer).lr_warmup_steps_ratio", "\(ratio)", "warmup_ratio")
  }

  /// Length, validation, checkpoints, files.
  mutating func translateRun(
    _ trl: ConfigurationSection, updatesPerStep: Int
  ) throws(ConfigurationError) {
    let epochs = try trl.number("num_train_epochs", default: 3, in: 0...1e6)
    let updates = try trl.integer("max_steps", default: -1, in: -1...1 << 30)
    if updates > 0 {
      emit("trainer.total_training_steps", "\(Self.steps(updates, updatesPerStep))", "max_steps")
    } else {
      guard epochs >= 1, epochs.rounded() == epochs else {
        throw trl.fail("num_train_epochs", "is \(epochs); epochs are whole here, or give `max_steps`")
      }
      emit("trainer.total_epochs", "\(Int(epochs))", "num_train_epochs")
    }
    try translateValidation(trl, updatesPerStep: updatesPerStep)
    try translateSaving(trl, updatesPerStep: updatesPerStep)
    emit("trainer.seed", "\(try trl.integer("seed", default: 42, in: 0...Int.max))", "seed")
    if let directory = try trl.optionalString("output_dir") {
      emit("trainer.default_local_dir", Self.quoted(directory), "output_dir")
    }
    if let name = try trl.optionalString("run_name") {
      emit("trainer.experiment_name", Self.quoted(name), "run_name")
    }
    if let text = try trl.optionalString("bf16") {
      guard let isNarrow = ["true": true, "false": false][text.lowercased()] else {
        throw trl.fail("bf16", "is `\(text)`; it must be `true`, `false` or `null`")
      }
      emit("numerics.precision", isNarrow ? "bf16" : "fp32", "bf16")
    }
  }

  private mutating func translateValidation(
    _ trl: ConfigurationSection, updatesPerStep: Int
  ) throws(ConfigurationError) {
    let strategy: Strategy = try trl.choice("eval_strategy", default: .no)
    let interval = try trl.optionalInteger("eval_steps", in: 1...1 << 30)
    let atStart = try trl.boolean("eval_on_start", default: false)
    switch strategy {
    case .no: emit("trainer.test_freq", "0", "eval_strategy")
    case .steps:
      guard let interval else {
        throw trl.fail("eval_strategy", "is `steps`; give `eval_steps` as well")
      }
      emit("trainer.test_freq", "\(Self.steps(interval, updatesPerStep))", "eval_steps", "eval_strategy")
    case .epoch, .best:
      throw trl.fail("eval_strategy", "is `\(strategy.rawValue)`; validation goes by `steps` here")
    }
    emit("trainer.val_before_train", "\(atStart)", "eval_on_start")
  }

  private mutating func translateSaving(
    _ trl: ConfigurationSection, updatesPerStep: Int
  ) throws(ConfigurationError) {
    let strategy: Strategy = try trl.choice("save_strategy", default: .steps)
    let interval = try trl.integer("save_steps", default: 500, in: 1...1 << 30)
    let limit = try trl.optionalInteger("save_total_limit", in: 1...1 << 20)
    switch strategy {
    // TRL's command writes the model at the end all the same.
    case .no: emit("trainer.save_freq", "0", "save_strategy")
    case .steps:
      emit("trainer.save_freq", "\(Self.steps(interval, updatesPerStep))", "save_steps", "save_strategy")
    case .epoch, .best:
      throw trl.fail("save_strategy", "is `\(strategy.rawValue)`; checkpoints go by `steps` here")
    }
    emit("trainer.max_actor_ckpt_to_keep", "\(limit ?? 1 << 20)", "save_total_limit")
    guard let resume = try trl.optionalString("resume_from_checkpoint") else { return }
    guard let resumes = ["true": true, "false": false][resume.lowercased()] else {
      throw trl.fail(
        "resume_from_checkpoint",
        "is a checkpoint of TRL; start from its model by `model_name_or_path` instead")
    }
    emit("trainer.resume_mode", resumes ? "auto" : "disable", "resume_from_checkpoint")
  }

  /// The steps that so many updates take, rounded up.
  private static func steps(_ updates: Int, _ updatesPerStep: Int) -> Int {
    (updates + updatesPerStep - 1) / updatesPerStep
  }
}
