import ArgumentParser
import Foundation
import Models

/// What is measured: the model, how it computes, and how the outcome is told.
struct BenchSubjectOptions: ParsableArguments {
  @Option(help: "A Hugging Face directory; its weights are used, its tokenizer is not.")
  var model: String?

  @Option(help: "A built-in configuration with random weights: gpt2, qwen2.5-0.5b or qwen2.5-1.5b.")
  var shape: BenchShape?

  @Option(help: "auto, fp32 or bf16.")
  var precision: PrecisionChoice = .auto

  @Option(help: "Who computes products with weights: auto, micro, onednn or openblas.")
  var matmul = "auto"

  @Option(help: "Threads of each rank; by default the cores, shared among the machine's ranks.")
  var threads: Int?

  @Option(help: "The seed of weights, prompts and draws.")
  var seed: UInt64 = 1

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws {
    guard model == nil || shape == nil else {
      throw ValidationError("--model and --shape exclude each other; give one of them")
    }
    guard (1...4096).contains(threads ?? 1) else { throw ValidationError("--threads must be in 1...4096") }
    guard MatmulChoice(rawValue: matmul) != nil else {
      let known = MatmulChoice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--matmul is `\(matmul)`; it must be one of \(known)")
    }
  }

  /// What the outcome is filed under: the shape's name, or the model's directory.
  var name: String { model ?? (shape ?? .gpt2).rawValue }

  /// The threads of a process that is alone on the machine.
  var threadsAlone: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// How long prompts and responses are, and how often all is repeated.
struct BenchLengthOptions: ParsableArguments {
  @Option(help: "Responses per prompt.")
  var samples = 8

  @Option(help: "Tokens of each prompt.")
  var promptTokens = 64

  @Option(help: "Tokens of each response.")
  var newTokens = 128

  @Option(help: "How often it is measured, after one round that is not.")
  var steps = 3

  func validate() throws {
    for (name, value, range) in [
      ("--samples", samples, 1...65_535), ("--prompt-tokens", promptTokens, 1...1 << 20),
      ("--new-tokens", newTokens, 1...1 << 20), ("--steps", steps, 1...10_000),
    ] where !range.contains(value) {
      throw ValidationError("\(name) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)")
    }
  }

  /// The tokens of a prompt with one response.
  var sequenceTokens: Int { promptTokens + newTokens }
}
