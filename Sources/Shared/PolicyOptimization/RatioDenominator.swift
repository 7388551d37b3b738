/// The policy that the ratio of a policy loss is taken to.
///
/// No loss looks at it: whoever fills `LossResponse.old` gives the log-probabilities of this policy. With the
/// reference the clip becomes a trust region around the reference policy, and each reset moves it.
public enum RatioDenominator: String, Sendable, Equatable, CaseIterable {
  /// The policy that sampled; PPO's ratio, and the default.
  case old
  /// The reference policy.
  case reference

  /// Creates the choice called `name`: `old`, `reference`, or `ref` for short.
  public init(name: String) throws(PolicyOptimizationError) {
    guard let choice = Self(rawValue: name == "ref" ? "reference" : name) else {
      throw .unknownChoice(key: "ratio_denominator", name: name, choices: Self.allCases.map(\.rawValue))
    }
    self = choice
  }
}
