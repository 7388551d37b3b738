import PolicyOptimization
import Testing

/// Runs the case file, results of verl's own functions on random inputs.
@Suite struct CaseFileTests {
  /// The functions of the case file this room does not have.
  static let notBuilt: Set<String> = [
    "advantage/rloo", "advantage/opo", "advantage/reinforce_plus_plus_baseline", "advantage/gpg",
    "advantage/reinforce_plus_plus", "advantage/grpo_passk", "policy_loss/gspo", "policy_loss/sapo",
    "policy_loss/gpg", "policy_loss/cispo", "policy_loss/geo_mean", "policy_loss/dppo_tv",
    "policy_loss/dppo_kl",
    "policy_loss/dro", "policy_loss/kl_cov", "rollout_correction/importance_weights",
    "rollout_correction/rejection_mask", "validation/bootstrap",
    "distribution",  // of logits, so it lives with the kernels
  ]

  @Test func `every case of every function this room has agrees within its tolerance`() throws {
    var counts: [String: Int] = [:]
    for row in try Fixture.cases() {
      try run(Case(row))
      counts[row["function"].text, default: 0] += 1
    }
    let expected = try Fixture.caseCounts().filter { !Self.notBuilt.contains($0.key) }
    #expect(counts == expected)
  }

  @Test func `what is not built is named`() throws {
    #expect(Self.notBuilt.isSubset(of: try Fixture.caseCounts().keys))
  }

  private func run(_ row: Case) throws {
    switch row.function.split(separator: "/").first {
    case "advantage": try row.runAdvantage()
    case "policy_loss": try row.runVanilla()
    case "aggregate": try row.runAggregation()
    case "kl": try row.runKL()
    case "kl_controller": try row.runKLController()
    case "learning_rate": try row.runLearningRate()
    default: Issue.record("\(row.function) has no runner")
    }
  }
}

/// One line of the case file.
private struct Case {
  let function: String
  let id: Comment
  let inputs: JSON
  let options: JSON
  let expected: JSON
  let relative: Double
  let absolute: Double

  init(_ row: JSON) throws {
    function = row["function"].text
    id = Comment(rawValue: row["id"].text)
    (inputs, options, expected) = (row["inputs"], row["options"], row["expected"])
    relative = try #require(row["relative_tolerance"].number)
    absolute = try #require(row["absolute_tolerance"].number)
  }

  private func compare(_ values: [Double], _ expected: JSON) {
    #expect(!expected.numbers.isEmpty, id)
    expectClose(values, expected.numbers, relative: relative, absolute: absolute, id)
  }

  func runAdvantage() throws {
    let (groups, scores) = (inputs["groups"].integers, inputs["scores"].numbers)
    let estimator = GroupAdvantage(normalizeByStandardDeviation: function == "advantage/grpo")
    var advantages = scores
    for group in Set(groups) {
      let members = groups.indices.filter { groups[$0] == group }
      let values = try estimator.advantages(of: members.map { scores[$0] })
      for (member, value) in zip(members, values) { advantages[member] = Double(value) }
    }
    let firstColumn = expected["advantages"].list.compactMap { $0.numbers.first }
    #expect(!firstColumn.isEmpty, id)
    expectClose(advantages, firstColumn, relative: relative, absolute: absolute, id)
  }

  func runVanilla() throws {
    let batch = VanillaBatch(
      old: inputs["old_log_probs"].rows, new: inputs["log_probs"].rows, advantages: inputs["advantages"].rows,
      lengths: inputs["response_lengths"].integers, weights: inputs["rollout_is_weights"].rows)
    let result = batch.evaluate(
      ClippedObjective(
        clipRatioLow: try #require(options["clip_ratio_low"].number),
        clipRatioHigh: try #require(options["clip_ratio_high"].number),
        clipRatioC: try #require(options["clip_ratio_c"].number)),
      try LossAggregation(name: options["loss_agg_mode"].text, maximumResponseLength: batch.width))
    expectClose(
      [result.loss], [try #require(expected["loss"].number)], relative: relative, absolute: absolute, id)
    for (row, golden) in zip(result.gradient, expected["gradient"].list) { compare(row, golden) }
    #expect(result.gradient.count == expected["gradient"].list.count, id)
    expectClose(
      [result.sums.clipFraction ?? -1, result.sums.dualClipFraction ?? -1, result.sums.meanKLToOld ?? -1],
      ["actor/pg_clipfrac", "actor/pg_clipfrac_lower", "actor/ppo_kl"].compactMap {
        expected["metrics"][$0].number
      },
      relative: relative, absolute: absolute, id)
  }

  func runAggregation() throws {
    let lengths = inputs["response_lengths"].integers
    let mode = try LossAggregation(
      name: String(function.dropFirst("aggregate/".count)),
      lossScaleFactor: options["loss_scale_factor"].number,
      maximumResponseLength: try #require(inputs["width"].number.map { Int($0) }))
    let value = aggregated(inputs["values"].list.map(\.numbers), lengths, mode)
    expectClose([value], [try #require(expected["loss"].number)], relative: relative, absolute: absolute, id)
  }

  func runKL() throws {
    let estimator = try KLEstimator(name: String(function.dropFirst("kl/".count)))
    let tokens = zip(inputs["log_probs"].floats, inputs["reference_log_probs"].floats).map {
      estimator.token(new: $0, reference: $1)
    }
    compare(tokens.map(\.value.double), expected["values"])
    compare(tokens.map(\.derivative.double), expected["gradient"])
  }

  func runKLController() throws {
    let samples = Int(try #require(inputs["n_steps"].number))
    var controller = try KLController(
      initialCoefficient: try #require(options["initial"].number),
      rule: .proportional(
        targetKL: try #require(options["target"].number), horizon: try #require(options["horizon"].number)))
    let coefficients = inputs["kl"].numbers.map { kl in
      controller.update(kl: kl, samples: samples)
      return controller.coefficient
    }
    compare(coefficients, expected["coefficients"])
  }

  func runLearningRate() throws {
    let minimum = try #require(options["min_lr_ratio"].number)
    let schedule = LearningRateSchedule(
      peak: try #require(options["lr"].number),
      shape: function == "learning_rate/cosine" ? .cosine(minimumRatio: minimum) : .constant,
      warmupSteps: try #require(options["lr_warmup_steps"].number.map { Int($0) }),
      totalSteps: try #require(options["total_training_steps"].number.map { Int($0) }))
    let rates = expected["learning_rates"].list.indices.map { schedule.learningRate(finishedSteps: $0) * 1e6 }
    compare(rates, expected["learning_rates"])
  }
}
