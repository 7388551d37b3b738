import Foundation
import TestSupport

/// A run of a few seconds in a folder of its own: a tiny model, a few prompts, a configuration.
struct SmallRun {
  let folder: TemporaryDirectory

  /// The configuration, line by line; line 1 is the first.
  var configuration: [String]

  var configurationPath: String { folder.file("run.yaml") }
  var directory: String { folder.file("run") }

  init() throws {
    folder = try TemporaryDirectory()
    let fixture =
      URL(filePath: #filePath).deletingLastPathComponent().path + "/../ModelsTests/Fixtures/qwen2-tiny"
    try FileManager.default.createDirectory(atPath: folder.file("model"), withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: fixture) where !name.hasPrefix("golden") {
      try folder.write("model/" + name, Data(contentsOf: URL(filePath: fixture + "/" + name)))
    }
    let prompts = ["Tell me", "What is it", "Once upon", "Give an answer", "Hello there", "One two"]
    try folder.write("train.jsonl", prompts.map { #"{"prompt": "\#($0)"}"# + "\n" }.joined())
    configuration = """
      actor_rollout_ref:
        model:
          path: \(folder.file("model"))
        actor:
          ppo_mini_batch_size: 2
          clip_ratio_high: 0.28
          optim:
            lr: 1e-3
        rollout:
          n: 4
      algorithm:
        filter_groups:
          max_num_gen_batches: 3
        reference_reset:
          interval: 3
      data:
        train_files: [\(folder.file("train.jsonl"))]
        train_batch_size: 4
        max_prompt_length: 32
        max_response_length: 12
        chat_template: none
      reward:
        name: keywords
        keywords: [a]
      trainer:
        total_training_steps: 1
        save_freq: 2
        default_local_dir: \(folder.file("run"))
        logger: [silent]
      """.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }

  /// Writes the configuration and starts a training of it.
  func start(_ overrides: [String] = [], ranks: Int? = nil) throws -> RunningProgram {
    try folder.write("run.yaml", configuration.joined(separator: "\n") + "\n")
    return try RunningProgram(["train", "--config", configurationPath] + overrides, ranks: ranks)
  }

  /// Trains to the end.
  func train(_ overrides: [String] = [], ranks: Int? = nil) throws -> ProgramRun {
    try start(overrides, ranks: ranks).wait()
  }

  /// The bytes of what training leaves at `step`: model, optimizer, reference and the coordinator's state.
  func results(at step: Int) throws -> [String: Data] {
    var results: [String: Data] = [:]
    for name in [
      "huggingface/model.safetensors", "optimizer.safetensors", "reference.safetensors", "state.json",
    ] {
      results[name] = try folder.bytes("run/checkpoints/global_step_\(step)/" + name)
    }
    return results
  }

  /// The steps that have a line in the metrics file.
  var finishedSteps: Int {
    (try? folder.bytes("run/metrics.jsonl"))?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name)) }
}
