public import Configuration

extension ForeignKeys {
  /// What verl's keys mean here, and those of the ProRL recipe and of the GPT-2 script, where nobody reads them.
  ///
  /// Source: verl's configuration files of January and August 2026.
  public static let verl = ForeignKeys(
    names + nulls + refusals + model + actor + reference + rollout + critic + algorithm + data + reward
      + trainer + infrastructure)

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

  // MARK: Model

  private static let model: [Rule] = [
    .init(
      ["actor_rollout_ref.model.lora_rank", "actor_rollout_ref.model.lora.rank"],
      .only(["0", "null"], else: "adapters are not implemented; all parameters are trained")),
    .init(
      ["actor_rollout_ref.model.lora_adapter_path", "actor_rollout_ref.model.lora.adapter_path"],
      .only(["null"], else: "adapters are not implemented; merge it into the model")),
    .init(
      [
        "actor_rollout_ref.model.lora_alpha", "actor_rollout_ref.model.target_modules",
        "actor_rollout_ref.model.exclude_modules", "actor_rollout_ref.model.target_parameters",
        "actor_rollout_ref.model.lora.*",
      ], .harmless("there are no adapters")),
    .init(
      ["actor_rollout_ref.model.hf_config_path", "actor_rollout_ref.model.tokenizer_path", "data.tokenizer"],
      .only(["null"], else: "configuration and tokenizer are read from `actor_rollout_ref.model.path`")),
    .init(
      ["actor_rollout_ref.model.custom_chat_template"],
      .only(["null"], else: "templates are not run; choose one of `data.chat_template`")),
    .init(
      ["actor_rollout_ref.model.external_lib"], .only(["null"], else: "no Python is run here")),
    .init(
      ["actor_rollout_ref.model.override_config.attn_implementation"],
      .ignored("attention is this program's own, exact for any length")),
    .init(
      [
        "actor_rollout_ref.model.override_config.attention_dropout",
        "actor_rollout_ref.model.override_config.embd_pdrop",
        "actor_rollout_ref.model.override_config.resid_pdrop",
      ], .only(["0"], else: "there is no dropout")),
    .init(
      ["actor_rollout_ref.model.override_config", "actor_rollout_ref.model.override_config.*"],
      .only(["{}", "null"], else: "edit the model's config.json instead")),
    .init(
      ["actor_rollout_ref.model.trust_remote_code", "data.trust_remote_code"],
      .ignored("no code of a model's directory is run")),
    .init(
      ["actor_rollout_ref.model.use_shm", "data.use_shm"], .ignored("files are mapped into memory anyway")),
    .init(
      [
        "actor_rollout_ref.model.enable_gradient_checkpointing",
        "actor_rollout_ref.model.gradient_checkpointing_kwargs.*",
        "actor_rollout_ref.model.enable_activation_offload",
      ],
      .ignored(
        "`actor_rollout_ref.actor.activation_memory_mib` decides what is kept and what is computed again")),
    .init(["actor_rollout_ref.model.use_remove_padding"], .harmless("sequences are never padded")),
    .init(
      [
        "actor_rollout_ref.model.use_liger", "actor_rollout_ref.model.use_fused_kernels",
        "actor_rollout_ref.model.fused_kernel_options.*", "actor_rollout_ref.model.tiled_mlp.*",
      ], .ignored("kernels are this program's own; logits are never held for a whole batch")),
    .init(
      ["actor_rollout_ref.model.mtp.enable"],
      .only(["false"], else: "multi-token prediction is not implemented")),
    .init(["actor_rollout_ref.model.mtp.*"], .harmless("there is no multi-token prediction")),
    .init(
      ["actor_rollout_ref.hybrid_engine"],
      .ignored("`cluster.placement` decides whether ranks sample and learn in turn")),
    .init(["actor_rollout_ref.nccl_timeout"], .ignored("ranks talk over MPI")),
  ]

  // MARK: Actor

  private static let actor: [Rule] = [
    .init(
      [
        "actor_rollout_ref.actor.strategy", "actor_rollout_ref.actor.fsdp_config.*",
        "actor_rollout_ref.actor.megatron.*", "actor_rollout_ref.actor.veomni.*",
        "actor_rollout_ref.actor.torchtitan.*", "actor_rollout_ref.actor.engine.*",
        "actor_rollout_ref.actor.load_weight",
        "actor_rollout_ref.actor.ulysses_sequence_parallel_size",
      ],
      .ignored(
        "learners share out groups, gradients and optimizer state over MPI; see `cluster.learner_ranks`")),
    .init(
      [
        "actor_rollout_ref.actor.ppo_micro_batch_size",
        "actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu",
        "actor_rollout_ref.actor.use_dynamic_bsz", "actor_rollout_ref.actor.ppo_max_token_len_per_gpu",
        "actor_rollout_ref.actor.ppo_infer_micro_batch_size_per_gpu",
        "actor_rollout_ref.actor.ppo_infer_max_token_len_per_gpu",
      ],
      .ignored(
        "a group is learned alone, cut by `actor_rollout_ref.actor.piece_tokens`; there are no micro-batches")
    ),
    .init(
      ["actor_rollout_ref.actor.clip_ratio"],
      .ignored(
        "as in verl it counts only where `clip_ratio_low` and `clip_ratio_high` are `null`; set these")),
    .init(["actor_rollout_ref.actor.calculate_entropy"], .harmless("entropy is always measured")),
    .init(
      [
        "actor_rollout_ref.actor.entropy_from_logits_with_chunking",
        "actor_rollout_ref.actor.entropy_from_logits_chunk_size",
        "actor_rollout_ref.actor.entropy_checkpointing", "actor_rollout_ref.actor.use_torch_compile",
        "actor_rollout_ref.actor.use_fused_kernels", "actor_rollout_ref.actor.use_remove_padding",
        "actor_rollout_ref.actor.calculate_sum_pi_squared",
        "actor_rollout_ref.actor.sum_pi_squared_checkpointing",
      ], .ignored("logits are computed in chunks, log-probability and entropy at once")),
    .init(
      ["actor_rollout_ref.actor.use_prefix_grouper"],
      .harmless("the prompt of a group is always computed once")),
    .init(["actor_rollout_ref.actor.freeze_vision_tower"], .harmless("models are of text only")),
    .init(
      ["actor_rollout_ref.actor.shuffle"],
      .only(
        ["false"],
        else:
          "mini-batches are slices of the batch in the order of its prompts, which `data.shuffle` makes random"
      )),
    .init(
      ["actor_rollout_ref.actor.data_loader_seed"],
      .harmless("mini-batches are slices of the batch and need no random order")),
    .init(
      ["actor_rollout_ref.actor.optim.optimizer"], .only(["AdamW"], else: "the optimizer is AdamW")),
    .init(
      [
        "actor_rollout_ref.actor.optim.optimizer_impl",
        "actor_rollout_ref.actor.optim.override_optimizer_config",
        "actor_rollout_ref.actor.optim.override_optimizer_config.*",
      ], .ignored("the optimizer is this program's own AdamW")),
    .init(
      ["actor_rollout_ref.actor.optim.total_training_steps"],
      .equal(to: "trainer.total_training_steps", or: ["-1", "null"])),
    .init(
      ["actor_rollout_ref.actor.checkpoint.*"],
      .ignored(
        "a checkpoint always holds all that a resumed run needs, and the model in Hugging Face's format")),
    .init(
      ["actor_rollout_ref.actor.global_batch_info.*", "actor_rollout_ref.actor.rollout_n"],
      .ignored("verl computes it")),
    .init(["actor_rollout_ref.actor.router_replay.*"], .ignored("models have no experts")),
  ]

  // MARK: Reference and rollout

  private static let reference: [Rule] = [
    .init(
      [
        "actor_rollout_ref.ref.log_prob_micro_batch_size",
        "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu",
        "actor_rollout_ref.ref.log_prob_use_dynamic_bsz",
        "actor_rollout_ref.ref.log_prob_max_token_len_per_gpu", "actor_rollout_ref.ref.rollout_n",
        "actor_rollout_ref.ref.strategy", "actor_rollout_ref.ref.fsdp_config.*",
        "actor_rollout_ref.ref.megatron.*", "actor_rollout_ref.ref.veomni.*",
        "actor_rollout_ref.ref.torchtitan.*", "actor_rollout_ref.ref.ulysses_sequence_parallel_size",
        "actor_rollout_ref.ref.use_torch_compile", "actor_rollout_ref.ref.load_weight",
        "actor_rollout_ref.ref.entropy_from_logits_with_chunking",
        "actor_rollout_ref.ref.entropy_checkpointing", "actor_rollout_ref.ref.router_replay.*",
      ], .ignored("learners compute the reference beside the policy, with the same memory")),
    .init(
      ["actor_rollout_ref.ref.model", "actor_rollout_ref.ref.model.*"],
      .only(["null", "{}"], else: "the reference begins as `actor_rollout_ref.model.path`")),
  ]

  private static let rollout: [Rule] = [
    .init(
      ["actor_rollout_ref.rollout.name", "actor_rollout_ref.rollout.mode"],
      .ignored("sampling is this program's own, by the very kernels that train")),
    .init(
      [
        "actor_rollout_ref.rollout.tensor_model_parallel_size",
        "actor_rollout_ref.rollout.data_parallel_size", "actor_rollout_ref.rollout.expert_parallel_size",
        "actor_rollout_ref.rollout.pipeline_model_parallel_size", "actor_rollout_ref.rollout.nnodes",
        "actor_rollout_ref.rollout.n_gpus_per_node",
      ], .ignored("`mpirun -np` and `cluster.rollout_ranks` decide how many ranks sample")),
    .init(
      ["actor_rollout_ref.rollout.gpu_memory_utilization"],
      .ignored("`actor_rollout_ref.rollout.kv_cache_memory_mib` bounds the memory")),
    .init(
      [
        "actor_rollout_ref.rollout.max_num_batched_tokens", "actor_rollout_ref.rollout.max_num_seqs",
        "actor_rollout_ref.rollout.enable_chunked_prefill",
        "actor_rollout_ref.rollout.enable_prefix_caching", "actor_rollout_ref.rollout.scheduling_policy",
        "actor_rollout_ref.rollout.free_cache_engine", "actor_rollout_ref.rollout.multi_stage_wake_up",
      ],
      .ignored("`max_live_groups` and `kv_cache_memory_mib` decide; a prompt is computed once for its group")),
    .init(
      ["actor_rollout_ref.rollout.max_model_len"],
      .ignored("a context is `data.max_prompt_length` plus `data.max_response_length`")),
    .init(["actor_rollout_ref.rollout.dtype"], .ignored("`numerics.precision` decides")),
    .init(
      [
        "actor_rollout_ref.rollout.load_format", "actor_rollout_ref.rollout.enforce_eager",
        "actor_rollout_ref.rollout.cudagraph_capture_sizes", "actor_rollout_ref.rollout.layered_summon",
        "actor_rollout_ref.rollout.disable_log_stats", "actor_rollout_ref.rollout.engine_kwargs.*",
        "actor_rollout_ref.rollout.skip_tokenizer_init", "actor_rollout_ref.rollout.enable_sleep_mode",
        "actor_rollout_ref.rollout.update_weights_bucket_megabytes",
        "actor_rollout_ref.rollout.checkpoint_engine.*", "actor_rollout_ref.rollout.agent.*",
        "actor_rollout_ref.rollout.trace.*", "actor_rollout_ref.rollout.prometheus.*",
        "actor_rollout_ref.rollout.server.*", "actor_rollout_ref.rollout.skip.*",
        "actor_rollout_ref.rollout.qat.*", "actor_rollout_ref.rollout.disaggregation.*",
      ], .ignored("there is no separate engine to set up")),
    .init(
      [
        "actor_rollout_ref.rollout.log_prob_micro_batch_size",
        "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu",
        "actor_rollout_ref.rollout.log_prob_use_dynamic_bsz",
        "actor_rollout_ref.rollout.log_prob_max_token_len_per_gpu",
      ], .ignored("what was recorded while sampling is the old log-probability, to the bit")),
    .init(
      ["actor_rollout_ref.rollout.calculate_log_probs"],
      .harmless("log-probabilities are always recorded while sampling")),
    .init(
      ["actor_rollout_ref.rollout.logprobs_mode"],
      .ignored("log-probabilities are of the distribution at `temperature`, before `top_k` and `top_p`")),
    .init(
      ["actor_rollout_ref.rollout.do_sample"],
      .only(["true"], else: "greedy responses of a group are all the same")),
    .init(
      ["actor_rollout_ref.rollout.ignore_eos"],
      .only(["false"], else: "a response ends with the model's end token")),
    .init(
      ["actor_rollout_ref.rollout.val_kwargs.do_sample"],
      .ignored("validation has a greedy response of each problem, and `n` sampled ones")),
    .init(["actor_rollout_ref.rollout.prompt_length"], .equal(to: "data.max_prompt_length", or: ["null"])),
    .init(
      ["actor_rollout_ref.rollout.response_length"], .equal(to: "data.max_response_length", or: ["null"])),
    .init(
      ["actor_rollout_ref.rollout.seed", "actor_rollout_ref.rollout.full_determinism"],
      .ignored("`trainer.seed` names all random numbers; equal runs always have equal bits")),
    .init(
      ["actor_rollout_ref.rollout.over_sample_rate"],
      .only(["0", "null"], else: "which responses come would depend on the clock; see `data.gen_batch_size`")),
    .init(
      ["actor_rollout_ref.rollout.quantization", "actor_rollout_ref.rollout.quantization_config_file"],
      .only(["null"], else: "weights are sampled from as they are trained")),
    .init(["actor_rollout_ref.rollout.multi_turn.*"], .harmless("a response is one turn")),
  ]

  private static let critic: [Rule] = [
    .init(["critic.*"], .ignored("there is no value model; in verl too only `gae` has one"))
  ]

  // MARK: Algorithm, data, reward

  private static let algorithm: [Rule] = [
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
        else: "this is a draft of the recipe, not verl's; set the lengths of a run by its own keys")),
  ]

  private static let data: [Rule] = [
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

  private static let reward: [Rule] = [
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
    .init(["reward.custom_reward_function.path"], .only(["null"], else: "no Python is run here")),
    .init(["reward.custom_reward_function.name"], .harmless("there is no reward function of one's own")),
  ]

  // MARK: Trainer and infrastructure

  private static let trainer: [Rule] = [
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

  private static let infrastructure: [Rule] = [
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
