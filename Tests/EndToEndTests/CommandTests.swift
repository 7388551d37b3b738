import Foundation
import TestSupport
import Testing

/// What the program says about itself, and its smaller commands.
@Suite("Commands")
struct CommandTests {
  @Test("the version is one line of numbers")
  func version() throws {
    let run = try Program.run(["--version"])
    #expect(run.exitCode == 0 && run.errors.isEmpty && run.lines.count == 1)
    #expect(run.lines[0].wholeMatch(of: #/\d+\.\d+\.\d+/#) != nil, "\(run.output)")
  }

  @Test(
    "every command explains itself",
    arguments: [
      [], ["train"], ["sft"], ["generate"], ["check"], ["check", "parity"], ["check", "bits"], ["problems"],
      ["data"], ["data", "prepare"], ["data", "import"], ["data", "inspect"], ["score"],
    ])
  func help(command: [String]) throws {
    let run = try Program.run(command + ["--help"])
    #expect(run.exitCode == 0 && run.errors.isEmpty)
    #expect(run.output.contains("OVERVIEW:") && run.output.contains("USAGE: prorl-coordinator"))
  }

  @Test("an option that does not exist is refused with the way to use it")
  func unknownOption() throws {
    let run = try Program.run(["train", "--frobnicate"])
    #expect(run.exitCode != 0 && run.output.isEmpty)
    #expect(run.errors.contains("--frobnicate") && run.errors.contains("Usage"))
  }

  @Test("the resolved configuration says of every value where it comes from")
  func printConfig() throws {
    let small = try SmallRun()
    let run = try small.train(["--print-config", "trainer.seed=7"])
    #expect(run.exitCode == 0 && run.errors.isEmpty && run.lines.count > 40)
    #expect(run.lines.contains("actor_rollout_ref.rollout.n: 4  # \(small.configurationPath):10, used"))
    #expect(run.lines.contains { $0.hasPrefix("trainer.seed: 7  #") && $0.contains("command line") })
    #expect(
      run.lines.contains {
        $0.hasPrefix("actor_rollout_ref.actor.clip_ratio_low: 0.2  #") && $0.contains("default")
      })
    #expect(Set(run.lines.map { $0.prefix { $0 != ":" } }).count == run.lines.count, "a key comes twice")
    #expect(!small.exists("run"))
  }

  @Test("a dry run says what would run, and touches nothing", arguments: [nil, 3])
  func dryRun(processes: Int?) throws {
    let small = try SmallRun()
    let run = try small.train(["--dry-run"] + (processes.map { ["--processes", "\($0)"] } ?? []))
    #expect(run.exitCode == 0 && run.errors.isEmpty)
    #expect(run.lines.first == "\(small.configurationPath): correct")
    #expect(run.output.contains(processes == nil ? "one process" : "1 rollout and 1 learner ranks"))
    #expect(run.output.contains("GiB"))
    #expect(!small.exists("run"))
  }

  @Test("the embedded default is complete")
  func embedded() throws {
    let run = try Program.run(["train", "--dry-run"])
    #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
  }

  @Test("a run says what it is doing, step by step, in the way that was asked for")
  func loggers() throws {
    let small = try SmallRun()
    let progress = try small.train(["trainer.logger=[progress]", "trainer.total_training_steps=2"])
    #expect(progress.lines.count { $0.hasPrefix("step ") } == 2 && progress.output.contains("step 2/2"))
    #expect(progress.output.contains(small.directory + "/checkpoints"))
    let console = try small.train(
      ["trainer.logger=[console]", "trainer.total_training_steps=3", "trainer.test_freq=-1"])
    #expect(console.lines.contains { $0.hasPrefix("step:3 - ") && $0.contains("actor/grad_norm:") })
    #expect(try small.train(["trainer.total_training_steps=4"]).output.isEmpty)
  }

  // MARK: Smaller commands

  @Test("the same seed continues a prompt the same way")
  func generate() throws {
    let small = try SmallRun()
    let run = { (seed: Int) in
      try Program.run(
        [
          "generate", "--model", small.folder.file("model"), "--prompt", "Once upon", "-n", "3",
          "--max-tokens", "9",
        ]
          + ["--chat-template", "none", "--json", "--seed", "\(seed)"])
    }
    let first = try run(1)
    #expect(first.exitCode == 0 && first.errors.isEmpty && first.lines.count == 3)
    for (index, line) in first.lines.enumerated() {
      let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["index"] as? Int == index)
      #expect((object["tokens"] as? [Int])?.count == (object["logprobs"] as? [Double])?.count)
    }
    #expect(try run(1).output == first.output && run(2).output != first.output)
  }

  @Test(
    "what cannot be generated is refused",
    arguments: [
      ["-n", "0"], ["--temperature", "-1"], ["--top-p", "0"], ["--max-tokens", "0"], ["--min-p", "2"],
      ["--top-k", "-1"], ["--temperature", "nan"],
    ])
  func generateRefuses(arguments: [String]) throws {
    let run = try Program.run(["generate", "--prompt", "a"] + arguments)
    #expect(run.exitCode != 0 && run.output.isEmpty && run.errors.contains("Error:"))
  }

  @Test("a prompt of nothing is refused with a sentence that says so")
  func emptyPrompt() throws {
    let small = try SmallRun()
    let run = try Program.run(
      ["generate", "--model", small.folder.file("model"), "--prompt", "", "--chat-template", "none"])
    #expect(run.exitCode == 1 && run.errorLines.count == 1)
    #expect(run.errors.contains("--prompt") && run.errors.contains("empty"), "\(run.errors)")
  }

  @Test("supervised training writes a model, the same every time")
  func supervised() throws {
    let small = try SmallRun()
    let pairs = (0..<30).map { #"{"prompt": "question \#($0)", "response": "answer \#($0 % 3)"}"# + "\n" }
    try small.folder.write("pairs.jsonl", pairs.joined())
    let models = try ["a", "b"].map { name in
      try small.folder.write(
        "sft.yaml",
        """
        model:
          path: \(small.folder.file("model"))
        data:
          train_file: \(small.folder.file("pairs.jsonl"))
          chat_template: none
          train_batch_size: 8
        optim:
          lr: 1e-3
        trainer:
          total_training_steps: 5
          output_dir: \(small.folder.file(name))
        """)
      let run = try Program.run(["sft", "--config", small.folder.file("sft.yaml")])
      #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
      return try small.folder.bytes(name + "/model.safetensors")
    }
    #expect(models[0] == models[1])
    #expect(try models[0] != small.folder.bytes("model/model.safetensors"))
    let check = try Program.run(["generate", "--model", small.folder.file("a"), "--prompt", "question 1"])
    #expect(check.exitCode == 0)
    try small.folder.write("pairs.jsonl", pairs[0] + "{\"prompt\": 3}\n")
    let bad = try Program.run(["sft", "--config", small.folder.file("sft.yaml")])
    #expect(bad.exitCode == 1 && bad.errorLines.count == 1 && bad.errors.contains("pairs.jsonl:2"))
  }

  @Test("supervised training that diverges ends with a sentence, and no model is written")
  func supervisedDiverges() throws {
    let small = try SmallRun()
    try small.folder.write(
      "sft.yaml",
      """
      model: {path: \(small.folder.file("model"))}
      data: {chat_template: none, train_batch_size: 8, demonstrations: {count: 50}}
      optim: {lr: 100, weight_decay: 10, grad_clip: 0}
      trainer: {total_training_steps: 100, output_dir: \(small.folder.file("out"))}
      """)
    let run = try Program.run(["sft", "--config", small.folder.file("sft.yaml")])
    #expect(run.exitCode == 1 && run.errorLines.count == 1)
    #expect(run.errors.contains("three times in a row") && run.errors.contains("optim.lr"), "\(run.errors)")
    #expect(!small.exists("out"))
  }

  @Test("golden data agrees, and spoiled golden data does not", arguments: ["gpt2-tiny", "qwen2-tiny"])
  func parity(name: String) throws {
    let fixture =
      URL(filePath: #filePath).deletingLastPathComponent().path + "/../ModelsTests/Fixtures/" + name
    let run = try Program.run(["check", "parity", fixture])
    #expect(run.exitCode == 0 && run.errors.isEmpty && run.lines.allSatisfy { $0.hasPrefix("ok") })
    let small = try SmallRun()
    let none = try Program.run(["check", "parity", small.folder.file("model")])
    #expect(none.exitCode == 1 && none.errorLines.count == 1 && none.errors.contains("golden.safetensors"))
  }

  @Test("demonstrations are written, the same for the same seed")
  func problems() throws {
    let folder = try TemporaryDirectory()
    for (name, seed) in [("a", 1), ("b", 1), ("c", 2)] {
      let run = try Program.run([
        "problems", "--count", "50", "--seed", "\(seed)", "--output", folder.file(name),
      ])
      #expect(run.exitCode == 0 && run.errors.isEmpty)
    }
    #expect(try folder.bytes("a").count { $0 == 0x0A } == 50)
    #expect(try folder.bytes("a") == folder.bytes("b") && folder.bytes("a") != folder.bytes("c"))
    let run = try Program.run(["problems", "--output", folder.file("none/there")])
    #expect(run.exitCode == 1 && run.errorLines.count == 1 && run.errors.contains(folder.file("none/there")))
  }
}
