/// The loss of one token: clipped objective, entropy bonus and KL penalty together.
///
/// ```
/// loss = policy - entropy_coeff · entropy + kl_loss_coef · kl
/// ```
///
/// All three parts are aggregated alike (`LossAggregation`). The coefficients are those of one step:
/// controllers on rank 0 choose them and every learner is told.
///
/// Source: verl's `ppo_loss`.
public struct TokenLoss: Sendable, Equatable {
  /// The policy's part.
  public var objective: ClippedObjective

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

    /// Creates a penalty.
    public init(estimator: KLEstimator = KLEstimator(), coefficient: Double = 0.001) {
      self.estimator = estimator
      self.coefficient = coefficient
    }
  }

  /// Creates a loss.
  public init(
    objective: ClippedObjective = ClippedObjective(), entropyCoefficient: Double = 0,
    klPenalty: KLPenalty? = nil
  ) {
    self.objective = objective
    self.entropyCoefficient = entropyCoefficient
    self.klPenalty = klPenalty
  }

  /// The parts of one token's loss and what to send backwards.
  public struct Token: Sendable, Equatable {
    /// The sum of the parts.
    public var loss: Float

    /// The clipped objective.
    public var policyLoss: Float

    /// The KL estimate in nats, before its coefficient; 0 without a penalty.
    public var kl: Float

    /// The entropy in nats, as given.
    public var entropy: Float

    /// d loss / d new log-probability.
    public var derivative: Float

    /// d loss / d entropy.
    public var entropyDerivative: Float

    /// new - old, held within ±20, in nats.
    public var logRatio: Float

    /// Whether the clipped branch is the larger one.
    public var isClipped: Bool

    /// Whether the dual clip caps the loss.
    public var isDualClipped: Bool
  }

  /// The loss of one token, computed in Double and each number rounded once.
  ///
  /// - Parameters:
  ///   - new: Log-probability under the policy in training, in nats.
  ///   - old: Log-probability under the policy that sampled, in nats.
  ///   - reference: Log-probability under the reference policy, in nats; not looked at without a KL penalty.
  ///   - advantage: The response's advantage over its group.
  ///   - entropy: Entropy of the policy in training at this position, in nats.
  /// - Returns: NaN loss and derivative if a log-probability that is looked at, or the advantage, is NaN.
  public func token(new: Float, old: Float, reference: Float, advantage: Float, entropy: Float) -> Token {
    let policy = objective.term(new: Double(new), old: Double(old), advantage: Double(advantage))
    let kl = klPenalty?.estimator.slope(new: Double(new), reference: Double(reference))
    let beta = klPenalty?.coefficient ?? 0
    let klPart = weighted(kl, by: beta)
    let bonus = entropyCoefficient == 0 ? 0 : entropyCoefficient * Double(entropy)
    return Token(
      loss: Float(policy.slope.value - bonus + klPart.value),
      policyLoss: Float(policy.slope.value),
      kl: Float(kl?.value ?? 0),
      entropy: entropy,
      derivative: Float(policy.slope.derivative + klPart.derivative),
      entropyDerivative: Float(-entropyCoefficient),
      logRatio: Float(policy.logRatio),
      isClipped: policy.isClipped,
      isDualClipped: policy.isDualClipped)
  }

  /// `slope` times `coefficient`; nothing at all for a coefficient of 0, even if the slope is infinite.
  private func weighted(_ slope: Slope?, by coefficient: Double) -> Slope {
    guard let slope, coefficient != 0 else { return Slope(value: 0, derivative: 0) }
    return Slope(value: coefficient * slope.value, derivative: coefficient * slope.derivative)
  }
}
