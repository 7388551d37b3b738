import Foundation
import TestSupport
import Testing

/// Every mistake ends in one sentence that says where it is, and spoils nothing.
@Suite("Bad input")
struct BadInputTests {
  /// One way to get it wrong.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the sentence must hold; `FOLDER` is the run's folder.
    let words: [String]
    var overrides: [String] = []
    /// Changes the run before it starts.
    var spoil: @Sendable (inout SmallRun) throws -> Void = { _ in }

    var testDescription: String { name }
  }

  static let configurationMistakes = [
    Mistake(
      name: "an unknown key",
      words: ["FOLDER/run.yaml:6:5: `clip_ratio_hi`", "did you mean `clip_ratio_high`?"]
    ) {
      $0.configuration[5] = "    clip_ratio_hi: 0.28"
    },
    Mistake(name: "an unknown section", words: ["FOLDER/run.yaml:16:1: `dta`", "did you mean `data`?"]) {
      $0.configuration[15] = "dta:"
    },
    Mistake(
      name: "a word for a number", words: ["FOLDER/run.yaml:10:8: `actor_rollout_ref.rollout.n`", "many"]
    ) {
      $0.configuration[9] = "    n: many"
    },
    Mistake(
      name: "a number out of range", words: ["FOLDER/run.yaml:10:8: `actor_rollout_ref.rollout.n`", "0"]
    ) {
      $0.configuration[9] = "    n: 0"
    },
    Mistake(name: "a list for a section", words: ["FOLDER/run.yaml:16", "data"]) {
      $0.configuration.replaceSubrange(15..<21, with: ["data: [1, 2]"])
    },
    Mistake(name: "a key that comes twice", words: ["FOLDER/run.yaml:11:5: `n`", "FOLDER/run.yaml:10"]) {
      $0.configuration.insert("    n: 5", at: 10)
    },
    Mistake(name: "text that is no YAML", words: ["FOLDER/run.yaml:", "run.yaml"]) {
      $0.configuration[9] = "    n: [4"
    },
    Mistake(
      name: "an unknown override",
      words: ["command line: `trainer.total_trainig_steps`", "total_training_steps"],
      overrides: ["trainer.total_trainig_steps=3"]),
    Mistake(
      name: "an override that is none", words: ["command line: `trainer.seed`"], overrides: ["trainer.seed"]),
    Mistake(
      name: "an ill-typed override", words: ["command line: `trainer.seed`", "x"],
      overrides: ["trainer.seed=x"]),
    Mistake(
      name: "an unknown reward", words: ["`reward.name`", "telepathy", "gsm8k"],
      overrides: ["reward.name=telepathy"]),
    Mistake(
      name: "an unknown chat template", words: ["chat_template", "klingon", "chatml"],
      overrides: ["data.chat_template=klingon"]),
    Mistake(
      name: "an unknown logger", words: ["`trainer.logger`", "wandbox", "progress"],
      overrides: ["trainer.logger=[wandbox]"]),
    Mistake(
      name: "an unknown aggregation", words: ["loss_agg_mode", "mean-token", "token-mean"],
      overrides: ["actor_rollout_ref.actor.loss_agg_mode=mean-token"]),
    Mistake(
      name: "coefficients out of order", words: ["min_coef"],
      overrides: [
        "algorithm.kl_control.adaptive=true", "algorithm.kl_control.min_coef=0.5",
        "algorithm.kl_control.max_coef=0.1",
      ]),
    Mistake(
      name: "an overlong buffer longer than a response",
      words: ["command line: `reward.overlong_buffer.len` is 99; it must be at least 1 and at most"],
      overrides: ["reward.overlong_buffer.enable=true", "reward.overlong_buffer.len=99"]),
    Mistake(
      name: "the same in the file", words: ["FOLDER/run.yaml:25:", "`reward.overlong_buffer.len` is 98"]
    ) {
      $0.configuration.insert(contentsOf: ["  overlong_buffer:", "    enable: true", "    len: 98"], at: 22)
    },
  ]

  /// `overrides` whose sentence holds `words`.
  private static func overriding(_ name: String, _ overrides: [String], _ words: String...) -> Mistake {
    Mistake(name: name, words: words, overrides: overrides)
  }

  /// A stage of these lines.
  private static func stage(_ name: String, _ lines: [String], _ words: String...) -> Mistake {
    Mistake(name: name, words: words) { $0.configuration += ["stages:"] + lines }
  }

  static let algorithmMistakes: [Mistake] = [
    overriding(
      "staleness without end", ["algorithm.staleness=17"], "`algorithm.staleness` is `17`", "0...16"),
    overriding("an unknown surplus", ["algorithm.filter_groups.surplus=keep"], "surplus` is `keep`", "carry"),
    overriding(
      "an unknown rule for too few groups", ["algorithm.filter_groups.on_exhausted=wait"], "`wait`", "skip"),
    overriding("no refill", ["algorithm.filter_groups.refill_batch_size=0"], "refill_batch_size", "0"),
    overriding(
      "rounds below none", ["algorithm.filter_groups.max_num_gen_batches=-1"], "max_num_gen_batches", "-1"),
    overriding(
      "a value model", ["algorithm.adv_estimator=gae"], "command line: `algorithm.adv_estimator` is `gae`",
      "value model"),
    overriding("an unknown estimator", ["algorithm.adv_estimator=grppo"], "`grppo`", "grpo_passk"),
    overriding(
      "a deviation of the batch for rloo", ["algorithm.adv_estimator=rloo", "algorithm.scale_rewards=batch"],
      "scale_rewards", "rloo"),
    overriding(
      "an unknown scale of rewards", ["algorithm.scale_rewards=all"], "scale_rewards", "`all`", "batch"),
    overriding(
      "an unknown KL of the reward", ["algorithm.kl_penalty=k4"],
      "command line: `algorithm.kl_penalty` is `k4`",
      "low_var_kl"),
    overriding("one response with grpo", ["actor_rollout_ref.rollout.n=1"], "rollout.n", "grpo"),
    overriding(
      "weights without keys", ["algorithm.adv_estimator=gdpo", "algorithm.gdpo_reward_weights=[1,2]"],
      "gdpo_reward_weights", "gdpo_reward_keys"),
    overriding(
      "a weight that is no number", ["algorithm.gdpo_reward_weights=[much]"], "gdpo_reward_weights", "`much`"),
    overriding(
      "the same KL twice", ["algorithm.use_kl_in_reward=true"], "use_kl_in_reward", "use_kl_loss", "twice"),
    overriding(
      "a KL of another reference",
      [
        "algorithm.use_kl_in_reward=true", "actor_rollout_ref.actor.use_kl_loss=false",
        "algorithm.staleness=1",
      ],
      "use_kl_in_reward", "staleness"),
    overriding(
      "a KL of groups that were carried",
      [
        "algorithm.use_kl_in_reward=true", "actor_rollout_ref.actor.use_kl_loss=false",
        "algorithm.filter_groups.surplus=carry",
      ], "use_kl_in_reward", "surplus"),
    overriding(
      "an unknown KL", ["actor_rollout_ref.actor.kl_loss_type=k4"], "kl_loss_type", "`k4`", "low_var_kl"),
    overriding(
      "an unknown loss", ["actor_rollout_ref.actor.policy_loss.loss_mode=vanila"],
      "command line: `actor_rollout_ref.actor.policy_loss.loss_mode` is `vanila`", "vanilla"),
    overriding("dro without its beta", ["actor_rollout_ref.actor.policy_loss.loss_mode=dro"], "dro_beta"),
    overriding(
      "bounds of the covariance out of order",
      [
        "actor_rollout_ref.actor.policy_loss.loss_mode=clip_cov",
        "actor_rollout_ref.actor.policy_loss.clip_cov_lb=9",
      ], "clip_cov_lb", "clip_cov_ub"),
    overriding(
      "an unknown denominator", ["actor_rollout_ref.actor.ratio_denominator=new"], "ratio_denominator",
      "`new`", "reference"),
    overriding("a quantile above 1", ["algorithm.top_entropy_quantile=1.5"], "top_entropy_quantile", "1.5"),
    overriding(
      "an unknown preset", ["algorithm.rollout_correction.preset=tis"], "rollout_correction", "`tis`",
      "decoupled_token_is"),
    overriding(
      "a preset and a weight of one's own",
      [
        "algorithm.rollout_correction.preset=decoupled_token_is",
        "algorithm.rollout_correction.rollout_is=token",
      ],
      "rollout_correction.preset", "rollout_is"),
    overriding(
      "an unknown weight", ["algorithm.rollout_correction.rollout_is=word"], "rollout_is", "`word`",
      "sequence"),
    overriding(
      "a threshold that is none",
      [
        "algorithm.rollout_correction.rollout_is=token",
        "algorithm.rollout_correction.rollout_is_threshold=low",
      ],
      "rollout_is_threshold", "low"),
    overriding(
      "an unknown rejection", ["algorithm.rollout_correction.rollout_rs=token_k9"], "rollout_rs", "token_k9"),
    overriding(
      "an unknown entropy controller", ["algorithm.entropy_control.controller=pid"], "controller", "`pid`",
      "skywork"),
    overriding(
      "a plateau that nobody measures", ["algorithm.reference_reset.plateau_patience=3"], "plateau_patience",
      "trainer.test_freq"),
    overriding(
      "a KL that nobody measures",
      ["algorithm.reference_reset.kl_threshold=0.1", "actor_rollout_ref.actor.use_kl_loss=false"],
      "kl_threshold",
      "use_kl_loss"),
    overriding("an unknown source", ["algorithm.reference_reset.source=last"], "source", "`last`", "best"),
    overriding(
      "a reference that follows by more than all", ["algorithm.reference_sync.alpha=1.5"],
      "reference_sync.alpha", "1.5"),
    overriding(
      "a k beyond the samples", ["actor_rollout_ref.rollout.val_kwargs.pass_k=[1,9]"], "pass_k", "`9`", "8"),
    overriding(
      "a curriculum of endless problems", ["data.curriculum.enable=true", "data.train_files=[]"],
      "command line: `data.curriculum.enable` is true", "`data.train_files`"),
    overriding(
      "parts of a reward that has none",
      ["algorithm.adv_estimator=gdpo", "algorithm.gdpo_reward_keys=[acc,brevity]"],
      "command line: `algorithm.gdpo_reward_keys` names `brevity`", "`acc`"),
    overriding("a floor of nothing", ["data.curriculum.floor=0"], "curriculum.floor", "0"),
    overriding("weights of nothing", ["data.mix={poems: 0}"], "data.mix", "no weight above 0"),
    overriding("a weight below 0", ["data.mix={poems: -1}"], "data.mix", "poems=-1"),
    stage("a stage that never begins", ["  - name: b"], "`plateau.metric`", "start"),
    stage(
      "a stage that begins twice", ["  - start: 2", "    plateau: {metric: actor/entropy}"], "start",
      "plateau.metric"),
    stage("a stage with the first step", ["  - start: 1"], "start", "1"),
    stage("stages out of order", ["  - start: 4", "  - start: 3"], "is step 3", "step 4"),
    stage(
      "a stage of another model", ["  - start: 3", "    set: {actor_rollout_ref.model.path: x}"],
      "actor_rollout_ref.model.path", "holds for the whole run"),
    stage(
      "a stage with a wrong value", ["  - start: 3", "    set: {actor_rollout_ref.rollout.n: many}"],
      "actor_rollout_ref.rollout.n", "many"),
    stage(
      "a stage with an unknown key", ["  - start: 3", "    set: {reward.overlong_buffer.lenn: 3}"],
      "reward.overlong_buffer.lenn", "len"),
    stage("a stage with a typo", ["  - strat: 3"], "strat"),
  ]

  static let modelMistakes = [
    Mistake(name: "no model directory", words: ["FOLDER/nowhere/config.json"]) {
      $0.configuration[2] = "    path: \($0.folder.file("nowhere"))"
    },
    Mistake(name: "no weights", words: ["FOLDER/model", "model.safetensors"]) {
      try FileManager.default.removeItem(atPath: $0.folder.file("model/model.safetensors"))
    },
    Mistake(name: "weights that are cut", words: ["FOLDER/model/model.safetensors"]) {
      try $0.folder.write(
        "model/model.safetensors", $0.folder.bytes("model/model.safetensors").prefix(300_000))
    },
    Mistake(name: "empty weights", words: ["FOLDER/model/model.safetensors"]) {
      try $0.folder.write("model/model.safetensors", "")
    },
    Mistake(name: "weights that are no safetensors", words: ["FOLDER/model/model.safetensors"]) {
      try $0.folder.write(
        "model/model.safetensors", String(repeating: "version https://git-lfs.github.com ", count: 9))
    },
    Mistake(
      name: "a tensor of another shape",
      words: [
        "FOLDER/model/model.safetensors", "`model.layers.0.mlp.gate_proj.weight`", "[176, 64]", "[160, 64]",
      ]
    ) {
      try $0.editConfigurationOfModel { $0["intermediate_size"] = 160 }
    },
    Mistake(name: "a layer that is not there", words: ["FOLDER/model/model.safetensors", "`model.layers.2."])
    {
      try $0.editConfigurationOfModel { $0["num_hidden_layers"] = 3 }
    },
    Mistake(
      name: "another architecture", words: ["FOLDER/model/config.json", "`model_type`", "mistral", "qwen2"]
    ) {
      try $0.editConfigurationOfModel { $0["model_type"] = "mistral" }
    },
    Mistake(name: "heads that do not divide", words: ["FOLDER/model/config.json", "`num_key_value_heads`"]) {
      try $0.editConfigurationOfModel { $0["num_key_value_heads"] = 3 }
    },
    Mistake(name: "a configuration that is no JSON", words: ["FOLDER/model/config.json"]) {
      try $0.folder.write("model/config.json", "{")
    },
    Mistake(name: "no tokenizer", words: ["FOLDER/model", "tokenizer.json"]) {
      try FileManager.default.removeItem(atPath: $0.folder.file("model/tokenizer.json"))
    },
    Mistake(name: "a tokenizer that is cut", words: ["FOLDER/model/tokenizer.json"]) {
      try $0.folder.write("model/tokenizer.json", $0.folder.bytes("model/tokenizer.json").prefix(5_000))
    },
    Mistake(name: "a tokenizer with more tokens than the model", words: ["FOLDER/model", "1024", "900"]) {
      // The weights fit the smaller vocabulary.
      try $0.editConfigurationOfModel { $0["vocab_size"] = 900 }
      try $0.cutEmbedding(rows: 900)
    },
  ]

  static let dataMistakes: [Mistake] = [
    overriding(
      "a weight of a family that is not there", ["data.mix={poems: 1}"],
      "command line: `data.mix` has a weight",
      "`poems`", "no problem"),
    Mistake(name: "no data file", words: ["FOLDER/nothing.jsonl", "no such file"]) {
      $0.configuration[16] = "  train_files: [\($0.folder.file("nothing.jsonl"))]"
    },
    Mistake(name: "a directory for a data file", words: ["FOLDER/model: this is a directory"]) {
      $0.configuration[16] = "  train_files: [\($0.folder.file("model"))]"
    },
    Mistake(name: "a broken line", words: ["FOLDER/train.jsonl:3: not JSON"]) {
      try $0.folder.write("train.jsonl", "{\"prompt\": \"a\"}\n\n{\"prompt\": \"b\"\n")
    },
    Mistake(name: "a line without prompt", words: ["FOLDER/train.jsonl:2: no `prompt`"]) {
      try $0.folder.write("train.jsonl", "{\"prompt\": \"a\"}\n{\"answer\": \"b\"}\n")
    },
    Mistake(name: "a line that is not UTF-8", words: ["FOLDER/train.jsonl:1: not UTF-8"]) {
      try $0.folder.write("train.jsonl", Data([0x22, 0xFF, 0x22, 0x0A]))
    },
    Mistake(name: "an empty data set", words: ["FOLDER/train.jsonl: no line holds a row"]) {
      try $0.folder.write("train.jsonl", "\n  \n")
    },
    Mistake(
      name: "a row that nobody can score", words: ["FOLDER/train.jsonl:1: no answer for the reward `exact`"],
      overrides: ["reward.name=exact"]),
    Mistake(name: "prompts without a reward", words: ["FOLDER/prompts.txt", "reward.name", "`keywords`"]) {
      try $0.folder.write("prompts.txt", "Tell me\n")
      $0.configuration[16] = "  train_files: [\($0.folder.file("prompts.txt"))]"
      $0.configuration.replaceSubrange(21..<24, with: ["reward: {}"])
    },
    Mistake(name: "a prompt longer than allowed", words: ["train.jsonl:2: the prompt has", "tokens", "32"]) {
      let long = String(repeating: "all too long ", count: 40)
      try $0.folder.write("train.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"\(long)\"}\n")
    },
    Mistake(
      name: "a prompt longer than the context", words: ["train.jsonl:1: the prompt has", "511 are the most"],
      overrides: ["data.max_prompt_length=4000"]
    ) {
      try $0.folder.write("train.jsonl", "{\"prompt\": \"\(String(repeating: "word and ", count: 600))\"}\n")
    },
    Mistake(name: "a prompt of nothing", words: ["train.jsonl:2: the prompt is empty"]) {
      let empty = #"{"prompt": [{"role": "user", "content": ""}]}"#
      try $0.folder.write("train.jsonl", "{\"prompt\": \"a\"}\n\(empty)\n")
    },
    Mistake(
      name: "only prompts that are too long", words: ["FOLDER/train.jsonl: every prompt is too long"],
      overrides: ["data.filter_overlong_prompts=true", "data.max_prompt_length=1"]),
    Mistake(
      name: "a broken validation file", words: ["FOLDER/val.jsonl:1"], overrides: ["trainer.test_freq=1"]
    ) {
      try $0.folder.write("val.jsonl", "nonsense\n")
      $0.configuration.insert("  val_files: [\($0.folder.file("val.jsonl"))]", at: 17)
    },
    Mistake(
      name: "a validation prompt longer than the context", words: ["val.jsonl:2: the prompt has"],
      overrides: ["trainer.test_freq=1"]
    ) {
      let long = String(repeating: "word and ", count: 600)
      try $0.folder.write("val.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"\(long)\"}\n")
      $0.configuration.insert("  val_files: [\($0.folder.file("val.jsonl"))]", at: 17)
    },
  ]

  static let runMistakes = [
    Mistake(
      name: "as many rounds as verl's 0 allows", words: ["step 1: only 0 of 1 groups", "after 1000 rounds"],
      overrides: [
        "algorithm.filter_groups.max_num_gen_batches=0", "algorithm.filter_groups.on_exhausted=error",
        "reward.keywords=[impossible]", "data.train_batch_size=1",
        "actor_rollout_ref.actor.ppo_mini_batch_size=1",
        "data.max_response_length=1", "actor_rollout_ref.rollout.n=2",
      ]),
    Mistake(
      name: "a filter by what the reward does not give",
      words: ["train.jsonl:", "`clarity`", "no such number"],
      overrides: ["algorithm.filter_groups.metric=clarity"]),
    Mistake(
      name: "split among too few ranks", words: ["`cluster.placement: split`", "mpirun -np 3"],
      overrides: ["cluster.placement=split"]),
    Mistake(
      name: "more rollout ranks than ranks", words: ["4 rollout ranks", "mpirun -np 6"],
      overrides: ["cluster.rollout_ranks=4"]),
    Mistake(
      name: "a run directory that is a file", words: ["`trainer.default_local_dir`", "FOLDER/train.jsonl"]
    ) {
      $0.configuration[27] = "  default_local_dir: \($0.folder.file("train.jsonl"))"
    },
    Mistake(
      name: "resuming from nowhere", words: ["`trainer.resume_from_path`"],
      overrides: ["trainer.resume_mode=resume_path"]),
    Mistake(
      name: "resuming from what is no checkpoint", words: ["FOLDER/model"],
      overrides: ["trainer.resume_mode=resume_path", "trainer.resume_from_path=FOLDER/model"]),
    Mistake(
      name: "a policy that diverges", words: ["is not finite", "3 times in a row", "actor.optim.lr"],
      overrides: [
        "trainer.total_training_steps=50", "trainer.max_consecutive_skipped_steps=100", "trainer.save_freq=0",
        "actor_rollout_ref.actor.optim.lr=100", "actor_rollout_ref.actor.optim.weight_decay=10",
      ]),
    Mistake(
      name: "nothing to learn from",
      words: ["step 2: for 2 steps in a row", "max_consecutive_skipped_steps"],
      overrides: [
        "trainer.total_training_steps=5", "trainer.max_consecutive_skipped_steps=2",
        "reward.keywords=[impossible]",
      ]),
    Mistake(
      name: "too little to learn from", words: ["step 1: only 0 of 4 groups", "on_exhausted"],
      overrides: ["algorithm.filter_groups.on_exhausted=error", "reward.keywords=[impossible]"]),
  ]

  @Test(
    "one sentence says what is wrong and where, and the next run works",
    arguments: configurationMistakes + algorithmMistakes + modelMistakes + dataMistakes + runMistakes)
  func mistake(mistake: Mistake) throws {
    let good = try SmallRun()
    var bad = good
    let model = try Snapshot(good.folder, names: ["model", "train.jsonl"])
    try mistake.spoil(&bad)
    let run = try bad.train(mistake.overrides.map { $0.replacing("FOLDER", with: good.folder.path) })
    #expect(run.exitCode == 1, "\(run.output)")
    #expect(run.errorLines.count == 1, "\(run.errors)")
    for word in mistake.words {
      #expect(run.errors.contains(word.replacing("FOLDER", with: good.folder.path)), "\(run.errors)")
    }
    expectPlainWords(run.errors)
    try model.restore()
    let next = try good.train()
    #expect(next.exitCode == 0 && next.errors.isEmpty, "\(next.errors)")
    #expect(good.exists("run/checkpoints/global_step_1/manifest.json"))
  }

  @Test("a dry run finds the same mistakes and touches nothing", arguments: modelMistakes + dataMistakes)
  func dryRun(mistake: Mistake) throws {
    var bad = try SmallRun()
    try mistake.spoil(&bad)
    let run = try bad.train(["--dry-run"] + mistake.overrides)
    #expect(run.exitCode == 1 && run.errorLines.count == 1, "\(run.errors)")
    for word in mistake.words {
      #expect(run.errors.contains(word.replacing("FOLDER", with: bad.folder.path)), "\(run.errors)")
    }
    #expect(!bad.exists("run"))
  }

  @Test("a configuration that is not there is named")
  func missingConfiguration() throws {
    let folder = try TemporaryDirectory()
    for command in ["train", "sft"] {
      let run = try Program.run([command, "--config", folder.file("none.yaml")])
      #expect(run.exitCode == 1 && run.errorLines.count == 1)
      #expect(run.errors.contains(folder.file("none.yaml")))
    }
  }

  @Test("a prompt that is too long can be left out")
  func filtered() throws {
    let run = try SmallRun()
    let long = String(repeating: "all too long ", count: 40)
    let prompts = try run.folder.bytes("train.jsonl") + Data("{\"prompt\": \"\(long)\"}\n".utf8)
    try run.folder.write("train.jsonl", prompts)
    let result = try run.train(["data.filter_overlong_prompts=true", "trainer.total_training_steps=3"])
    #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
  }

  /// No name of a type, no code of an error domain.
  private func expectPlainWords(_ text: String) {
    for word in ["Error Domain", "NSCocoa", "Optional(", "Swift.", "Foundation."] {
      #expect(!text.contains(word), "\(text)")
    }
    #expect(!text.contains(#/\bnil\b/#), "\(text)")
  }
}

/// Files as they were, to be put back.
private struct Snapshot {
  private let folder: TemporaryDirectory
  private var files: [String: Data] = [:]

  init(_ folder: TemporaryDirectory, names: [String]) throws {
    self.folder = folder
    for name in names {
      let inside = try? FileManager.default.contentsOfDirectory(atPath: folder.file(name))
      for file in inside.map({ $0.map { name + "/" + $0 } }) ?? [name] {
        files[file] = try folder.bytes(file)
      }
    }
  }

  func restore() throws {
    for (name, bytes) in files { try folder.write(name, bytes) }
  }
}

extension SmallRun {
  fileprivate func editConfigurationOfModel(_ change: (inout [String: Any]) -> Void) throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: folder.bytes("model/config.json")) as? [String: Any])
    change(&object)
    try folder.write("model/config.json", JSONSerialization.data(withJSONObject: object))
  }

  /// Says in the header of the weights that the embedding has so many rows, and leaves out the others' bytes.
  fileprivate func cutEmbedding(rows: Int) throws {
    let data = try folder.bytes("model/model.safetensors")
    let size = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header = try #require(JSONSerialization.jsonObject(with: data[8..<8 + size]) as? [String: Any])
    let name = "model.embed_tokens.weight"
    var cut: [String: Any] = [:]
    var body = Data()
    for (key, value) in header {
      guard var entry = value as? [String: Any], let offsets = entry["data_offsets"] as? [Int] else {
        continue
      }
      let end = key == name ? offsets[0] + rows * 64 * 4 : offsets[1]
      if key == name { entry["shape"] = [rows, 64] }
      entry["data_offsets"] = [body.count, body.count + end - offsets[0]]
      body += data[8 + size + offsets[0]..<8 + size + end]
      cut[key] = entry
    }
    var text = try JSONSerialization.data(withJSONObject: cut)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    let length = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
    try folder.write("model/model.safetensors", length + text + body)
  }
}
