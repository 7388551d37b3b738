import Configuration
import Foundation
import Kernels
import LearnerWorker
import Models
import PolicyOptimization
import RolloutWorker
import Tasks
import Tensors
import Tokenization

/// Supervised fine-tuning from a configuration file: JSONL in, a Hugging Face directory out.
struct SFTJob {
  private let section: ConfigurationSection
  private let modelPath: String
  private let initializes: Bool
  private let deviation: Double
  private let trainFile: String?
  private let demonstrations: Int
  private let carelessFraction: Double
  private let chatTemplate: String
  private let batchSize: Int
  private let totalSteps: Int
  private let seed: UInt64
  private let output: String
  private let logFrequency: Int
  private let schedule: LearningRateSchedule
  private let options: LearnerOptions

  init(file: String, overrides: [String]) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CommandError("\(file): cannot be read; give the path of a configuration with --config")
    }
    section = try ConfigurationSection.load(
      yaml: String(decoding: data, as: UTF8.self), file: file, overrides: overrides)
    let model = try section.section("model")
    modelPath = try Locations.resolve(model.string("path", default: "embedded:configs/quickstart-model"))
    initializes = try model.boolean("initialize", default: false)
    deviation = try model.number("init_std", default: 0.02, in: 1e-6...10)
    let dataSection = try section.section("data")
    trainFile = try dataSection.optionalString("train_file").map(Locations.resolve)
    let builtIn = try dataSection.section("demonstrations")
    demonstrations = try builtIn.integer("count", default: 20_000, in: 1...1 << 30)
    carelessFraction = try builtIn.number("careless", default: 0, in: 0...1)
    chatTemplate = try dataSection.string("chat_template", default: "auto")
    batchSize = try dataSection.integer("train_batch_size", default: 64, in: 1...1 << 20)
    let trainer = try section.section("trainer")
    totalSteps = try trainer.integer("total_training_steps", default: 100, in: 1...1 << 30)
    seed = UInt64(try trainer.integer("seed", default: 1, in: 0...Int.max))
    output = try trainer.string("output_dir", default: "runs/sft")
    logFrequency = try trainer.integer("log_freq", default: 50, in: 1...1 << 30)
    let optimizer = try section.section("optim")
    schedule = try ScheduleOptions(optimizer).schedule(totalSteps: totalSteps)
    var options = LearnerOptions()
    options.gradientClip = try optimizer.number("grad_clip", default: 1, in: 0...1e9)
    options.optimizer.beta1 = try optimizer.number("beta1", default: 0.9, in: 0...0.999_999)
    options.optimizer.beta2 = try optimizer.number("beta2", default: 0.999, in: 0...0.999_999_9)
    options.optimizer.epsilon = try optimizer.number("eps", default: 1e-8, in: 1e-30...1)
    options.optimizer.weightDecay = try optimizer.number("weight_decay", default: 0.01, in: 0...10)
    self.options = options
    try section.close()
  }

  func run() throws {
    ThreadPool.configure(threads: ProcessInfo.processInfo.activeProcessorCount)
    let configuration = try ModelConfiguration(directory: modelPath)
    let model = LanguageModel(configuration)
    let learner = Learner(model: model, options: options)
    if initializes {
      let values = Storage<Float>(zeros: model.parameterCount)
      model.initialize(values, seed: seed, deviation: deviation)
      learner.begin(with: values)
    } else {
      try learner.begin(directory: modelPath)
    }
    let examples = try examples(configuration)
    Terminal.say("\(modelPath): \(model.parameterCount) parameters, \(examples.count) examples")
    let trainer = SupervisedTrainer(
      learner: learner, examples: examples, batchSize: batchSize, seed: seed)
    var skipped = 0
    for step in 1...totalSteps {
      let rate = schedule.learningRate(finishedSteps: step - 1)
      let (loss, norm) = try trainer.step(step, learningRate: rate)
      skipped = norm.isFinite ? 0 : skipped + 1
      if skipped == 3 {
        throw CommandError(
          "step \(step): loss or gradient was not finite three times in a row; lower `optim.lr`, or check \(modelPath)"
        )
      }
      if step % logFrequency == 0 || step == totalSteps {
        Terminal.say("step \(step)/\(totalSteps) · loss \(loss) · gradient norm \(norm) · lr \(rate)")
      }
    }
    try learner.saveModel(to: output, source: modelPath)
    Terminal.say("\(output): the model")
  }

  /// The examples as tokens, each response ended by the end-of-sequence token.
  private func examples(_ configuration: ModelConfiguration) throws -> [SupervisedExample] {
    let tokenizer = try Tokenizer(directory: modelPath, for: configuration)
    let template = try ChatTemplate.resolve(chatTemplate, tokenizer: tokenizer, directory: modelPath)
    guard let end = configuration.endOfSequenceIds.first ?? tokenizer.endOfTextIds.first else {
      throw CommandError(
        "\(modelPath)/config.json: has no `eos_token_id`, so responses would have no end; add it")
    }
    let pairs = try trainFile.map(SupervisedFile.read) ?? builtInPairs()
    return try pairs.map { pair in
      let prompt = tokenizer.encode(promptText(.text(pair.prompt), template: template))
      let response = tokenizer.encode(pair.response) + [end]
      guard !prompt.isEmpty, prompt.count + response.count <= configuration.maximumPositions else {
        throw CommandError(
          """
          \(pair.origin): prompt and response have \(prompt.count) and \(response.count) tokens; both must be there and \
          together at most \(configuration.maximumPositions)
          """)
      }
      return SupervisedExample(prompt: prompt, response: response)
    }
  }

  private func builtInPairs() -> [SupervisedPair] {
    let source = Demonstrations(split: .train, carelessFraction: carelessFraction, seed: seed)
    return (0..<demonstrations).map { ordinal in
      let demonstration = source.demonstration(ordinal: ordinal)
      return SupervisedPair(
        prompt: demonstration.prompt, response: demonstration.response, origin: "demonstration \(ordinal)")
    }
  }
}

/// One line of a supervised file.
struct SupervisedPair {
  let prompt: String
  let response: String
  let origin: String
}

/// JSONL of prompt and response.
enum SupervisedFile {
  private struct Line: Decodable {
    let prompt: String
    let response: String
  }

  /// Every line's pair; a bad line is an error with file and line.
  static func read(_ path: String) throws -> [SupervisedPair] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError(
        "\(path): cannot be read; `data.train_file` names a JSONL file of prompt and response")
    }
    let decoder = JSONDecoder()
    var pairs: [SupervisedPair] = []
    for (number, line) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
      guard let parsed = try? decoder.decode(Line.self, from: Data(line)) else {
        throw CommandError(
          "\(path):\(number + 1): is no JSON object with texts `prompt` and `response`; correct the line")
      }
      pairs.append(
        SupervisedPair(prompt: parsed.prompt, response: parsed.response, origin: "\(path):\(number + 1)"))
    }
    guard !pairs.isEmpty else {
      throw CommandError("\(path): has no examples; add lines of prompt and response")
    }
    return pairs
  }
}
