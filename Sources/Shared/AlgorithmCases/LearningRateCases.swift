import PolicyOptimization

/// `learning_rate/SHAPE`: the rates of the first steps, in millionths where `expected.unit` is `1e-6`.
///
/// Options: `lr`, `lr_warmup_steps`, `total_training_steps`, `min_lr_ratio`.
enum LearningRateCases {
  static func runner(of member: String) -> CaseRunner? {
    guard member == "constant" || member == "cosine" else { return nil }
    return { row in
      let minimumRatio = try row.options.number("min_lr_ratio")
      let schedule = LearningRateSchedule(
        peak: try row.options.number("lr"),
        shape: member == "cosine" ? .cosine(minimumRatio: minimumRatio) : .constant,
        warmupSteps: try row.options.integer("lr_warmup_steps"),
        totalSteps: try row.options.integer("total_training_steps"))
      let scale = try row.expected.has("unit") && row.expected.text("unit") == "1e-6" ? 1e6 : 1
      let steps = try row.expected.numbers("learning_rates").indices
      return [
        CaseQuantity("learning_rates", steps.map { schedule.learningRate(finishedSteps: $0) * scale })
      ]
    }
  }
}
