/// Clip-Cov: PPO's clip, and in addition some tokens that would change the entropy most are left out.
///
/// ```
/// r   = exp(new - old)
/// l   = max(-A · r, -A · clamp(r, 1 - low, 1 + high))     0 where the token is selected
/// cov = (A - mean A) (new - mean new)                     means over the counted tokens of the mini-batch
/// ```
///
/// Candidates are the counted tokens that PPO does not clip already and whose cov lies between `lowerBound`
/// and `upperBound`; `max(⌊ratio · tokens⌋, 1)` of them are drawn. A token counts as clipped where it is
/// selected.
///
/// Source: Cui et al. 2025, "The Entropy Mechanism of Reinforcement Learning", section 4.2, arXiv:2505.22617;
/// verl's `compute_policy_loss_clip_cov`.
public struct CovarianceClip: Sendable, Equatable {
  /// How far the ratio may fall below 1, as in `ClippedObjective`.
  public var clipRatioLow: Double

  /// How far the ratio may rise above 1, as in `ClippedObjective`.
  public var clipRatioHigh: Double

  /// The share of the mini-batch's tokens to leave out.
  ///
  /// Key `actor_rollout_ref.actor.policy_loss.clip_cov_ratio`, default 0.0002, range above 0 to 1; verl.
  public var ratio: Double

  /// What a candidate's covariance exceeds.
  ///
  /// Key `actor_rollout_ref.actor.policy_loss.clip_cov_lb`, default 1; verl.
  public var lowerBound: Double

  /// What a candidate's covariance stays below.
  ///
  /// Key `actor_rollout_ref.actor.policy_loss.clip_cov_ub`, default 5; verl.
  public var upperBound: Double

  /// Creates an objective.
  public init(
    clipRatioLow: Double = 0.2, clipRatioHigh: Double = 0.28, ratio: Double = 0.0002, lowerBound: Double = 1,
    upperBound: Double = 5
  ) {
    self.clipRatioLow = clipRatioLow
    self.clipRatioHigh = clipRatioHigh
    self.ratio = ratio
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  func term(new: Double, old: Double, advantage: Double, isSelected: Bool) -> PolicyTerm {
    let branches = branches(new: new, old: old, advantage: advantage)
    let kept: Double = isSelected ? 0 : 1
    return PolicyTerm(
      loss: branches.larger.value * kept, derivative: branches.larger.derivative * kept, logRatio: new - old,
      isClipped: isSelected)
  }

  /// The tokens to leave out, drawn without replacement by `draw`, which gives a number in 0..<its argument.
  func selection(of miniBatch: [LossResponse], draw: (Int) -> Int) -> [MiniBatchToken] {
    let tokens = MiniBatchCovariance(of: miniBatch, epsilon: 1e-8).tokens
    var candidates = tokens.filter { token in
      let response = miniBatch[token.place.response]
      let (new, old) = (response.new[token.place.token], response.old[token.place.token])
      let advantage = Double(response.advantages[token.place.token])
      return lowerBound < token.covariance && token.covariance < upperBound
        && !branches(new: Double(new), old: Double(old), advantage: advantage).isClipped
    }
    let count = min(max(Int(ratio * Double(tokens.count)), 1), candidates.count)
    for place in 0..<count { candidates.swapAt(place, place + draw(candidates.count - place)) }
    return candidates.prefix(count).map(\.place)
  }

  private func branches(new: Double, old: Double, advantage: Double) -> ClippedBranches {
    ClippedBranches(
      ratio: PolicyOptimization.ratio(of: Slope(value: new - old, derivative: 1)), advantage: advantage,
      low: clipRatioLow, high: clipRatioHigh)
  }
}
