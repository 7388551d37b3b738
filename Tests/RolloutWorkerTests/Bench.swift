import Experience
import Foundation
import Kernels
import Messages
import Models
import RolloutWorker
import Tasks
import TestSupport
import Tokenization

/// The directory of a small model with a tokenizer.
func modelFixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().path + "/../ModelsTests/Fixtures/" + name
}

/// A small model with what it takes to sample from it.
struct Bench {
  let model: LanguageModel
  let weights: ModelWeights
  let tokenizer: Tokenizer

  init(_ name: String, precision: Precision = .fp32) throws {
    let directory = modelFixture(name)
    model = LanguageModel(try ModelConfiguration(directory: directory), precision: precision)
    weights = model.makeWeights(forTraining: false)
    try model.load(directory: directory, into: weights)
    tokenizer = try Tokenizer(directory: directory)
  }

  func engine(
    contextLength: Int = 200, template: ChatTemplate = .none, seed: UInt64 = 11,
    limits: RolloutLimits = RolloutLimits(), scorer: RewardScorer = RewardScorer()
  ) -> RolloutEngine {
    RolloutEngine(
      model: model, tokenizer: tokenizer, template: template, seed: seed, contextLength: contextLength,
      limits: limits, scorer: scorer)
  }

  /// How weights arrive from so many learners.
  func exchange(learners: Int) -> WeightExchange {
    WeightExchange(model, plan: ShardPlan(count: model.parameterCount, learners: learners))
  }

  /// The fixture's weights as version 4.
  func store(_ source: WeightStore.Source? = nil) -> WeightStore {
    WeightStore(source ?? .shared(weights), version: 4, weights: weights) {
      [model] in model.makeWeights(forTraining: false)
    }
  }

  /// Samples `assignments` all together, by ordinal.
  func sample(_ assignments: [Assignment], with engine: RolloutEngine) throws -> [Int: ScoredGroup] {
    var groups: [Int: ScoredGroup] = [:]
    for assignment in assignments { try engine.admit(assignment, policyVersion: 3) }
    while engine.liveGroups > 0 {
      for (_, _, group) in engine.step(weights: weights) { groups[group.ordinal] = group }
    }
    return groups
  }
}

/// A prompt to sample, of any text.
func assignment(
  _ text: String, ordinal: Int = 0, samples: Int = 3, use: SamplingUse = .training, step: Int = 5,
  policyVersion: Int = 4,
  sampling: SamplingParameters = SamplingParameters(maximumTokens: 40)
) -> Assignment {
  Assignment(
    use: use, step: step, ordinal: ordinal, policyVersion: policyVersion, samples: samples,
    sampling: sampling,
    problem: Problem(
      dataSource: "test", prompt: .text(text), groundTruth: "",
      reward: RewardRule(.keywords, keywords: ["q"]),
      origin: "prompts.jsonl:\(ordinal)"))
}

/// Prompts of different lengths, sampled in different ways.
let mixedAssignments: [Assignment] = {
  let prompts = [
    "Once upon a time", "x", "Add 12 and 30, then say why.", "one\ntwo\nthree\n", "Größe 線 😀", "def f(x):",
  ]
  let ways = [
    SamplingParameters(maximumTokens: 40), SamplingParameters(temperature: 0.7, topP: 0.9, maximumTokens: 70),
    SamplingParameters(temperature: 0, maximumTokens: 25), SamplingParameters(minP: 0.01, maximumTokens: 1),
    SamplingParameters(temperature: 1.3, topK: 50, maximumTokens: 33, stopStrings: ["e", "th"]),
    SamplingParameters(maximumTokens: 40),
  ]
  return prompts.indices.map {
    assignment(prompts[$0], ordinal: 100 + $0, samples: [4, 1, 2, 5, 6, 30][$0], sampling: ways[$0])
  }
}()

/// Everything in a group, log-probabilities as their bits.
func bytes(_ groups: [Int: ScoredGroup]) -> [Int: [UInt8]] {
  groups.mapValues { Report.group(use: .training, step: 0, $0).bytes }
}
