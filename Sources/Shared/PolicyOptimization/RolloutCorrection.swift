/// Corrects for responses that another policy sampled than the one training calls old.
///
/// That happens where sampling lags behind training or computes with other numbers. With
/// `Δ = old - rollout` in nats at every counted token:
///
/// | part | what it does |
/// |---|---|
/// | weights | multiply each token's loss by exp(Δ), or by exp(Σ Δ) of its response, within a bound |
/// | rejection | takes tokens or whole responses out of the loss whose divergence is beyond a threshold |
/// | metrics | say how far the policies are apart, whether anything is corrected or not |
///
/// Log-ratios are held within ±20 before they are exponentiated. A NaN gives a NaN weight, which the update
/// guard sees, or a rejected token.
///
/// Source: verl's `rollout_corr_helper.py`; Yao et al. 2025, "Your efficient RL framework secretly brings you
/// off-policy RL training" (truncated weights); Ling Team 2025, "IcePop" (the band).
public struct RolloutCorrection: Sendable, Equatable {
  /// One response's log-probabilities, `[tokens]`, in nats.
  public struct Response: Sendable, Equatable {
    /// Under the policy before this step's updates.
    public var old: [Float]

    /// As the policy that sampled them reported.
    public var rollout: [Float]

    /// Which tokens are in the loss; nil for all of them.
    public var isCounted: [Bool]?

    /// Creates a response.
    public init(old: [Float], rollout: [Float], isCounted: [Bool]? = nil) {
      precondition(
        old.count == rollout.count, "\(old.count) old and \(rollout.count) rollout log-probabilities")
      precondition(
        isCounted.map { $0.count == old.count } ?? true,
        "a mask of \(isCounted?.count ?? 0) for \(old.count) tokens")
      self.old = old
      self.rollout = rollout
      self.isCounted = isCounted
    }
  }

  /// What becomes of a batch.
  public struct Correction: Sendable, Equatable {
    /// What each token's loss is multiplied by, per response `[tokens]`, 0 for those that do not count; nil
    /// without weights.
    public var weights: [[Float]]?

    /// Which tokens stay in the loss, per response `[tokens]`.
    public var isKept: [[Bool]]

    /// verl's metrics under their names, in verl's order; none for a batch without counted tokens.
    public var metrics: [NamedValue]
  }

  /// What to correct.
  public let options: Options

  /// Creates a correction.
  public init(options: Options = Options()) { self.options = options }

  /// The weights, masks and metrics of a batch, in order of its responses.
  public func corrected(_ responses: [Response]) -> Correction {
    let batch = CorrectionBatch(responses.map { CorrectionRow($0) })
    let plan = weightPlan(batch)
    let kept = batch.rows.map { isKept($0) }
    return Correction(
      weights: plan.map { plan in
        plan.weights.map { row in row.map { Float($0 / (plan.factor ?? 1)) } }
      },
      isKept: kept,
      metrics: batch.count == 0 ? [] : metrics(batch, plan, kept))
  }

  /// One response's weights, the same bits as in a batch.
  ///
  /// - Returns: `[tokens]`, 0 for those that do not count; nil without weights.
  /// - Precondition: The options do not normalise over the batch.
  public func weights(of response: Response) -> [Float]? {
    precondition(!options.needsBatch, "weights that are normalised need the whole batch")
    return options.weighting.map { weighting in
      weighting.weights(of: CorrectionRow(response)).map { Float($0) }
    }
  }

  /// Which of one response's tokens stay in the loss, the same as in a batch.
  public func isKept(_ response: Response) -> [Bool] { isKept(CorrectionRow(response)) }

  private func isKept(_ row: CorrectionRow) -> [Bool] {
    options.rejections.reduce(row.isCounted) { kept, rejection in
      zip(kept, rejection.isKept(row)).map { $0 && $1 }
    }
  }

  /// Weights before and after the bound, and what they are divided by, if anything.
  struct WeightPlan {
    var weighting: Weighting
    var raw: [[Double]]
    var weights: [[Double]]
    var factor: Double?
  }

  private func weightPlan(_ batch: CorrectionBatch) -> WeightPlan? {
    guard let weighting = options.weighting else { return nil }
    let raw = batch.rows.map { weighting.rawWeights(of: $0) }
    var plan = WeightPlan(
      weighting: weighting, raw: raw, weights: raw.map { $0.map { weighting.bound.held($0) } })
    guard options.needsBatch else { return plan }
    let mean =
      switch weighting.level {
      case .token: batch.mean(plan.weights)
      case .sequence: batch.meanOfRows(plan.weights)
      }
    // Weights that are all but zero stay as they are, as in verl.
    plan.factor = mean > 1e-8 ? mean : 1
    return plan
  }
}

/// A number and its name.
public struct NamedValue: Sendable, Equatable {
  /// The name.
  public var name: String

  /// The number.
  public var value: Double

  /// Creates a pair.
  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}
