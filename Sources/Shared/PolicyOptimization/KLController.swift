/// The weight β of the KL penalty, which may follow the measured divergence.
///
/// | rule | after a step whose mean KL was `kl` |
/// |---|---|
/// | fixed | β stays |
/// | band | kl > 1.5 · target: β · 1.2, at most `max_coef`; kl < 0.5 · target: β · 0.9, at least `min_coef` |
/// | proportional | β · (1 + clip(kl / target - 1, ±0.2) · samples / horizon) |
///
/// β is used first and updated after. A KL that is NaN or infinite changes nothing. A reference reset takes
/// β back to where it began.
///
/// Source: band: ProRL's recipe for verl, `algorithm.kl_control`; proportional: Ziegler et al. 2019, section
/// 2.2, arXiv:1909.08593, and verl's `AdaptiveKLController`.
public struct KLController: Sendable, Equatable {
  /// How β follows the divergence.
  public enum Rule: Sendable, Equatable {
    /// It does not.
    ///
    /// `algorithm.kl_control.adaptive: false`.
    case fixed

    /// It keeps the divergence in a band around the target.
    ///
    /// Keys `algorithm.kl_control.target_kl`, default 0.05, in nats per token, above 0; `min_coef`, default
    /// 0.001, and `max_coef`, default 0.1, both 0...10 with `min_coef ≤ initial_coef ≤ max_coef`.
    case band(targetKL: Double = 0.05, minimum: Double = 0.001, maximum: Double = 0.1)

    /// It grows and shrinks with the distance from the target.
    ///
    /// Keys `algorithm.kl_ctrl.target_kl`, default 0.1, in nats per token, and `horizon`, default 10000, in
    /// samples, both above 0.
    case proportional(targetKL: Double = 0.1, horizon: Double = 10_000)
  }

  /// What a checkpoint keeps.
  public struct State: Sendable, Equatable, Codable {
    /// The coefficient of the next step.
    public var coefficient: Double

    /// Creates a state.
    public init(coefficient: Double) { self.coefficient = coefficient }
  }

  /// The coefficient at the start and after every reset.
  ///
  /// Key `algorithm.kl_control.initial_coef`, default 0.01, range 0...10.
  public let initialCoefficient: Double

  /// How β follows the divergence.
  public let rule: Rule

  /// What a checkpoint keeps.
  public private(set) var state: State

  /// Creates a controller at its beginning, or where a checkpoint left it.
  ///
  /// A fixed controller takes its coefficient from the configuration, whatever the checkpoint says; the
  /// band's bounds hold for what the checkpoint says, too.
  public init(
    initialCoefficient: Double = 0.01, rule: Rule = .band(), state: State? = nil
  ) throws(PolicyOptimizationError) {
    try Self.check(rule, initialCoefficient)
    self.initialCoefficient = initialCoefficient
    self.rule = rule
    self.state = State(coefficient: initialCoefficient)
    if let state, rule != .fixed { self.state = State(coefficient: held(state.coefficient)) }
  }

  /// The weight β of the next step's penalty, per nat.
  public var coefficient: Double { state.coefficient }

  /// Takes note of a finished step.
  ///
  /// - Parameters:
  ///   - kl: Mean KL to the reference over the step's tokens, in nats.
  ///   - samples: How many responses the step trained on; the proportional rule's unit of time.
  public mutating func update(kl: Double, samples: Int) {
    guard kl.isFinite else { return }
    switch rule {
    case .fixed: break
    case .band(let target, _, _):
      if kl > 1.5 * target { state.coefficient = held(state.coefficient * 1.2) }
      if kl < 0.5 * target { state.coefficient = held(state.coefficient * 0.9) }
    case .proportional(let target, let horizon):
      let error = min(max(kl / target - 1, -0.2), 0.2)
      // Never below 0: a penalty must not turn into a reward when a step outgrows five horizons.
      state.coefficient *= max(1 + error * Double(samples) / horizon, 0)
    }
  }

  /// Goes back to the initial coefficient; to be called at every reference reset.
  public mutating func reset() {
    state.coefficient = initialCoefficient
  }

  /// `coefficient` within the band, if there is one.
  private func held(_ coefficient: Double) -> Double {
    guard case .band(_, let minimum, let maximum) = rule else { return coefficient }
    return min(max(coefficient, minimum), maximum)
  }

  private static func check(_ rule: Rule, _ initial: Double) throws(PolicyOptimizationError) {
    var (minimum, maximum) = (0.0, Double.greatestFiniteMagnitude)
    switch rule {
    case .fixed: break
    case .band(let target, let lowest, let highest):
      (minimum, maximum) = (lowest, highest)
      try requirePositive(target, "algorithm.kl_control.target_kl")
    case .proportional(let target, let horizon):
      try requirePositive(target, "algorithm.kl_ctrl.target_kl")
      try requirePositive(horizon, "algorithm.kl_ctrl.horizon")
    }
    guard 0 <= minimum, minimum <= initial, initial <= maximum, maximum.isFinite else {
      throw .klCoefficientsOutOfOrder(minimum: minimum, initial: initial, maximum: maximum)
    }
  }

  private static func requirePositive(_ value: Double, _ key: String) throws(PolicyOptimizationError) {
    guard value > 0, value.isFinite else { throw .klTargetNotPositive(key: key, value: value) }
  }
}
