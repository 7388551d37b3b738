extension ReferenceResetPolicy {
  /// What happens to the optimizer's moments and step count at a reset.
  public enum Optimizer: String, Sendable, Equatable, Codable, CaseIterable {
    /// They start again from zero, as in ProRL.
    case reinit
    /// They stay, as in ProRL v2.
    case keep
  }

  /// What the reference becomes.
  public enum Source: String, Sendable, Equatable, Codable, CaseIterable {
    /// A copy of the policy in training.
    case policy
    /// A copy of the checkpoint that validated best.
    case best
  }

  /// The KL jumps.
  public struct KLSpike: Sendable, Equatable {
    /// How many times the median the KL must exceed; above 1.
    public var factor: Double

    /// Over how many steps before this one the median is; at least 1.
    public var window: Int

    /// How many of them there must be, so that the first steps after a reset, whose KL is next to nothing, do
    /// not count as the measure; at least 1, at most the window.
    public var minimumValues: Int

    /// Creates a trigger.
    public init(factor: Double = 3, window: Int = 20, minimumValues: Int = 10) {
      self.factor = factor
      self.window = window
      self.minimumValues = minimumValues
    }
  }

  /// Validation becomes worse: `algorithm.reference_reset.performance_degradation`.
  public struct Degradation: Sendable, Equatable {
    /// The share of the best score below which the recent ones count as worse; within 0...1.
    public var tolerance: Double

    /// The best of how many recent scores is looked at; at least 1.
    public var window: Int

    /// How many validations in a row must find it so; at least 1.
    public var patience: Int

    /// Creates a trigger, by default that of ProRL's recipe for verl.
    public init(tolerance: Double = 0.95, window: Int = 5, patience: Int = 1) {
      self.tolerance = tolerance
      self.window = window
      self.patience = patience
    }
  }

  /// Validation does not become better.
  public struct Plateau: Sendable, Equatable {
    /// By how much a score must exceed the best one to be better; at least 0.
    public var minimumDelta: Double

    /// How many validations in a row may not be better; at least 1.
    public var patience: Int

    /// Creates a trigger.
    public init(minimumDelta: Double = 0, patience: Int = 5) {
      self.minimumDelta = minimumDelta
      self.patience = patience
    }
  }

  /// When to reset.
  public struct Options: Sendable, Equatable {
    /// Steps after which a reset is due; nil for none.
    ///
    /// Key `algorithm.reference_reset.interval`, default 100, range 1 and above, or null. ProRL v2 uses 200
    /// to 500.
    public var interval: Int?

    /// Mean KL to the reference, in nats per token, above which a reset is due; nil for none.
    ///
    /// Key `algorithm.reference_reset.kl_threshold`, default 0.1, range above 0, or null.
    public var klThreshold: Double?

    /// The jump of the KL that makes a reset due; nil for none.
    public var klSpike: KLSpike?

    /// How much worse validation may become; nil for any.
    public var degradation: Degradation?

    /// How long validation may stand still; nil for ever.
    public var plateau: Plateau?

    /// Steps that must pass between two resets, and before the first.
    ///
    /// Key `algorithm.reference_reset.min_steps_between`, default 1, range 1 and above. Keeps a policy that
    /// moves fast from resetting at every step, which would leave it without any anchor.
    public var minimumStepsBetween: Int

    /// How many resets a run may have; nil for any number.
    ///
    /// Key `algorithm.reference_reset.max_resets`, default null, range 0 and above.
    public var maximumResets: Int?

    /// What the reference becomes.
    ///
    /// Key `algorithm.reference_reset.source`, `policy` (default) or `best`.
    public var source: Source

    /// What happens to the optimizer.
    ///
    /// Key `algorithm.reference_reset.optimizer`, `reinit` (default) or `keep`.
    public var optimizer: Optimizer

    /// Creates options.
    public init(
      interval: Int? = 100, klThreshold: Double? = 0.1, klSpike: KLSpike? = nil,
      degradation: Degradation? = nil, plateau: Plateau? = nil, minimumStepsBetween: Int = 1,
      maximumResets: Int? = nil, source: Source = .policy, optimizer: Optimizer = .reinit
    ) {
      self.interval = interval
      self.klThreshold = klThreshold
      self.klSpike = klSpike
      self.degradation = degradation
      self.plateau = plateau
      self.minimumStepsBetween = minimumStepsBetween
      self.maximumResets = maximumResets
      self.source = source
      self.optimizer = optimizer
    }

    /// Whether a trigger looks at validation, which a run must then have.
    public var needsValidation: Bool { degradation != nil || plateau != nil }

    /// Whether a trigger looks at the KL, which must then be measured.
    public var needsKL: Bool { klThreshold != nil || klSpike != nil }
  }

  /// What a checkpoint keeps.
  public struct State: Sendable, Equatable, Codable {
    /// How many resets there were.
    public var resetCount: Int

    /// The step after which the last one was; 0 before the first.
    public var lastResetStep: Int

    /// The KL of the last steps since then, oldest first, as far as the spike looks back.
    public var klHistory: [Double] = []

    /// The validation scores since then, oldest first, as far as the degradation looks back.
    public var scores: [Double] = []

    /// The best score since the last reset, whose own score is the first.
    public var best: Double?

    /// The score that the plateau is measured from.
    public var plateauBest: Double?

    /// How many validations in a row were not better than that.
    public var validationsWithoutImprovement = 0

    /// How many validations in a row were degraded.
    public var degradedValidations = 0

    /// Creates a state, by default that of a run's beginning.
    public init(resetCount: Int = 0, lastResetStep: Int = 0) {
      self.resetCount = resetCount
      self.lastResetStep = lastResetStep
    }

    /// Reads a state; histories that a checkpoint does not have yet are empty.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      resetCount = try values.decode(Int.self, forKey: .resetCount)
      lastResetStep = try values.decode(Int.self, forKey: .lastResetStep)
      klHistory = try values.decodeIfPresent([Double].self, forKey: .klHistory) ?? []
      scores = try values.decodeIfPresent([Double].self, forKey: .scores) ?? []
      best = try values.decodeIfPresent(Double.self, forKey: .best)
      plateauBest = try values.decodeIfPresent(Double.self, forKey: .plateauBest)
      validationsWithoutImprovement =
        try values.decodeIfPresent(Int.self, forKey: .validationsWithoutImprovement) ?? 0
      degradedValidations = try values.decodeIfPresent(Int.self, forKey: .degradedValidations) ?? 0
    }
  }

  /// Why a reset is due.
  public enum Reason: Sendable, Equatable, CustomStringConvertible {
    /// The operator asked for it.
    case request
    /// So many steps have passed.
    case interval(stepsSinceReset: Int)
    /// The policy is too far from the reference.
    case divergence(kl: Double, threshold: Double)
    /// The policy moved away from the reference too fast.
    case spike(kl: Double, median: Double, factor: Double)
    /// Validation became worse.
    case degradation(recent: Double, best: Double)
    /// Validation did not become better.
    case plateau(validations: Int, best: Double)

    /// For the log: "100 steps since the last reset".
    public var description: String {
      switch self {
      case .request: "the operator asked for it"
      case .interval(let steps): "\(steps) steps since the last reset"
      case .divergence(let kl, let threshold): "KL \(kl) is above \(threshold) nats per token"
      case .spike(let kl, let median, let factor):
        "KL \(kl) is above \(factor) times its recent median, \(median) nats per token"
      case .degradation(let recent, let best):
        "validation became worse: \(recent) at most lately, \(best) before"
      case .plateau(let validations, let best):
        "\(validations) validations in a row were not better than \(best)"
      }
    }
  }
}
