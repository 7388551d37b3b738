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

/// The gradient that a learner folds is that of the loss as papers write it, whatever the loss.
@Suite("Gradients of policy losses", .serialized)
struct LossGradientTests {
  /// How a loss is put together.
  struct Setup: Sendable, CustomTestStringConvertible {
    var aggregation = LossAggregation.tokenMean
    var kl = 0.0
    var estimator = KLEstimator()
    var entropy = 0.0
    var denominator = RatioDenominator.old
    var temperature: Float = 1

    var testDescription: String {
      "\(aggregation) kl \(kl) entropy \(entropy) \(denominator) at \(temperature)"
    }
  }

  static let setups = [
    Setup(), Setup(aggregation: .sequenceMeanTokenMean, kl: 0.3, entropy: 0.02),
    Setup(aggregation: .tokenMean, kl: 0.3, entropy: 0.02, temperature: 1.3),
    Setup(aggregation: .sequenceMeanTokenSumNorm(scale: 20), kl: 0.3, denominator: .reference),
  ]

  /// A learner whose policy is two updates away from its reference.
  private func learner(_ bench: Bench, _ loss: PolicyLoss, _ setup: Setup) throws -> Learner {
    var options = fullLoss
    options.firstPlan.loss.policy = loss
    options.firstPlan.aggregation = setup.aggregation
    options.firstPlan.denominator = setup.denominator
    options.firstPlan.temperature = setup.temperature
    options.firstPlan.hasOtherParts = setup.kl != 0 || setup.entropy != 0
    options.firstPlan.loss.klPenalty?.estimator = setup.estimator
    if setup.kl == 0, setup.denominator == .old { options.firstPlan.loss.klPenalty = nil }
    let learner = try bench.learner(options)
    let far = updateOrder(normalizer: 10)
    for group in bench.groups { _ = learner.train(group, settings: LossSettings()) }
    _ = try learner.update(far)
    return learner
  }

  /// A group with everything: tokens that do not count, a response none of whose does, weights, advantages for tokens,
  /// picked tokens, and old log-probabilities on all sides of the new ones.
  private func group(_ bench: Bench, _ learner: Learner) -> TrainingGroup {
    var group = bench.groups[0]
    let scores = learner.score(
      ScoreOrder(
        ordinal: 0, promptTokens: group.promptTokens, responses: group.samples.map(\.tokens),
        wantsPolicy: true,
        wantsReference: false))
    for index in group.samples.indices {
      let count = group.samples[index].tokens.count
      let offsets = namedFloats("offsets \(index)", count, in: -0.6...0.6)
      group.samples[index].oldLogProbabilities = zip(scores.policy[index], offsets).map { $0 + $1 }
      group.samples[index].importanceWeights =
        index == 3 ? [] : namedFloats("weights \(index)", count, in: 0.5...2)
      group.samples[index].isSelected = namedFloats("selected \(index)", count).map { $0 > 0 }
      if index == 0 { group.samples[index].isCounted = (0..<count).map { $0 % 3 != 1 } }
      if index == 1 { group.samples[index].isCounted = [Bool](repeating: false, count: count) }
      if index == 2 { group.samples[index].advantages = namedFloats("advantages", count, in: -2...2) }
    }
    // Of another version, so that nothing recorded stands in for the policy's own log-probabilities.
    group.policyVersion = 99
    return group
  }

  /// What one token's derivative is multiplied by.
  private func weight(_ aggregation: LossAggregation, _ count: Int) -> Double {
    aggregation == .sequenceMeanTokenMean ? 1 / Double(count) : 1
  }

  /// The derivative of a KL estimate by the new log-probability; `x` is that less the reference's.
  private func slope(_ estimator: KLEstimator, _ x: Double) -> Double {
    if estimator.hasK2Derivative { return x }
    if let bound = estimator.inputBound, abs(x) > bound { return 0 }
    return switch estimator.formula {
    case .k1: 1
    case .absolute: x > 0 ? 1 : x < 0 ? -1 : 0
    case .k2: x
    case .k3: 1 - exp(-x)
    }
  }

  /// Every estimate, one of them held so closely that some tokens are.
  static let estimators = [
    KLEstimator(.k1), KLEstimator(.absolute), KLEstimator(.k2), KLEstimator(.k3),
    KLEstimator(.k1, hasK2Derivative: true), KLEstimator(.k3, hasK2Derivative: true),
    KLEstimator(.k2, inputBound: 0.4, outputBound: nil),
  ]

  @Test("a group's gradient is that of the formula, whatever estimates the KL", arguments: estimators)
  func gradientOfKL(estimator: KLEstimator) throws {
    let vanilla = try #require(DirectLoss.all.first)
    // So much of it that the policy's part does not hide it.
    let setup = Setup(aggregation: .sequenceMeanTokenMean, kl: 30, estimator: estimator)
    try gradient(direct: vanilla, setup: setup)
    guard let bound = estimator.inputBound, estimator.formula == .k2 else { return }
    let bench = try Bench()
    let learner = try learner(bench, vanilla.loss, setup)
    let group = group(bench, learner)
    let scores = learner.score(
      ScoreOrder(
        ordinal: 0, promptTokens: group.promptTokens, responses: group.samples.map(\.tokens),
        wantsPolicy: true,
        wantsReference: true))
    let isHeld = zip(scores.policy.joined(), scores.reference.joined()).map { abs(Double($0 - $1)) > bound }
    #expect(Set(isHeld) == [false, true])
  }

  @Test(
    "a group's gradient is that of the formula, with KL, entropy, masks and weights",
    arguments: DirectLoss.all, setups)
  func gradient(direct: DirectLoss, setup: Setup) throws {
    let bench = try Bench()
    let learner = try learner(bench, direct.loss, setup)
    let group = group(bench, learner)
    let scores = learner.score(
      ScoreOrder(
        ordinal: 0, promptTokens: group.promptTokens, responses: group.samples.map(\.tokens),
        wantsPolicy: true,
        wantsReference: true))
    let policyAggregation = direct.loss.forcedAggregation ?? setup.aggregation
    let mixes = policyAggregation != setup.aggregation && (setup.kl != 0 || setup.entropy != 0)
    // Any ratio will do; the coordinator knows the mini-batch's.
    let ratio = mixes ? 0.37 : 1
    var derivatives: [[(logProbability: Double, entropy: Double)]] = []
    for (index, sample) in group.samples.enumerated() {
      let counted = sample.tokens.indices.filter(sample.counts)
      let denominators =
        setup.denominator == .reference ? scores.reference[index] : sample.oldLogProbabilities
      let response = DirectLoss.Response(
        new: counted.map { Double(scores.policy[index][$0]) }, old: counted.map { Double(denominators[$0]) },
        advantages: counted.map { Double(sample.advantage(of: $0)) },
        weights: counted.map { sample.importanceWeights.isEmpty ? 1 : Double(sample.importanceWeights[$0]) },
        isSelected: counted.map { sample.isSelected[$0] })
      let own = direct.derivatives(response)
      var tokens = sample.tokens.indices.map { _ in (logProbability: 0.0, entropy: 0.0) }
      for (place, token) in counted.enumerated() {
        let other = ratio * weight(mixes ? setup.aggregation : policyAggregation, counted.count)
        let x = response.new[place] - Double(scores.reference[index][token])
        tokens[token].logProbability =
          weight(policyAggregation, counted.count) * own[place] + other * setup.kl * slope(setup.estimator, x)
        tokens[token].entropy = -other * setup.entropy
      }
      derivatives.append(tokens)
    }
    let expected = GradientTotals(bench.model, scale: 0x1p36)
    let pass = TreePass(
      model: bench.model, temperature: setup.temperature, pieceTokens: 1000, retention: .all)
    let tree = TokenTree(trunk: group.promptTokens, branches: group.samples.map { .init(tokens: $0.tokens) })
    pass.accumulate(tree, weights: learner.policy, gradients: expected) { token in
      let found = derivatives[token.branch][token.index]
      return TokenDerivative(logProbability: Float(found.logProbability), entropy: Float(found.entropy))
    }
    let settings = LossSettings(
      klCoefficient: setup.kl, entropyCoefficient: setup.entropy, normalizerRatio: ratio)
    let report = learner.train(group, settings: settings)
    #expect(report.trouble.isEmpty && report.largestMagnitude > 0)
    #expect(report.sums.tokens == group.tokenCount && report.sums.sequences == 3)
    let (storage, found) = (expected.integers, try learner.totals())
    let span = storage.span
    let integers = span.indices.map { span[$0] }
    for parameter in bench.model.table.parameters {
      let (a, b) = (parameter.range.map { Double(found[$0]) }, parameter.range.map { Double(integers[$0]) })
      let size = b.map(abs).max() ?? 0
      let difference = zip(a, b).map { abs($0 - $1) }.max() ?? 0
      #expect(difference <= 2e-5 * size + 8, "\(parameter.name): \(difference) of \(size)")
    }
  }

  @Test("the loss reported is that of the formula's parts, weighted as they are", arguments: setups)
  func reportedLoss(setup: Setup) throws {
    let bench = try Bench()
    let loss = PolicyLoss.gspo(SequenceObjective(clipRatioLow: 0.05, clipRatioHigh: 0.05))
    let learner = try learner(bench, loss, setup)
    let group = group(bench, learner)
    let ratio = 0.37
    let mixes = LossAggregation.sequenceMeanTokenMean != setup.aggregation && setup.kl != 0
    let sums = learner.train(
      group,
      settings: LossSettings(
        klCoefficient: setup.kl, entropyCoefficient: setup.entropy, normalizerRatio: mixes ? ratio : 1)
    ).sums
    // Of sums with the same divisor the loss is put together.
    let whole = sums.policyLoss + setup.kl * sums.klLoss - setup.entropy * sums.entropyLoss
    #expect(abs(sums.loss - whole) < 1e-5 * max(1, abs(whole)))
    guard mixes, setup.aggregation == .tokenMean else { return }
    // Tokens are weighted alike where they add up by the token.
    #expect(abs(sums.klLoss - ratio * sums.kl) < 1e-6 && abs(sums.entropyLoss - ratio * sums.entropy) < 1e-5)
  }

  // MARK: Losses of whole responses

  @Test(
    "a loss of whole responses gives the same bits by recorded log-probabilities and by a pass of its own",
    arguments: [PolicyLoss.gspo(SequenceObjective()), .geoMean(GeometricMeanObjective())], Precision.allCases)
  func recorded(loss: PolicyLoss, precision: Precision) throws {
    let bench = try Bench(precision: precision)
    var options = fullLoss
    options.firstPlan.loss.policy = loss
    let totals = try [0, 7].map { version in
      let learner = try bench.learner(options)
      for var group in bench.groups {
        group.policyVersion = version
        _ = learner.train(group, settings: fullSettings)
      }
      return try learner.totals()
    }
    #expect(totals[0] == totals[1] && totals[0].contains { $0 != 0 })
  }

  @Test("every loss has, on the policy that sampled, the plain policy gradient", arguments: DirectLoss.all)
  func onPolicy(direct: DirectLoss) throws {
    // Where the ratio is 1 nothing is clipped; only selections differ, and there are none.
    let bench = try Bench()
    let sums = try [direct.loss, .gpg].map { loss in
      var options = fullLoss
      options.firstPlan.loss = TokenLoss(policy: loss)
      options.firstPlan.aggregation = .sequenceMeanTokenMean
      options.keepsReference = false
      let learner = try bench.learner(options)
      for group in bench.groups { _ = learner.train(group, settings: LossSettings()) }
      return try learner.totals()
    }
    let size = Double(sums[1].map(abs).max() ?? 0)
    #expect(size > 0)
    for (a, b) in zip(sums[0], sums[1]) where abs(Double(a - b)) > 1e-5 * size {
      Issue.record("\(a) is not \(b)")
      return
    }
  }
}
