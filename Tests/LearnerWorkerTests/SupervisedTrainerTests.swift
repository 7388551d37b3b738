import Kernels
import Messages
import Models
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// Supervised fine-tuning is as exact as reinforcement learning.
@Suite("Supervised trainer", .serialized)
struct SupervisedTrainerTests {
  private let bench: Bench
  private let examples: [SupervisedExample]

  init() throws {
    bench = try Bench()
    examples = (0..<37).map { number in
      SupervisedExample(
        prompt: namedTokens("question \(number)", 1 + number % 7, vocabulary: 1024),
        response: namedTokens("answer \(number % 5)", 1 + number % 5, vocabulary: 1024))
    }
  }

  private func run(
    steps: Int, batchSize: Int = 20, seed: UInt64 = 3
  ) throws -> (losses: [Double], parameters: [UInt32]) {
    let learner = try bench.learner(LearnerOptions())
    let trainer = SupervisedTrainer(learner: learner, examples: examples, batchSize: batchSize, seed: seed)
    let losses = try (1...steps).map { try trainer.step($0, learningRate: 1e-3).loss }
    return (losses, learner.parameters)
  }

  @Test("the same seed gives the same bits, on any number of threads")
  func repeatable() throws {
    let runs = try [1, 2, 3].map { threads in
      ThreadPool.configure(threads: threads)
      return try run(steps: 4)
    }
    ThreadPool.configure(threads: 1)
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
    #expect(try run(steps: 4, seed: 4).parameters != runs[0].parameters)
  }

  @Test(
    "a batch of all examples has their mean loss over response tokens, whatever the seed",
    arguments: [1, 2] as [UInt64])
  func meanLoss(seed: UInt64) throws {
    let found = try run(steps: 1, batchSize: examples.count, seed: seed).losses[0]
    let learner = try bench.learner(LearnerOptions())
    let pass = TreePass(model: bench.model, temperature: 1, pieceTokens: 1000, retention: .none)
    let tree = TokenTree(
      trunk: [],
      branches: examples.map { .init(tokens: $0.prompt + $0.response, firstTarget: $0.prompt.count) })
    let scores = pass.score(tree, weights: learner.policy).joined()
    #expect(scores.count == examples.reduce(0) { $0 + $1.response.count })
    #expect(abs(found + scores.reduce(0) { $0 + Double($1) } / Double(scores.count)) < 1e-5)
  }

  @Test("examples that can be learned are")
  func learns() throws {
    let losses = try run(steps: 40).losses
    #expect(losses[0] > 6 && losses[39] < losses[0] - 2, "\(losses)")
  }

  @Test("every epoch asks each example once, in an order of its own")
  func epochs() throws {
    // One example per step, told by its loss: two of the same epoch never come from the same example.
    let few = Array(examples[..<6])
    let learner = try bench.learner(LearnerOptions())
    let trainer = SupervisedTrainer(learner: learner, examples: few, batchSize: 1, seed: 9)
    let losses = try (1...12).map { try trainer.step($0, learningRate: 0).loss }
    #expect(Set(losses[..<6]).count == 6 && losses[..<6].sorted() == losses[6...].sorted())
    #expect(Array(losses[..<6]) != Array(losses[6...]))
  }

  @Test("a loss that is not finite moves nothing")
  func notFinite() throws {
    let learner = try bench.learner(LearnerOptions())
    let count = bench.model.parameterCount
    learner.begin(with: Tensor([Float](repeating: .nan, count: count), shape: [count]).storage)
    let trainer = SupervisedTrainer(learner: learner, examples: examples, batchSize: 4, seed: 1)
    let found = try trainer.step(1, learningRate: 1e-3)
    #expect(!found.loss.isFinite || found.norm.isNaN)
    #expect(learner.updateCount == 0)
  }

  // MARK: First weights

  @Test("first weights have their deviation, norms one and biases zero", arguments: modelFixtures)
  func initialization(name: String) throws {
    let bench = try Bench(name)
    let parameters = Storage<Float>(zeros: bench.model.parameterCount)
    bench.model.initialize(parameters, seed: 5, deviation: 0.05)
    for parameter in bench.model.table.parameters {
      let values = parameters.elements[parameter.range].map { Double($0) }
      guard parameter.shape.count > 1 else {
        #expect(values.allSatisfy { $0 == (parameter.name.hasSuffix("weight") ? 1 : 0) }, "\(parameter.name)")
        continue
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
        .squareRoot()
      let isLast = ["o_proj", "down_proj", "c_proj"].contains { parameter.name.contains($0) }
      let expected = isLast ? 0.05 / 2 : 0.05
      // Two layers have four products that end in the residual stream.
      #expect(
        abs(deviation / expected - 1) < 0.05 && abs(mean) < 0.1 * expected, "\(parameter.name): \(deviation)")
    }
  }

  @Test("first weights are named by their seed")
  func initializationSeeds() throws {
    let runs = [1, 1, 2].map { (seed: UInt64) in
      let parameters = Storage<Float>(zeros: bench.model.parameterCount)
      bench.model.initialize(parameters, seed: seed, deviation: 0.02)
      return parameters.elements
    }
    #expect(runs[0] == runs[1] && runs[0] != runs[2])
  }
}
