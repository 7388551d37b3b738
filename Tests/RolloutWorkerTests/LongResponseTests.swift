import Experience
import Kernels
import LearnerWorker
import Messages
import Models
import PolicyOptimization
import TestSupport
import Testing
import Tokenization

@testable import RolloutWorker

/// Contexts much longer than a page, a piece of the learner, and what is computed at once.
@Suite("Long responses", .serialized)
struct LongResponseTests {
  @Test(
    "a group of 16 responses of up to 1,024 tokens is sampled within a budget and trained piece by piece",
    arguments: Precision.allCases)
  func group(precision: Precision) throws {
    let directory = modelFixture("qwen2-tiny")
    var configuration = try ModelConfiguration(directory: directory)
    configuration.maximumPositions = 1200
    let model = LanguageModel(configuration, precision: precision)
    var options = LearnerOptions()
    options.firstPlan.loss.klPenalty = .init()
    options.keepsReference = true
    // Pieces of two responses, activations of none: what a long run has to live with.
    options.pieceTokens = 2048
    options.activationBytes = 0
    let learner = Learner(model: model, options: options)
    try learner.begin(directory: directory)
    let pages = 200
    let engine = RolloutEngine(
      model: model, tokenizer: try Tokenizer(directory: directory), template: .none, seed: 5,
      contextLength: 1200,
      limits: RolloutLimits(cacheBytes: pages * KeyValuePool.pageBytes(model.keyValueShape)))
    try engine.admit(
      assignment("A long story", samples: 16, sampling: SamplingParameters(maximumTokens: 1024)),
      policyVersion: 0)
    var group: ScoredGroup?
    while engine.liveGroups > 0 { group = engine.step(weights: learner.policy).first?.group ?? group }
    let sampled = try #require(group)
    let lengths = sampled.responses.map(\.tokens.count)
    #expect(lengths.contains(1024) && lengths.reduce(0, +) > 4096)
    #expect(engine.counts.mostPages <= pages)

    let report = learner.train(
      TrainingGroup(
        ordinal: 0, policyVersion: 0, promptTokens: sampled.promptTokens,
        samples: sampled.responses.enumerated().map { index, response in
          .init(
            tokens: response.tokens, oldLogProbabilities: response.logProbabilities,
            advantages: [index.isMultiple(of: 2) ? 1 : -1])
        }), settings: LossSettings(klCoefficient: 0.1))
    // The learner computes the very bits that the sampler recorded, one kilotoken into a response too.
    #expect(report.probabilityDifference.largest == 0)
    #expect(report.largestMagnitude > 0 && report.largestMagnitude.isFinite)
  }
}
