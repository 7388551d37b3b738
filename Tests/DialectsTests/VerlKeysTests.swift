import Configuration
import Testing

@testable import Dialects

@Suite("verl's keys")
struct VerlKeysTests {
  /// What becomes of `yaml` where nobody reads anything.
  private func close(_ yaml: String) throws -> [ConfigurationNote] {
    let root = try ConfigurationSection.load(yaml: yaml, file: "run.yaml", foreignKeys: .verl)
    try root.close()
    return root.notes
  }

  private func message(_ yaml: String) -> String? {
    do {
      _ = try close(yaml)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("no key has two meanings of one kind, and every sentence is one line")
  func tableIsSound() {
    var seen: Set<String> = []
    for rule in ForeignKeys.verl.rules {
      for key in rule.keys {
        // A key whose null is a default may have another meaning as well.
        if case .null = rule.meaning { continue }
        #expect(seen.insert(key).inserted, "\(key)")
      }
      switch rule.meaning {
      case .ignored(let text), .harmless(let text), .only(_, let text), .never(_, let text):
        #expect(!text.contains("\n") && !text.hasSuffix(".") && text.count > 10, "\(text)")
      case .alias, .elements, .null, .equal: break
      }
    }
  }

  @Test(
    "keys about engines are accepted with one warning that says what is done instead",
    arguments: [
      "actor_rollout_ref: {rollout: {name: vllm}}",
      "actor_rollout_ref: {rollout: {gpu_memory_utilization: 0.6}}",
      "actor_rollout_ref: {actor: {fsdp_config: {param_offload: true, optimizer_offload: true}}}",
      "actor_rollout_ref: {actor: {megatron: {tensor_model_parallel_size: 2}}}",
      "actor_rollout_ref: {ref: {log_prob_micro_batch_size_per_gpu: 8}}",
      "actor_rollout_ref: {rollout: {engine_kwargs: {vllm: {disable_mm_preprocessor_cache: true}}}}",
      "ray_kwargs: {ray_init: {num_cpus: 8}}",
      "global_profiler: {tool: nsys}",
      "critic: {optim: {lr: 1e-5}}",
      "trainer: {balance_batch: true}",
    ])
  func warnings(yaml: String) throws {
    let notes = try close(yaml)
    #expect(notes.count == 1)
    #expect(notes[0].warning?.contains(" is ignored: ") == true)
  }

  @Test(
    "what this program does anyway is accepted in silence",
    arguments: [
      "actor_rollout_ref: {model: {lora_rank: 0}}",
      "actor_rollout_ref: {rollout: {multi_turn: {enable: false}}}",
      "reward_model: {enable: False}", "data: {truncation: error, prompt_key: prompt}",
      "actor_rollout_ref: {model: {use_remove_padding: true}}",
      "data: {custom_cls: {path: null, name: null}}",
      "actor_rollout_ref: {model: {override_config: {}}}", "algorithm: {gamma: 1.0}",
      "actor_rollout_ref: {actor: {_target_: verl.workers.config.FSDPActorConfig}}",
    ])
  func silence(yaml: String) throws {
    #expect(try close(yaml).compactMap(\.warning).isEmpty)
  }

  @Test(
    "what would change the meaning is refused with the reason",
    arguments: [
      (
        "actor_rollout_ref: {model: {lora_rank: 32}}",
        "`actor_rollout_ref.model.lora_rank` is `32`, not 0 or null: adapters are"
      ),
      (
        "actor_rollout_ref: {rollout: {multi_turn: {enable: true, format: hermes}}}",
        "`actor_rollout_ref.rollout.multi_turn.enable` is `true`, not false: a response is one turn"
      ),
      (
        "reward_model: {enable: true, strategy: fsdp}",
        "`reward_model.enable` is `true`, not false: responses are scored"
      ),
      ("reward: {reward_model: {enable: true}}", "`reward.reward_model.enable` is `true`"),
      ("algorithm: {adv_estimator: gae}", "`algorithm.adv_estimator` is `gae`: this estimator needs"),
      ("critic: {enable: true}", "`critic.enable` is `true`, not false or null: there is no value model"),
      ("defaults: [ppo_trainer, _self_]", "`defaults` is a list, not []: Hydra's `defaults` composes"),
      ("data: {truncation: left}", "`data.truncation` is `left`, not error: a shortened prompt"),
      (
        "actor_rollout_ref: {rollout: {ignore_eos: true}}", "`actor_rollout_ref.rollout.ignore_eos` is `true`"
      ),
      (
        "actor_rollout_ref: {model: {override_config: {max_position_embeddings: 32768}}}",
        "`actor_rollout_ref.model.override_config.max_position_embeddings` is `32768`"
      ),
      (
        "critic: {enable: null}\ntrainer: {balance_bach: true}",
        "`balance_bach` is not a key of `trainer`; did you mean `balance_batch`?"
      ),
    ])
  func refused(yaml: String, part: String) {
    #expect(message(yaml)?.contains(part) == true, "\(message(yaml) ?? "accepted")")
  }

  @Test(
    "older names and the GPT-2 script's are names of our options",
    arguments: [
      ("reward_model: {overlong_buffer: {len: 7}}", "reward.overlong_buffer.len"),
      ("reward: {reward_kwargs: {overlong_buffer_cfg: {len: 7}}}", "reward.overlong_buffer.len"),
      (
        "reward_model: {reward_kwargs: {overlong_buffer_cfg: {penalty_factor: 7}}}",
        "reward.overlong_buffer.penalty_factor"
      ),
      ("custom_reward_function: {path: 7}", "reward.custom_reward_function.path"),
      ("batch_size: 7", "data.train_batch_size"), ("n_samples: 7", "actor_rollout_ref.rollout.n"),
      ("kl_beta: 7", "actor_rollout_ref.actor.kl_loss_coef"),
      ("actor_rollout_ref: {actor: {optim: {clip_grad: 7}}}", "actor_rollout_ref.actor.grad_clip"),
      (
        "actor_rollout_ref: {actor: {clip_ratio: 7, clip_ratio_low: null}}",
        "actor_rollout_ref.actor.clip_ratio_low"
      ),
      ("actor_rollout_ref: {actor: {optim: {betas: [7, 8]}}}", "actor_rollout_ref.actor.optim.beta1"),
    ])
  func names(yaml: String, option: String) throws {
    let root = try ConfigurationSection.load(yaml: yaml, file: "run.yaml", foreignKeys: .verl)
    var path = option.split(separator: ".").map(String.init)
    let key = path.removeLast()
    var section = root
    for name in path { section = try section.section(name) }
    #expect(try section.integer(key, default: 0, in: 0...9) == 7)
  }
}
