import Foundation
import PolicyOptimization
import TestSupport
import Testing

@testable import Coordinator

/// What was not measured has no number, and moves no coefficient.
@Suite("Measurements")
struct MeasurementTests {
  private static let ofKL = ["actor/kl_loss", "actor/kl_coef", "prorl/kl_divergence", "prorl/kl_coefficient"]
  private static let ofTokens = [
    "actor/entropy", "prorl/entropy", "actor/pg_clipfrac", "actor/pg_clipfrac_lower", "actor/ppo_kl",
    "prorl/kl_divergence",
  ]

  @Test("a step's line tells the KL where the loss has it, and only there", arguments: [true, false])
  func kl(measures: Bool) throws {
    var job = try FakeJob()
    job.options.totalSteps = 2
    job.options.measuresKL = measures
    job.script.kl = { _, _ in 0.3 }
    let folder = try TemporaryDirectory()
    #expect(job.run(in: folder).error == nil)
    let metrics = try RunFiles(directory: folder.path).metrics()
    for name in Self.ofKL { #expect((metrics[2]?[name] != nil) == measures, "\(name)") }
    if measures { #expect(abs((metrics[2]?["prorl/kl_divergence"] ?? 0) - 0.3) < 1e-12) }
  }

  @Test("with the KL in the reward alone the divergence is that, and the loss has none")
  func rewardKL() throws {
    var job = try EstimatorLoopTests.penalized()
    job.options.measuresKL = false
    let folder = try TemporaryDirectory()
    #expect(job.run(in: folder).error == nil)
    let line = try #require(try RunFiles(directory: folder.path).metrics()[1])
    #expect(
      line["prorl/kl_divergence"] != nil && line["prorl/kl_divergence"] == line["actor/reward_kl_penalty"])
    #expect(line["actor/kl_loss"] == nil && line["prorl/kl_coefficient"] == nil)
  }

  @Test("where no KL is measured a reset is not checked by one of later steps")
  func uncheckable() throws {
    var job = try ReferenceResetTests.job()
    job.options.measuresKL = false
    job.script.kl = { _, _ in 0.3 }
    job.laterStages = [TrainerStage(name: "with KL", start: .step(5), options: job.options)]
    job.laterStages[0].options.measuresKL = true
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil && outcome.state?.reset.resetCount == 1)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect(
      (1...6).map { metrics[$0]?["prorl/kl_divergence"] != nil } == [false, false, false, false, true, true])
  }

  @Test(
    "a proportional coefficient counts a step's responses once, however often they are passed over",
    arguments: 1...3)
  func passes(epochs: Int) throws {
    var job = try FakeJob()
    job.options.totalSteps = 1
    job.options.epochs = epochs
    job.options.admission.miniBatchSize = 1
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .proportional(targetKL: 0.1, horizon: 100))
    job.script.kl = { _, _ in 0.3 }
    let outcome = job.run(in: try TemporaryDirectory())
    // Two groups of two responses.
    #expect(outcome.state?.klController.coefficient == 0.01 * (1 + 0.2 * 4.0 / 100))
  }

  @Test("a step all of whose tokens are masked reports no mean over tokens, and leaves all coefficients")
  func masked() throws {
    var job = try FakeJob()
    job.options.totalSteps = 2
    job.options.shaping.masksTruncated = true
    // A response of eight tokens was cut; in the first step all are.
    job.script.length = { ordinal, sample in ordinal < 2 ? 8 : 3 }
    job.controllers.kl = try KLController(
      initialCoefficient: 0.01, rule: .band(targetKL: 0.1, minimum: 0.001, maximum: 1))
    job.controllers.entropy = try EntropyController(
      initialCoefficient: 0.1, rule: .target(0.5, step: 0.01, minimum: 0, maximum: 1, includesTarget: false))
    let folder = try TemporaryDirectory()
    let outcome = job.run(in: folder)
    #expect(outcome.error == nil)
    let metrics = try RunFiles(directory: folder.path).metrics()
    for name in Self.ofTokens {
      #expect(metrics[1]?[name] == nil && metrics[2]?[name] != nil, "\(name)")
    }
    #expect(metrics[2]?["prorl/kl_coefficient"] == 0.01)
    // The second step moves each once: the KL is 0, the entropy 0.25.
    #expect(outcome.state?.klController.coefficient == 0.01 * 0.9)
    #expect(outcome.state?.entropyController.history == [0.25])
    #expect(outcome.state?.entropyTrend.history == [0.25])
  }
}
