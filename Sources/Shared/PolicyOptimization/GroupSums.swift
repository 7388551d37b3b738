/// What one group's loss amounted to: sums over its tokens, in Double.
///
/// The learner that trains a group adds its tokens in order; the sums travel to rank 0, where `OrderedSum`
/// adds the groups. Means are taken there, once.
public struct GroupSums: Sendable, Equatable, Codable {
  /// Responses with at least one token in the loss.
  public var sequences = 0

  /// Tokens in the loss.
  public var tokens = 0

  /// Tokens whose clipped branch was the larger one.
  public var clippedTokens = 0

  /// Tokens whose loss the dual clip capped.
  public var dualClippedTokens = 0

  /// Weighted losses; over the normaliser, `actor/loss`.
  public var loss = 0.0

  /// Weighted policy losses; over the normaliser, `actor/pg_loss`.
  public var policyLoss = 0.0

  /// Weighted KL estimates, before the coefficient; over the normaliser, `actor/kl_loss`.
  public var klLoss = 0.0

  /// Weighted entropies; over the normaliser, `actor/entropy`.
  public var entropyLoss = 0.0

  /// KL estimates in nats; over the tokens, what the controllers follow.
  public var kl = 0.0

  /// Entropies in nats; over the tokens, what `EntropyTrend` follows.
  public var entropy = 0.0

  /// Log-ratios in nats; minus their mean over the tokens is `actor/ppo_kl`.
  public var logRatio = 0.0

  /// Creates sums over nothing.
  public init() {}

  /// Adds one token.
  ///
  /// - Parameters:
  ///   - token: Its loss.
  ///   - weight: Its weight within its sequence, `LossAggregation.tokenWeight(length:)`.
  ///   - otherWeight: That of its KL and its entropy, where they add up otherwise than its policy loss.
  public mutating func add(_ token: TokenLoss.Token, weight: Double, otherWeight: Double? = nil) {
    tokens += 1
    clippedTokens += token.isClipped ? 1 : 0
    dualClippedTokens += token.isDualClipped ? 1 : 0
    loss += weight * Double(token.loss)
    policyLoss += weight * Double(token.policyLoss)
    klLoss += (otherWeight ?? weight) * Double(token.kl)
    entropyLoss += (otherWeight ?? weight) * Double(token.entropy)
    kl += Double(token.kl)
    entropy += Double(token.entropy)
    logRatio += Double(token.logRatio)
  }

  /// Adds another group's sums, field by field.
  public static func += (total: inout GroupSums, group: GroupSums) {
    total.sequences += group.sequences
    total.tokens += group.tokens
    total.clippedTokens += group.clippedTokens
    total.dualClippedTokens += group.dualClippedTokens
    total.loss += group.loss
    total.policyLoss += group.policyLoss
    total.klLoss += group.klLoss
    total.entropyLoss += group.entropyLoss
    total.kl += group.kl
    total.entropy += group.entropy
    total.logRatio += group.logRatio
  }

  /// Mean KL to the reference, in nats per token; nil without tokens.
  public var meanKL: Double? { perToken(kl) }

  /// Mean entropy, in nats per token; nil without tokens.
  public var meanEntropy: Double? { perToken(entropy) }

  /// Mean of the log-probability that ratios are to, the old one or the reference's, minus the new one, in nats per
  /// token, `actor/ppo_kl`; nil without tokens.
  public var meanKLToDenominator: Double? { perToken(-logRatio) }

  /// Share of tokens that were clipped, `actor/pg_clipfrac`; nil without tokens.
  public var clipFraction: Double? { perToken(Double(clippedTokens)) }

  /// Share of tokens the dual clip capped, `actor/pg_clipfrac_lower`; nil without tokens.
  public var dualClipFraction: Double? { perToken(Double(dualClippedTokens)) }

  private func perToken(_ sum: Double) -> Double? {
    tokens > 0 ? sum / Double(tokens) : nil
  }
}
