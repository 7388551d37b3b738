import ArgumentParser

/// Supervised warm start.
struct SFT: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sft",
    abstract: "Supervised fine-tuning on JSONL of prompt and response.",
    discussion: "Example:\n  prorl-coordinator sft --config configs/sft-quickstart-1.yaml")

  @Option(name: .shortAndLong, help: "The YAML file.")
  var config: String

  @Argument(help: "Overrides of the file, such as trainer.total_training_steps=10.")
  var overrides: [String] = []

  func run() throws {
    try reportingErrors { try SFTJob(file: config, overrides: overrides).run() }
  }
}
