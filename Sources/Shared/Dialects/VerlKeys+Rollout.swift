import Configuration

extension ForeignKeys {
  /// `actor_rollout_ref.ref`.
  static let verlReference: [Rule] = [
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

  /// `actor_rollout_ref.rollout`.
  static let verlRollout: [Rule] = [
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

  /// The value model.
  static let verlCritic: [Rule] = [
    .init(["critic.*"], .ignored("there is no value model; in verl too only `gae` has one"))
  ]
}
