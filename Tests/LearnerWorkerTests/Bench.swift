import Experience
import Foundation
import Kernels
import Messages
import Models
import PolicyOptimization
import Tensors
import TestSupport

@testable import LearnerWorker

/// The directory of a small model with golden data.
func modelFixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().path + "/../ModelsTests/Fixtures/" + name
}

/// Small models to teach.
let modelFixtures = ["gpt2-tiny", "qwen2-tiny", "llama3-tiny", "qwen3-tiny"]

/// The options of these tests: every part of the loss is there.
var fullLoss: LearnerOptions {
  var options = LearnerOptions()
  options.loss = TokenLoss(entropyCoefficient: 0.01, klPenalty: .init(coefficient: 0.1))
  options.optimizer = AdamWSettings(learningRate: 0, weightDecay: 0.01)
  options.pieceTokens = 24
  return options
}

/// A small model with groups to learn from.
struct Bench {
  let directory: String
  let model: LanguageModel
  let groups: [TrainingGroup]

  init(_ name: String = "qwen2-tiny") throws {
    directory = modelFixture(name)
    model = LanguageModel(try ModelConfiguration(directory: directory))
    let weights = model.makeWeights(forTraining: false)
    try model.load(directory: directory, into: weights)
    groups = Self.groups(model, weights)
  }

  /// Five groups of up to four responses, one of them empty, one of a single token; `old` log-probabilities
  /// are those of the fixture's weights.
  private static func groups(_ model: LanguageModel, _ weights: ModelWeights) -> [TrainingGroup] {
    let pass = TreePass(model: model, temperature: 1, pieceTokens: 1000, retention: .none)
    let lengths = [[9, 3, 14, 7], [1, 5], [20, 20, 0], [2], [6, 11, 1, 4]]
    return lengths.enumerated().map { ordinal, lengths in
      let vocabulary = model.configuration.vocabularySize
      let prompt = namedTokens("prompt \(ordinal)", 4 + 3 * ordinal, vocabulary: vocabulary)
      let responses = lengths.enumerated().map {
        namedTokens("response \(ordinal).\($0)", $1, vocabulary: vocabulary)
      }
      let scores = pass.score(
        TokenTree(trunk: prompt, branches: responses.map { .init(tokens: $0) }), weights: weights)
      let advantages = namedFloats("advantages \(ordinal)", responses.count, in: -2...2)
      return TrainingGroup(
        ordinal: 40 + ordinal, policyVersion: 0, promptTokens: prompt,
        samples: responses.indices.map {
          .init(tokens: responses[$0], oldLogProbabilities: scores[$0], advantage: advantages[$0])
        })
    }
  }

  /// A learner that has the fixture's weights.
  func learner(_ options: LearnerOptions = fullLoss) throws -> Learner {
    let policy = model.makeWeights(forTraining: true)
    try model.load(directory: directory, into: policy)
    return Learner(model: model, policy: policy, options: options)
  }
}

/// An order to apply what was trained.
func updateOrder(step: Int = 1, isSkipped: Bool = false, normalizer: Double = 90) -> UpdateOrder {
  UpdateOrder(step: step, miniBatch: 0, normalizer: normalizer, learningRate: 1e-3, isSkipped: isSkipped)
}

extension Learner {
  /// Trains `groups` and applies them.
  @discardableResult
  func learn(_ groups: [TrainingGroup], _ order: UpdateOrder = updateOrder()) throws -> UpdateReport {
    for group in groups { _ = train(group, klCoefficient: 0.1) }
    return try update(order) { _ in }
  }

  /// The folded gradient of what was trained since the last update; applies it.
  func totals() throws -> [Int64] {
    var totals: [Int64] = []
    _ = try update(updateOrder()) { values in
      totals = values.indices.map { values[$0] }
    }
    return totals
  }

  /// What the optimizer remembers.
  var moments: [[Float]] { [firstMoment.elements, secondMoment.elements] }
}
