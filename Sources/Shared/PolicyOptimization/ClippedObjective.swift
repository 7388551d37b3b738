/// PPO's clipped surrogate for one token, with separate bounds (DAPO) and a dual clip.
///
/// ```
/// d  = clamp(new - old, -20, 20)          r = exp(d)
/// l1 = -A · r                             l2 = -A · clamp(r, 1 - low, 1 + high)
/// l  = max(l1, l2)                        and for A < 0: min(l, -A · c)
/// dl/d new = -A · r where l1 carries the loss and |new - old| ≤ 20, otherwise 0
/// ```
///
/// With `delta` the ratio of l1 alone is held below it, for either sign of A: TRL's two-sided clip. Where two
/// branches tie, torch gives each half of the gradient, and so does this (`ClippedBranches`).
///
/// Source: Schulman et al. 2017, "Proximal Policy Optimization", arXiv:1707.06347; clip-higher: Yu et al.
/// 2025, "DAPO", section 3.1, arXiv:2503.14476; dual clip: Ye et al. 2020, section 3, arXiv:1912.09729;
/// verl's `compute_policy_loss_vanilla`; `delta`: TRL's `GRPOConfig`.
public struct ClippedObjective: Sendable, Equatable {
  /// How far the ratio may fall below 1.
  ///
  /// Key `actor_rollout_ref.actor.clip_ratio_low`, default 0.2, range 0...1; DAPO, section 3.1, and ProRL,
  /// section 3.2.
  public var clipRatioLow: Double

  /// How far the ratio may rise above 1.
  ///
  /// Key `actor_rollout_ref.actor.clip_ratio_high`, default 0.28, range 0...10; DAPO, section 3.1. ProRL
  /// uses 0.4, verl's file says 0.2.
  public var clipRatioHigh: Double

  /// The largest ratio a token of negative advantage is punished for.
  ///
  /// Key `actor_rollout_ref.actor.clip_ratio_c`, default 3, range above 1, infinite for no dual clip; verl.
  /// DAPO's script uses 10, TRL and ProRL v2's recipes have none.
  public var clipRatioC: Double

  /// What holds the ratio of the free branch down, whatever the advantage's sign; nil for nothing.
  ///
  /// TRL's `delta`, default nil, range above 1.
  public var delta: Double?

  /// Creates an objective.
  public init(
    clipRatioLow: Double = 0.2, clipRatioHigh: Double = 0.28, clipRatioC: Double = 3, delta: Double? = nil
  ) {
    self.clipRatioLow = clipRatioLow
    self.clipRatioHigh = clipRatioHigh
    self.clipRatioC = clipRatioC
    self.delta = delta
  }

  /// What the objective says about one token.
  public struct Token: Sendable, Equatable {
    /// The loss.
    public var loss: Float

    /// d loss / d new log-probability.
    public var derivative: Float

    /// new - old, held within ±20, in nats; minus its mean is verl's `actor/ppo_kl`.
    public var logRatio: Float

    /// Whether the clipped branch is the larger one; its mean is `actor/pg_clipfrac`.
    public var isClipped: Bool

    /// Whether the dual clip caps the loss; its mean is `actor/pg_clipfrac_lower`.
    public var isDualClipped: Bool
  }

  /// The loss of one token and its derivative, computed in Double and rounded once.
  ///
  /// - Parameters:
  ///   - new: Log-probability under the policy in training, in nats.
  ///   - old: Log-probability under the policy that sampled, in nats.
  ///   - advantage: The response's advantage over its group.
  /// - Returns: NaN loss and derivative if an argument is NaN.
  public func token(new: Float, old: Float, advantage: Float) -> Token {
    let term = term(new: Double(new), old: Double(old), advantage: Double(advantage))
    return Token(
      loss: Float(term.loss), derivative: Float(term.derivative),
      logRatio: Float(term.logRatio), isClipped: term.isClipped, isDualClipped: term.isDualClipped)
  }

  func term(new: Double, old: Double, advantage: Double) -> PolicyTerm {
    let logRatio = clamped(new - old, bound: logRatioBound)
    let branches = ClippedBranches(
      ratio: ratio(of: logRatio), advantage: advantage, low: clipRatioLow, high: clipRatioHigh,
      ceiling: delta ?? .infinity)
    let cap = advantage < 0 ? -advantage * clipRatioC : .infinity
    let larger = branches.larger
    let throughCap = share(of: cap, over: larger.value)
    return PolicyTerm(
      loss: larger.value > cap ? cap : larger.value, derivative: larger.derivative * throughCap,
      logRatio: logRatio.value, isClipped: branches.isClipped, isDualClipped: larger.value > cap)
  }
}
