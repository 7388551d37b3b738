import Experience
import Foundation
import Messages
import PolicyOptimization
import Randomness
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// What is done to tokens before learners get them: weights, masks, selections, counts.
@Suite("Corrections and selections in the loop")
struct CorrectionLoopTests {
  /// Sampling lags by a step of two updates, and every second token becomes less likely with every update.
  static func lagging(_ options: RolloutCorrection.Options) throws -> FakeJob {
    var job = try StalenessTests.job(1)
    job.options.totalSteps = 3
    job.options.correction = RolloutCorrection(options: options)
    job.script.logProbability = { version, _, token in
      -1 - (token.isMultiple(of: 2) ? 0 : Float(version) / 16)
    }
    return job
  }

  @Test("weights are ratios of the old to the sampling policy, truncated, and travel with their tokens")
  func weights() throws {
    let job = try Self.lagging(.init(rolloutIS: "token", rolloutISThreshold: 2.0))
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    for (update, groups) in outcome.trained.enumerated() {
      for sample in groups.flatMap(\.group.samples) {
        let expected = sample.tokens.indices.map { $0.isMultiple(of: 2) || update < 2 ? 1 : exp(-2.0 / 16) }
        #expect(sample.importanceWeights.count == expected.count && sample.isCounted.isEmpty)
        for (found, expected) in zip(sample.importanceWeights, expected) {
          #expect(abs(Double(found) - expected) < 1e-6)
        }
      }
    }
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect(metrics[1]?["rollout_corr/rollout_is_mean"] == 1)
    #expect(metrics[2]?["rollout_corr/rollout_is_mean"] ?? 1 < 1)
  }

  @Test(
    "a cap holds weights down, a band makes them nothing outside", arguments: [("2.0", 2.0), ("0.5_2.0", 0)])
  func bounds(threshold: String, largest: Double) throws {
    var job = try Self.lagging(.init(rolloutIS: "token", rolloutISThreshold: .init(stringLiteral: threshold)))
    job.script.logProbability = { version, _, token in -4 + (token.isMultiple(of: 2) ? 0 : Float(version)) }
    let outcome = job.run(in: try TemporaryDirectory())
    for sample in outcome.trained[2].flatMap(\.group.samples) {
      #expect(
        sample.importanceWeights == sample.tokens.indices.map { $0.isMultiple(of: 2) ? 1 : Float(largest) })
    }
  }

  @Test("rejected tokens are left out, and responses none of whose tokens is left count nowhere")
  func rejections() throws {
    let job = try Self.lagging(.init(rolloutRS: "token_k1", rolloutRSThreshold: "0.95_1.05"))
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    for (update, groups) in outcome.trained.enumerated() {
      var counted = 0
      for sample in groups.flatMap(\.group.samples) {
        #expect(sample.isCounted == sample.tokens.indices.map { $0.isMultiple(of: 2) || update < 2 })
        #expect(sample.importanceWeights.isEmpty)
        counted += sample.countedTokens
      }
      #expect(outcome.updates(of: job.roster)[update].normalizer == Double(counted))
    }
  }

  @Test("advantages of a batch are taken of the tokens that are left")
  func rejectionsBeforeWhitening() throws {
    var job = try Self.lagging(.init(rolloutRS: "token_k1", rolloutRSThreshold: "0.95_1.05"))
    job.options.estimator = try AdvantageEstimator(
      name: "reinforce_plus_plus_baseline", options: AdvantageOptions())
    let outcome = job.run(in: try TemporaryDirectory())
    let groups = outcome.trained[2] + outcome.trained[3]
    let expected = try job.options.estimator.advantages(
      of: groups.map { trained in
        AdvantageGroup(
          trained.group.samples.enumerated().map { index, sample in
            RewardedResponse(
              length: sample.tokens.count, reward: Double(job.script.score(trained.group.ordinal, index)),
              isCounted: sample.isCounted)
          })
      })
    #expect(groups.map { $0.group.samples.map(\.advantages) } == expected.map { $0.map(\.values) })
  }

  @Test("what was cut stays out of the loss")
  func truncated() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.shaping.masksTruncated = true
    job.script.length = { ordinal, sample in (ordinal + sample).isMultiple(of: 3) ? 8 : 3 }
    let outcome = job.run(in: try TemporaryDirectory())
    var cut = 0
    for (update, groups) in outcome.trained.enumerated() {
      for sample in groups.flatMap(\.group.samples) {
        #expect(sample.isCounted == [Bool](repeating: sample.tokens.count < 8, count: sample.tokens.count))
        cut += sample.tokens.count < 8 ? 0 : 1
      }
      let counted = groups.reduce(0) { $0 + $1.group.tokenCount }
      #expect(outcome.updates(of: job.roster)[update].normalizer == Double(counted))
    }
    #expect(cut > 0)
  }

  // MARK: Bypassing the old policy

  @Test("in bypass mode the policy that sampled is the old one, and nothing is scored without need")
  func bypass() throws {
    let job = try Self.lagging(.init(bypassMode: true))
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.scoreOrders.isEmpty)
    for (update, groups) in outcome.trained.enumerated() {
      let version = max(0, update / 2 * 2 - 2)
      for trained in groups {
        #expect(trained.group.policyVersion == version)
        for sample in trained.group.samples {
          #expect(
            sample.oldLogProbabilities
              == sample.tokens.indices.map { job.script.logProbability(version, 0, $0) })
          #expect(sample.importanceWeights.isEmpty)
        }
      }
    }
  }

  @Test(
    "weights of its policy gradient are of the policy as it is in each pass",
    arguments: ["reinforce", "ppo_clip"])
  func bypassWeights(lossType: String) throws {
    var job = try Self.lagging(
      .init(rolloutIS: "token", rolloutISThreshold: 2.0, bypassMode: true, lossType: lossType))
    job.options.epochs = 2
    job.options.totalSteps = 2
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.trained.count == 8)
    for (update, groups) in outcome.trained.enumerated() {
      // Four updates a step; all of both steps is sampled by the first weights.
      for sample in groups.flatMap(\.group.samples) {
        // With the clip the ratio is the weight already.
        let expected =
          lossType == "ppo_clip"
          ? []
          : sample.tokens.indices.map {
            $0.isMultiple(of: 2) ? 1 : exp(-Double(update) / 16)
          }
        #expect(sample.importanceWeights.count == expected.count)
        for (found, expected) in zip(sample.importanceWeights, expected) {
          #expect(abs(Double(found) - expected) < 1e-6)
        }
      }
    }
  }

  @Test("a token that one pass rejects is looked at again in the next")
  func bypassRejections() throws {
    var job = try Self.lagging(.init(rolloutRS: "token_k1", rolloutRSThreshold: "0.5_2.0", bypassMode: true))
    job.options.totalSteps = 1
    job.options.admission.miniBatchSize = 4
    job.options.epochs = 3
    // Odd tokens are unlikely to the policy of one update, and as they were to that of two.
    job.script.logProbability = { version, _, token in version == 1 && !token.isMultiple(of: 2) ? -3 : -1 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.trained.count == 3)
    for (update, groups) in outcome.trained.enumerated() {
      for sample in groups.flatMap(\.group.samples) {
        #expect(
          sample.isCounted == sample.tokens.indices.map { update != 1 || $0.isMultiple(of: 2) },
          "pass \(update)")
      }
    }
  }

  // MARK: Selections

  /// The responses of a mini-batch as its loss sees them, by the policy of `version`.
  private func responses(_ groups: [TrainedGroup], _ job: FakeJob, version: Int) -> [LossResponse] {
    groups.flatMap { trained in
      trained.group.samples.map { sample in
        LossResponse(
          new: sample.tokens.indices.map { job.script.logProbability(version, trained.group.ordinal, $0) },
          old: sample.oldLogProbabilities,
          advantages: sample.tokens.indices.map(sample.advantage(of:)),
          isCounted: [Bool](repeating: true, count: sample.tokens.count))
      }
    }
  }

  /// Losses that pick, with so large shares that they do in a few tokens.
  static let picking: [PolicyLoss] = [
    .klCov(CovariancePenalty(ratio: 0.3, coefficient: 0.1)),
    .clipCov(
      CovarianceClip(clipRatioLow: 0.2, clipRatioHigh: 0.28, ratio: 0.2, lowerBound: -10, upperBound: 10)),
  ]

  @Test(
    "a loss picks out of the whole mini-batch by a named draw, whoever learns", arguments: picking,
    TrainingLoopTests.rosters)
  func selection(loss: PolicyLoss, roster: Roster) throws {
    var job = try TrainingLoopTests.twoSteps()
    job.roster = roster
    job.options.selector = TokenSelector(loss: loss)
    job.options.seed = 77
    job.script.logProbability = { version, ordinal, token in
      -0.5 - Float((ordinal * 3 + token * 7 + version) % 5)
    }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.trained.count == 4)
    for (update, groups) in outcome.trained.enumerated() {
      var draw = NamedGenerator(
        RandomName(seed: 77, purpose: .tokenSelection, step: 1 + update / 2, ordinal: update % 2, sample: 0))
      let expected = loss.selection(of: responses(groups, job, version: update)) { draw.next(below: $0) }
      #expect(groups.flatMap { $0.group.samples.map(\.isSelected) } == expected)
      #expect(expected.joined().contains(true) && expected.joined().contains(false))
    }
    // In the second mini-batch the policy is another than the one that sampled.
    #expect(outcome.scoreOrders.map(\.ordinal) == outcome.batches[1] + outcome.batches[3])
  }

  @Test("only the tokens of highest entropy keep the policy's loss")
  func entropies() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.selector.highEntropy = try HighEntropyTokens(share: 0.5)
    job.script.entropy = { ordinal, token in Float((ordinal * 5 + token * 3) % 11) }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    for groups in outcome.trained {
      let entropies = groups.flatMap { trained in
        trained.group.samples.map { $0.tokens.indices.map { job.script.entropy(trained.group.ordinal, $0) } }
      }
      let flags = try HighEntropyTokens(share: 0.5).flags(
        of: entropies, isCounted: entropies.map { $0.map { _ in true } })
      #expect(
        groups.flatMap { $0.group.samples.map(\.importanceWeights) } == flags.map { $0.map { $0 ? 1 : 0 } })
      #expect(flags.joined().contains(true) && flags.joined().contains(false))
    }
  }

  @Test("entropies and importance weights multiply")
  func entropiesOfWeighted() throws {
    var job = try Self.lagging(.init(rolloutIS: "token", rolloutISThreshold: 2.0))
    let weighted = job.run(in: try TemporaryDirectory()).trained
    job.options.selector.highEntropy = try HighEntropyTokens(share: 0.5)
    job.script.entropy = { _, token in Float(token) }
    job.options.epochs = 2
    let outcome = job.run(in: try TemporaryDirectory())
    // The second pass over the first mini-batch of step 2.
    let (first, second) = (outcome.trained[4], outcome.trained[6])
    for (index, sample) in first.flatMap(\.group.samples).enumerated() {
      let before = weighted[2].flatMap(\.group.samples)[index].importanceWeights
      #expect(before.count == sample.importanceWeights.count)
      for (token, weight) in sample.importanceWeights.enumerated() {
        // Two updates of step 1, or four with two passes.
        let full = token.isMultiple(of: 2) ? 1 : exp(-4.0 / 16)
        #expect(weight == 0 || abs(Double(weight) - full) < 1e-6)
      }
      #expect(second.flatMap(\.group.samples)[index].importanceWeights == sample.importanceWeights)
    }
  }

  // MARK: Counts

  @Test("where parts of a loss are divided by different counts, learners are told their ratio")
  func mixedAggregations() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.selector = TokenSelector(
      loss: .gspo(SequenceObjective(clipRatioLow: 0.2, clipRatioHigh: 0.2)))
    job.options.mixesAggregations = true
    job.options.shaping.masksTruncated = true
    job.script.length = { ordinal, sample in (ordinal + sample).isMultiple(of: 3) ? 8 : 3 }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    for (update, groups) in outcome.trained.enumerated() {
      let tokens = groups.reduce(0) { $0 + $1.group.tokenCount }
      let sequences = groups.reduce(0) { $0 + $1.group.samples.count { $0.countedTokens > 0 } }
      #expect(groups.allSatisfy { $0.settings.normalizerRatio == Double(sequences) / Double(tokens) })
      #expect(outcome.updates(of: job.roster)[update].normalizer == Double(sequences))
    }
  }

  @Test("a loss with an aggregation of its own is divided by its count")
  func forcedAggregation() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.selector = TokenSelector(
      loss: .gspo(SequenceObjective(clipRatioLow: 0.2, clipRatioHigh: 0.2)))
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.updates(of: job.roster).map(\.normalizer) == [4, 4, 4, 4])
    #expect(outcome.trained.joined().allSatisfy { $0.settings.normalizerRatio == 1 })
  }

  // MARK: Skipped updates

  @Test("updates that are skipped are counted, and the sentence names group, response and token")
  func skippedUpdates() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.options.totalSteps = 3
    let trouble = "response 1, token 2: log-probability nan, at sampling -1.0, advantage 0.7"
    job.script.magnitude = { [4, 11].contains($0) ? .nan : 1 }
    job.script.trouble = { [4, 11].contains($0) ? trouble : "" }
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.state?.skippedUpdatesInAll == 2)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect((1...3).map { metrics[$0]?["actor/skipped_updates"] } == [1, 2, 2])
    job.script.magnitude = { $0 >= 4 ? .infinity : 1 }
    job.script.trouble = { $0 >= 4 ? "the gradient of model.norm.weight" : "" }
    let ended = job.run(in: try TemporaryDirectory())
    let sentence = "\(try #require(ended.error))"
    #expect(sentence.contains("step 2") && sentence.contains("3 times in a row"))
    #expect(sentence.contains("group 11, the gradient of model.norm.weight"))
  }

  @Test("what learners find of other probabilities is reported, of the first mini-batch")
  func probabilityDifference() throws {
    var job = try TrainingLoopTests.twoSteps()
    job.script.difference = { $0 == 2 ? 0.125 : $0 == 4 ? 0.5 : 0 }
    let folder = try TemporaryDirectory()
    _ = job.run(in: folder)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect(metrics[1]?["training/rollout_probs_diff_max"] == 0.125)
    #expect(metrics[2]?["training/rollout_probs_diff_max"] == 0)
  }
}
