/// The policy's part of the loss, by any of verl's formulas.
///
/// | verl's `loss_mode` | formula | needs to know |
/// |---|---|---|
/// | `vanilla` | `ClippedObjective`: PPO, DAPO, ProRL | the token |
/// | `sapo` | `SoftGateObjective` | the token |
/// | `gpg` | the plain policy gradient, -A · new | the token |
/// | `cispo` | `ClippedWeightObjective` | the token |
/// | `dppo_tv`, `dppo_kl` | `DivergenceMaskObjective` | the token |
/// | `dro` | `QuadraticObjective` | the token |
/// | `gspo` | `SequenceObjective` | the response |
/// | `geo_mean` | `GeometricMeanObjective` | the response |
/// | `clip_cov` | `CovarianceClip` | the mini-batch |
/// | `kl_cov` | `CovariancePenalty` | the mini-batch |
///
/// Each gives a token's loss and its derivative by the new log-probability; how tokens become one number is
/// `LossAggregation`'s, and what is added to them is `TokenLoss`'s. No term depends on another response, but
/// for the selection that `clip_cov` and `kl_cov` make beforehand.
public enum PolicyLoss: Sendable, Equatable {
  /// PPO's clip with separate bounds and a dual clip.
  case vanilla(ClippedObjective)
  /// One clipped ratio for a response.
  case gspo(SequenceObjective)
  /// A soft gate on the ratio.
  case sapo(SoftGateObjective)
  /// The plain policy gradient, -A · new.
  case gpg
  /// The plain policy gradient times a held ratio.
  case cispo(ClippedWeightObjective)
  /// PPO's clip, and a drawn selection left out.
  case clipCov(CovarianceClip)
  /// No clip, and a penalty on a selection.
  case klCov(CovariancePenalty)
  /// The geometric mean of a response's held ratios.
  case geoMean(GeometricMeanObjective)
  /// The plain policy gradient within a trust region, of total variation or of binary KL divergence.
  case dppo(DivergenceMaskObjective)
  /// The plain policy gradient and a quadratic pull.
  case dro(QuadraticObjective)

  /// What a term depends on.
  public enum Scope: Sendable, Equatable {
    /// The token's own numbers: learners can take it as it comes.
    case token
    /// The log-probabilities of the whole response.
    case response
    /// The token's own numbers, and a selection over the mini-batch.
    case miniBatch
  }

  /// What a term depends on.
  public var scope: Scope {
    switch self {
    case .vanilla, .sapo, .gpg, .cispo, .dppo, .dro: .token
    case .gspo, .geoMean: .response
    case .clipCov, .klCov: .miniBatch
    }
  }

  /// The aggregation verl uses for this loss whatever `loss_agg_mode` says; nil where that is free.
  ///
  /// In verl it holds for the policy's part alone; the KL penalty and the entropy bonus follow
  /// `loss_agg_mode`.
  public var forcedAggregation: LossAggregation? {
    switch self {
    case .gspo, .sapo, .geoMean: .sequenceMeanTokenMean
    case .vanilla, .gpg, .cispo, .dppo, .dro, .clipCov, .klCov: nil
    }
  }

  /// The term of one token, for a loss of scope `.token` or `.miniBatch`; its importance weight included.
  ///
  /// - Parameters:
  ///   - new: Log-probability under the policy in training, in nats.
  ///   - old: Log-probability under the policy the ratio is taken to, in nats (`RatioDenominator`).
  ///   - advantage: The token's.
  ///   - weight: The importance weight of rollout correction.
  ///   - isSelected: Whether `selection(of:draw:)` chose the token; looked at by `clip_cov` and `kl_cov`.
  /// - Returns: NaN loss and derivative if a number that the loss depends on is NaN.
  public func term(
    new: Float, old: Float, advantage: Float, weight: Float = 1, isSelected: Bool = false
  ) -> PolicyTerm {
    let term = unweightedTerm(
      new: Double(new), old: Double(old), advantage: Double(advantage), isSelected: isSelected)
    return term.weighted(by: Double(weight))
  }

  /// The terms of a response's tokens, for every loss; nothing at all for those that do not count.
  public func terms(of response: LossResponse) -> [PolicyTerm] {
    switch self {
    case .gspo(let objective): objective.terms(of: response)
    case .geoMean(let objective): objective.terms(of: response)
    case .vanilla, .sapo, .gpg, .cispo, .clipCov, .klCov, .dppo, .dro:
      response.weightedTerms { token in
        unweightedTerm(
          new: Double(response.new[token]), old: Double(response.old[token]),
          advantage: Double(response.advantages[token]), isSelected: response.isSelected?[token] ?? false)
      }
    }
  }

  /// The tokens of a mini-batch that `clip_cov` leaves out or `kl_cov` penalises; none for other losses.
  ///
  /// - Parameters:
  ///   - miniBatch: All its responses, in an order that does not depend on how they are spread over ranks.
  ///   - draw: A random number, uniform in 0..<its argument, for `clip_cov`: `NamedGenerator.next(below:)`.
  /// - Returns: One flag per token.
  public func selection(of miniBatch: [LossResponse], draw: (Int) -> Int) -> [[Bool]] {
    var flags = miniBatch.map { [Bool](repeating: false, count: $0.new.count) }
    for place in selectedTokens(of: miniBatch, draw: draw) { flags[place.response][place.token] = true }
    return flags
  }

  private func selectedTokens(of miniBatch: [LossResponse], draw: (Int) -> Int) -> [MiniBatchToken] {
    switch self {
    case .clipCov(let objective): objective.selection(of: miniBatch, draw: draw)
    case .klCov(let objective): objective.selection(of: miniBatch)
    case .vanilla, .gspo, .sapo, .gpg, .cispo, .geoMean, .dppo, .dro: []
    }
  }

  func unweightedTerm(new: Double, old: Double, advantage: Double, isSelected: Bool = false) -> PolicyTerm {
    switch self {
    case .vanilla(let objective): objective.term(new: new, old: old, advantage: advantage)
    case .sapo(let objective): objective.term(new: new, old: old, advantage: advantage)
    case .gpg: PlainObjective.term(new: new, old: old, advantage: advantage)
    case .cispo(let objective): objective.term(new: new, old: old, advantage: advantage)
    case .dppo(let objective): objective.term(new: new, old: old, advantage: advantage)
    case .dro(let objective): objective.term(new: new, old: old, advantage: advantage)
    case .clipCov(let objective):
      objective.term(new: new, old: old, advantage: advantage, isSelected: isSelected)
    case .klCov(let objective):
      objective.term(new: new, old: old, advantage: advantage, isSelected: isSelected)
    case .gspo, .geoMean:
      preconditionFailure(
        "PolicyLoss: a token alone has no term in a loss of the whole response; use terms(of:)")
    }
  }
}
