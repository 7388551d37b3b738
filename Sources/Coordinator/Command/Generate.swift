import ArgumentParser
import Experience
import Foundation
import Messages
import Models
import RolloutWorker
import Tasks
import Tensors
import Tokenization

/// Samples from a model.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sample continuations of a prompt.",
    discussion:
      "Example:\n  prorl-coordinator generate --model DIR --prompt 'Add 47 + 85' -n 4 --temperature 0.7")

  @Option(help: "A Hugging Face directory; without it, the embedded model.")
  var model: String?

  @Option(help: "The prompt; rendered by the chat template where the model has one.")
  var prompt: String

  @Option(name: .customShort("n"), help: "How many responses.")
  var count = 1

  @Option(help: "Divides the logits; 0 takes the most likely token.")
  var temperature: Float = 1

  @Option(help: "Keep the most likely tokens that together have this probability.")
  var topP: Float = 1

  @Option(help: "Keep the k most likely tokens; 0 keeps all.")
  var topK = 0

  @Option(help: "Keep tokens this times as likely as the most likely one.")
  var minP: Float = 0

  @Option(help: "The most tokens of a response.")
  var maxTokens = 64

  @Option(help: "The seed.")
  var seed: UInt64 = 1

  @Option(help: "A text that ends a response; may be repeated.")
  var stop: [String] = []

  @Option(help: "auto, chatml, llama3 or none.")
  var chatTemplate = "auto"

  @Flag(help: "One JSON object per response.")
  var json = false

  func validate() throws {
    guard (1...65_535).contains(count) else {
      throw ValidationError("-n is \(count); it must be in 1...65535")
    }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature must not be negative")
    }
    guard topP > 0, topP <= 1 else {
      throw ValidationError("--top-p is \(topP); it must be above 0 and at most 1")
    }
    guard topK >= 0, (0...1).contains(minP), maxTokens >= 1 else {
      throw ValidationError("--top-k must not be negative, --min-p must be in 0...1, --max-tokens at least 1")
    }
  }

  func run() throws {
    try reportingErrors {
      for (index, response) in try responses().enumerated() { show(response, index) }
    }
  }

  private func responses() throws -> [Response] {
    ThreadPool.configure(threads: ProcessInfo.processInfo.activeProcessorCount)
    let path = try model ?? Locations.resolve("embedded:configs/quickstart-model")
    let languageModel = LanguageModel(try ModelConfiguration(directory: path))
    let tokenizer = try Tokenizer(directory: path, for: languageModel.configuration)
    let template = try ChatTemplate.resolve(chatTemplate, tokenizer: tokenizer, directory: path)
    let weights = languageModel.makeWeights(forTraining: false)
    try languageModel.load(directory: path, into: weights)
    let engine = RolloutEngine(
      model: languageModel, tokenizer: tokenizer, template: template, seed: seed,
      contextLength: languageModel.configuration.maximumPositions)
    let sampling = SamplingParameters(
      temperature: temperature, topK: topK, topP: topP, minP: minP, maximumTokens: maxTokens,
      stopStrings: stop)
    let problem = Problem(
      dataSource: "prompt", prompt: .text(prompt), groundTruth: "",
      reward: RewardRule(.keywords, keywords: []),
      origin: "--prompt")
    let assignment = Assignment(
      use: .generation, step: 0, ordinal: 0, policyVersion: 0, samples: count, sampling: sampling,
      problem: problem)
    try engine.admit(assignment, policyVersion: 0)
    while true {
      if let finished = engine.step(weights: weights).first { return finished.group.responses }
    }
  }

  private struct Line: Encodable {
    let index: Int
    let text: String
    let finish: String
    let tokens: [Int32]
    let logprobs: [Float]
  }

  private func show(_ response: Response, _ index: Int) {
    guard json else { return Terminal.say(count == 1 ? response.text : "[\(index)] \(response.text)") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Line(
      index: index, text: response.text, finish: response.finish.name, tokens: response.tokens,
      logprobs: response.logProbabilities)
    Terminal.say((try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}")
  }
}
