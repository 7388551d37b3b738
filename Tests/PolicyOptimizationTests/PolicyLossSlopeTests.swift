import Foundation
import PolicyOptimization
import Testing

/// The losses as the papers write them, in Double with the C library's functions, one log-probability moving.
private struct Formula {
  let loss: PolicyLoss
  let response: LossResponse

  /// What the gradient takes for a constant, such as a held ratio, has the log-probabilities of the response.
  private func new(_ token: Int) -> Double { response.new[token].double }
  private func old(_ token: Int) -> Double { response.old[token].double }
  private func advantage(_ token: Int) -> Double { response.advantages[token].double }
  private func weight(_ token: Int) -> Double { response.weights?[token].double ?? 1 }
  private var counted: [Int] { response.countedTokens }

  /// The sum over the response's counted tokens, with `x` for the new log-probability of `moving`.
  func sum(moving: Int, at x: Double) -> Double {
    if case .geoMean(let objective) = loss { return geometricMean(objective, moving, x) }
    return counted.reduce(0) { $0 + weight($1) * term($1, $1 == moving ? x : new($1)) }
  }

  private func term(_ token: Int, _ x: Double) -> Double {
    let (q, a) = (old(token), advantage(token))
    let (r, frozen) = (exp(min(max(x - q, -20), 20)), exp(min(max(new(token) - q, -20), 20)))
    let isSelected = response.isSelected?[token] ?? false
    switch loss {
    case .vanilla(let o):
      let low = min(max(r, 1 - o.clipRatioLow), 1 + o.clipRatioHigh)
      let surrogate = -min(min(r, o.delta ?? .infinity) * a, low * a)
      return a < 0 ? min(surrogate, -a * o.clipRatioC) : surrogate
    case .gspo(let o):
      let mean = counted.reduce(0) { $0 + new($1) - old($1) } / Double(counted.count)
      let s = exp(x - new(token) + mean)
      return -min(s * a, min(max(s, 1 - o.clipRatioLow), 1 + o.clipRatioHigh) * a)
    case .sapo(let o):
      let tau = a > 0 ? o.tauPositive : o.tauNegative
      return -a * 4 / tau / (1 + exp(-tau * (r - 1)))
    case .gpg: return -a * x
    case .cispo(let o): return -min(max(frozen, o.minimumRatio), o.maximumRatio) * a * x
    case .clipCov(let o):
      let held = min(max(r, 1 - o.clipRatioLow), 1 + o.clipRatioHigh)
      return isSelected ? 0 : -min(r * a, held * a)
    case .klCov(let o): return -r * a + (isSelected ? o.coefficient * abs(x - q) : 0)
    case .dppo(let o): return isInside(o, token) ? -min(frozen, o.maximumRatio) * a * x : 0
    case .dro(let o): return -(a * x - 0.5 * o.beta * (x - q) * (x - q))
    case .geoMean: return .nan
    }
  }

  private func isInside(_ o: DivergenceMaskObjective, _ token: Int) -> Bool {
    let (p, q) = (exp(new(token)), exp(old(token)))
    let bound = advantage(token) > 0 ? o.high : o.low
    switch o.divergence {
    case .totalVariation: return advantage(token) > 0 ? p <= q + bound : p >= q - bound
    case .binaryKL:
      let kl = q * log(q / p) + (1 - q) * log((1 - q) / (1 - p))
      return kl <= bound || (advantage(token) > 0 ? p < q : p > q)
    }
  }

  private func geometricMean(_ o: GeometricMeanObjective, _ moving: Int, _ x: Double) -> Double {
    let n = Double(counted.count)
    guard n > 0 else { return 0 }
    var (ratio, advantages, weights) = (0.0, 0.0, 0.0)
    for token in counted {
      let d = (token == moving ? x : new(token)) - old(token)
      ratio += advantage(token) > 0 ? min(d, o.high) : max(d, -o.low)
      advantages += advantage(token)
      weights += log(weight(token) + 1e-10)
    }
    // Each token's term is the whole loss, since their mean counts.
    return -n * (advantages / n) * exp(ratio / n) * exp(weights / n)
  }
}

@Suite struct PolicyLossSlopeTests {
  @Test(arguments: everyLoss, 0..<60)
  func `terms are the papers' formula and its slope`(loss: PolicyLoss, seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let response = randomResponse(
      length: 1 + Int(seed % 7), hasMask: seed % 3 > 0, hasWeights: seed % 2 > 0, using: &random)
    let formula = Formula(loss: loss, response: response)
    let terms = loss.terms(of: response)
    // Up to the 1e-8 that geo_mean adds to a length.
    expectClose(
      [terms.reduce(0) { $0 + $1.loss }], [formula.sum(moving: -1, at: 0)], relative: 1e-7, absolute: 1e-7)
    for token in response.new.indices {
      let slope = centralSlope(at: response.new[token].double) { formula.sum(moving: token, at: $0) }
      // A kink within the step has no slope to compare with.
      guard let slope else { continue }
      expectClose([terms[token].derivative], [slope], relative: 1e-5, absolute: 1e-5)
    }
  }

  @Test(arguments: everyLoss)
  func `random responses reach every branch of a loss`(loss: PolicyLoss) {
    var random = SeededNumbers(seed: 3)
    let terms = (0..<30).flatMap { _ in
      loss.terms(of: randomResponse(length: 6, hasMask: false, using: &random))
    }
    let (clipped, dual) = (terms.count(where: \.isClipped), terms.count(where: \.isDualClipped))
    switch loss {
    case .vanilla(let o): #expect(clipped > 9 && (dual > 9) == o.clipRatioC.isFinite)
    case .gspo, .cispo, .clipCov: #expect(clipped > 9 && clipped < 171 && dual == 0)
    case .dppo, .geoMean: #expect(clipped > 9 && dual > 9 && clipped + dual < 171)
    case .sapo, .gpg, .klCov, .dro: #expect(clipped == 0 && dual == 0)
    }
  }

  @Test(arguments: everyLoss)
  func `importance weights are constants that multiply both`(loss: PolicyLoss) {
    var random = SeededNumbers(seed: 8)
    var response = randomResponse(length: 20, hasWeights: false, using: &random)
    let plain = loss.terms(of: response)
    response.weights = plain.map { _ in 0.25 }
    for (weighted, term) in zip(loss.terms(of: response), plain) {
      expectClose(
        [weighted.loss, weighted.derivative], [term.loss / 4, term.derivative / 4], relative: 1e-7,
        absolute: 1e-12)
      #expect(weighted.logRatio == term.logRatio && weighted.isClipped == term.isClipped)
    }
  }

  @Test func `at a clip's bound the free branch carries its half and the held one the other`() {
    // exp(0) is 1 exactly, so bounds of 0 are met to the bit.
    let onBound = SequenceObjective(clipRatioLow: 0, clipRatioHigh: 0)
    let terms = PolicyLoss.gspo(onBound).terms(
      of: LossResponse(new: [-1, -2], old: [-1, -2], advantages: [1, -1]))
    #expect(terms.map(\.derivative) == [-1, 1] && !terms.contains(where: \.isClipped))
  }

  @Test func `a geometric mean of zero advantages pulls nowhere`() {
    let response = LossResponse(new: [-1, -2], old: [-3, -1], advantages: [0, 0])
    let terms = PolicyLoss.geoMean(GeometricMeanObjective()).terms(of: response)
    #expect(terms.allSatisfy { $0.loss == 0 && $0.derivative == 0 && !$0.isClipped && !$0.isDualClipped })
  }
}
