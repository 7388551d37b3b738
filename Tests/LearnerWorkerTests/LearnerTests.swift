import Experience
import Kernels
import Messages
import Models
import PolicyOptimization
import Randomness
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// Groups add up to the same gradient however they are shared out, and updates follow from it alone.
@Suite("Learner", .serialized)
struct LearnerTests {
  // MARK: The law of sums

  @Test("the order of groups changes no bit of their gradient", arguments: modelFixtures, Precision.allCases)
  func order(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    let learner = try bench.learner()
    for group in bench.groups { _ = learner.train(group, settings: fullSettings) }
    let expected = try learner.totals()
    #expect(expected.contains { $0 != 0 })
    for order in [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
      let other = try bench.learner()
      for index in order { _ = other.train(bench.groups[index], settings: fullSettings) }
      #expect(try other.totals() == expected)
      #expect(other.parameters == learner.parameters && other.installed == learner.installed)
    }
  }

  @Test(
    "keeping activations or computing them again gives the same bits", arguments: modelFixtures,
    Precision.allCases)
  func activationMemory(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    let totals = try [0, 20 * bench.model.activationBytesPerRow, 1 << 31].map { bytes in
      var options = fullLoss
      options.activationBytes = bytes
      let learner = try bench.learner(options)
      for group in bench.groups { _ = learner.train(group, settings: fullSettings) }
      return try learner.totals()
    }
    #expect(totals[0] == totals[2] && totals[1] == totals[2])
  }

  @Test("any number of threads gives the same bits", arguments: Precision.allCases)
  func threads(precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let totals = try [1, 2, 3].map { threads in
      ThreadPool.configure(threads: threads)
      let learner = try bench.learner()
      for group in bench.groups { _ = learner.train(group, settings: fullSettings) }
      return try learner.totals()
    }
    ThreadPool.configure(threads: 1)
    #expect(totals[0] == totals[1] && totals[0] == totals[2])
  }

  // MARK: Updates

  @Test("a skipped update leaves weights and optimizer, and forgets the groups")
  func skipped() throws {
    let bench = try Bench()
    let learner = try bench.learner()
    try learner.learn(Array(bench.groups[..<2]))
    let (parameters, installed, moments) = (learner.parameters, learner.installed, learner.moments)
    let report = try learner.learn(Array(bench.groups[2...]), updateOrder(step: 2, isSkipped: true))
    #expect(report.gradientNorm.isNaN && report.checksum == 0 && report.step == 2)
    #expect(learner.parameters == parameters && learner.installed == installed)
    #expect(learner.moments == moments && learner.updateCount == 1)
    #expect(try learner.totals().allSatisfy { $0 == 0 })
  }

  @Test("a skipped update asks no other learner for its sum")
  func skippedAlone() throws {
    let link = LonelyLink()
    let learner = try Bench().learner()
    _ = try learner.update(updateOrder(isSkipped: true), link: link)
    #expect(link.sums.isEmpty)
    _ = try learner.update(updateOrder(), link: link)
    #expect(link.sums.count == 1)
  }

  @Test("a group that is not finite says so, and leaves no trace once it is skipped")
  func notFinite() throws {
    let bench = try Bench()
    var poison = bench.groups[0]
    poison.samples[0].advantages = [.nan]
    let learner = try bench.learner()
    #expect(!learner.train(poison, settings: fullSettings).largestMagnitude.isFinite)
    _ = try learner.update(updateOrder(isSkipped: true))
    let clean = try bench.learner()
    #expect(try learner.learn(bench.groups) == clean.learn(bench.groups))
    #expect(learner.parameters == clean.parameters)
  }

  @Test("the gradient is scaled down to its largest norm, and not up")
  func clipping() throws {
    let bench = try Bench()
    var options = fullLoss
    options.gradientClip = 1e9
    let free = try bench.learner(options)
    let norm = try free.learn(bench.groups).gradientNorm
    #expect(norm > 0.1)
    options.gradientClip = norm * 0.999
    let clipped = try bench.learner(options)
    #expect(try clipped.learn(bench.groups).gradientNorm == norm)
    // The first moment is (1 - beta1) times the gradient that was applied.
    let ratios = zip(clipped.moments[0], free.moments[0]).filter { abs($1) > 1e-6 }.map { Double($0 / $1) }
    #expect(!ratios.isEmpty && ratios.allSatisfy { abs($0 - 0.999) < 1e-4 })
    options.gradientClip = 0
    let unlimited = try bench.learner(options)
    try unlimited.learn(bench.groups)
    #expect(unlimited.parameters == free.parameters)
  }

  @Test("twice the normalizer is half the gradient")
  func normalizer() throws {
    let bench = try Bench()
    let norms = try [64, 128].map {
      try bench.learner().learn(bench.groups, updateOrder(normalizer: $0)).gradientNorm
    }
    #expect(abs(norms[0] / norms[1] - 2) < 1e-6)
  }

  @Test("every update moves the weights, and the same groups move them the same")
  func repeatable() throws {
    let bench = try Bench()
    let runs = try (0..<2).map { _ in
      let learner = try bench.learner()
      return try (1...3).map { step in
        try learner.learn(bench.groups, updateOrder(step: step))
        return learner.parameters
      }
    }
    #expect(runs[0] == runs[1] && Set(runs[0]).count == 3)
  }

  // MARK: Reports

  @Test("a report counts what was trained", arguments: 0..<5)
  func counts(index: Int) throws {
    let bench = try Bench()
    let group = bench.groups[index]
    let report = try bench.learner().train(group, settings: fullSettings)
    #expect(report.ordinal == group.ordinal && report.sums.tokens == group.tokenCount)
    #expect(report.sums.sequences == group.samples.count { !$0.tokens.isEmpty })
    #expect(report.largestMagnitude > 0)
  }

  @Test(
    "before the first update the recorded probabilities are the learner's, and after it not",
    arguments: Precision.allCases)
  func probabilityDifference(precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let learner = try bench.learner()
    for group in bench.groups {
      let report = learner.train(group, settings: fullSettings)
      #expect(report.probabilityDifference == (0, 0))
      #expect(report.sums.logRatio == 0 && report.sums.clippedTokens == 0 && report.sums.kl == 0)
    }
    _ = try learner.update(updateOrder())
    let report = learner.train(bench.groups[0], settings: fullSettings)
    let (largest, sum) = report.probabilityDifference
    #expect(0 < largest && largest < sum && sum <= largest * Double(report.sums.tokens))
    #expect(report.sums.kl > 0)
  }

  @Test("a group without advantages pulls towards the reference alone")
  func withoutAdvantages() throws {
    let bench = try Bench()
    let settings = LossSettings(klCoefficient: 0.1)
    let learner = try bench.learner()
    let flat = TrainingGroup(
      ordinal: 0, policyVersion: 0, promptTokens: bench.groups[0].promptTokens,
      samples: bench.groups[0].samples.map {
        .init(tokens: $0.tokens, oldLogProbabilities: $0.oldLogProbabilities, advantages: [0])
      })
    #expect(learner.train(flat, settings: settings).largestMagnitude == 0)
    try learner.learn(bench.groups)
    let report = learner.train(flat, settings: settings)
    #expect(report.largestMagnitude > 0 && report.sums.policyLoss == 0)
    #expect(learner.train(flat, settings: LossSettings()).largestMagnitude == 0)
  }

  // MARK: The reference

  @Test("after a reset the KL is exactly zero", arguments: [true, false], Precision.allCases)
  func reset(reinitializing: Bool, precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let learner = try bench.learner()
    for step in 1...3 { try learner.learn(bench.groups, updateOrder(step: step)) }
    #expect(learner.train(bench.groups[0], settings: fullSettings).sums.kl > 0)
    let (parameters, moments) = (learner.parameters, learner.moments)
    try learner.resetReference(ResetOrder(reinitializesOptimizer: reinitializing))
    for group in bench.groups {
      let sums = learner.train(group, settings: fullSettings).sums
      #expect(sums.kl == 0 && sums.klLoss == 0)
    }
    #expect(learner.parameters == parameters && learner.installedReference == learner.installed)
    #expect(learner.updateCount == (reinitializing ? 0 : 3))
    #expect((learner.moments == moments) != reinitializing)
    #expect(learner.moments.joined().contains { $0 != 0 } != reinitializing)
  }

  @Test("a learner whose optimizer begins anew goes on as a new one with its weights")
  func resetEqualsNew() throws {
    let bench = try Bench()
    let learner = try bench.learner()
    try learner.learn(bench.groups)
    try learner.resetReference(ResetOrder(reinitializesOptimizer: true))
    let fresh = Learner(model: bench.model, options: fullLoss)
    fresh.begin(with: learner.shard.parameters)
    #expect(fresh.installed == learner.installed && fresh.installedReference == fresh.installed)
    #expect(try learner.learn(bench.groups) == fresh.learn(bench.groups))
    #expect(learner.parameters == fresh.parameters)
  }

  @Test("without a KL penalty there is no reference, and a reset concerns the optimizer alone")
  func withoutReference() throws {
    var options = fullLoss
    options.firstPlan.loss.klPenalty = nil
    options.keepsReference = false
    let bench = try Bench()
    let learner = try bench.learner(options)
    #expect(learner.reference == nil)
    try learner.learn(bench.groups)
    try learner.resetReference(ResetOrder(reinitializesOptimizer: true))
    #expect(learner.updateCount == 0)
    #expect(learner.train(bench.groups[0], settings: fullSettings).sums.kl == 0)
  }
}
