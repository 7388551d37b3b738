/// Numbers that a case is compared by, under the name that `expected` has for them, lists run together.
struct CaseQuantity {
  var name: String
  var numbers: [Double]

  init(_ name: String, _ numbers: [Double]) {
    self.name = name
    self.numbers = numbers
  }
}

/// Computes a case by the functions that training uses; throws what they throw, or `CaseFileError`.
typealias CaseRunner = (AlgorithmCase) throws -> [CaseQuantity]

/// The functions of case files and who computes them.
enum CaseFamilies {
  /// What computes `function`, such as `kl/k3`; nil where nobody does.
  static func runner(of function: String) -> CaseRunner? {
    let parts = function.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    let member = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case "policy_loss": return PolicyLossCases.runner(of: member)
    case "aggregate": return AggregationCases.runner(of: member)
    case "kl": return KLCases.runner(of: member)
    case "kl_controller": return KLControllerCases.runner(of: member)
    case "learning_rate": return LearningRateCases.runner(of: member)
    case "distribution": return DistributionCases.runner(of: member)
    case "advantage": return AdvantageCases.runner(of: member)
    case "rollout_correction": return RolloutCorrectionCases.runner(of: member)
    case "validation": return ValidationCases.runner(of: member)
    default: return nil
    }
  }
}
