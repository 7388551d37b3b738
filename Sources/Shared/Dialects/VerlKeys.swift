public import Configuration

extension ForeignKeys {
  /// What verl's keys mean here, and those of the ProRL recipe and of the GPT-2 script, where nobody reads them.
  ///
  /// Source: verl's configuration files of January and August 2026.
  public static let verl = ForeignKeys(
    names + nulls + refusals + verlModel + verlActor + verlReference + verlRollout + verlCritic
      + verlAlgorithm + verlData + verlReward + verlTrainer + verlInfrastructure)

  // MARK: Other names

  private static let names: [Rule] = [
    // verl's names of January 2026.
    .init(["reward_model.overlong_buffer.enable"], .alias(of: "reward.overlong_buffer.enable")),
    .init(["reward_model.overlong_buffer.len"], .alias(of: "reward.overlong_buffer.len")),
    .init(
      ["reward_model.overlong_buffer.penalty_factor"], .alias(of: "reward.overlong_buffer.penalty_factor")),
    .init(
      [
        "reward_model.reward_kwargs.overlong_buffer_cfg.enable",
        "reward.reward_kwargs.overlong_buffer_cfg.enable",
      ], .alias(of: "reward.overlong_buffer.enable")),
    .init(
      ["reward_model.reward_kwargs.overlong_buffer_cfg.len", "reward.reward_kwargs.overlong_buffer_cfg.len"],
      .alias(of: "reward.overlong_buffer.len")),
    .init(
      [
        "reward_model.reward_kwargs.overlong_buffer_cfg.penalty_factor",
        "reward.reward_kwargs.overlong_buffer_cfg.penalty_factor",
      ], .alias(of: "reward.overlong_buffer.penalty_factor")),
    .init(["custom_reward_function.path"], .alias(of: "reward.custom_reward_function.path")),
    .init(["custom_reward_function.name"], .alias(of: "reward.custom_reward_function.name")),
    .init(
      ["custom_reward_function.reward_kwargs"], .alias(of: "reward.custom_reward_function.reward_kwargs")),
    .init(
      ["actor_rollout_ref.actor.optim.betas"],
      .elements(["actor_rollout_ref.actor.optim.beta1", "actor_rollout_ref.actor.optim.beta2"])),
    .init(["actor_rollout_ref.actor.optim.clip_grad"], .alias(of: "actor_rollout_ref.actor.grad_clip")),

    // The GPT-2 script's `Config`, whose names stand at the top.
    .init(["model_name"], .alias(of: "actor_rollout_ref.model.path")),
    .init(["n_epochs"], .alias(of: "trainer.total_epochs")),
    .init(["batch_size"], .alias(of: "data.train_batch_size")),
    .init(["n_samples"], .alias(of: "actor_rollout_ref.rollout.n")),
    .init(["max_length"], .alias(of: "data.max_response_length")),
    .init(["temperature"], .alias(of: "actor_rollout_ref.rollout.temperature")),
    .init(["top_p"], .alias(of: "actor_rollout_ref.rollout.top_p")),
    .init(["kl_beta"], .alias(of: "actor_rollout_ref.actor.kl_loss_coef")),
    .init(["learning_rate"], .alias(of: "actor_rollout_ref.actor.optim.lr")),
  ]

  /// Keys whose `null` is a default in verl.
  private static let nulls: [Rule] = [
    .init(
      ["actor_rollout_ref.actor.clip_ratio_low", "actor_rollout_ref.actor.clip_ratio_high"],
      .null(means: "actor_rollout_ref.actor.clip_ratio", or: "0.2")),
    .init(["trainer.max_actor_ckpt_to_keep"], .null(means: nil, or: "1048576")),
    .init(
      [
        "data.gen_batch_size", "data.train_files", "data.val_files", "algorithm.filter_groups.metric",
        "actor_rollout_ref.actor.optim.warmup_style", "trainer.logger", "trainer.default_local_dir",
      ], .null(means: nil, or: nil)),
  ]

  // MARK: What is not here

  private static let refusals: [Rule] = [
    .init(
      ["algorithm.adv_estimator"],
      .never(
        ["gae", "optimal_token_baseline", "tir_optimal_token_baseline"],
        because: """
          this estimator needs more than rewards (gae a value model, the token baselines sums over the \
          vocabulary), which this program does not have; use `grpo`, `rloo` or `reinforce_plus_plus_baseline`
          """)),
    .init(
      ["defaults"],
      .only(
        ["[]"],
        else: """
          Hydra's `defaults` composes a configuration of several files, and here a configuration is one file; write \
          what differs from configs/README.md, or the output of `--cfg job`, into it
          """)),
    .init(
      ["algorithm.use_pf_ppo"],
      .only(["false"], else: "sampling by preference (PF-PPO) is not implemented")),
    .init(
      ["actor_rollout_ref.rollout.multi_turn.enable"],
      .only(["false"], else: "a response is one turn here, without tools")),
    .init(
      ["reward_model.enable", "reward.reward_model.enable"],
      .only(["false"], else: "responses are scored by verifiers, not by a reward model; see `reward.name`")),
    .init(["critic.enable"], .only(["false", "null"], else: "there is no value model")),
  ]
}
