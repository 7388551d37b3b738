import Kernels

/// `distribution`: the log-probability of a token and the entropy, of a row of logits over a temperature.
///
/// Inputs: `logits`, `token`; option `temperature`.
enum DistributionCases {
  static func runner(of member: String) -> CaseRunner? {
    member.isEmpty ? { try run($0) } : nil
  }

  private static func run(_ row: AlgorithmCase) throws -> [CaseQuantity] {
    let logits = try row.inputs.floats("logits")
    let token = try row.inputs.integer("token")
    guard logits.indices.contains(token) else {
      throw CaseFileError.unexpected(row.place, key: "inputs.token", wanted: "in 0..<\(logits.count)")
    }
    let inverse = Float(1 / (try row.options.number("temperature")))
    let statistics = distributionStatistics(logits.span, inverseTemperature: inverse)
    let logProbability = statistics.logProbability(logit: logits[token], inverseTemperature: inverse)
    return [
      CaseQuantity("log_prob", [Double(logProbability)]),
      CaseQuantity("entropy", [Double(statistics.entropy)]),
    ]
  }
}
