import Configuration

extension ForeignKeys {
  /// `algorithm`.
  static let verlAlgorithm: [Rule] = [
    .init(["algorithm.gamma"], .only(["1"], else: "rewards are not discounted")),
    .init(["algorithm.lam"], .ignored("it belongs to `gae`")),
    .init(["algorithm.pf_ppo.*"], .harmless("PF-PPO is off")),
    .init(
      ["algorithm.filter_groups.max_inflight_gen_batches"],
      .ignored("a round of refilling is sized when the one before is complete")),
    .init(
      ["algorithm.reference_reset.validation_metric"],
      .only(["null", "mean@1"], else: "validations are compared by mean@1")),
    .init(
      ["algorithm.prolonged_training", "algorithm.prolonged_training.*"],
      .only(
        ["null", "{}"],
        else:
          "this is a draft of the recipe, not verl's; list what changes in the course of a run under `stages`"
      )),
  ]

  /// `data`.
  static let verlData: [Rule] = [
    .init(
      ["data.prompt_key"], .only(["prompt"], else: "rows have their prompt under `prompt`; rename the column")
    ),
    .init(
      ["data.reward_fn_key"],
      .only(["data_source"], else: "rows have their task under `data_source`; rename the column")),
    .init(["data.val_batch_size"], .ignored("validation is one batch, as in verl")),
    .init(
      ["data.train_max_samples", "data.val_max_samples"],
      .only(["-1", "null"], else: "shorten the file instead")),
    .init(["data.seed"], .ignored("`trainer.seed` names all random numbers")),
    .init(["data.validation_shuffle"], .ignored("the order of validation problems has no effect")),
    .init(
      ["data.truncation"],
      .only(
        ["error"],
        else:
          "a shortened prompt is another problem; use `data.filter_overlong_prompts` or `max_prompt_length`")),
    .init(
      ["data.filter_overlong_prompts_workers", "data.dataloader_num_workers"],
      .ignored("prompts are read once, at the start")),
    .init(
      ["data.return_raw_input_ids", "data.return_raw_chat", "data.return_full_prompt"],
      .ignored("each row's prompt stays with its responses")),
    .init(
      [
        "data.image_key", "data.video_key", "data.audio_key", "data.image_patch_size",
        "data.return_multi_modal_inputs", "data.mm_processor_kwargs", "data.mm_processor_kwargs.*",
      ], .harmless("models are of text only")),
    .init(
      ["data.custom_cls.path", "data.sampler.class_path", "data.datagen.path"],
      .only(["null"], else: "no Python is run here; write the rows as JSONL")),
    .init(
      ["data.custom_cls.name", "data.sampler.class_name", "data.datagen.name"],
      .only(["null"], else: "no Python is run here")),
    .init(
      ["data.apply_chat_template_kwargs", "data.apply_chat_template_kwargs.*"],
      .only(["{}", "null"], else: "templates are not run; choose one of `data.chat_template`")),
    .init(
      ["data.tool_config_path", "data.function_tool_path"],
      .only(["null"], else: "a response is one turn here, without tools")),
  ]

  /// `reward`, and `reward_model` of January.
  static let verlReward: [Rule] = [
    .init(
      [
        "reward.reward_kwargs.max_resp_len", "reward_model.reward_kwargs.max_resp_len",
        "reward_model.max_resp_len",
      ], .equal(to: "data.max_response_length", or: ["null"])),
    .init(
      [
        "reward_model.overlong_buffer.log", "reward.reward_kwargs.overlong_buffer_cfg.log",
        "reward_model.reward_kwargs.overlong_buffer_cfg.log",
      ], .ignored("metrics have the penalty whenever there is one")),
    .init(
      ["reward_model.reward_manager", "reward.reward_manager.name"],
      .only(
        ["naive", "dapo", "prime", "batch", "null"],
        else: "scores come from the verifiers of configs/README.md, and from `reward.overlong_buffer`")),
    .init(
      ["reward.reward_manager.source", "reward_model.reward_loop_source"],
      .only(["register", "null"], else: "no Python is run here")),
    .init(
      ["reward.reward_manager.module.*", "reward_model.reward_loop_module_path"],
      .only(["null", "{}"], else: "no Python is run here")),
    .init(
      [
        "reward.num_workers", "reward_model.num_workers", "reward_model.launch_reward_fn_async",
        "reward_model.use_reward_loop",
      ], .ignored("rollout ranks score what they sample")),
    .init(
      ["reward.reward_model.*", "reward_model.*"], .ignored("there is no reward model")),
    .init(
      ["reward.sandbox_fusion.*", "sandbox_fusion.*"],
      .ignored("programs are run by this program's own verifiers")),
  ]

  /// `trainer`.
  static let verlTrainer: [Rule] = [
    .init(
      ["trainer.nnodes", "trainer.n_gpus_per_node", "trainer.device"],
      .ignored("`mpirun` decides about machines and ranks; all work is on CPUs")),
    .init(
      ["trainer.project_name"], .ignored("run directories have no projects; see `trainer.experiment_name`")),
    .init(["trainer.default_hdfs_dir"], .ignored("the run directory is `trainer.default_local_dir`")),
    .init(
      ["trainer.max_critic_ckpt_to_keep", "trainer.critic_warmup"], .harmless("there is no value model")),
    .init(
      ["trainer.del_local_ckpt_after_load", "trainer.remove_previous_ckpt_in_save"],
      .ignored("`trainer.max_actor_ckpt_to_keep` decides which checkpoints stay")),
    .init(["trainer.balance_batch"], .ignored("ranks ask for the next prompt when they have time")),
    .init(
      ["trainer.log_val_generations", "trainer.validation_data_dir"],
      .ignored("validation's responses are in `validation/` of the run directory")),
    .init(["trainer.rollout_data_dir"], .ignored("responses are in `rollouts/` of the run directory")),
    .init(
      ["trainer.esi_redundant_time"],
      .ignored("a run goes on from its last checkpoint; see `trainer.save_freq`")),
    .init(
      [
        "trainer.use_v1", "trainer.v1.*", "trainer.use_legacy_worker_impl",
        "trainer.ray_wait_register_center_timeout", "trainer.npu_profile.*",
        "trainer.profile_steps", "trainer.controller_nsight_options.*", "trainer.worker_nsight_options.*",
      ], .ignored("it is about how verl is run")),
  ]

  /// What verl runs on.
  static let verlInfrastructure: [Rule] = [
    .init(
      ["ray_kwargs.*", "ray_init.*", "transfer_queue.*", "model_engine"],
      .ignored("ranks talk over MPI; there is no Ray")),
    .init(
      [
        "global_profiler.*", "profiler.*", "actor_rollout_ref.profiler.*",
        "actor_rollout_ref.actor.profiler.*",
        "actor_rollout_ref.ref.profiler.*", "actor_rollout_ref.rollout.profiler.*",
      ], .ignored("`metrics.jsonl` has the times of each step's parts")),
    .init(["hydra.*"], .ignored("there is no Hydra; outputs go to `trainer.default_local_dir`")),
    .init(["**._target_", "**._convert_"], .harmless("sections have one type")),
  ]
}
