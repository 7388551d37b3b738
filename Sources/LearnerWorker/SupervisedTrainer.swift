import Kernels
import Messages
public import Models
import PolicyOptimization
import Randomness
public import Tensors

/// A prompt and the response to learn.
public struct SupervisedExample: Sendable, Equatable {
  /// The prompt's tokens; context only.
  public var prompt: [Int32]
  /// The response's tokens, the end-of-sequence token included; every one is a target.
  public var response: [Int32]

  /// Creates an example.
  public init(prompt: [Int32], response: [Int32]) {
    self.prompt = prompt
    self.response = response
  }
}

/// Supervised fine-tuning with the learner's numerics: token-mean cross-entropy over responses.
///
/// A batch's examples are drawn by named randomness, cut into units of consecutive ones, and each unit's
/// gradient is folded into integers, so that the result is the same to the bit on any number of threads.
public final class SupervisedTrainer {
  private let learner: Learner
  private let examples: [SupervisedExample]
  private let batchSize: Int
  private let seed: UInt64

  /// Examples whose gradient is computed together.
  private static let unit = 16

  /// A trainer of `learner` on `examples`.
  public init(learner: Learner, examples: [SupervisedExample], batchSize: Int, seed: UInt64) {
    self.learner = learner
    self.examples = examples
    self.batchSize = batchSize
    self.seed = seed
  }

  /// Takes step `step`, counted from 1.
  ///
  /// - Returns: The mean loss in nats per token and the gradient's norm, NaN where the step was skipped
  ///   because its gradient was not finite or could overflow.
  public func step(_ step: Int, learningRate: Double) throws -> (loss: Double, norm: Double) {
    let batch = (0..<batchSize).map { examples[row(ordinal: (step - 1) * batchSize + $0)] }
    var loss = 0.0
    var tokens = 0
    var magnitudes: [Int: Float] = [:]
    for start in stride(from: 0, to: batch.count, by: Self.unit) {
      let unit = batch[start..<min(batch.count, start + Self.unit)]
      let tree = TokenTree(
        trunk: [], branches: unit.map { .init(tokens: $0.prompt + $0.response, firstTarget: $0.prompt.count) }
      )
      let found = learner.trainSupervised(tree)
      loss += found.loss
      tokens += found.tokens
      magnitudes[start] = found.largestMagnitude
    }
    let isSafe = learner.updateGuard.verdict(largestMagnitudes: magnitudes) == .apply
    let order = UpdateOrder(
      step: step, miniBatch: 0, normalizer: Double(max(1, tokens)), learningRate: learningRate,
      isSkipped: !loss.isFinite || !isSafe)
    let report = try learner.update(order)
    return (loss / Double(max(1, tokens)), report.gradientNorm)
  }

  /// The row of a draw: every epoch is a permutation of its own.
  private func row(ordinal: Int) -> Int {
    let epoch = ordinal / examples.count
    let name = RandomName(seed: seed, purpose: .shuffle, step: 0, ordinal: epoch, sample: 0)
    return Permutation(count: examples.count, name: name).element(at: ordinal % examples.count)
  }
}

extension LanguageModel {
  /// Fills `values`, laid out as the table says, with named random numbers: norms 1, biases 0, the rest of mean 0 and the given
  /// deviation.
  ///
  /// Products that end in the residual stream are scaled down by `√(2 · layers)`, as GPT-2's are. The
  /// deviates are sums of twelve uniform numbers, less 6: near to normal, and the same bits on every machine.
  public func initialize(_ values: Storage<Float>, seed: UInt64, deviation: Double) {
    let residual = deviation / (2.0 * Double(configuration.layers)).squareRoot()
    for (index, parameter) in table.parameters.enumerated() {
      let tensor = Tensor(values, offset: parameter.offset, shape: parameter.shape)
      var values = tensor.mutableSpan
      if parameter.shape.count == 1 {
        let isNorm = parameter.name.hasSuffix("weight")
        for i in 0..<values.count { values[i] = isNorm ? 1 : 0 }
        continue
      }
      let endsInResidual = ["o_proj", "down_proj", "c_proj"].contains { parameter.name.contains($0) }
      let scale = endsInResidual ? residual : deviation
      var generator = NamedGenerator(
        RandomName(seed: seed, purpose: .initialization, step: 0, ordinal: index, sample: 0))
      for i in 0..<values.count {
        var sum = -6.0
        for _ in 0..<12 { sum += generator.uniform() }
        values[i] = Float(scale * sum)
      }
    }
  }
}
