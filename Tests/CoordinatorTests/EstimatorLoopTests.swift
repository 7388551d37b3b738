import Experience
import Foundation
import Messages
import PolicyOptimization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// From rewards to the advantages that learners get.
@Suite("Advantages in the loop")
struct EstimatorLoopTests {
  private static func job(_ estimator: String) throws -> FakeJob {
    var job = try TrainingLoopTests.twoSteps()
    job.options.estimator = try AdvantageEstimator(name: estimator, options: AdvantageOptions())
    return job
  }

  /// A group that was trained, as estimators see it.
  private func rewarded(_ ordinal: Int, _ job: FakeJob) -> AdvantageGroup {
    AdvantageGroup(
      (0..<2).map { sample in
        RewardedResponse(
          length: job.script.length(ordinal, sample), reward: Double(job.script.score(ordinal, sample)))
      })
  }

  @Test(
    "estimators that look at the batch are given all of a step's groups, and nothing trains before they are there",
    arguments: ["gpg", "reinforce_plus_plus", "reinforce_plus_plus_baseline", "gdpo"])
  func wholeBatch(name: String) throws {
    var job = try Self.job(name)
    // Groups that differ, so that a batch of others has other advantages.
    job.script.score = { ordinal, sample in
      ordinal.isMultiple(of: 3) ? 1 : Float((ordinal * 5 + sample * 3) % 4) / 4
    }
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil && outcome.batches.count == 4)
    for step in 1...2 {
      let trained = Array(outcome.trained[2 * step - 2] + outcome.trained[2 * step - 1])
      let expected = try job.options.estimator.advantages(of: trained.map { rewarded($0.group.ordinal, job) })
      #expect(trained.map { $0.group.samples.map(\.advantages) } == expected.map { $0.map(\.values) })
      let decided = try #require(outcome.places { $0 == .cancel(use: .training, step: step) }.first)
      let ordinals = Set(trained.map(\.group.ordinal))
      #expect(
        outcome.places { $0.trainedOrdinal.map(ordinals.contains) ?? false }.allSatisfy { $0 > decided })
      // Not what each group would have alone.
      let alone = try trained.map {
        try job.options.estimator.advantages(of: [rewarded($0.group.ordinal, job)])[0]
      }
      #expect(alone != expected)
    }
  }

  @Test(
    "batches are the same for every roster and order of arrival", arguments: TrainingLoopTests.rosters,
    [false, true])
  func anywhere(roster: Roster, isReversed: Bool) throws {
    var job = try Self.job("reinforce_plus_plus_baseline")
    let reference = job.run(in: try TemporaryDirectory())
    (job.roster, job.shufflesArrival, job.script.isReversed) = (roster, isReversed, isReversed)
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.trained == reference.trained && outcome.state == reference.state)
  }

  @Test(
    "with ReMax every prompt gets a greedy response, whose shaped reward is the baseline",
    arguments: TrainingLoopTests.rosters)
  func remax(roster: Roster) throws {
    var job = try Self.job("remax")
    job.roster = roster
    // So that no prompt waits when its step is decided.
    job.room = 1000
    job.script.baseline = { ordinal in ordinal.isMultiple(of: 2) ? 1 : 0.25 }
    let penalty = try OverlongPenalty(bufferLength: 6, factor: 1, maximumResponseLength: 8)
    job.options.shaping.overlong = penalty
    let outcome = job.run(in: try TemporaryDirectory())
    #expect(outcome.error == nil)
    let (sampled, greedy) = (outcome.assignments(.training), outcome.assignments(.baseline))
    #expect(
      greedy.map(\.ordinal) == sampled.map(\.ordinal)
        && greedy.map(\.policyVersion) == sampled.map(\.policyVersion))
    #expect(
      greedy.allSatisfy { $0.samples == 1 && $0.sampling.isGreedy }
        && sampled.allSatisfy { !$0.sampling.isGreedy })
    for trained in outcome.trained.joined() {
      let ordinal = trained.group.ordinal
      let baseline =
        Double(job.script.baseline(ordinal)) + penalty.penalty(length: job.script.length(ordinal, 0))
      for sample in 0..<2 {
        let reward =
          Double(job.script.score(ordinal, sample))
          + penalty.penalty(length: job.script.length(ordinal, sample))
        let found = try #require(trained.group.samples[sample].advantages.first)
        // Rewards are kept as Float.
        #expect(abs(Double(found) - (Double(Float(reward)) - baseline)) < 1e-6)
      }
    }
    for step in 1...2 {
      #expect(!outcome.places(to: roster.rollout[0]) { $0 == .cancel(use: .baseline, step: step) }.isEmpty)
    }
  }

  // MARK: The KL in the reward

  /// The reference is half a nat away, and behind its first reset it is the policy.
  static func penalized() throws -> FakeJob {
    var job = try TrainingLoopTests.twoSteps()
    job.options.totalSteps = 4
    job.options.rewardPenalty = KLEstimator(.k1)
    job.controllers.rewardKL = try KLController(
      initialCoefficient: 0.25, rule: .proportional(targetKL: 0.1, horizon: 100))
    job.script.logProbability = { _, _, _ in -1 }
    job.script.referenceLogProbability = { resets, _, token in resets == 0 ? -1.25 - Float(token) / 8 : -1 }
    return job
  }

  @Test("the reference scores a group before it is judged, and rewards fall by its KL token by token")
  func penalty() throws {
    let job = try Self.penalized()
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    #expect(outcome.scoreOrders.allSatisfy { $0.wantsReference && !$0.wantsPolicy })
    for trained in try #require(outcome.trained.first) {
      let ordinal = trained.group.ordinal
      let scored = try #require(outcome.places { $0.scoredOrdinal == ordinal }.first)
      #expect(try scored < #require(outcome.places { $0.trainedOrdinal == ordinal }.first))
      let group = AdvantageGroup(
        (0..<2).map { sample in
          let length = job.script.length(ordinal, sample)
          return RewardedResponse(
            length: length, reward: Double(job.script.score(ordinal, sample)),
            tokenRewards: (0..<length).map { -0.25 * (0.25 + Double($0) / 8) })
        })
      let expected = try job.options.estimator.advantages(of: group)
      #expect(trained.group.samples.map(\.advantages) == expected.map(\.values))
      #expect(
        trained.group.samples.map(\.advantages)
          != (try job.options.estimator.advantages(of: rewarded(ordinal, job))).map(\.values))
    }
  }

  @Test("its weight is verl's: used first, and moved by the mean over responses of their mean KL")
  func controller() throws {
    let job = try Self.penalized()
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    let metrics = try RunFiles(directory: folder.path).metrics()
    var coefficient = 0.25
    for step in 1...4 {
      let ordinals = outcome.batches[2 * step - 2] + outcome.batches[2 * step - 1]
      let means = ordinals.flatMap { ordinal in
        (0..<2).map { sample in
          // The KL of token t is 0.25 + t / 8.
          0.25 + Double(job.script.length(ordinal, sample) - 1) / 16
        }
      }
      let kl = means.reduce(0, +) / Double(means.count)
      #expect(abs((metrics[step]?["actor/reward_kl_penalty"] ?? .nan) - kl) < 1e-12, "step \(step)")
      #expect(abs((metrics[step]?["actor/reward_kl_penalty_coeff"] ?? .nan) - coefficient) < 1e-12)
      #expect(metrics[step]?["prorl/kl_divergence"] == metrics[step]?["actor/reward_kl_penalty"])
      coefficient *= 1 + min(max(kl / 0.1 - 1, -0.2), 0.2) * 8 / 100
    }
    #expect(abs((outcome.state?.rewardKLController.coefficient ?? .nan) - coefficient) < 1e-12)
  }

  @Test(
    "groups behind the batch that are still being scored change nothing, whoever is faster",
    arguments: TrainingLoopTests.rosters, [false, true])
  func lateScores(roster: Roster, isReversed: Bool) throws {
    var job = try Self.penalized()
    job.options.admission = .init(
      groupsWanted: 2, roundSize: 8, maximumRounds: 2, isFilterEnabled: true, miniBatchSize: 2)
    job.options.saveFrequency = 1
    let alone = try TemporaryDirectory()
    let reference = job.run(in: alone)
    #expect(reference.error == nil && reference.batches == [[1, 2], [8, 10], [16, 17], [25, 26]])
    (job.roster, job.shufflesArrival, job.script.isReversed) = (roster, isReversed, isReversed)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    #expect(outcome.trained == reference.trained && outcome.state == reference.state)
  }

  @Test("after a reset rewards are of the new reference, and its weight begins anew")
  func resetOfPenalty() throws {
    var job = try Self.penalized()
    job.resetOptions = .init(interval: 2, klThreshold: nil)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.state?.reset.resetCount == 2)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect(metrics[2]?["actor/reward_kl_penalty"] ?? 0 > 0 && metrics[3]?["actor/reward_kl_penalty"] == 0)
    #expect(metrics[3]?["actor/reward_kl_penalty_coeff"] == 0.25)
  }

  @Test("a KL of rewards above the threshold resets the reference")
  func resetByPenalty() throws {
    var job = try Self.penalized()
    job.resetOptions = .init(interval: nil, klThreshold: 0.2)
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(
      outcome.error == nil && outcome.state?.reset.resetCount == 1 && outcome.state?.reset.lastResetStep == 1)
  }
}
