import Experience
import Foundation
import Kernels
import MessagePassing
import Messages
import Models
import PolicyOptimization
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// How the reference of a learner follows its policy, and what learners say of both.
@Suite("The learner's reference", .serialized)
struct LearnerReferenceTests {
  @Test(
    "1. a reset copies the policy bit for bit, tied embeddings and norms included, on every learner",
    arguments: modelFixtures, [1, 3])
  func bitwise(name: String, learners: Int) throws {
    for precision in Precision.allCases {
      let bench = try Bench(name, precision: precision)
      let found = try together(learners) { link in
        let learner = try bench.learner(rank: link.rank, of: link.size)
        try learner.learn(
          bench.groups.filter { $0.ordinal % link.size == link.rank }, link: learners == 1 ? nil : link)
        let before = learner.installedReference
        try learner.resetReference(ResetOrder(reinitializesOptimizer: false))
        return [before, learner.installedReference, learner.installed]
      }
      for weights in found {
        #expect(weights[1] == weights[2] && weights[0] != weights[1] && weights == found[0])
      }
    }
  }

  @Test(
    "2. the reference is rounded as the policy is, so that the KL of the next groups is 0 to the bit",
    arguments: modelFixtures, Precision.allCases)
  func samePrecision(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    let learner = try bench.learner()
    try learner.learn(bench.groups)
    try learner.learn(bench.groups, updateOrder(step: 2))
    func kl() -> [Double] { bench.groups.map { learner.train($0, settings: fullSettings).sums.kl } }
    let before = kl()
    try learner.resetReference(ResetOrder(reinitializesOptimizer: true))
    let after = kl()
    #expect(before.allSatisfy { $0 != 0 } && after.allSatisfy { $0 == 0 }, "\(before) \(after)")
  }

  @Test(
    "3. after a reset with a new optimizer the first update is the learning rate times the gradient's sign")
  func firstUpdate() throws {
    let bench = try Bench()
    var options = fullLoss
    (options.optimizer.weightDecay, options.gradientClip) = (0, 0)
    let learner = try bench.learner(options)
    for step in 1...3 { try learner.learn(bench.groups, updateOrder(step: step)) }
    try learner.resetReference(ResetOrder(reinitializesOptimizer: true))
    let before = learner.parameters.map { Float(bitPattern: $0) }
    for group in bench.groups { _ = learner.train(group, settings: fullSettings) }
    let link = LonelyLink()
    _ = try learner.update(updateOrder(step: 4), link: link)
    let totals = try #require(link.sums.first)
    var moved = 0
    for (i, total) in totals.enumerated() where abs(Double(total)) / 0x1p36 / 90 > 1e-4 {
      let step = Double(Float(bitPattern: learner.parameters[i])) - Double(before[i])
      #expect(abs(step + 1e-3 * (total > 0 ? 1 : -1)) < 2e-6)
      moved += 1
    }
    #expect(moved > 100)
  }

  @Test("a share of the policy in the reference is that share of every element", arguments: [0.25, 0.6])
  func mixing(share: Double) throws {
    let bench = try Bench()
    let learner = try bench.learner()
    try learner.learn(bench.groups)
    let (old, new) = (try #require(learner.installedReference), learner.installed)
    let moments = learner.moments
    try learner.resetReference(ResetOrder(reinitializesOptimizer: false, share: share))
    let mixed = try #require(learner.installedReference)
    for i in mixed.indices {
      let (a, b) = (Float(bitPattern: old[i]), Float(bitPattern: new[i]))
      let expected = (1 - Float(share)) * a + Float(share) * b
      guard Float(bitPattern: mixed[i]) == expected else {
        Issue.record("element \(i)")
        return
      }
    }
    #expect(mixed != old && mixed != new && learner.installed == new && learner.moments == moments)
  }

  @Test("in bf16 a mixed reference is rounded as weights are")
  func mixingBF16() throws {
    let bench = try Bench(precision: .bf16)
    let learner = try bench.learner()
    try learner.learn(bench.groups)
    let (old, new) = (try #require(learner.installedReference), learner.installed)
    try learner.resetReference(ResetOrder(reinitializesOptimizer: false, share: 0.5))
    let mixed = try #require(learner.installedReference)
    for parameter in bench.model.table.parameters {
      for i in parameter.range {
        let (a, b) = (Float(bitPattern: old[i]), Float(bitPattern: new[i]))
        #expect(abs(Float(bitPattern: mixed[i]) - (a + b) / 2) <= abs(a + b) / 2 * 0x1p-8)
        if parameter.isMatrix { #expect(mixed[i] & 0xFFFF == 0) }
      }
    }
  }

  @Test("a checkpoint's policy can become the reference")
  func fromCheckpoint() throws {
    let bench = try Bench()
    let learner = try bench.learner()
    try learner.learn(bench.groups)
    let folder = try TemporaryDirectory()
    try learner.save(to: folder, of: bench)
    let best = learner.installed
    try learner.learn(bench.groups, updateOrder(step: 2))
    try learner.resetReference(ResetOrder(reinitializesOptimizer: true, checkpoint: folder.path))
    #expect(learner.installedReference == best && learner.installed != best && learner.updateCount == 0)
    #expect {
      try learner.resetReference(ResetOrder(reinitializesOptimizer: true, checkpoint: folder.file("nowhere")))
    } throws: {
      "\($0)".contains("nowhere")
    }
  }

  // MARK: Stages

  @Test("each stage has its loss and its temperature")
  func stages() throws {
    let bench = try Bench()
    var options = fullLoss
    var later = options.firstPlan
    later.temperature = 1.5
    later.loss.policy = .gpg
    options.plans.append(later)
    var alone = fullLoss
    alone.firstPlan = later
    let (both, second, first) = (try bench.learner(options), try bench.learner(alone), try bench.learner())
    var settings = fullSettings
    _ = first.train(bench.groups[0], settings: settings)
    _ = second.train(bench.groups[1], settings: settings)
    let expected = zip(try first.totals(), try second.totals()).map { $0 + $1 }
    _ = both.train(bench.groups[0], settings: settings)
    settings.stage = 1
    _ = both.train(bench.groups[1], settings: settings)
    #expect(try both.totals() == expected)
  }

  @Test(
    "scores are those of training, under policy and reference, at the stage's temperature",
    arguments: Precision.allCases)
  func scores(precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let learner = try bench.learner()
    let group = bench.groups[0]
    func order(_ policy: Bool, _ reference: Bool) -> ScoreOrder {
      ScoreOrder(
        ordinal: group.ordinal, promptTokens: group.promptTokens, responses: group.samples.map(\.tokens),
        wantsPolicy: policy, wantsReference: reference)
    }
    let before = learner.score(order(true, true))
    #expect(before.policy == group.samples.map(\.oldLogProbabilities) && before.reference == before.policy)
    #expect(
      before.entropies.map(\.count) == before.policy.map(\.count)
        && before.entropies.joined().allSatisfy { $0 > 0 })
    #expect(before.ordinal == group.ordinal && before.policyVersion == 0)
    try learner.learn(bench.groups)
    let after = learner.score(order(true, true))
    #expect(after.reference == before.reference && after.policy != before.policy && after.policyVersion == 1)
    #expect(
      learner.score(order(false, true)).policy.isEmpty && learner.score(order(true, false)).reference.isEmpty)
    // What is scored is what training finds: the ratio is exactly 1.
    var again = group
    for index in again.samples.indices { again.samples[index].oldLogProbabilities = after.policy[index] }
    let report = learner.train(again, settings: fullSettings)
    #expect(report.probabilityDifference == (0, 0) && report.sums.logRatio == 0)
  }
}
