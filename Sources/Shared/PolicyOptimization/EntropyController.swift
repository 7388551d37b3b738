/// The weight of the entropy bonus, which may follow the measured entropy.
///
/// | rule | after a step whose mean entropy was `H` |
/// |---|---|
/// | fixed | stays |
/// | trend | last five mean - five before < -0.1: · 1.2, at most `max`; > 0.05: · 0.9, at least `min` |
/// | target | H below the target: + Δ, else - Δ, within `min`…`max`; used next only if H was below |
///
/// The coefficient is used first and updated after. An entropy that is not finite changes nothing. A
/// reference reset leaves all this as it is, since it does not change the entropy.
///
/// Source: trend: ProRL's recipe for verl, `ProRLEntropyController`; target: He et al. 2025, "Skywork-OR1",
/// section 4, arXiv:2505.22312, and TRL's `use_adaptive_entropy`.
public struct EntropyController: Sendable, Equatable {
  /// How the coefficient follows the entropy.
  public enum Rule: Sendable, Equatable {
    /// It does not: verl's `actor_rollout_ref.actor.entropy_coeff`.
    case fixed

    /// It grows while the entropy falls.
    case trend(minimum: Double = 0.001, maximum: Double = 0.1)

    /// It grows by `step` while the entropy is below the target, in nats per token, and shrinks by it above.
    ///
    /// `includesTarget` says whether the target itself counts as below: yes in TRL, no in Skywork's.
    case target(
      _ entropy: Double, step: Double, minimum: Double, maximum: Double, includesTarget: Bool)

    /// Skywork-OR1's script: `target_ent`, `delta`, `min_ent_coef`, `max_ent_coef`.
    public static func skywork(
      target: Double = 0.2, delta: Double = 1e-4, minimum: Double = 0, maximum: Double = 5e-3
    ) -> Rule {
      .target(target, step: delta, minimum: minimum, maximum: maximum, includesTarget: false)
    }

    /// TRL: `entropy_target`, `entropy_coef_delta`, `entropy_coef_min`, `entropy_coef_max`.
    public static func trl(
      target: Double = 0.2, delta: Double = 0.005, minimum: Double = 0, maximum: Double = 1
    ) -> Rule {
      .target(target, step: delta, minimum: minimum, maximum: maximum, includesTarget: true)
    }
  }

  /// What a checkpoint keeps.
  public struct State: Sendable, Equatable, Codable {
    /// The coefficient, whether it is used or not.
    public var coefficient: Double

    /// The entropy of the last step, in nats per token; nil before the first.
    public var lastEntropy: Double?

    /// The entropies of up to ten steps, oldest first; for the trend.
    public var history: [Double] = []

    /// Creates a state.
    public init(coefficient: Double) { self.coefficient = coefficient }
  }

  /// How many steps each of the trend's two means is over.
  private static let window = 5

  /// The coefficient at the start.
  public let initialCoefficient: Double

  /// How the coefficient follows the entropy.
  public let rule: Rule

  /// What a checkpoint keeps.
  public private(set) var state: State

  /// Creates a controller at its beginning, or where a checkpoint left it.
  ///
  /// A fixed controller takes its coefficient from the configuration, whatever the checkpoint says; what was
  /// measured it takes from the checkpoint.
  ///
  /// - Parameters:
  ///   - initialCoefficient: 0.01 in the recipe with the trend, 0 in Skywork's and TRL's.
  ///   - rule: How it follows the entropy.
  ///   - state: What a checkpoint kept.
  /// - Throws: `optionOutOfRange` for bounds that do not ascend or numbers that are not finite.
  public init(
    initialCoefficient: Double = 0, rule: Rule = .fixed, state: State? = nil
  ) throws(PolicyOptimizationError) {
    try Self.check(rule, initialCoefficient)
    self.initialCoefficient = initialCoefficient
    self.rule = rule
    self.state = state ?? State(coefficient: initialCoefficient)
    if rule == .fixed { self.state.coefficient = initialCoefficient }
  }

  /// The weight of the next step's bonus, per nat.
  public var coefficient: Double {
    guard case .target(let target, _, _, _, let includesTarget) = rule else { return state.coefficient }
    return isBelow(state.lastEntropy ?? .infinity, target, includesTarget) ? state.coefficient : 0
  }

  /// Takes note of a finished step's mean entropy per token, in nats.
  public mutating func update(entropy: Double) {
    guard entropy.isFinite else { return }
    state.lastEntropy = entropy
    state.history = (state.history + [entropy]).suffix(2 * Self.window)
    switch rule {
    case .fixed: break
    case .trend(let minimum, let maximum):
      if trend < -0.1 { state.coefficient = min(state.coefficient * 1.2, maximum) }
      if trend > 0.05 { state.coefficient = max(state.coefficient * 0.9, minimum) }
    case .target(let target, let step, let minimum, let maximum, let includesTarget):
      let isBelow = isBelow(entropy, target, includesTarget)
      state.coefficient = min(max(state.coefficient + (isBelow ? step : -step), minimum), maximum)
    }
  }

  /// The mean of the last five entropies minus that of the five before; 0 until there are ten.
  private var trend: Double {
    guard state.history.count >= 2 * Self.window else { return 0 }
    let halves = (Array(state.history.suffix(Self.window)), Array(state.history.prefix(Self.window)))
    return mean(halves.0) - mean(halves.1)
  }

  private func isBelow(_ entropy: Double, _ target: Double, _ includesTarget: Bool) -> Bool {
    includesTarget ? entropy <= target : entropy < target
  }

  private static func check(_ rule: Rule, _ initial: Double) throws(PolicyOptimizationError) {
    try require(initial.isFinite, "initial_coef", initial, "a finite number")
    switch rule {
    case .fixed: break
    case .trend(let minimum, let maximum):
      try checkBounds(minimum, initial, maximum)
    case .target(let target, let step, let minimum, let maximum, _):
      try checkBounds(minimum, initial, maximum)
      try require(target.isFinite, "target_entropy", target, "a finite number")
      try require(step >= 0 && step.isFinite, "delta", step, "a finite number of 0 or more")
    }
  }

  private static func checkBounds(
    _ minimum: Double, _ initial: Double, _ maximum: Double
  ) throws(PolicyOptimizationError) {
    try require(maximum.isFinite, "max_coef", maximum, "a finite number")
    try require(minimum <= maximum, "min_coef", minimum, "at most `max_coef`, \(maximum)")
    try require(
      minimum <= initial && initial <= maximum, "initial_coef", initial,
      "within the bounds, \(minimum)...\(maximum)")
  }

  private static func require(
    _ isFulfilled: Bool, _ name: String, _ value: Double, _ range: String
  ) throws(PolicyOptimizationError) {
    guard isFulfilled else {
      throw .optionOutOfRange(key: "algorithm.entropy_control.\(name)", value: value, range: range)
    }
  }
}
