import PolicyOptimization
import Testing

/// The batch of the goldens; the last token of the second response does not count.
private let responses = [
  RolloutCorrection.Response(old: [-0.2, -2.1, -0.5, -6], rollout: [-1, -2, -0.5, -3]),
  RolloutCorrection.Response(
    old: [-0.7, -1.21, -2.19, -0.1], rollout: [-0.7, -1.2, -2.2, -0.1], isCounted: [true, true, true, false]),
]

extension JSON {
  /// A threshold of the case file, a number or text.
  var threshold: RolloutCorrection.Threshold? {
    number.map { .number($0) } ?? (text.isEmpty ? nil : .text(text))
  }
}

@Suite struct RolloutCorrectionTests {
  private let golden: JSON

  init() throws { golden = try Fixture.estimators()["rolloutCorrection"] }

  private func check(_ metrics: [NamedValue], _ expected: JSON, _ comment: Comment? = nil) {
    let values = Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.value) })
    #expect(!expected.members.isEmpty, comment)
    for (name, value) in expected.members {
      let number = values["rollout_corr/" + name]
      expectClose([number ?? .nan], [value.number ?? .infinity], comment)
    }
  }

  @Test(arguments: ["token 2.0", "token 0.5_2.0", "sequence 2.0", "sequence 0.5_2.0"], [false, true])
  func `weights and their metrics are verl's`(name: String, normalizes: Bool) throws {
    let (level, threshold) = (String(name.split(separator: " ")[0]), String(name.split(separator: " ")[1]))
    let options = try RolloutCorrection.Options(
      rolloutIS: level, rolloutISThreshold: .text(threshold), normalizesBatch: normalizes)
    let correction = RolloutCorrection(options: options).corrected(responses)
    let expected = golden["is \(name) bn=\(normalizes ? "True" : "False")"]
    let weights = try #require(correction.weights)
    for (row, golden) in zip(weights, expected["w"].list) { expectClose(row.map(\.double), golden.numbers) }
    #expect(expected["w"].list.count == 2 && weights.count == 2)
    check(correction.metrics, expected["metrics"])
    #expect(correction.isKept == [[true, true, true, true], [true, true, true, false]])
    #expect(options.needsBatch == normalizes)
  }

  @Test(
    arguments: [
      ("token_k1", "0.5_2.0"), ("token_k1", "2.0"), ("token_k2", "0.1"), ("token_k3", "0.1"),
      ("seq_sum_k1", "0.5_2.0"), ("seq_mean_k1", "0.999_1.001"), ("seq_mean_k3", "0.01"),
      ("seq_max_k2", "0.01"), ("seq_max_k3", "1.0"), ("token_k1,seq_max_k3", "0.5_2.0,1.0"),
    ])
  func `each rejection takes out what verl's does`(names: String, threshold: String) throws {
    let options = try RolloutCorrection.Options(rolloutRS: names, rolloutRSThreshold: .text(threshold))
    let correction = RolloutCorrection(options: options).corrected(responses)
    let expected = golden["rs \(names) \(threshold)"]
    #expect(correction.isKept.map { $0.map { $0 ? 1.0 : 0.0 } } == expected["mask"].list.map(\.numbers))
    #expect(correction.weights == nil)
    let values = Dictionary(uniqueKeysWithValues: correction.metrics.map { ($0.name, $0.value) })
    expectClose(
      [
        try #require(values["rollout_corr/rollout_rs_masked_fraction"]),
        try #require(values["rollout_corr/rollout_rs_seq_masked_fraction"]),
      ], [try #require(expected["frac"].number), try #require(expected["seqfrac"].number)])
  }

  @Test func `without any correction the policies' distance is still measured`() {
    let correction = RolloutCorrection().corrected(responses)
    #expect(correction.weights == nil && !RolloutCorrection().options.isActive)
    check(correction.metrics, golden["offpolicy"])
    #expect(correction.metrics.count == 13)
  }

  @Test func `a k1 band bounds the ratio of rollout to old, not of old to rollout`() throws {
    let options = try RolloutCorrection.Options(
      rolloutRS: "seq_mean_k1", rolloutRSThreshold: "0.999_1.4")
    let correction = RolloutCorrection(options: options)
    // e^0.3 = 1.35 lies within the band, e^-0.3 = 0.74 does not.
    #expect(correction.isKept(.init(old: [-1.3], rollout: [-1])) == [true])
    #expect(correction.isKept(.init(old: [-1], rollout: [-1.3])) == [false])
  }

  @Test func `policies that agree are left alone`() throws {
    for name in RolloutCorrection.Options.presetNames {
      let correction = RolloutCorrection(options: try RolloutCorrection.Options(preset: name))
      let result = correction.corrected([.init(old: [-1, -2.5, -0.1], rollout: [-1, -2.5, -0.1])])
      #expect(result.isKept == [[true, true, true]], "\(name)")
      #expect(result.weights == (correction.options.weighting == nil ? nil : [[1, 1, 1]]), "\(name)")
    }
  }

  @Test func `a NaN becomes a NaN weight or a rejected token`() throws {
    let response = RolloutCorrection.Response(old: [.nan, -1], rollout: [-1, -1])
    let weights = RolloutCorrection(options: try .init(preset: "decoupled_token_is")).weights(of: response)
    #expect(weights?[0].isNaN == true && weights?[1] == 1)
    for name in RolloutCorrection.Rejection.names {
      let options = try RolloutCorrection.Options(rolloutRS: name, rolloutRSThreshold: 5.0)
      let kept = RolloutCorrection(options: options).isKept(response)
      #expect(kept == [false, name.hasPrefix("token")], "\(name)")
    }
  }

  @Test func `a batch without counted tokens has no metrics and no weights to speak of`() throws {
    let correction = RolloutCorrection(
      options: try .init(
        rolloutIS: "token", normalizesBatch: true, rolloutRS: "seq_sum_k3", rolloutRSThreshold: 1.0))
    let result = correction.corrected([.init(old: [-1], rollout: [-2], isCounted: [false])])
    #expect(result.weights == [[0]] && result.isKept == [[false]] && result.metrics.isEmpty)
    let nothing = correction.corrected([])
    #expect(nothing.weights == [] && nothing.isKept == [] && nothing.metrics.isEmpty)
  }

  @Test(arguments: [1, 2, 3])
  func `a response alone has the bits it has in a batch`(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let batch = (0..<12).map { _ in
      let length = Int.random(in: 1...9, using: &random)
      let rollout = (0..<length).map { _ in Float.random(in: -4...0, using: &random) }
      return RolloutCorrection.Response(
        old: rollout.map { $0 + Float.random(in: -1...1, using: &random) }, rollout: rollout,
        isCounted: rollout.map { _ in Bool.random(using: &random) })
    }
    for level in ["token", "sequence"] {
      let options = try RolloutCorrection.Options(
        rolloutIS: level, rolloutISThreshold: "0.4_2", rolloutRS: "token_k2,seq_mean_k1",
        rolloutRSThreshold: "0.3,1.5")
      let correction = RolloutCorrection(options: options)
      let whole = correction.corrected(batch)
      #expect(whole.weights == batch.compactMap { correction.weights(of: $0) })
      #expect(whole.isKept == batch.map { correction.isKept($0) })
      let reversed = correction.corrected(batch.reversed())
      #expect(reversed.weights == whole.weights?.reversed())
    }
  }

  @Test func `normalised weights have mean one`() throws {
    for level in ["token", "sequence"] {
      let options = try RolloutCorrection.Options(rolloutIS: level, normalizesBatch: true)
      let weights = try #require(RolloutCorrection(options: options).corrected(responses).weights)
      let mean =
        level == "token" ? weights.joined().reduce(0, +) / 7 : (weights[0][0] + weights[1][0]) / 2
      #expect((mean - 1).magnitude < 1e-6)
    }
  }

  @Test(arguments: ["token", "sequence"], [false, true])
  func `every metric of verl is there under its name`(level: String, isBand: Bool) throws {
    let options = try RolloutCorrection.Options(
      rolloutIS: level, rolloutISThreshold: isBand ? "0.5_2" : 2.0, normalizesBatch: true,
      rolloutRS: "token_k1", rolloutRSThreshold: 2.0)
    let names = RolloutCorrection(options: options).corrected(responses).metrics.map(\.name)
    #expect(Set(names).count == names.count && names.allSatisfy { $0.hasPrefix("rollout_corr/") })
    #expect(names.contains("rollout_corr/rollout_is_oob_ratio") == isBand)
    let expected = [
      "kl", "k3_kl", "training_ppl", "training_log_ppl", "rollout_ppl", "rollout_log_ppl", "log_ppl_diff",
      "log_ppl_abs_diff", "log_ppl_diff_max", "log_ppl_diff_min", "ppl_ratio", "chi2_token", "chi2_seq",
      "rollout_is_mean", "rollout_is_max", "rollout_is_min", "rollout_is_std", "rollout_is_eff_sample_size",
      "rollout_is_ratio_fraction_high", "rollout_is_ratio_fraction_low", "rollout_is_seq_mean",
      "rollout_is_seq_std", "rollout_is_seq_max", "rollout_is_seq_min", "rollout_is_seq_max_deviation",
      "rollout_is_seq_fraction_high", "rollout_is_seq_fraction_low", "rollout_is_batch_norm_factor",
      "rollout_rs_token_k1_masked_fraction", "rollout_rs_token_k1_seq_masked_fraction",
      "rollout_rs_masked_fraction", "rollout_rs_seq_masked_fraction",
    ]
    #expect(expected.allSatisfy { names.contains("rollout_corr/\($0)") })
  }
}

@Suite struct RolloutCorrectionOptionsTests {
  @Test func `a single k1 number bounds both sides, and one threshold serves all tests`() throws {
    let one = try RolloutCorrection.Options(
      rolloutRS: "token_k1, seq_sum_k1,token_k1", rolloutRSThreshold: 4.0)
    let each = try RolloutCorrection.Options(
      rolloutRS: "token_k1,seq_sum_k1", rolloutRSThreshold: " 0.25_4 , 0.25_4.0 ")
    #expect(one == each && one.rejections.map(\.name) == ["token_k1", "seq_sum_k1"])
    #expect(one.rejections.allSatisfy { $0.lower == -$0.upper })
  }

  @Test(arguments: RolloutCorrection.Options.presetNames)
  func `presets carry their meaning in their names`(name: String) throws {
    let options = try RolloutCorrection.Options(preset: name)
    #expect(options.bypassesOldPolicy == name.hasPrefix("bypass"))
    #expect((options.lossType == .reinforce) == name.hasPrefix("bypass_pg"))
    #expect(options.rejections.isEmpty == !name.contains("_rs"))
    #expect(options.isActive == (name != "disabled" && name != "bypass_ppo_clip"))
    if name.contains("seq_") { #expect(options.weighting?.level == .sequence) }
    if name.contains("token_") { #expect(options.weighting?.level == .token) }
  }

  @Test func `there are verl's nineteen presets`() {
    #expect(Set(RolloutCorrection.Options.presetNames).count == 19)
    #expect(throws: PolicyOptimizationError.self) { try RolloutCorrection.Options(preset: "tis") }
  }

  @Test(
    arguments: [
      ("tokens", 2.0, nil, nil, "ppo_clip", "`tokens`"), ("token", "", nil, nil, "ppo_clip", "positive"),
      ("token", nil, nil, nil, "ppo_clip", "rollout_is_threshold"),
      ("token", 0.0, nil, nil, "ppo_clip", "positive"), ("token", "2_1", nil, nil, "ppo_clip", "low_high"),
      ("token", "-1_1", nil, nil, "ppo_clip", "low_high"), ("token", "a", nil, nil, "ppo_clip", "`a`"),
      ("token", .number(.nan), nil, nil, "ppo_clip", "positive"),
      (nil, 2.0, "token_k1", nil, "ppo_clip", "rollout_rs_threshold"),
      (nil, 2.0, "seq_max_k1", 2.0, "ppo_clip", "seq_max_k2"), (nil, 2.0, " ,", 2.0, "ppo_clip", "token_k1"),
      (nil, 2.0, "token_k1,token_k2", "1,2,3", "ppo_clip", "2 between commas"),
      (nil, 2.0, "token_k2", "0.5_2", "ppo_clip", "`token_k2`"),
      (nil, 2.0, "token_k1", "", "ppo_clip", "threshold"), (nil, 2.0, nil, nil, "ppo", "reinforce"),
    ] as [(String?, RolloutCorrection.Threshold?, String?, RolloutCorrection.Threshold?, String, String)])
  func `what makes no sense is refused in a sentence`(
    rolloutIS: String?, threshold: RolloutCorrection.Threshold?, rolloutRS: String?,
    rejectionThreshold: RolloutCorrection.Threshold?, lossType: String, says: String
  ) {
    #expect {
      try RolloutCorrection.Options(
        rolloutIS: rolloutIS, rolloutISThreshold: threshold, rolloutRS: rolloutRS,
        rolloutRSThreshold: rejectionThreshold, lossType: lossType)
    } throws: { error in
      "\(error)".contains(says) && "\(error)".hasSuffix(".")
    }
  }
}

/// Results of verl's own functions on random inputs.
@Suite struct RolloutCorrectionCaseTests {
  @Test func `every weight and every mask is verl's`() throws {
    var counts: [String: Int] = [:]
    for row in try Fixture.estimatorCases() where row["function"].text.hasPrefix("rollout_correction/") {
      let (inputs, options, expected) = (row["inputs"], row["options"], row["expected"])
      counts[row["function"].text, default: 0] += 1
      let lengths = inputs["response_lengths"].integers
      let responses = zip(lengths, zip(inputs["old_log_probs"].rows, inputs["rollout_log_probs"].rows)).map {
        length, logs in
        RolloutCorrection.Response(
          old: logs.0, rollout: logs.1, isCounted: logs.0.indices.map { $0 < length })
      }
      let id = Comment(rawValue: row["id"].text)
      let correction = RolloutCorrection(options: try read(options)).corrected(responses)
      let values =
        correction.weights.map { $0.map { $0.map(\.double) } }
        ?? correction.isKept.map { $0.map { $0 ? 1 : 0 } }
      let golden = expected[correction.weights == nil ? "mask" : "weights"].list
      #expect(values.count == golden.count && !golden.isEmpty, id)
      for (values, numbers) in zip(values, golden) {
        expectClose(
          values, numbers.numbers, relative: try #require(row["relative_tolerance"].number),
          absolute: try #require(row["absolute_tolerance"].number), id)
      }
    }
    #expect(counts.count == 2 && counts.values.allSatisfy { $0 >= 12 })
  }

  private func read(_ options: JSON) throws -> RolloutCorrection.Options {
    try RolloutCorrection.Options(
      rolloutIS: options["rollout_is"].text.isEmpty ? nil : options["rollout_is"].text,
      rolloutISThreshold: options["rollout_is_threshold"].threshold,
      normalizesBatch: options["rollout_is_batch_normalize"].boolean,
      rolloutRS: options["rollout_rs"].text.isEmpty ? nil : options["rollout_rs"].text,
      rolloutRSThreshold: options["rollout_rs_threshold"].threshold)
  }
}
