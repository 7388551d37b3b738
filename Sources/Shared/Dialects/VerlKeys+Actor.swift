import Configuration

extension ForeignKeys {
  /// `actor_rollout_ref.model` and what belongs to the model elsewhere.
  static let verlModel: [Rule] = [
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

  /// `actor_rollout_ref.actor`.
  static let verlActor: [Rule] = [
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
}
