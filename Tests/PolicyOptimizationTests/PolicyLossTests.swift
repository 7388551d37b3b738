import Foundation
import PolicyOptimization
import Testing

@Suite struct PolicyLossTests {
  /// The options of the golden cases.
  private var options: PolicyLossOptions {
    var options = PolicyLossOptions()
    (options.clipCovRatio, options.klCovRatio, options.ppoKLCoefficient) = (0.4, 0.4, 1)
    options.droBeta = 0.5
    return options
  }

  @Test(
    arguments: [
      "gspo", "sapo", "gpg", "cispo", "clip_cov", "kl_cov", "geo_mean", "dppo_tv", "dppo_kl", "dro",
    ])
  func `losses, gradients and metrics are verl's`(name: String) throws {
    let policy = try PolicyLoss(name: name, options: options)
    let result = LossBatch.golden.evaluate(policy, policy.forcedAggregation ?? .tokenMean)
    let golden = try Fixture.goldens()["losses"][name]
    expectClose([result.loss], [try #require(golden["loss"].number)])
    expectClose(result.gradient, golden["grad"].list.flatMap(\.numbers))
    for (metric, value) in [
      ("actor/pg_clipfrac", result.sums.clipFraction),
      ("actor/pg_clipfrac_lower", result.sums.dualClipFraction),
      ("actor/ppo_kl", result.sums.meanKLToDenominator),
    ] {
      guard let expected = golden["metrics"][metric].number else { continue }
      expectClose([try #require(value)], [expected])
    }
  }

  @Test func `verl forces sequence means on three losses`() throws {
    let forced = try PolicyLoss.names.filter {
      try PolicyLoss(name: $0, options: options).forcedAggregation == .sequenceMeanTokenMean
    }
    #expect(forced == ["gspo", "sapo", "geo_mean"])
  }

  @Test func `four losses need more than a token`() throws {
    let scopes = try PolicyLoss.names.map { try PolicyLoss(name: $0, options: options).scope }
    #expect(scopes.count { $0 == .response } == 2 && scopes.count { $0 == .miniBatch } == 2)
  }

  @Test(arguments: everyLoss.filter { $0.scope != .response })
  func `a token's term is the same alone as in its response, to the bit`(loss: PolicyLoss) {
    var random = SeededNumbers(seed: 5)
    let response = randomResponse(length: 50, using: &random)
    let terms = loss.terms(of: response)
    for token in response.new.indices {
      let alone = loss.term(
        new: response.new[token], old: response.old[token], advantage: response.advantages[token],
        weight: response.weights?[token] ?? 1, isSelected: response.isSelected?[token] ?? false)
      let isCounted = response.isCounted?[token] ?? true
      #expect(terms[token] == (isCounted ? alone : .uncounted))
    }
  }

  @Test(arguments: everyLoss)
  func `what stands at masked tokens reaches no term`(loss: PolicyLoss) {
    var random = SeededNumbers(seed: 6)
    let clean = randomResponse(length: 40, using: &random)
    var soiled = clean
    for token in clean.new.indices where clean.isCounted?[token] == false {
      (soiled.new[token], soiled.old[token], soiled.advantages[token]) = (.nan, .infinity, .nan)
      soiled.weights?[token] = .nan
    }
    #expect(loss.terms(of: soiled) == loss.terms(of: clean))
    #expect(loss.terms(of: clean).contains { $0.derivative != 0 })
    let selections = [clean, soiled].map { loss.selection(of: [$0, $0]) { _ in 0 } }
    #expect(selections[0] == selections[1])
  }

  @Test(arguments: everyLoss)
  func `a NaN at a counted token reaches its loss and its derivative`(loss: PolicyLoss) {
    let response = LossResponse(new: [-1, .nan], old: [-1, -1], advantages: [1, 1])
    let term = loss.terms(of: response)[1]
    #expect(term.loss.isNaN && term.derivative.isNaN)
  }

  @Test(arguments: everyLoss.filter { $0.scope != .miniBatch })
  func `other responses change nothing but the normaliser`(loss: PolicyLoss) {
    var random = SeededNumbers(seed: 9)
    let responses = (0..<4).map { randomResponse(length: 3 + 5 * $0, hasMask: false, using: &random) }
    let whole = LossBatch(responses: responses).evaluate(loss, .sequenceMeanTokenMean)
    let parts = responses.map { LossBatch(responses: [$0]).evaluate(loss, .sequenceMeanTokenMean) }
    // Four sequences: a normaliser that divides exactly.
    #expect(whole.gradient.map { $0 * 4 } == parts.flatMap(\.gradient))
    #expect(parts.allSatisfy { $0.gradient.contains { $0 != 0 } })
  }

  @Test(arguments: everyLoss)
  func `a response without a counted token has no terms`(loss: PolicyLoss) {
    let response = LossResponse(
      new: [-1, -2], old: [-1, -1], advantages: [1, 1], isCounted: [false, false], weights: [1, 1])
    #expect(loss.terms(of: response) == [.uncounted, .uncounted])
    #expect(loss.terms(of: LossResponse(new: [], old: [], advantages: [])).isEmpty)
    #expect(loss.selection(of: [response]) { _ in 0 } == [[false, false]])
  }

  @Test(arguments: everyLoss)
  func `a token that has become impossible leaves the loss finite`(loss: PolicyLoss) {
    let response = LossResponse(
      new: [-800, -1], old: [-1, -1], advantages: [1, 1], isSelected: [false, false])
    for term in loss.terms(of: response) { #expect(term.loss.isFinite && term.derivative.isFinite) }
  }

  @Test func `an unknown name is refused with the choices`() {
    for name in ["", "ppo", "clip-cov", "Vanilla", "bypass_mode"] {
      #expect {
        try PolicyLoss(name: name)
      } throws: { error in
        "\(error)".contains("`\(name)`") && "\(error)".contains("geo_mean")
      }
    }
  }

  @Test(
    arguments: [
      ("vanilla", "clip_ratio_c", \.clipRatioC, 1), ("vanilla", "clip_ratio_low", \.clipRatioLow, -0.1),
      ("gspo", "clip_ratio_high", \.clipRatioHigh, .nan), ("sapo", "tau_pos", \.tauPositive, 0),
      ("sapo", "tau_neg", \.tauNegative, .infinity), ("clip_cov", "clip_cov_ratio", \.clipCovRatio, 0),
      ("clip_cov", "clip_cov_lb", \.clipCovLowerBound, 5), ("kl_cov", "kl_cov_ratio", \.klCovRatio, 1.5),
      ("kl_cov", "ppo_kl_coef", \.ppoKLCoefficient, -1), ("dppo_tv", "clip_ratio_c", \.clipRatioC, 0.5),
    ] as [(String, String, any WritableKeyPath<PolicyLossOptions, Double> & Sendable, Double)])
  func `an option out of range is refused by its key`(
    name: String, key: String, path: any WritableKeyPath<PolicyLossOptions, Double> & Sendable, value: Double
  ) throws {
    _ = try PolicyLoss(name: name)
    var options = PolicyLossOptions()
    options[keyPath: path] = value
    #expect {
      try PolicyLoss(name: name, options: options)
    } throws: { error in
      "\(error)".contains("`\(key)`")
    }
    // A loss that does not take the option does not ask.
    _ = try PolicyLoss(name: "gpg", options: options)
  }

  @Test func `dro needs its beta`() {
    #expect(throws: PolicyOptimizationError.missingOption(key: "dro_beta", choice: "loss_mode: dro")) {
      try PolicyLoss(name: "dro")
    }
  }

  @Test func `TRL's bound of cispo is epsilon_high itself and leaves small ratios alone`() throws {
    var options = PolicyLossOptions()
    options.cispoMaximumRatio = 0.5
    let loss = try PolicyLoss(name: "cispo", options: options)
    let held = loss.term(new: -1, old: -1, advantage: 2)
    #expect(held.loss == 1 && held.derivative == -1 && held.isClipped)
    let small = loss.term(new: -3, old: -1, advantage: 1)
    expectClose([small.derivative], [-exp(-2)], relative: 1e-14, absolute: 0)
    #expect(!small.isClipped)
  }

  @Test func `TRL's delta holds the free branch for either sign`() {
    let objective = ClippedObjective(clipRatioC: .infinity, delta: 2)
    let beyond = objective.token(new: 0, old: -1, advantage: -1)
    #expect(beyond.loss == 2 && beyond.derivative == 0 && !beyond.isDualClipped)
    let within = objective.token(new: -0.5, old: -1, advantage: -1)
    expectClose([within.loss.double, within.derivative.double], [exp(0.5), exp(0.5)])
  }

  @Test(arguments: [("old", RatioDenominator.old), ("reference", .reference), ("ref", .reference)])
  func `the denominator of the ratio has a name`(name: String, choice: RatioDenominator) throws {
    #expect(try RatioDenominator(name: name) == choice)
    #expect(throws: PolicyOptimizationError.self) { try RatioDenominator(name: "new") }
  }
}
