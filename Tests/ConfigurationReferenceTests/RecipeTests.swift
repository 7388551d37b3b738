import Foundation
import Testing

/// The files of configs/, and what the program says of settings that it cannot follow.
@Suite("Recipes")
struct RecipeTests {
  static let files =
    ((try? FileManager.default.contentsOfDirectory(atPath: packageFolder.path + "/configs")) ?? [])
    .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("sft-") }.sorted()

  private func print(_ file: String, _ overrides: String...) throws -> Program.Run {
    let yaml = try String(contentsOf: packageFolder.appending(path: "configs/\(file)"), encoding: .utf8)
    return try Program.run(["train", "--print-config"] + overrides, yaml: yaml)
  }

  @Test("every file of configs/ is accepted without a complaint", arguments: files)
  func accepted(file: String) throws {
    let run = try print(file)
    #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
  }

  @Test("configs/README.md lists every file", arguments: files)
  func listed(file: String) throws {
    let text = try String(contentsOf: packageFolder.appending(path: "configs/README.md"), encoding: .utf8)
    #expect(text.contains("`\(file)`"))
  }

  /// The keys of the page's YAML blocks, with what must become of them.
  private static let pageKeys = [
    "algorithm.kl_control.initial_coef: 0.01", "algorithm.kl_control.target_kl: 0.05",
    "algorithm.kl_control.adaptive: true", "algorithm.kl_control.min_coef: 0.001",
    "algorithm.kl_control.max_coef: 0.1", "algorithm.reference_reset.interval: 100",
    "algorithm.reference_reset.kl_threshold: 0.1", "algorithm.reference_reset.performance_degradation: true",
    "algorithm.filter_groups.enable: true", "algorithm.filter_groups.metric: acc",
    "algorithm.filter_groups.max_num_gen_batches: 10", "actor_rollout_ref.actor.clip_ratio_low: 0.2",
    "actor_rollout_ref.actor.clip_ratio_high: 0.28", "actor_rollout_ref.actor.use_kl_loss: true",
    "actor_rollout_ref.actor.loss_agg_mode: token-mean", "actor_rollout_ref.rollout.n: 16",
    "actor_rollout_ref.rollout.temperature: 1.2", "data.max_response_length: 8192",
    "trainer.total_epochs: 20", "trainer.save_freq: 100", "trainer.test_freq: 50",
  ]

  @Test("each key of the ProRL recipe for verl is used, but for those about machines, which are explained")
  func recipe() throws {
    let lines = try print("seed0-verl-recipe.yaml").lines.filter { !$0.hasSuffix("# default") }
    let used = lines.filter { $0.contains(", used") }.compactMap { $0.components(separatedBy: "  # ").first }
    #expect(Set(used) == Set(Self.pageKeys))
    let others = lines.filter { !$0.contains(", used") }
    #expect(others.count == 2)
    #expect(others.first?.hasPrefix("trainer.nnodes: 4  # ") == true)
    #expect(others.last?.hasPrefix("trainer.n_gpus_per_node: 8  # ") == true)
    #expect(others.allSatisfy { $0.contains(", accepted, ignored: `mpirun` decides about machines") })
  }

  @Test(
    "a contradiction is refused with the reason",
    arguments: [
      (
        ["actor_rollout_ref.rollout.n=1"],
        "`actor_rollout_ref.rollout.n` is 1, but `algorithm.adv_estimator: grpo` compares"
      ),
      (
        ["reward.overlong_buffer.enable=true", "reward.overlong_buffer.len=9000"],
        "command line: `reward.overlong_buffer.len` is 9000; it must be at least 1 and at most the response limit of 8192"
      ),
      (
        ["reward_model.overlong_buffer.enable=true", "reward_model.overlong_buffer.len=9000"],
        "command line: `reward_model.overlong_buffer.len` is 9000"
      ),
      (
        ["trainer.val_freq=-1"],
        "`algorithm.reference_reset.performance_degradation` is true, but nothing is validated"
      ),
      (["trainer.test_freq=10", "trainer.val_freq=20"], "are the same option; remove one of them"),
      (
        ["+reward_model.overlong_buffer.len=8", "reward.overlong_buffer.len=9"],
        "are the same option; remove one of them"
      ),
      (["critic.enable=true"], "there is no value model"),
      (["algorithm.adv_estimator=gae"], "this estimator needs more than rewards"),
      (["+actor_rollout_ref.rollout.nn=16"], "`actor_rollout_ref.rollout.nn` is not a key of"),
      (["actor_rollout_ref.rollout.n=${data.n}"], "`data.n` is not given"),
      (["trainer.seed=${trainer.seed}"], "`trainer.seed` leads back to itself"),
    ])
  func contradictions(overrides: [String], part: String) throws {
    let yaml = try String(
      contentsOf: packageFolder.appending(path: "configs/seed0-verl-recipe.yaml"), encoding: .utf8)
    let run = try Program.run(["train", "--print-config"] + overrides, yaml: yaml)
    #expect(run.exitCode != 0 && run.errors.count == 1)
    #expect(run.errors.first?.contains(part) == true, "\(run.errors)")
  }

  @Test("KL in the loss and in the reward is refused")
  func klTwice() throws {
    let run = try print("seed0-verl-recipe.yaml", "algorithm.use_kl_in_reward=true")
    #expect(run.errors.first?.contains("penalises the same KL twice") == true)
    let meant = try print(
      "seed0-verl-recipe.yaml", "algorithm.use_kl_in_reward=true", "algorithm.allow_kl_twice=true")
    #expect(meant.exitCode == 0, "\(meant.errors)")
  }

  private static func key(_ override: String) -> String { String(override.prefix { $0 != "=" }) }

  @Test("every key of verl is known, and its default accepted where the program can follow it")
  func verlDefaults() throws {
    let overrides = VerlDefaults.all.filter { !VerlDefaults.refused.contains(Self.key($0)) }
    let run = try Program.run(["train", "--print-config"] + overrides, yaml: "")
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  @Test(
    "a default of verl's that the program cannot follow is refused",
    arguments: VerlDefaults.all.filter { VerlDefaults.refused.contains(key($0)) })
  func verlDefaultsRefused(override: String) throws {
    let run = try Program.run(["train", "--print-config", override], yaml: "")
    #expect(run.exitCode != 0 && run.errors.first?.contains("`\(Self.key(override))` is ") == true)
  }

  @Test("a command line of verl's DAPO script is accepted as it is")
  func commandLine() throws {
    let overrides = [
      "data.train_files=train.jsonl", "data.prompt_key=prompt", "data.truncation='error'",
      "data.max_prompt_length=2048", "data.max_response_length=20480", "data.gen_batch_size=1536",
      "data.train_batch_size=512", "actor_rollout_ref.rollout.n=16", "algorithm.adv_estimator=grpo",
      "actor_rollout_ref.actor.use_kl_loss=False", "actor_rollout_ref.actor.kl_loss_coef=0.0",
      "actor_rollout_ref.actor.clip_ratio_low=0.2", "actor_rollout_ref.actor.clip_ratio_high=0.28",
      "actor_rollout_ref.actor.clip_ratio_c=10.0", "algorithm.filter_groups.enable=True",
      "algorithm.filter_groups.max_num_gen_batches=10", "algorithm.filter_groups.metric=acc",
      "actor_rollout_ref.model.use_remove_padding=True",
      "+actor_rollout_ref.model.override_config.attention_dropout=0.",
      "+actor_rollout_ref.model.override_config.embd_pdrop=0.",
      "+actor_rollout_ref.model.override_config.resid_pdrop=0.",
      "actor_rollout_ref.actor.use_dynamic_bsz=True", "actor_rollout_ref.ref.log_prob_use_dynamic_bsz=True",
      "actor_rollout_ref.rollout.log_prob_use_dynamic_bsz=True",
      "actor_rollout_ref.actor.ppo_max_token_len_per_gpu=22528",
      "actor_rollout_ref.ref.log_prob_max_token_len_per_gpu=22528", "actor_rollout_ref.rollout.name=vllm",
      "actor_rollout_ref.model.path=models/Qwen2.5-32B",
      "actor_rollout_ref.model.enable_gradient_checkpointing=True", "actor_rollout_ref.actor.optim.lr=1e-6",
      "actor_rollout_ref.actor.optim.lr_warmup_steps=10", "actor_rollout_ref.actor.optim.weight_decay=0.1",
      "actor_rollout_ref.actor.ppo_mini_batch_size=32",
      "actor_rollout_ref.actor.fsdp_config.param_offload=True",
      "actor_rollout_ref.actor.fsdp_config.optimizer_offload=True",
      "actor_rollout_ref.actor.entropy_coeff=0", "actor_rollout_ref.actor.grad_clip=1.0",
      "actor_rollout_ref.actor.loss_agg_mode=token-mean",
      "actor_rollout_ref.actor.ulysses_sequence_parallel_size=8",
      "actor_rollout_ref.rollout.gpu_memory_utilization=0.80",
      "actor_rollout_ref.rollout.tensor_model_parallel_size=4",
      "actor_rollout_ref.rollout.enable_chunked_prefill=True",
      "actor_rollout_ref.rollout.max_num_batched_tokens=22528", "actor_rollout_ref.rollout.temperature=1.0",
      "actor_rollout_ref.rollout.top_p=1.0", "actor_rollout_ref.rollout.top_k=-1",
      "actor_rollout_ref.rollout.val_kwargs.temperature=1.0",
      "actor_rollout_ref.rollout.val_kwargs.top_p=0.7",
      "actor_rollout_ref.rollout.val_kwargs.top_k=-1", "actor_rollout_ref.rollout.val_kwargs.do_sample=True",
      "actor_rollout_ref.rollout.val_kwargs.n=1", "actor_rollout_ref.ref.fsdp_config.param_offload=True",
      "actor_rollout_ref.ref.ulysses_sequence_parallel_size=8",
      "actor_rollout_ref.actor.fsdp_config.fsdp_size=-1", "reward_model.reward_manager=dapo",
      "reward_model.overlong_buffer.enable=True", "reward_model.overlong_buffer.len=4096",
      "reward_model.overlong_buffer.penalty_factor=1.0", "trainer.logger=['console','wandb']",
      "trainer.project_name='DAPO'", "trainer.experiment_name='DAPO-Qwen2.5-32B'",
      "trainer.n_gpus_per_node=8",
      "trainer.nnodes=16", "trainer.val_before_train=True", "trainer.test_freq=5", "trainer.save_freq=5",
      "trainer.total_epochs=1", "trainer.default_local_dir=ckpts/${trainer.project_name}",
      "trainer.resume_mode=auto",
    ]
    let run = try Program.run(["train", "--print-config"] + overrides, yaml: "")
    #expect(run.exitCode == 0, "\(run.errors)")
    for override in overrides {
      let key = String(override.drop { $0 == "+" }.prefix { $0 != "=" })
      // A section whose keys have one meaning is one line; another name stands behind our own.
      let parts = key.split(separator: ".")
      let names = [key, parts.dropLast().joined(separator: ".")]
      #expect(
        run.lines.contains { line in
          names.contains { line.hasPrefix("\($0): ") } && !line.hasSuffix("# default")
        }, "\(key)")
    }
    #expect(run.lines.contains("trainer.default_local_dir: ckpts/DAPO  # command line, used"))
    #expect(
      run.lines.contains { $0.hasPrefix("reward.overlong_buffer.len: 4096  # command line, used, written") })
  }

  @Test("Hydra's names of options are known", arguments: [["--cfg", "job"], ["--print-config"]])
  func hydraOptions(arguments: [String]) throws {
    let run = try Program.run(
      ["train", "--config-path", packageFolder.path + "/configs", "--config-name", "dapo-laptop"] + arguments)
    #expect(run.exitCode == 0)
    #expect(run.lines.contains { $0.hasPrefix("actor_rollout_ref.actor.clip_ratio_c: 10.0  # ") })
  }

  @Test("a configuration of TRL's is printed as a file that the program reads")
  func translation() throws {
    let yaml = "model_name_or_path: m\nlearning_rate: 2e-6\nbeta: 0.04\nuse_vllm: true\nscale_rewards: none\n"
    let translated = try Program.run(["train", "--print-config"], yaml: yaml, option: "--from-trl")
    #expect(translated.exitCode == 0, "\(translated.errors)")
    let run = try Program.run(["train", "--print-config"], yaml: translated.lines.joined(separator: "\n"))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.lines.contains { $0.hasPrefix("actor_rollout_ref.actor.optim.lr: 2e-06  # ") })
    #expect(run.lines.contains { $0.hasPrefix("actor_rollout_ref.actor.kl_loss_coef: 0.04  # ") })
    let refused = try Program.run(
      ["train", "--print-config"], yaml: "loss_type: vespo", option: "--from-trl")
    #expect(refused.exitCode != 0 && refused.errors.first?.contains("has no equivalent here") == true)
  }
}
