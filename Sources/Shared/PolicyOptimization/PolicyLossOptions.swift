/// The options of all policy losses; each loss takes its own.
public struct PolicyLossOptions: Sendable, Equatable {
  /// Key `actor_rollout_ref.actor.clip_ratio_low`, default 0.2, range 0 and above.
  ///
  /// `vanilla`, `gspo`, `cispo`, `clip_cov`: of the ratio below 1; `geo_mean`: of the log-ratio below 0;
  /// `dppo_tv`, `dppo_kl`: of the divergence where the advantage is not positive.
  public var clipRatioLow = 0.2

  /// Key `actor_rollout_ref.actor.clip_ratio_high`, default 0.28, range 0 and above; as `clipRatioLow`, on
  /// the other side.
  public var clipRatioHigh = 0.28

  /// Key `actor_rollout_ref.actor.clip_ratio_c`, default 3, range above 1, infinite for none.
  ///
  /// `vanilla`: the dual clip; `dppo_tv`, `dppo_kl`: the largest ratio.
  public var clipRatioC = 3.0

  /// TRL's `delta`, default nil, range above 1; `vanilla`.
  public var delta: Double?

  /// TRL's bound of `cispo`, `epsilon_high` itself, in place of verl's around 1; default nil, range above 0.
  public var cispoMaximumRatio: Double?

  /// Key `actor_rollout_ref.actor.tau_pos`, default 1, range above 0; `sapo`.
  public var tauPositive = 1.0

  /// Key `actor_rollout_ref.actor.tau_neg`, default 1.05, range above 0; `sapo`.
  public var tauNegative = 1.05

  /// Key `actor_rollout_ref.actor.policy_loss.clip_cov_ratio`, default 0.0002, range above 0 to 1.
  public var clipCovRatio = 0.0002

  /// Key `actor_rollout_ref.actor.policy_loss.clip_cov_lb`, default 1; below `clip_cov_ub`.
  public var clipCovLowerBound = 1.0

  /// Key `actor_rollout_ref.actor.policy_loss.clip_cov_ub`, default 5.
  public var clipCovUpperBound = 5.0

  /// Key `actor_rollout_ref.actor.policy_loss.kl_cov_ratio`, default 0.0002, range above 0 to 1.
  public var klCovRatio = 0.0002

  /// Key `actor_rollout_ref.actor.policy_loss.ppo_kl_coef`, default 0.1, range 0 and above; `kl_cov`.
  public var ppoKLCoefficient = 0.1

  /// Key `actor_rollout_ref.actor.policy_loss.dro_beta`, without a default, range above 0; `dro` needs it.
  public var droBeta: Double?

  /// Creates the options with their defaults.
  public init() {}
}

extension PolicyLoss {
  /// Creates the loss verl calls `name`.
  ///
  /// - Parameters:
  ///   - name: Key `actor_rollout_ref.actor.policy_loss.loss_mode`, default `vanilla`.
  ///   - options: Those of all losses.
  /// - Throws: `unknownChoice` for another name, `optionOutOfRange` or `missingOption` for an option that the
  ///   loss takes.
  public init(name: String, options: PolicyLossOptions = PolicyLossOptions()) throws(PolicyOptimizationError)
  {
    switch name {
    case "vanilla": self = .vanilla(try options.clippedObjective())
    case "gspo": self = .gspo(try options.sequenceObjective())
    case "sapo": self = .sapo(try options.softGateObjective())
    case "gpg": self = .gpg
    case "cispo": self = .cispo(try options.clippedWeightObjective())
    case "clip_cov": self = .clipCov(try options.covarianceClip())
    case "kl_cov": self = .klCov(try options.covariancePenalty())
    case "geo_mean": self = .geoMean(try options.geometricMeanObjective())
    case "dppo_tv": self = .dppo(try options.divergenceMaskObjective(.totalVariation))
    case "dppo_kl": self = .dppo(try options.divergenceMaskObjective(.binaryKL))
    case "dro": self = .dro(try options.quadraticObjective())
    default: throw .unknownChoice(key: "loss_mode", name: name, choices: Self.names)
    }
  }

  /// verl's names of the losses, for `init(name:options:)`.
  public static let names = [
    "vanilla", "gspo", "sapo", "gpg", "cispo", "clip_cov", "kl_cov", "geo_mean", "dppo_tv", "dppo_kl", "dro",
  ]
}

extension PolicyLossOptions {
  fileprivate func clippedObjective() throws(PolicyOptimizationError) -> ClippedObjective {
    try checkBounds()
    try check("clip_ratio_c", clipRatioC, clipRatioC > 1, "above 1")
    if let delta { try check("delta", delta, delta > 1, "above 1") }
    return ClippedObjective(
      clipRatioLow: clipRatioLow, clipRatioHigh: clipRatioHigh, clipRatioC: clipRatioC, delta: delta)
  }

  fileprivate func sequenceObjective() throws(PolicyOptimizationError) -> SequenceObjective {
    try checkBounds()
    return SequenceObjective(clipRatioLow: clipRatioLow, clipRatioHigh: clipRatioHigh)
  }

  fileprivate func softGateObjective() throws(PolicyOptimizationError) -> SoftGateObjective {
    try check("tau_pos", tauPositive, tauPositive > 0 && tauPositive.isFinite, "a number above 0")
    try check("tau_neg", tauNegative, tauNegative > 0 && tauNegative.isFinite, "a number above 0")
    return SoftGateObjective(tauPositive: tauPositive, tauNegative: tauNegative)
  }

  fileprivate func clippedWeightObjective() throws(PolicyOptimizationError) -> ClippedWeightObjective {
    if let maximum = cispoMaximumRatio {
      try check("epsilon_high", maximum, maximum > 0, "above 0")
      return ClippedWeightObjective(maximumRatio: maximum)
    }
    try checkBounds()
    return ClippedWeightObjective(clipRatioLow: clipRatioLow, clipRatioHigh: clipRatioHigh)
  }

  fileprivate func covarianceClip() throws(PolicyOptimizationError) -> CovarianceClip {
    try checkBounds()
    try check("clip_cov_ratio", clipCovRatio, 0 < clipCovRatio && clipCovRatio <= 1, "above 0 and at most 1")
    try check(
      "clip_cov_lb", clipCovLowerBound, clipCovLowerBound < clipCovUpperBound,
      "below `clip_cov_ub`, which is \(clipCovUpperBound)")
    return CovarianceClip(
      clipRatioLow: clipRatioLow, clipRatioHigh: clipRatioHigh, ratio: clipCovRatio,
      lowerBound: clipCovLowerBound, upperBound: clipCovUpperBound)
  }

  fileprivate func covariancePenalty() throws(PolicyOptimizationError) -> CovariancePenalty {
    try check("kl_cov_ratio", klCovRatio, 0 < klCovRatio && klCovRatio <= 1, "above 0 and at most 1")
    try check(
      "ppo_kl_coef", ppoKLCoefficient, ppoKLCoefficient >= 0 && ppoKLCoefficient.isFinite,
      "a number that is not negative")
    return CovariancePenalty(ratio: klCovRatio, coefficient: ppoKLCoefficient)
  }

  fileprivate func geometricMeanObjective() throws(PolicyOptimizationError) -> GeometricMeanObjective {
    try checkBounds()
    return GeometricMeanObjective(low: clipRatioLow, high: clipRatioHigh)
  }

  fileprivate func divergenceMaskObjective(
    _ divergence: DivergenceMaskObjective.Divergence
  ) throws(PolicyOptimizationError) -> DivergenceMaskObjective {
    try checkBounds()
    try check("clip_ratio_c", clipRatioC, clipRatioC > 1, "above 1")
    return DivergenceMaskObjective(
      divergence, low: clipRatioLow, high: clipRatioHigh, maximumRatio: clipRatioC)
  }

  fileprivate func quadraticObjective() throws(PolicyOptimizationError) -> QuadraticObjective {
    guard let droBeta else { throw .missingOption(key: "dro_beta", choice: "loss_mode: dro") }
    try check("dro_beta", droBeta, droBeta > 0 && droBeta.isFinite, "a number above 0")
    return QuadraticObjective(beta: droBeta)
  }

  private func checkBounds() throws(PolicyOptimizationError) {
    try check("clip_ratio_low", clipRatioLow, clipRatioLow >= 0, "at least 0")
    try check("clip_ratio_high", clipRatioHigh, clipRatioHigh >= 0, "at least 0")
  }

  private func check(
    _ key: String, _ value: Double, _ isInside: Bool, _ range: String
  ) throws(PolicyOptimizationError) {
    guard isInside else { throw .optionOutOfRange(key: key, value: value, range: range) }
  }
}
