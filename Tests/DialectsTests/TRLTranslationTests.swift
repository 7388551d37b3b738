import Configuration
import Testing

@testable import Dialects

@Suite("TRL's configuration")
struct TRLTranslationTests {
  /// The values of the result by key.
  private func translate(_ yaml: String, given: Set<String> = []) throws -> [String: String] {
    let lines = try TRLTranslation(yaml: yaml, file: "trl.yaml", given: given).lines
    #expect(Set(lines.map(\.key)).count == lines.count, "a key is given twice")
    return Dictionary(lines.map { ($0.key, $0.value) }) { first, _ in first }
  }

  /// Fields, and what they become.
  struct Case: Sendable, CustomTestStringConvertible {
    let yaml: String
    let becomes: [String: String?]
    var testDescription: String { yaml }
  }

  private static let actor = "actor_rollout_ref.actor"
  private static let rollout = "actor_rollout_ref.rollout"

  static let cases = [
    Case(
      yaml: "reward_funcs: accuracy_reward",
      becomes: ["reward.rewards": nil, "algorithm.gdpo_reward_keys": nil]),
    Case(
      yaml: "reward_funcs: [accuracy_reward, my.rewards.short]\nreward_weights: [1, 0.5]",
      becomes: [
        "reward.rewards":
          "[{name: task, as: accuracy_reward, weight: 1.0}, {python: \"my/rewards.py\", function: \"short\", weight: 0.5}]",
        "algorithm.gdpo_reward_weights": nil,
      ]),
    Case(
      yaml: "reward_funcs: [my.short]",
      becomes: ["reward.rewards": "[{python: \"my.py\", function: \"short\", weight: 1.0}]"]),
    Case(
      yaml: """
        reward_funcs: [accuracy_reward, my.short]
        reward_weights: [2, 1]
        multi_objective_aggregation: normalize_then_sum
        """,
      becomes: [
        "algorithm.adv_estimator": "gdpo", "algorithm.gdpo_reward_keys": "[\"accuracy_reward\", \"short\"]",
        "algorithm.gdpo_reward_weights": "[2.0, 1.0]",
      ]),
    Case(
      yaml:
        "per_device_train_batch_size: 4\nnum_processes: 4\ngradient_accumulation_steps: 8\nnum_generations: 16",
      becomes: [
        "data.train_batch_size": "8", "\(actor).ppo_mini_batch_size": "8", "\(rollout).n": "16",
        "\(rollout).val_kwargs.n": "16",
      ]),
    Case(
      yaml:
        "gradient_accumulation_steps: 2\nsteps_per_generation: 8\nnum_iterations: 2\nmax_steps: 100\nsave_steps: 30",
      becomes: [
        "data.train_batch_size": "8", "\(actor).ppo_mini_batch_size": "2", "\(actor).ppo_epochs": "2",
        "trainer.total_training_steps": "13", "trainer.save_freq": "4", "trainer.total_epochs": nil,
      ]),
    Case(
      yaml: "gradient_accumulation_steps: 4\nsteps_per_generation: 1",
      becomes: ["data.train_batch_size": "4", "\(actor).ppo_mini_batch_size": "4"]),
    Case(
      yaml: "generation_batch_size: 64",
      becomes: ["data.train_batch_size": "8", "\(actor).ppo_mini_batch_size": "1"]),
    Case(
      yaml: "",
      becomes: [
        "data.train_batch_size": "1", "\(actor).loss_agg_mode": "token-mean", "\(actor).use_kl_loss": "false",
        "\(actor).kl_loss_coef": nil, "\(actor).clip_ratio_low": "0.2", "\(actor).clip_ratio_high": "0.2",
        "\(actor).clip_ratio_c": "1e6", "\(actor).policy_loss.loss_mode": nil, "trainer.total_epochs": "3",
        "algorithm.filter_groups.enable": "false", "algorithm.adv_estimator": "grpo",
        "algorithm.norm_adv_by_std_in_grpo": "true", "\(actor).optim.weight_decay": "0.0",
        "\(actor).optim.lr_scheduler_type": "linear", "trainer.save_freq": "500", "trainer.seed": "42",
      ]),
    Case(
      yaml: "loss_type: dr_grpo\nscale_rewards: none\nmax_completion_length: 300",
      becomes: [
        "\(actor).loss_agg_mode": "seq-mean-token-sum-norm", "\(actor).loss_scale_factor": "300",
        "algorithm.norm_adv_by_std_in_grpo": "false", "data.max_response_length": "300",
      ]),
    Case(yaml: "scale_rewards: False", becomes: ["algorithm.norm_adv_by_std_in_grpo": "false"]),
    Case(yaml: "scale_rewards: true", becomes: ["algorithm.scale_rewards": nil]),
    Case(
      yaml: "scale_rewards: batch",
      becomes: ["algorithm.scale_rewards": "batch", "algorithm.norm_adv_by_std_in_grpo": "true"]),
    Case(yaml: "loss_type: bnpo", becomes: ["\(actor).loss_agg_mode": "token-mean"]),
    Case(
      yaml: "loss_type: grpo\nimportance_sampling_level: sequence\nepsilon: 3e-4\nepsilon_high: 4e-4",
      becomes: [
        "\(actor).policy_loss.loss_mode": "gspo", "\(actor).clip_ratio_low": "0.0003",
        "\(actor).clip_ratio_high": "0.0004", "\(actor).loss_agg_mode": "seq-mean-token-mean",
      ]),
    Case(
      yaml: "loss_type: cispo\nepsilon_high: 5.0",
      becomes: [
        "\(actor).policy_loss.loss_mode": "cispo", "\(actor).clip_ratio_low": "1.0",
        "\(actor).clip_ratio_high": "4.0", "\(actor).clip_ratio_c": nil,
      ]),
    Case(
      yaml: "loss_type: sapo\nsapo_temperature_neg: 1.1",
      becomes: [
        "\(actor).policy_loss.loss_mode": "sapo", "\(actor).tau_pos": "1.0", "\(actor).tau_neg": "1.1",
        "\(actor).loss_agg_mode": "seq-mean-token-mean",
      ]),
    Case(yaml: "delta: 4.0", becomes: ["\(actor).delta": "4.0", "\(actor).clip_ratio_c": "1e6"]),
    Case(
      yaml: "beta: 0.04\nsync_ref_model: true\nref_model_sync_steps: 64",
      becomes: [
        "\(actor).use_kl_loss": "true", "\(actor).kl_loss_coef": "0.04", "\(actor).kl_loss_type": "k3",
        "algorithm.reference_sync.interval": "64", "algorithm.reference_sync.alpha": "0.6",
      ]),
    Case(
      yaml:
        "mask_truncated_completions: true\ntop_entropy_quantile: 0.2\nmulti_objective_aggregation: normalize_then_sum",
      becomes: [
        "algorithm.mask_truncated_completions": "true", "algorithm.top_entropy_quantile": "0.2",
        "algorithm.adv_estimator": "gdpo",
      ]),
    Case(
      yaml: "use_adaptive_entropy: true\nentropy_target: 0.3",
      becomes: [
        "algorithm.entropy_control.controller": "trl", "algorithm.entropy_control.target_entropy": "0.3",
        "algorithm.entropy_control.delta": "0.005",
      ]),
    Case(
      yaml: "lr_scheduler_type: constant_with_warmup\nwarmup_steps: 10",
      becomes: ["\(actor).optim.lr_scheduler_type": "constant", "\(actor).optim.lr_warmup_steps": "10"]),
    Case(
      yaml: "lr_scheduler_type: cosine\nwarmup_steps: 0.1",
      becomes: [
        "\(actor).optim.lr_warmup_steps_ratio": "0.1", "\(actor).optim.lr_warmup_steps": "0",
      ]),
    Case(
      yaml: "lr_scheduler_type: constant\nwarmup_steps: 10",
      becomes: ["\(actor).optim.lr_warmup_steps": nil, "\(actor).optim.lr_warmup_steps_ratio": nil]),
    Case(
      yaml:
        "eval_strategy: steps\neval_steps: 20\neval_on_start: true\nsave_strategy: no\nsave_total_limit: 3",
      becomes: [
        "trainer.test_freq": "20", "trainer.val_before_train": "true", "trainer.save_freq": "0",
        "trainer.max_actor_ckpt_to_keep": "3",
      ]),
    Case(
      yaml:
        "model_name_or_path: Qwen/Qwen2.5-0.5B\ndataset_name: data/train.jsonl\noutput_dir: 'my run'\nrun_name: r",
      becomes: [
        "actor_rollout_ref.model.path": "\"Qwen/Qwen2.5-0.5B\"", "data.train_files": "[\"data/train.jsonl\"]",
        "trainer.default_local_dir": "\"my run\"", "trainer.experiment_name": "\"r\"",
      ]),
    Case(yaml: "bf16: False", becomes: ["numerics.precision": "fp32"]),
    Case(
      yaml: "bf16: true\nresume_from_checkpoint: true\nmax_prompt_length: 256",
      becomes: [
        "numerics.precision": "bf16", "trainer.resume_mode": "auto", "data.max_prompt_length": "256",
      ]),
  ]

  @Test("fields become our keys", arguments: cases)
  func fields(example: Case) throws {
    let lines = try translate(example.yaml)
    for (key, value) in example.becomes { #expect(lines[key] == value, "\(key)") }
  }

  @Test("the result is a file of ours with the same keys and values", arguments: cases)
  func roundTrip(example: Case) throws {
    let translation = try TRLTranslation(yaml: example.yaml, file: "trl.yaml")
    let root = try ConfigurationSection.load(yaml: translation.yaml, file: "run.yaml")
    for line in translation.lines {
      var path = line.key.split(separator: ".").map(String.init)
      let key = path.removeLast()
      var section = root
      for name in path { section = try section.section(name) }
      if line.value.hasPrefix("[{") {
        let elements = try section.sections(key).map { element in
          try ["name", "as", "python", "function", "weight"].compactMap { name in
            try element.optionalString(name).map { "\(name): \($0)" }
          }.joined(separator: ", ")
        }
        #expect(
          elements == line.value.matches(of: #/{([^}]*)}/#).map { String($0.1).replacing("\"", with: "") })
      } else if line.value.hasPrefix("[") {
        let values = try section.strings(key, default: []).joined(separator: ", ")
        #expect(values == line.value.replacing(#/[\[\]"]/#, with: ""))
      } else {
        #expect(try section.string(key, default: "") == line.value.replacing("\"", with: ""), "\(line.key)")
      }
    }
    try root.close()
  }

  @Test(
    "what has no equivalent is refused with the reason",
    arguments: [
      (
        "loss_type: luspo",
        "trl.yaml:1:12: `loss_type` is `luspo`, which weighs a response by its length twice"
      ),
      ("loss_type: vespo", "trl.yaml:1:12: `loss_type` is `vespo`, which has no equivalent here"),
      ("loss_type: ppo", "trl.yaml:1:12: `loss_type` is `ppo`; it must be one of `grpo`, `dr_grpo`"),
      ("loss_type: cispo", "trl.yaml: `epsilon_high` is the cap of the ratio itself"),
      (
        "importance_sampling_level: sequence",
        "trl.yaml:1:28: `importance_sampling_level` is `sequence` (GSPO)"
      ),
      ("num_generations: 3", "trl.yaml:1:18: `num_generations` is 3, but an update has 8 completions"),
      ("generation_batch_size: 20", "trl.yaml:1:24: `generation_batch_size` makes batches of 20 completions"),
      (
        "generation_batch_size: 16\nsteps_per_generation: 2",
        "trl.yaml:1:24: `generation_batch_size` and `steps_per_generation` say the same"
      ),
      ("num_train_epochs: 0.5", "trl.yaml:1:19: `num_train_epochs` is 0.5; epochs are whole here"),
      ("sync_ref_model: true", "trl.yaml:1:17: `sync_ref_model` is true, but with `beta: 0`"),
      ("use_peft: true", "trl.yaml:1:11: `use_peft` is `true`, not false: adapters"),
      ("use_bias_correction_kl: true", "trl.yaml:1:25: `use_bias_correction_kl` is `true`"),
      ("off_policy_mask_threshold: 0.5", "trl.yaml:1:28: `off_policy_mask_threshold` is `0.5`"),
      ("repetition_penalty: 1.1", "trl.yaml:1:21: `repetition_penalty` is `1.1`, not 1"),
      ("optim: adafactor", "trl.yaml:1:8: `optim` is `adafactor`"),
      ("dataset_name: trl-lib/tldr", "trl.yaml:1:15: `dataset_name` is a data set of the hub"),
      (
        "reward_funcs: [accuracy_reward, think_format_reward]",
        "trl.yaml:1:15: `reward_funcs` names `think_format_reward`, a function of TRL's own; add an override"
      ),
      (
        "reward_funcs: [get_soft_overlong_punishment]",
        "trl.yaml:1:15: `reward_funcs` names `get_soft_overlong_punishment`, which is `reward.overlong_buffer` here"
      ),
      ("reward_funcs: [my.]", "trl.yaml:1:15: `reward_funcs` names `my.`"),
      (
        "reward_funcs: [accuracy_reward]\nreward_weights: [1, 2]",
        "trl.yaml:2:17: `reward_weights` has 2 numbers for 1 `reward_funcs`; give one for each"
      ),
      ("reward_weights: [1]", "trl.yaml:1:17: `reward_weights` has 1 numbers for 0 `reward_funcs`"),
      (
        "reward_funcs: [accuracy_reward]\nreward_weights: [much]",
        "trl.yaml:2:17: `reward_weights` holds `much`; a weight is a number"
      ),
      ("eval_strategy: steps", "trl.yaml:1:16: `eval_strategy` is `steps`; give `eval_steps` as well"),
      ("resume_from_checkpoint: out/ckpt", "trl.yaml:1:25: `resume_from_checkpoint` is a checkpoint of TRL"),
      (
        "num_generation: 4",
        "trl.yaml:1:1: `num_generation` is not a key of the configuration; did you mean `num_generations`?"
      ),
      (
        "vllm_moed: colocate",
        "trl.yaml:1:1: `vllm_moed` is not a key of the configuration; did you mean `vllm_mode`?"
      ),
      ("bf16: 3", "trl.yaml:1:7: `bf16` is `3`; it must be `true`, `false` or `null`"),
    ])
  func refused(yaml: String, beginning: String) {
    var said = ""
    do { _ = try TRLTranslation(yaml: yaml, file: "trl.yaml") } catch { said = "\(error)" }
    #expect(said.hasPrefix(beginning), "\(said)")
  }

  @Test("an override of ours stands for a field that cannot be said")
  func overridden() throws {
    #expect(
      try translate("dataset_name: trl-lib/tldr", given: ["data.train_files"])["data.train_files"] == nil)
    let rewards = try TRLTranslation(
      yaml: "reward_funcs: [think_format_reward]\nreward_weights: [2, 3]", file: "trl.yaml",
      given: ["reward.name"])
    #expect(!rewards.lines.contains { $0.key.hasPrefix("reward") })
    #expect(
      rewards.notes.compactMap(\.warning).contains { $0.contains("`reward_weights` has no effect") },
      "\(rewards.notes.compactMap(\.warning))")
  }

  /// Every own field of `GRPOConfig` with its default, then common ones of `TrainingArguments`.
  static let defaults = """
    learning_rate: 1e-6, model_init_kwargs: null, trust_remote_code: false, router_aux_loss_coef: 0.001,
    disable_dropout: false, cast_lm_head_to_fp32: false, remove_unused_columns: false, num_generations: 8,
    num_generations_eval: null, max_completion_length: 512, ds3_gather_for_generation: true,
    shuffle_dataset: true, pad_to_multiple_of: null, generation_batch_size: null, steps_per_generation: null,
    temperature: 1.0, top_p: 1.0, top_k: 0, min_p: null, generation_kwargs: null, chat_template_kwargs: null,
    repetition_penalty: 1.0, cache_implementation: null, use_vllm: false, vllm_mode: colocate,
    vllm_model_impl: vllm, vllm_enable_sleep_mode: false, vllm_structured_outputs_regex: null,
    vllm_server_base_url: null, vllm_server_host: 0.0.0.0, vllm_server_port: 8000,
    vllm_server_timeout: 240.0, vllm_group_port: 51216, vllm_gpu_memory_utilization: 0.3,
    vllm_max_model_length: null, vllm_tensor_parallel_size: 1, beta: 0.0, num_iterations: 1, epsilon: 0.2,
    epsilon_high: null, delta: null, sapo_temperature_neg: 1.05, sapo_temperature_pos: 1.0,
    vespo_k_pos: 2.0, vespo_lambda_pos: 3.0, vespo_k_neg: 3.0, vespo_lambda_neg: 2.0,
    importance_sampling_level: token, reward_weights: null, multi_objective_aggregation: sum_then_normalize,
    scale_rewards: group, loss_type: dapo, mask_truncated_completions: false, sync_ref_model: false,
    ref_model_mixup_alpha: 0.6, ref_model_sync_steps: 512, top_entropy_quantile: 1.0, entropy_coef: 0.0,
    use_adaptive_entropy: false, entropy_coef_min: 0.0, entropy_coef_max: 1.0, entropy_coef_delta: 0.005,
    entropy_target: 0.2, max_tool_calling_iterations: null, vllm_importance_sampling_correction: true,
    vllm_importance_sampling_mode: sequence_mask, vllm_importance_sampling_clip_max: 3.0,
    vllm_importance_sampling_clip_min: null, off_policy_mask_threshold: null, use_bias_correction_kl: false,
    log_completions: false, log_multimodal: true, num_completions_to_print: null, log_unique_prompts: false,
    log_completions_hub_repo: null, use_transformers_continuous_batching: false,
    transformers_continuous_batching_config: null, use_transformers_paged: false,
    vllm_importance_sampling_cap: null, logging_steps: 10, gradient_checkpointing: true, bf16: null,
    lr_scheduler_kwargs: null, use_liger_kernel: false, torch_empty_cache_steps: null,
    per_device_train_batch_size: 8, gradient_accumulation_steps: 1, num_train_epochs: 3.0, max_steps: -1,
    weight_decay: 0.0, adam_beta1: 0.9, adam_beta2: 0.999, adam_epsilon: 1e-8, max_grad_norm: 1.0,
    lr_scheduler_type: linear, warmup_steps: 0, warmup_ratio: 0.0, save_steps: 500, seed: 42,
    output_dir: null, report_to: none, save_strategy: steps, eval_strategy: no, fp16: false,
    gradient_checkpointing_kwargs: {use_reentrant: false}, push_to_hub: false, optim: adamw_torch_fused
    """

  @Test("every field of GRPOConfig is known, and its default changes nothing")
  func allFields() throws {
    let given = try TRLTranslation(yaml: "{\(Self.defaults)}", file: "trl.yaml")
    let absent = try TRLTranslation(yaml: "", file: "trl.yaml")
    #expect(given.lines == absent.lines)
    // One note for every field that is not read.
    let read = Set(absent.fields.map(\.path))
    let fields = Self.defaults.matches(of: #/(\w+): /#).map { String($0.1) }.filter { $0 != "use_reentrant" }
    #expect(Set(given.notes.map(\.key)) == Set(fields).subtracting(read))
  }
}
