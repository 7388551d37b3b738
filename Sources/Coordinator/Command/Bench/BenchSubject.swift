import ArgumentParser
import Experience
import Kernels
import LearnerWorker
import Messages
import Models
import PolicyOptimization
import RolloutWorker
import Tasks
import Tensors
import Tokenization

// All that benchmarks ask of kernels, model, engine and learner.

extension PrecisionChoice: ExpressibleByArgument {}

/// What a benchmark computes with: settled options.
struct BenchChoice {
  let precision: Precision
  private let backend: MatrixBackend

  var backendName: String { backend.rawValue }

  /// The choice that a run with these options would make for `configuration`.
  init(_ options: BenchSubjectOptions, for configuration: ModelConfiguration) throws {
    precision = options.precision.resolved
    let shapes = LanguageModel.productShapes(configuration)
    if let backend = MatrixBackend(rawValue: options.matmul) {
      guard backend.isAvailable, backend.supports(precision) else {
        throw CommandError(
          "--matmul \(options.matmul) computes no \(precision.rawValue) on this machine; use auto")
      }
      try Certification.check(backend, precision: precision, shapes: shapes)
      self.backend = backend
    } else {
      backend = try Certification.automatic(precision: precision, shapes: shapes)
    }
  }

  /// What a run's configuration says to choose the same.
  var overrides: [String] {
    [
      "numerics.matmul=\(backend.rawValue)", "numerics.precision=\(precision.rawValue)",
    ]
  }

  func makeModel(_ configuration: ModelConfiguration, contextLength: Int) -> LanguageModel {
    LanguageModel(configuration, contextLength: contextLength, backend: backend, precision: precision)
  }
}

/// One way to compute products with weights.
struct BenchProduct {
  let backend: MatrixBackend
  let precision: Precision

  var name: String { backend.rawValue }

  /// The ways that this machine has.
  static var available: [BenchProduct] {
    Precision.allCases.flatMap { precision in
      MatrixBackend.allCases.filter { $0.isAvailable && $0.supports(precision) }.map {
        BenchProduct(backend: $0, precision: precision)
      }
    }
  }

  /// A product of `rows` rows with a packed weight, to be called again and again.
  func forward(inner: Int, outer: Int, mostRows: Int) -> (_ rows: Int) -> Void {
    let weights = WeightMatrix(inner: inner, outer: outer, backend: backend, precision: precision)
    weights.pack(MatrixView(benchNumbers(inner * outer), rows: inner, rowLength: outer, columns: outer))
    let (x, y) = (benchNumbers(mostRows * inner), Tensor(zeros: [mostRows, outer]))
    return { rows in
      weights.multiply(
        MatrixView(x, rows: rows, rowLength: inner, columns: inner),
        into: MatrixView(y, rows: rows, rowLength: outer, columns: outer))
    }
  }

  /// The ways to compute weight gradients.
  static var gradients: [BenchProduct] {
    available.filter { $0.backend == .micro || ($0.backend == .onednn && $0.precision == .bf16) }
  }

  /// The gradient of a weight from `rows` rows, folded: `totals += round(scale · xᵀ · dy)`, packing included.
  func weightGradient(inner: Int, outer: Int, mostRows: Int) -> (_ rows: Int) -> Void {
    let (x, dy) = (benchNumbers(mostRows * inner), benchNumbers(mostRows * outer))
    let totals = Storage<Int64>(zeros: inner * outer)
    return { rows in
      let left = MatrixView(x, rows: rows, rowLength: inner, columns: inner).transposed
      let right = MatrixView(dy, rows: rows, rowLength: outer, columns: outer)
      if backend == .onednn {
        _ = libraryFold(left, right, scale: 0x1p36, into: totals, at: 0)
      } else {
        _ = foldProduct(left, right, precision: precision, scale: 0x1p36, into: totals, at: 0)
      }
    }
  }
}

/// Numbers in -1…1 that are quickly made.
private func benchNumbers(_ count: Int) -> Tensor {
  let tensor = Tensor(zeros: [count])
  forEachBlock((count + 65_535) / 65_536) { block in
    var values = tensor.mutableSpan
    for i in block * 65_536..<min(count, (block + 1) * 65_536) {
      let bits = UInt32(truncatingIfNeeded: i) &* 0x9E37_79B9
      values[i] = Float(Int32(bitPattern: bits ^ bits >> 15)) * 0x1p-31
    }
  }
  return tensor
}

/// A model with weights, and the engine or the learner that works with it.
final class BenchSubject {
  let model: LanguageModel
  private let files: BenchModel
  private let seed: UInt64

  /// The model of `files`.
  init(_ files: BenchModel, choice: BenchChoice, contextLength: Int, seed: UInt64) throws {
    self.files = files
    self.seed = seed
    model = choice.makeModel(files.configuration, contextLength: contextLength)
  }

  /// An engine with its tokenizer, as a rollout rank has it.
  func makeSampler(contextLength: Int) throws -> BenchSampler {
    let tokenizer = try Tokenizer(directory: files.directory)
    let engine = RolloutEngine(
      model: model, tokenizer: tokenizer, template: .none, seed: seed, contextLength: contextLength)
    let weights = model.makeWeights(forTraining: false)
    try model.load(directory: files.directory, into: weights)
    return BenchSampler(engine: engine, weights: weights)
  }

  /// A learner, as a learner rank has it; `hasReference` keeps a second model for the KL penalty.
  func makeLearner(_ group: GroupLengths, hasReference: Bool) throws -> BenchLearner {
    var options = LearnerOptions()
    // Never clipped, since a clipped token has no gradient.
    options.firstPlan.loss.objective = ClippedObjective(clipRatioLow: 1, clipRatioHigh: 1000, clipRatioC: 1e6)
    if hasReference { options.firstPlan.loss.klPenalty = .init(estimator: KLEstimator()) }
    options.keepsReference = hasReference
    options.longestPrompt = group.promptTokens
    options.longestResponse = group.newTokens
    let learner = Learner(model: model, options: options)
    try learner.begin(directory: files.directory)
    return BenchLearner(
      learner: learner, vocabularySize: model.configuration.vocabularySize)
  }
}

/// The engine at work on groups of made-up prompts.
struct BenchSampler {
  fileprivate let engine: RolloutEngine
  fileprivate let weights: ModelWeights

  /// Samples a group of every prompt, all at once.
  ///
  /// - Returns: The number of tokens drawn.
  func sample(prompts: [String], samples: Int, newTokens: Int, topP: Float, step: Int) throws -> Int {
    let sampling = SamplingParameters(topP: topP, maximumTokens: newTokens)
    for (ordinal, prompt) in prompts.enumerated() {
      let problem = Problem(
        dataSource: "bench", prompt: .text(prompt), groundTruth: "",
        reward: RewardRule(.keywords, keywords: [BenchTokenizer.coin]), origin: "benchmark")
      let assignment = Assignment(
        use: .training, step: step, ordinal: ordinal, policyVersion: 0, samples: samples, sampling: sampling,
        problem: problem)
      try engine.admit(assignment, policyVersion: 0)
    }
    var tokens = 0
    while engine.liveGroups > 0 {
      for (_, _, group) in engine.step(weights: weights) { tokens += group.tokenCount }
    }
    return tokens
  }
}

/// The learner at work on made-up groups.
struct BenchLearner {
  fileprivate let learner: Learner
  fileprivate let vocabularySize: Int

  /// Trains one group of made-up tokens.
  func train(_ lengths: GroupLengths, ordinal: Int) {
    func tokens(_ count: Int, salt: Int) -> [Int32] {
      (0..<count).map { Int32((($0 + 1) &* 7919 &+ salt &* 104_729) % vocabularySize) }
    }
    // The policy is nearly uniform over the vocabulary, so this is about what sampling would have recorded.
    let old = [Float](repeating: -Float(logarithm(Double(vocabularySize))), count: lengths.newTokens)
    let samples = (0..<lengths.responses).map { number in
      TrainingGroup.Sample(
        tokens: tokens(lengths.newTokens, salt: ordinal &* 64 &+ number + 1), oldLogProbabilities: old,
        advantages: [number.isMultiple(of: 2) ? 1 : -1])
    }
    let group = TrainingGroup(
      ordinal: ordinal, policyVersion: 0, promptTokens: tokens(lengths.promptTokens, salt: ordinal),
      samples: samples)
    _ = learner.train(group, settings: LossSettings(klCoefficient: 0.02))
  }

  /// Ends a mini-batch of `tokens` tokens.
  func update(tokens: Int, step: Int) throws {
    let order = UpdateOrder(
      step: step, miniBatch: 0, normalizer: Double(tokens), learningRate: 1e-6, isSkipped: false)
    _ = try learner.update(order)
  }
}
