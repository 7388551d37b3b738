import PolicyOptimization

/// `kl/NAME`: estimates and their gradient by the new log-probabilities.
///
/// Inputs: `log_probs`, `reference_log_probs`.
enum KLCases {
  static func runner(of member: String) -> CaseRunner? {
    guard let estimator = try? KLEstimator(name: member) else { return nil }
    return { row in
      let new = try row.inputs.floats("log_probs")
      let reference = try row.inputs.floats("reference_log_probs")
      guard new.count == reference.count else {
        throw CaseFileError.unexpected(
          row.place, key: "inputs.reference_log_probs", wanted: "as long as `log_probs`")
      }
      let tokens = zip(new, reference).map { estimator.token(new: $0, reference: $1) }
      return [
        CaseQuantity("values", tokens.map { Double($0.value) }),
        CaseQuantity("gradient", tokens.map { Double($0.derivative) }),
      ]
    }
  }
}

/// `kl_controller/adaptive`: the coefficient after each of a series of divergences.
///
/// Inputs: `kl`, `n_steps`; options `initial`, `target`, `horizon`.
enum KLControllerCases {
  static func runner(of member: String) -> CaseRunner? {
    guard member == "adaptive" else { return nil }
    return { row in
      var controller = try KLController(
        initialCoefficient: row.options.number("initial"),
        rule: .proportional(
          targetKL: row.options.number("target"), horizon: row.options.number("horizon")))
      let samples = try row.inputs.integer("n_steps")
      let coefficients = try row.inputs.numbers("kl").map { kl in
        controller.update(kl: kl, samples: samples)
        return controller.coefficient
      }
      return [CaseQuantity("coefficients", coefficients)]
    }
  }
}
