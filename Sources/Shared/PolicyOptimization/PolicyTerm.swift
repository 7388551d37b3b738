/// What a policy loss says about one token: its share of the loss and what flows back from it.
///
/// All numbers are Double; `TokenLoss` rounds them once, to what travels on.
public struct PolicyTerm: Sendable, Equatable {
  /// The loss, importance weight included.
  public var loss: Double

  /// d loss / d new log-probability, importance weight included.
  public var derivative: Double

  /// new - old as the loss sees it, in nats; minus its mean is verl's `actor/ppo_kl`.
  ///
  /// Held within ±20 where the loss holds it; `kl_cov`, whose metric is the mean distance, gives minus the
  /// distance.
  public var logRatio: Double

  /// Whether the token counts in verl's `actor/pg_clipfrac`; each loss says when.
  public var isClipped: Bool

  /// Whether the token counts in verl's `actor/pg_clipfrac_lower`; each loss says when.
  public var isDualClipped: Bool

  /// Creates a term.
  public init(
    loss: Double, derivative: Double, logRatio: Double, isClipped: Bool = false, isDualClipped: Bool = false
  ) {
    self.loss = loss
    self.derivative = derivative
    self.logRatio = logRatio
    self.isClipped = isClipped
    self.isDualClipped = isDualClipped
  }

  /// The term of a token that does not count: nothing at all.
  public static let uncounted = PolicyTerm(loss: 0, derivative: 0, logRatio: 0)

  /// The term with loss and derivative times an importance weight, a constant to the derivative.
  func weighted(by weight: Double) -> PolicyTerm {
    var term = self
    term.loss *= weight
    term.derivative *= weight
    return term
  }
}
