/// How the losses of a mini-batch's tokens become one number.
///
/// Every mode is `Σ weight(length of its sequence) · loss / normaliser`: the weight is applied to each
/// token's loss and derivative, the normaliser once, to the finished sum over all groups of the mini-batch.
/// So no result depends on how the tokens were cut into micro-batches or shared between ranks.
///
/// | name | weight | normaliser |
/// |---|---|---|
/// | `token-mean` | 1 | tokens |
/// | `seq-mean-token-sum` | 1 | sequences |
/// | `seq-mean-token-mean` | 1 / (length + 1e-8) | sequences |
/// | `seq-mean-token-sum-norm` | 1 | sequences · scale |
/// | `token-sum` | 1 | 1 |
///
/// Source: verl's `agg_loss` with global batch information; `token-mean` is DAPO's, `seq-mean-token-mean`
/// GRPO's, `seq-mean-token-sum-norm` Dr. GRPO's.
public enum LossAggregation: Sendable, Equatable {
  /// The mean over all tokens of the mini-batch.
  case tokenMean
  /// The mean over sequences of their sums.
  case sequenceMeanTokenSum
  /// The mean over sequences of their means.
  case sequenceMeanTokenMean
  /// The mean over sequences of their sums, each over a constant.
  case sequenceMeanTokenSumNorm(scale: Double)
  /// The sum over all tokens.
  case tokenSum

  /// Creates the mode verl calls `name`.
  ///
  /// - Parameters:
  ///   - name: Key `actor_rollout_ref.actor.loss_agg_mode`, default `token-mean`.
  ///   - lossScaleFactor: Key `actor_rollout_ref.actor.loss_scale_factor`, default null, range above 0; used
  ///     by `seq-mean-token-sum-norm` alone.
  ///   - maximumResponseLength: Stands in for a null `loss_scale_factor`, in tokens; verl's padded width.
  /// - Throws: `unknownChoice` for another name.
  public init(
    name: String, lossScaleFactor: Double? = nil, maximumResponseLength: Int
  ) throws(PolicyOptimizationError) {
    switch name {
    case "token-mean": self = .tokenMean
    case "seq-mean-token-sum": self = .sequenceMeanTokenSum
    case "seq-mean-token-mean": self = .sequenceMeanTokenMean
    case "seq-mean-token-sum-norm":
      self = .sequenceMeanTokenSumNorm(scale: lossScaleFactor ?? Double(maximumResponseLength))
    case "token-sum": self = .tokenSum
    default: throw .unknownChoice(key: "loss_agg_mode", name: name, choices: Self.names)
    }
  }

  private static let names = [
    "token-mean", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm", "token-sum",
  ]

  /// The weight of each token of a sequence of which `length` tokens count in the loss; 0 for none.
  public func tokenWeight(length: Int) -> Double {
    guard length > 0 else { return 0 }
    return self == .sequenceMeanTokenMean ? 1 / (Double(length) + 1e-8) : 1
  }

  /// What the weighted sum over a mini-batch is divided by, once.
  ///
  /// 1 for a mini-batch without tokens, whose sum is 0 and stays it.
  ///
  /// - Parameters:
  ///   - tokens: How many tokens of the mini-batch count in the loss.
  ///   - sequences: How many of its responses have at least one such token.
  /// - Returns: Never 0, whatever the counts, but for a `loss_scale_factor` of 0.
  public func normaliser(tokens: Int, sequences: Int) -> Double {
    guard tokens > 0, sequences > 0 else { return 1 }
    return switch self {
    case .tokenMean: Double(tokens)
    case .sequenceMeanTokenSum, .sequenceMeanTokenMean: Double(sequences)
    case .sequenceMeanTokenSumNorm(let scale): Double(sequences) * scale
    case .tokenSum: 1
    }
  }
}
