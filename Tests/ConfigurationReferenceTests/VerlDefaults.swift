/// verl's keys with their defaults, of August 2026, as arguments; and names of January that scripts still have.
enum VerlDefaults {
  static let all =
    data + model + actor + reference + rollout + critic + algorithm + reward + trainer

  /// Keys whose default asks for what this program does not do, so that a value must be given: a value model.
  static let refused: Set<String> = ["algorithm.adv_estimator"]

  private static let data = [
    "data.train_files=~/data/rlhf/gsm8k/train.parquet", "data.val_files=~/data/rlhf/gsm8k/test.parquet",
    "data.train_batch_size=1024", "data.gen_batch_size=null", "data.val_batch_size=null",
    "data.train_max_samples=-1", "data.val_max_samples=-1", "data.max_prompt_length=512",
    "data.max_response_length=512", "data.prompt_key=prompt", "data.reward_fn_key=data_source",
    "data.shuffle=true", "data.seed=null", "data.validation_shuffle=false", "data.truncation=error",
    "data.filter_overlong_prompts=false", "data.filter_overlong_prompts_workers=1",
    "data.return_raw_input_ids=false", "data.return_raw_chat=true", "data.return_full_prompt=false",
    "data.tokenizer=null", "data.use_shm=false", "data.trust_remote_code=false",
    "data.dataloader_num_workers=8",
    "data.image_key=images", "data.video_key=videos", "data.audio_key=audios", "data.image_patch_size=14",
    "data.return_multi_modal_inputs=true", "data.mm_processor_kwargs={}", "data.custom_cls.path=null",
    "data.custom_cls.name=null", "data.apply_chat_template_kwargs={}", "data.tool_config_path=null",
    "data.function_tool_path=null", "data.sampler.class_path=null", "data.sampler.class_name=null",
    "data.datagen.path=null", "data.datagen.name=null",
  ]

  private static let model = [
    "path=~/models/deepseek-llm-7b-chat", "hf_config_path=null", "tokenizer_path=null", "use_shm=false",
    "trust_remote_code=false", "custom_chat_template=null", "external_lib=null", "override_config={}",
    "enable_gradient_checkpointing=true", "enable_activation_offload=false", "use_remove_padding=true",
    "lora_rank=0", "lora_alpha=16", "target_modules=all-linear", "exclude_modules=null",
    "lora_adapter_path=null", "use_liger=false", "use_fused_kernels=false",
    "fused_kernel_options.impl_backend=torch", "tiled_mlp.enabled=false", "mtp.enable=false",
  ].map { "actor_rollout_ref.model." + $0 }

  private static let actor = [
    "strategy=fsdp", "ppo_mini_batch_size=256", "ppo_micro_batch_size=null",
    "ppo_micro_batch_size_per_gpu=null", "use_dynamic_bsz=false", "ppo_max_token_len_per_gpu=16384",
    "clip_ratio=0.2", "clip_ratio_low=0.2", "clip_ratio_high=0.2", "clip_ratio_c=3.0",
    "policy_loss.loss_mode=vanilla", "policy_loss.clip_cov_ratio=2e-4", "policy_loss.clip_cov_lb=1.0",
    "policy_loss.clip_cov_ub=5.0", "policy_loss.kl_cov_ratio=2e-4", "policy_loss.ppo_kl_coef=0.1",
    "policy_loss.dro_beta=null", "tau_pos=1.0", "tau_neg=1.05", "loss_agg_mode=token-mean",
    "loss_scale_factor=null", "entropy_coeff=0", "calculate_entropy=false",
    "entropy_from_logits_with_chunking=false", "entropy_from_logits_chunk_size=2048",
    "entropy_checkpointing=false", "use_kl_loss=false", "kl_loss_coef=0.001", "kl_loss_type=low_var_kl",
    "ppo_epochs=1", "shuffle=false", "data_loader_seed=42", "grad_clip=1.0", "use_prefix_grouper=false",
    "freeze_vision_tower=false", "calculate_sum_pi_squared=false", "use_torch_compile=true",
    "ulysses_sequence_parallel_size=1", "optim.optimizer=AdamW", "optim.optimizer_impl=torch.optim",
    "optim.lr=1e-6", "optim.weight_decay=0.01", "optim.betas=[0.9,0.999]", "optim.clip_grad=1.0",
    "optim.lr_warmup_steps=-1", "optim.lr_warmup_steps_ratio=0.0", "optim.total_training_steps=-1",
    "optim.lr_scheduler_type=constant", "optim.min_lr_ratio=0.0", "optim.num_cycles=0.5",
    "optim.zero_indexed_step=true", "optim.warmup_style=null",
    "checkpoint.save_contents=[model,optimizer,extra]", "checkpoint.load_contents=[model,optimizer,extra]",
    "checkpoint.async_save=false", "fsdp_config.param_offload=false", "fsdp_config.model_dtype=fp32",
    "fsdp_config.full_determinism=false",
  ].map { "actor_rollout_ref.actor." + $0 }

  private static let reference = [
    "log_prob_micro_batch_size=null", "log_prob_micro_batch_size_per_gpu=null",
    "log_prob_use_dynamic_bsz=false", "log_prob_max_token_len_per_gpu=16384",
  ].map { "actor_rollout_ref.ref." + $0 }

  private static let rollout = [
    "name=vllm", "mode=async", "n=2", "temperature=1.0", "top_k=-1", "top_p=1", "do_sample=true",
    "ignore_eos=false", "prompt_length=512", "response_length=512", "val_kwargs.n=1",
    "val_kwargs.temperature=0", "val_kwargs.top_k=-1", "val_kwargs.top_p=1.0", "val_kwargs.do_sample=false",
    "calculate_log_probs=true", "logprobs_mode=processed_logprobs", "seed=42", "full_determinism=false",
    "tensor_model_parallel_size=2", "data_parallel_size=1", "expert_parallel_size=1",
    "pipeline_model_parallel_size=1", "gpu_memory_utilization=0.5", "dtype=bfloat16", "load_format=dummy",
    "enforce_eager=false", "free_cache_engine=true", "max_num_batched_tokens=8192", "max_num_seqs=256",
    "max_model_len=null", "enable_chunked_prefill=true", "enable_prefix_caching=true",
    "log_prob_micro_batch_size=null", "log_prob_micro_batch_size_per_gpu=null",
    "log_prob_use_dynamic_bsz=false", "log_prob_max_token_len_per_gpu=16384", "multi_turn.enable=false",
    "multi_turn.max_assistant_turns=null", "multi_turn.max_tool_response_length=256",
    "multi_turn.format=hermes", "over_sample_rate=0", "multi_stage_wake_up=false", "agent.num_workers=8",
    "agent.default_agent_loop=single_turn_agent", "checkpoint_engine.backend=naive", "trace.backend=null",
  ].map { "actor_rollout_ref.rollout." + $0 }

  private static let critic = [
    "optim.lr=1e-5", "optim.weight_decay=0.01", "grad_clip=1.0", "cliprange_value=0.5",
    "ppo_max_token_len_per_gpu=32768",
  ].map { "critic." + $0 }

  private static let algorithm = [
    "adv_estimator=gae", "gamma=1.0", "lam=1.0", "norm_adv_by_std_in_grpo=true", "use_kl_in_reward=false",
    "kl_penalty=kl", "kl_ctrl.type=fixed", "kl_ctrl.kl_coef=0.001", "kl_ctrl.horizon=10000",
    "kl_ctrl.target_kl=0.1", "filter_groups.enable=false", "filter_groups.metric=null",
    "filter_groups.max_num_gen_batches=0", "filter_groups.max_inflight_gen_batches=1",
    "rollout_correction.rollout_is=null", "rollout_correction.rollout_is_threshold=2.0",
    "rollout_correction.rollout_rs=null", "rollout_correction.rollout_rs_threshold=null",
    "rollout_correction.bypass_mode=false", "rollout_correction.loss_type=ppo_clip",
    "rollout_correction.rollout_is_batch_normalize=false", "use_pf_ppo=false",
    "pf_ppo.reweight_method=pow", "pf_ppo.weight_pow=2.0",
  ].map { "algorithm." + $0 }

  private static let reward = [
    "reward.custom_reward_function.path=null", "reward.custom_reward_function.name=compute_score",
    "reward.reward_manager.source=register", "reward.reward_manager.name=naive",
    "reward.reward_kwargs.overlong_buffer_cfg.enable=false",
    "reward.reward_kwargs.overlong_buffer_cfg.len=0",
    "reward.reward_kwargs.overlong_buffer_cfg.penalty_factor=0.0",
    "reward.reward_kwargs.overlong_buffer_cfg.log=false", "reward.reward_kwargs.max_resp_len=512",
    "reward.num_workers=8", "reward.reward_model.enable=false", "reward.reward_model.model_path=null",
    "reward.sandbox_fusion.url=null", "reward.sandbox_fusion.max_concurrent=64",
    "reward.sandbox_fusion.memory_limit_mb=1024", "reward_model.enable=false",
    "reward_model.reward_manager=naive", "reward_model.launch_reward_fn_async=false",
    "custom_reward_function.path=null", "reward_model.overlong_buffer.log=false",
  ]

  private static let trainer =
    [
      "total_epochs=30", "total_training_steps=null", "project_name=verl_examples", "experiment_name=gsm8k",
      "logger=[console,wandb]", "nnodes=1", "n_gpus_per_node=8", "device=cuda", "save_freq=-1",
      "test_freq=-1",
      "val_before_train=true", "val_only=false", "resume_mode=auto", "resume_from_path=null",
      "default_local_dir=checkpoints/${trainer.project_name}/${trainer.experiment_name}",
      "default_hdfs_dir=null", "max_actor_ckpt_to_keep=null", "max_critic_ckpt_to_keep=null",
      "del_local_ckpt_after_load=false", "critic_warmup=0", "balance_batch=true", "esi_redundant_time=0",
      "ray_wait_register_center_timeout=300", "log_val_generations=0", "rollout_data_dir=null",
      "validation_data_dir=null", "use_v1=true", "v1.trainer_mode=sync",
    ].map { "trainer." + $0 } + [
      "ray_kwargs.ray_init.num_cpus=null", "global_profiler.tool=null", "transfer_queue.enable=false",
      "actor_rollout_ref.nccl_timeout=600", "actor_rollout_ref.hybrid_engine=true",
    ]
}
