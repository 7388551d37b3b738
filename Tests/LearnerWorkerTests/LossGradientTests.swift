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

/// A policy loss with its derivative by each new log-probability, from the papers' formulas and in Double.
struct DirectLoss: Sendable, CustomTestStringConvertible {
  /// One response, counted tokens only.
  struct Response {
    let new: [Double]
    let old: [Double]
    let advantages: [Double]
    let weights: [Double]
    let isSelected: [Bool]

    var ratios: [Double] { zip(new, old).map { exp($0 - $1) } }

    /// `derivative` of each token, times its weight.
    func each(_ derivative: (_ token: Int) -> Double) -> [Double] {
      new.indices.map { weights[$0] * derivative($0) }
    }
  }

  let name: String
  let loss: PolicyLoss
  /// One number per token, before the sum over tokens is weighted.
  let derivatives: @Sendable (Response) -> [Double]

  var testDescription: String { name }

  /// PPO's clip: nothing flows where the clipped branch is the larger loss.
  private static func clipped(_ ratio: Double, _ advantage: Double, _ low: Double, _ high: Double) -> Double {
    let held = min(max(ratio, 1 - low), 1 + high)
    return -advantage * held > -advantage * ratio ? 0 : -advantage * ratio
  }

  static let all: [DirectLoss] = [
    DirectLoss(
      name: "vanilla",
      loss: .vanilla(ClippedObjective(clipRatioLow: 0.2, clipRatioHigh: 0.28, clipRatioC: 1.5))
    ) { r in
      r.each { t in
        let (ratio, advantage) = (r.ratios[t], r.advantages[t])
        let isCapped =
          advantage < 0 && max(-advantage * ratio, -advantage * min(max(ratio, 0.8), 1.28)) > -advantage * 1.5
        return isCapped ? 0 : clipped(ratio, advantage, 0.2, 0.28)
      }
    },
    DirectLoss(name: "gspo", loss: .gspo(SequenceObjective(clipRatioLow: 0.05, clipRatioHigh: 0.05))) { r in
      let mean = zip(r.new, r.old).map { $0 - $1 }.reduce(0, +) / Double(max(1, r.new.count))
      return r.each { clipped(exp(mean), r.advantages[$0], 0.05, 0.05) }
    },
    DirectLoss(name: "sapo", loss: .sapo(SoftGateObjective(tauPositive: 1, tauNegative: 1.05))) { r in
      r.each { t in
        let tau = r.advantages[t] > 0 ? 1.0 : 1.05
        let gate = 1 / (1 + exp(-tau * (r.ratios[t] - 1)))
        return -r.advantages[t] * 4 * gate * (1 - gate) * r.ratios[t]
      }
    },
    DirectLoss(name: "gpg", loss: .gpg) { r in r.each { -r.advantages[$0] } },
    DirectLoss(name: "cispo", loss: .cispo(ClippedWeightObjective(clipRatioLow: 0.2, clipRatioHigh: 0.28))) {
      r in
      r.each { -min(max(r.ratios[$0], 0.8), 1.28) * r.advantages[$0] }
    },
    DirectLoss(
      name: "clip_cov",
      loss: .clipCov(
        CovarianceClip(clipRatioLow: 0.2, clipRatioHigh: 0.28, ratio: 1, lowerBound: 0, upperBound: 1))
    ) { r in
      r.each { r.isSelected[$0] ? 0 : clipped(r.ratios[$0], r.advantages[$0], 0.2, 0.28) }
    },
    DirectLoss(name: "kl_cov", loss: .klCov(CovariancePenalty(ratio: 1, coefficient: 0.3))) { r in
      r.each { t in
        let penalty = r.isSelected[t] ? 0.3 * (r.new[t] > r.old[t] ? 1 : -1) : 0
        return -r.advantages[t] * r.ratios[t] + penalty
      }
    },
    DirectLoss(name: "geo_mean", loss: .geoMean(GeometricMeanObjective(low: 0.2, high: 0.28))) { r in
      let count = Double(r.new.count) + 1e-8
      let held = r.new.indices.map { t in
        let d = r.new[t] - r.old[t]
        return r.advantages[t] > 0 ? min(d, 0.28) : max(d, -0.2)
      }
      let mean = r.advantages.reduce(0, +) / count
      let ratio = exp(held.reduce(0, +) / count) * exp(r.weights.map { log($0 + 1e-10) }.reduce(0, +) / count)
      return r.new.indices.map { held[$0] == r.new[$0] - r.old[$0] ? -mean * ratio : 0 }
    },
    DirectLoss(
      name: "dppo_tv",
      loss: .dppo(DivergenceMaskObjective(.totalVariation, low: 0.0005, high: 0.0005, maximumRatio: 1.5))
    ) { r in
      r.each { t in
        let moved = exp(r.new[t]) - exp(r.old[t])
        let isInside = r.advantages[t] > 0 ? moved <= 0.0005 : moved >= -0.0005
        return isInside ? -r.advantages[t] * min(r.ratios[t], 1.5) : 0
      }
    },
    DirectLoss(
      name: "dppo_kl",
      loss: .dppo(DivergenceMaskObjective(.binaryKL, low: 0.0001, high: 0.0001, maximumRatio: 1.5))
    ) { r in
      r.each { t in
        let (p, q) = (exp(r.new[t]), exp(r.old[t]))
        let kl = q * (r.old[t] - r.new[t]) + (1 - q) * log((1 - q + 1e-8) / (1 - p + 1e-8))
        let isBack = r.advantages[t] > 0 ? p <= q : p >= q
        return kl <= 0.0001 || isBack ? -r.advantages[t] * min(r.ratios[t], 1.5) : 0
      }
    },
    DirectLoss(name: "dro", loss: .dro(QuadraticObjective(beta: 0.7))) { r in
      r.each { -(r.advantages[$0] - 0.7 * (r.new[$0] - r.old[$0])) }
    },
  ]
}

/// The gradient that a learner folds is that of the loss as papers write it, whatever the loss.
@Suite("Gradients of policy losses", .serialized)
struct LossGradientTests {
  /// How a loss is put together.
  struct Setup: Sendable, CustomTestStringConvertible {
    var aggregation = LossAggregation.tokenMean
    var kl = 0.0
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
        let distance = Double(scores.reference[index][token]) - response.new[place]
        tokens[token].logProbability =
          weight(policyAggregation, counted.count) * own[place] + other * setup.kl * (1 - exp(distance))
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

/// What stands in the way of a token's gradient, and what does not.
@Suite("Masks, weights and moments", .serialized)
struct LearnerMaskTests {
  private func totals(_ bench: Bench, _ groups: [TrainingGroup]) throws -> [Int64] {
    let learner = try bench.learner()
    for group in groups { _ = learner.train(group, settings: fullSettings) }
    return try learner.totals()
  }

  @Test(
    "a response none of whose tokens counts changes no bit of the others", arguments: modelFixtures,
    Precision.allCases)
  func maskedResponse(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    var masked = bench.groups[0]
    let count = masked.samples[2].tokens.count
    masked.samples[2].isCounted = [Bool](repeating: false, count: count)
    // Nor do its numbers matter.
    masked.samples[2].advantages = [.nan]
    masked.samples[2].importanceWeights = [Float](repeating: .infinity, count: count)
    var without = bench.groups[0]
    without.samples.remove(at: 2)
    let (found, expected) = (try totals(bench, [masked]), try totals(bench, [without]))
    #expect(found == expected && found.contains { $0 != 0 })
    #expect(try found != totals(bench, [bench.groups[0]]))
    let report = try bench.learner().train(masked, settings: fullSettings)
    #expect(report.sums.sequences == 3 && report.sums.tokens == masked.tokenCount)
    #expect(report.probabilityDifference == (0, 0))
  }

  @Test("a token that does not count adds nothing, though others see it")
  func maskedTokens() throws {
    let bench = try Bench()
    var masked = bench.groups[0]
    let count = masked.samples[0].tokens.count
    masked.samples[0].isCounted = (0..<count).map { $0 < 4 }
    // What follows the last counted token is not even seen.
    var cut = masked
    cut.samples[0].tokens = Array(masked.samples[0].tokens.prefix(4))
    cut.samples[0].oldLogProbabilities = Array(masked.samples[0].oldLogProbabilities.prefix(4))
    cut.samples[0].isCounted = []
    let (found, expected) = (try totals(bench, [masked]), try totals(bench, [cut]))
    let size = Double(expected.map(abs).max() ?? 0)
    #expect(zip(found, expected).allSatisfy { abs(Double($0 - $1)) <= 1e-5 * size })
  }

  @Test("a group without any counted token leaves no trace", arguments: Precision.allCases)
  func nothingCounted(precision: Precision) throws {
    let bench = try Bench(precision: precision)
    var group = bench.groups[0]
    for index in group.samples.indices {
      group.samples[index].isCounted = [Bool](repeating: false, count: group.samples[index].tokens.count)
    }
    let learner = try bench.learner()
    let report = learner.train(group, settings: fullSettings)
    #expect(report.sums == GroupSums() && report.largestMagnitude == 0 && report.trouble.isEmpty)
    #expect(try learner.totals().allSatisfy { $0 == 0 })
  }

  @Test("importance weights multiply the policy's part and no other")
  func weights() throws {
    let bench = try Bench()
    func weighted(_ weight: Float, advantages: Float) -> TrainingGroup {
      var group = bench.groups[0]
      for index in group.samples.indices {
        group.samples[index].importanceWeights = group.samples[index].tokens.map { _ in weight }
        group.samples[index].advantages = group.samples[index].advantages.map { $0 * advantages }
      }
      return group
    }
    // Powers of two change no rounding.
    #expect(try totals(bench, [weighted(2, advantages: 1)]) == totals(bench, [weighted(1, advantages: 2)]))
    #expect(try totals(bench, [weighted(1, advantages: 1)]) == totals(bench, [bench.groups[0]]))
    // The entropy bonus stays.
    let nothing = try totals(bench, [weighted(0, advantages: 1)])
    #expect(try nothing == totals(bench, [weighted(1, advantages: 0)]) && nothing.contains { $0 != 0 })
  }

  @Test("one advantage for a response is that advantage for each of its tokens")
  func advantages() throws {
    let bench = try Bench()
    var group = bench.groups[0]
    for index in group.samples.indices {
      group.samples[index].advantages = group.samples[index].tokens.map { _ in
        group.samples[index].advantages[0]
      }
    }
    #expect(try totals(bench, [group]) == totals(bench, [bench.groups[0]]))
  }

  @Test("what is not finite is named: response, token, tensor")
  func trouble() throws {
    let bench = try Bench()
    var group = bench.groups[0]
    group.samples[0].isCounted = [Bool](repeating: false, count: group.samples[0].tokens.count)
    group.samples[2].advantages = group.samples[2].tokens.indices.map { $0 == 5 ? .nan : 1 }
    let learner = try bench.learner()
    let report = learner.train(group, settings: fullSettings)
    #expect(
      report.trouble.hasPrefix("response 2, token 5: log-probability ")
        && report.trouble.hasSuffix("advantage nan"))
    #expect(!report.largestMagnitude.isFinite)
    // Finite derivatives whose product is not.
    for index in group.samples.indices { group.samples[index].advantages = [3e38] }
    let overflow = try bench.learner().train(group, settings: fullSettings)
    #expect(overflow.trouble.hasPrefix("the gradient of ") && !overflow.largestMagnitude.isFinite)
    #expect(
      bench.model.table.parameters.contains { overflow.trouble == "the gradient of \($0.name)" },
      "\(overflow.trouble)")
  }

  // MARK: The optimizer

  @Test("norms and biases can be left out of the decay", arguments: modelFixtures)
  func decay(name: String) throws {
    let bench = try Bench(name)
    let before = try bench.learner().parameters.map { Float(bitPattern: $0) }
    for decaysVectors in [true, false] {
      var decaying = fullLoss
      decaying.optimizer.weightDecay = 0.5
      decaying.decaysVectors = decaysVectors
      let options = decaying
      for learners in [1, 3] {
        let after = try together(learners) { link in
          let learner = try bench.learner(options, rank: link.rank, of: link.size)
          // No gradient: what moves, decays.
          _ = try learner.update(updateOrder(), link: learners == 1 ? nil : link)
          return learner.parameters
        }.flatMap { $0 }.map { Float(bitPattern: $0) }
        for parameter in bench.model.table.parameters {
          let decays = decaysVectors || parameter.isMatrix
          for i in parameter.range {
            let expected = decays ? before[i] * (1 - 1e-3 * 0.5) : before[i]
            guard abs(after[i] - expected) <= 1e-6 * abs(before[i]) else {
              Issue.record("\(parameter.name) went from \(before[i]) to \(after[i])")
              return
            }
          }
        }
      }
    }
    #expect(bench.model.table.parameters.contains { !$0.isMatrix })
  }

  // MARK: The reference

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
