import Configuration

extension ForeignKeys {
  /// The fields of TRL's GRPO configuration that are not translated: what has no effect, and what is refused.
  ///
  /// Source: TRL 1.10.0.dev0, `GRPOConfig`, `GRPOScriptArguments` and `ModelConfig`; transformers'
  /// `TrainingArguments`; accelerate's launch options, which TRL's command takes from the same file.
  static let trl = ForeignKeys([
    // MARK: What has no effect

    .init(
      [
        "use_vllm", "vllm_mode", "vllm_model_impl", "vllm_enable_sleep_mode",
        "vllm_structured_outputs_regex", "vllm_server_base_url", "vllm_server_host", "vllm_server_port",
        "vllm_server_timeout", "vllm_group_port", "vllm_gpu_memory_utilization", "vllm_max_model_length",
        "vllm_tensor_parallel_size", "use_transformers_paged", "use_transformers_continuous_batching",
        "transformers_continuous_batching_config", "transformers_continuous_batching_config.*",
        "cache_implementation", "ds3_gather_for_generation",
      ], .ignored("sampling is this program's own, by the very kernels that train")),
    .init(
      [
        "vllm_importance_sampling_correction", "vllm_importance_sampling_mode",
        "vllm_importance_sampling_clip_max", "vllm_importance_sampling_clip_min",
        "vllm_importance_sampling_cap",
      ],
      .ignored("log-probabilities of sampling and training are equal to the bit, so every such weight is 1")),
    .init(
      [
        "gradient_checkpointing", "gradient_checkpointing_kwargs", "gradient_checkpointing_kwargs.*",
        "torch_empty_cache_steps", "auto_find_batch_size",
      ],
      .ignored(
        "`actor_rollout_ref.actor.activation_memory_mib` decides what is kept and what is computed again")),
    .init(
      [
        "deepspeed", "deepspeed.*", "fsdp", "fsdp_config", "fsdp_config.*", "ddp_backend", "ddp_timeout",
        "ddp_find_unused_parameters", "ddp_bucket_cap_mb", "local_rank", "accelerate_config",
        "accelerator_config", "accelerator_config.*", "num_machines", "machine_rank", "main_process_ip",
        "main_process_port", "gpu_ids", "use_cpu", "no_cuda", "parallelism_config",
      ], .ignored("ranks talk over MPI, all on CPUs; see `cluster.*`")),
    .init(
      ["dtype", "torch_dtype", "mixed_precision", "tf32", "cast_lm_head_to_fp32", "half_precision_backend"],
      .ignored("`numerics.precision` decides, or `bf16`; sums are of fp32 or more")),
    .init(
      [
        "use_liger_kernel", "liger_kernel_config", "torch_compile", "torch_compile_backend",
        "torch_compile_mode", "attn_implementation", "model_init_kwargs", "model_init_kwargs.*",
        "pad_to_multiple_of",
      ], .ignored("kernels are this program's own, and sequences are never padded")),
    .init(
      ["trust_remote_code", "model_revision"], .ignored("a model is a local directory, whose code is not run")
    ),
    .init(["disable_dropout"], .harmless("there is no dropout")),
    .init(["router_aux_loss_coef"], .harmless("models have no experts")),
    .init(
      [
        "vespo_k_pos", "vespo_lambda_pos", "vespo_k_neg", "vespo_lambda_neg",
      ], .harmless("they belong to `loss_type: vespo`")),
    .init(
      [
        "remove_unused_columns", "dataloader_num_workers", "dataloader_pin_memory",
        "dataloader_prefetch_factor", "dataloader_drop_last", "dataloader_persistent_workers",
        "dataset_config", "dataset_train_split", "dataset_test_split", "dataset_streaming",
        "dataset_num_proc", "label_names", "group_by_length",
      ], .ignored("data are files; see `data.train_files`")),
    .init(
      [
        "report_to", "logging_steps", "logging_strategy", "logging_dir", "logging_first_step",
        "logging_nan_inf_filter", "log_level", "log_level_replica", "log_on_each_node", "log_completions",
        "log_multimodal", "num_completions_to_print", "log_unique_prompts", "log_completions_hub_repo",
        "disable_tqdm", "include_num_input_tokens_seen", "project", "trackio_space_id",
      ], .ignored("every step is in `metrics.jsonl`, its responses in `rollouts/`; see `trainer.logger`")),
    .init(
      ["per_device_eval_batch_size", "eval_accumulation_steps", "batch_eval_metrics"],
      .ignored("validation is one batch")),
    .init(
      [
        "push_to_hub", "hub_model_id", "hub_strategy", "hub_token", "hub_private_repo", "hub_revision",
        "hub_always_push",
      ], .ignored("models are written to the run directory")),
    .init(
      ["data_seed", "full_determinism"],
      .ignored("`seed` names all random numbers; equal runs always have equal bits")),
    .init(
      [
        "do_train", "do_eval", "do_predict", "overwrite_output_dir", "save_safetensors",
        "save_only_model", "save_on_each_node", "load_best_model_at_end", "ignore_data_skip",
        "prediction_loss_only", "skip_memory_metrics", "restore_callback_states_from_checkpoint",
      ], .ignored("it is about how TRL is run")),
    .init(
      [
        "lora_r", "lora_alpha", "lora_dropout", "lora_target_modules", "lora_modules_to_save",
        "lora_task_type", "lora_target_parameters", "use_rslora", "use_dora", "bnb_4bit_quant_type",
        "use_bnb_nested_quant", "bnb_4bit_quant_storage", "bnb_4bit_compute_dtype",
      ], .harmless("there are no adapters")),

    // MARK: What is refused

    .init(["use_peft"], .only(["false"], else: "adapters are not implemented; all parameters are trained")),
    .init(
      ["load_in_8bit", "load_in_4bit"], .only(["false"], else: "weights are not quantised; see `bf16`")),
    .init(
      ["fp16"], .only(["false"], else: "there is no fp16; use `bf16`, or neither for what the processor has")),
    .init(
      ["optim"],
      .only(
        ["adamw_torch", "adamw_torch_fused", "adamw_hf", "adamw_apex_fused"], else: "the optimizer is AdamW")),
    .init(["optim_args", "optim_target_modules"], .only(["null"], else: "the optimizer is AdamW")),
    .init(
      ["lr_scheduler_kwargs", "lr_scheduler_kwargs.*"],
      .only(
        ["null", "{}"],
        else: "give `actor_rollout_ref.actor.optim.min_lr_ratio` or `num_cycles` as an override")),
    .init(
      ["generation_kwargs", "generation_kwargs.*"],
      .only(["null", "{}"], else: "sampling has `temperature`, `top_p`, `top_k` and `min_p`")),
    .init(
      ["repetition_penalty"],
      .only(["1"], else: "it changes the distribution without the loss knowing; sampling has none")),
    .init(
      ["chat_template_kwargs", "chat_template_kwargs.*", "chat_template_path"],
      .only(["null", "{}"], else: "templates are not run; choose one of `data.chat_template`")),
    .init(
      ["max_tool_calling_iterations", "tools"],
      .only(["null", "[]"], else: "a response is one turn here, without tools")),
    .init(["reward_model_name_or_path"], .only(["null"], else: "responses are scored by verifiers")),
    .init(
      ["off_policy_mask_threshold"],
      .only(["null"], else: "steps are on-policy here; see `algorithm.rollout_correction.rollout_rs`")),
    .init(
      ["use_bias_correction_kl"],
      .only(
        ["false"],
        else: "the KL term has no importance weight; see `actor_rollout_ref.actor.kl_loss_type: k3+`")),
    .init(
      ["neftune_noise_alpha"], .only(["null"], else: "noise on embeddings is not implemented")),
    .init(["datasets"], .only(["null", "[]"], else: "list the files of the mixture in `data.train_files`")),
  ])
}
