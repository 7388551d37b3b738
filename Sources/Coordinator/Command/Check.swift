import ArgumentParser
import LearnerWorker
import Tokenization

/// Checks against golden data and of the laws.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare with golden data, or check that the bits are equal everywhere.",
    subcommands: [Parity.self, TokenizerText.self, Algorithms.self, Bits.self])

  /// Compares the model's numbers with golden ones.
  struct Parity: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare logits, losses, gradients and updates with golden.safetensors in a model directory.")

    @Argument(help: "A model directory with golden.safetensors and golden.json.")
    var directory: String

    func run() throws {
      try reportingErrors {
        let check = try ParityCheck(directory: directory)
        for line in check.lines { Terminal.say(line) }
        if !check.isWithinTolerance { throw CommandError("\(directory): beyond tolerance") }
      }
    }
  }

  /// Compares the tokenizer with golden ids and texts.
  struct TokenizerText: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tokenizer", abstract: "Compare ids and texts with golden.jsonl beside a tokenizer.")

    @Argument(help: "A tokenizer's directory with golden.jsonl.")
    var directory: String

    func run() throws {
      try reportingErrors {
        let check = try TokenizerCheck.run(directory: directory)
        for mismatch in check.mismatches { Terminal.say(mismatch) }
        Terminal.say("\(directory): \(check.lines - check.mismatchedLines) of \(check.lines) lines exact")
        if check.mismatchedLines > 0 {
          throw CommandError("\(directory): \(check.mismatchedLines) lines differ")
        }
      }
    }
  }
}
