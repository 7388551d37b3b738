/// The loss of one token: policy loss, entropy bonus and KL penalty together.
///
/// ```
/// loss = policy - entropy_coeff · entropy + kl_loss_coef · kl
/// ```
///
/// All three parts are aggregated alike (`LossAggregation`), but for a policy loss with a
/// `forcedAggregation`. The coefficients are those of one step:
/// controllers on rank 0 choose them and every learner is told.
///
/// Source: verl's `ppo_loss`.
public struct TokenLoss: Sendable, Equatable {
  /// The policy's part.
  public var policy: PolicyLoss

  /// The policy's part where it is the clipped objective; to set it makes it so.
  public var objective: ClippedObjective? {
    get { if case .vanilla(let objective) = policy { objective } else { nil } }
    set { if let newValue { policy = .vanilla(newValue) } }
  }

  /// The weight of the entropy bonus, per nat.
  ///
  /// Key `actor_rollout_ref.actor.entropy_coeff`, default 0, range 0...1; verl, and DAPO's and ProRL's value.
  public var entropyCoefficient: Double

  /// The penalty for leaving the reference policy; nil without one, and then no reference pass is needed.
  public var klPenalty: KLPenalty?

  /// A KL estimate and its weight.
  public struct KLPenalty: Sendable, Equatable {
    /// The estimate.
    public var estimator: KLEstimator

    /// Its weight β, per nat.
    ///
    /// Key `actor_rollout_ref.actor.kl_loss_coef`, default 0.001, range 0...10; verl. `KLController`
    /// replaces it step by step where `algorithm.kl_control` is given.
    public var coefficient: Double

    /// Whether the estimate is multiplied by the token's ratio, exp(new - old), gradient included.
    ///
    /// Tokens are the old policy's, and this corrects for it; TRL's `use_bias_correction_kl`, default false;
    /// DeepSeek-V3.2, section 3.1, arXiv:2512.02556.
    public var isBiasCorrected: Bool

    /// Creates a penalty.
    public init(
      estimator: KLEstimator = KLEstimator(), coefficient: Double = 0.001, isBiasCorrected: Bool = false
    ) {
      self.estimator = estimator
      self.coefficient = coefficient
      self.isBiasCorrected = isBiasCorrected
    }

    func slope(new: Double, old: Double, reference: Double) -> Slope {
      let estimate = estimator.slope(new: new, reference: reference)
      guard isBiasCorrected else { return estimate }
      let ratio = ratio(of: clamped(new - old, bound: logRatioBound))
      return Slope(
        value: ratio.value * estimate.value,
        derivative: ratio.derivative * estimate.value + ratio.value * estimate.derivative)
    }
  }

  /// Creates a loss.
  public init(
    policy: PolicyLoss = .vanilla(ClippedObjective()), entropyCoefficient: Double = 0,
    klPenalty: KLPenalty? = nil
  ) {
    self.policy = policy
    self.entropyCoefficient = entropyCoefficient
    self.klPenalty = klPenalty
  }

  /// Creates a loss whose policy part is the clipped objective.
  public init(objective: ClippedObjective, entropyCoefficient: Double = 0, klPenalty: KLPenalty? = nil) {
    self.init(
      policy: .vanilla(objective), entropyCoefficient: entropyCoefficient, klPenalty: klPenalty)
  }

  /// The parts of one token's loss and what to send backwards.
  public struct Token: Sendable, Equatable {
    /// The sum of the parts.
    public var loss: Float

    /// The policy's part.
    public var policyLoss: Float

    /// The KL estimate in nats, before its coefficient and after its bias correction; 0 without a penalty.
    public var kl: Float

    /// The entropy in nats, as given.
    public var entropy: Float

    /// d loss / d new log-probability.
    public var derivative: Float

    /// d loss / d entropy.
    public var entropyDerivative: Float

    /// new - old as the policy loss sees it, in nats (`PolicyTerm.logRatio`).
    public var logRatio: Float

    /// Whether the token counts as clipped (`PolicyTerm.isClipped`).
    public var isClipped: Bool

    /// Whether the token counts as clipped on the other side (`PolicyTerm.isDualClipped`).
    public var isDualClipped: Bool
  }

  /// The loss of one token, for a policy loss of scope `.token`; computed in Double, each number rounded once.
  ///
  /// - Parameters:
  ///   - new: Log-probability under the policy in training, in nats.
  ///   - old: Log-probability under the policy that sampled, in nats.
  ///   - reference: Log-probability under the reference policy, in nats; not looked at without a KL penalty.
  ///   - advantage: The token's.
  ///   - entropy: Entropy of the policy in training at this position, in nats.
  /// - Returns: NaN loss and derivative if a log-probability that is looked at, or the advantage, is NaN.
  public func token(new: Float, old: Float, reference: Float, advantage: Float, entropy: Float) -> Token {
    token(
      term: policy.term(new: new, old: old, advantage: advantage), new: new, old: old, reference: reference,
      entropy: entropy)
  }

  /// The loss of one token whose policy term is there already, of `policy.term` or `policy.terms`.
  ///
  /// - Parameters:
  ///   - term: The policy's part.
  ///   - new: Log-probability under the policy in training, in nats.
  ///   - old: Log-probability under the policy that sampled, in nats; looked at by a bias-corrected KL penalty
  ///     alone.
  ///   - reference: Log-probability under the reference policy, in nats; not looked at without a KL penalty.
  ///   - entropy: Entropy of the policy in training at this position, in nats.
  /// - Returns: NaN loss and derivative if the term's, or a log-probability that is looked at, is NaN.
  public func token(
    term: PolicyTerm, new: Float, old: Float = .nan, reference: Float, entropy: Float
  ) -> Token {
    let kl = klPenalty?.slope(new: Double(new), old: Double(old), reference: Double(reference))
    let klPart = weighted(kl, by: klPenalty?.coefficient ?? 0)
    let bonus = entropyCoefficient == 0 ? 0 : entropyCoefficient * Double(entropy)
    return Token(
      loss: Float(term.loss - bonus + klPart.value), policyLoss: Float(term.loss), kl: Float(kl?.value ?? 0),
      entropy: entropy, derivative: Float(term.derivative + klPart.derivative),
      entropyDerivative: Float(-entropyCoefficient), logRatio: Float(term.logRatio),
      isClipped: term.isClipped, isDualClipped: term.isDualClipped)
  }

  /// `slope` times `coefficient`; nothing at all for a coefficient of 0, even if the slope is infinite.
  private func weighted(_ slope: Slope?, by coefficient: Double) -> Slope {
    guard let slope, coefficient != 0 else { return Slope(value: 0, derivative: 0) }
    return Slope(value: coefficient * slope.value, derivative: coefficient * slope.derivative)
  }
}
