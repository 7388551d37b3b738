extension RolloutCorrection {
  /// A threshold as it stands in a configuration: `2.0`, `"2.0"`, `"0.5_5.0"` or, for several rejections,
  /// `"0.5_2.0,1.0"`.
  public enum Threshold: Sendable, Equatable, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    /// A number.
    case number(Double)
    /// Anything else, read as verl reads it.
    case text(String)

    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }

    var text: String {
      switch self {
      case .number(let value): "\(value)"
      case .text(let text): text
      }
    }
  }

  /// The loss where the policy that sampled stands in for the old one.
  public enum LossType: String, Sendable, Equatable, CaseIterable {
    /// The clipped objective on the ratio to the policy that sampled, which is the weight already.
    case ppoClip = "ppo_clip"
    /// Weight times advantage times log-probability, without a clip.
    case reinforce
  }

  /// What to correct: verl's `algorithm.rollout_correction`.
  public struct Options: Sendable, Equatable {
    /// How tokens are weighted; nil for not at all.
    public var weighting: Weighting?

    /// Whether weights are divided by their mean over the batch.
    ///
    /// Key `rollout_is_batch_normalize`, default false.
    public var normalizesBatch: Bool

    /// What rejects tokens or responses; all must let them pass.
    public var rejections: [Rejection]

    /// Whether the rollout's log-probabilities stand in for the old ones, which are then not computed.
    ///
    /// Key `bypass_mode`, default false.
    public var bypassesOldPolicy: Bool

    /// The loss in that case.
    ///
    /// Key `loss_type`, default `ppo_clip`.
    public var lossType: LossType

    /// Corrects nothing, as verl's `disabled`.
    public init() {
      (weighting, normalizesBatch, rejections) = (nil, false, [])
      (bypassesOldPolicy, lossType) = (false, .ppoClip)
    }

    /// Reads verl's keys.
    ///
    /// - Parameters:
    ///   - rolloutIS: Key `rollout_is`: `token`, `sequence` or nil.
    ///   - rolloutISThreshold: Key `rollout_is_threshold`, default 2: a number caps weights there, `low_high`
    ///     makes them 0 outside.
    ///   - normalizesBatch: Key `rollout_is_batch_normalize`.
    ///   - rolloutRS: Key `rollout_rs`: names of `Rejection` between commas, or nil.
    ///   - rolloutRSThreshold: Key `rollout_rs_threshold`: one threshold for all, or one each between commas.
    ///   - bypassMode: Key `bypass_mode`.
    ///   - lossType: Key `loss_type`.
    /// - Throws: A sentence about the first value that makes no sense.
    public init(
      rolloutIS: String? = nil, rolloutISThreshold: Threshold? = 2.0, normalizesBatch: Bool = false,
      rolloutRS: String? = nil, rolloutRSThreshold: Threshold? = nil, bypassMode: Bool = false,
      lossType: String = LossType.ppoClip.rawValue
    ) throws(PolicyOptimizationError) {
      guard let loss = LossType(rawValue: lossType) else {
        throw .unknownChoice(
          key: keyPrefix + "loss_type", name: lossType, choices: LossType.allCases.map(\.rawValue))
      }
      self.init()
      if let rolloutIS { weighting = try Weighting(name: rolloutIS, threshold: rolloutISThreshold) }
      if let rolloutRS { rejections = try Rejection.list(names: rolloutRS, threshold: rolloutRSThreshold) }
      self.normalizesBatch = normalizesBatch
      bypassesOldPolicy = bypassMode
      self.lossType = loss
    }

    /// Whether anything is changed, rather than only measured.
    public var isActive: Bool { weighting != nil || !rejections.isEmpty }

    /// Whether weights depend on the whole batch, so that training cannot start before the last response.
    public var needsBatch: Bool { weighting != nil && normalizesBatch }
  }

  /// How tokens are weighted.
  public struct Weighting: Sendable, Equatable {
    /// Whose ratio it is.
    public enum Level: String, Sendable, Equatable, CaseIterable {
      /// The token's own: little variance, some bias.
      case token
      /// The product over its response: no bias, much variance.
      case sequence
    }

    /// What becomes of large and small ratios.
    public enum Bound: Sendable, Equatable {
      /// They are at most this: truncated importance sampling.
      case truncated(at: Double)
      /// They become 0 outside of `low...high`: IcePop.
      case band(low: Double, high: Double)
    }

    /// Whose ratio it is.
    public var level: Level

    /// What becomes of large and small ratios.
    public var bound: Bound

    /// Creates a weighting.
    public init(level: Level, bound: Bound) {
      self.level = level
      self.bound = bound
    }

    init(name: String, threshold: Threshold?) throws(PolicyOptimizationError) {
      guard let level = Level(rawValue: name) else {
        throw .unknownChoice(
          key: keyPrefix + "rollout_is", name: name, choices: Level.allCases.map(\.rawValue))
      }
      let key = keyPrefix + "rollout_is_threshold"
      guard let threshold else { throw .missingOption(key: key, choice: "rollout_is: \(name)") }
      let numbers = positiveNumbers(threshold.text)
      switch numbers.count {
      case 1: self.init(level: level, bound: .truncated(at: numbers[0]))
      case 2 where numbers[0] <= numbers[1]:
        self.init(level: level, bound: .band(low: numbers[0], high: numbers[1]))
      default:
        throw .thresholdInvalid(
          key: key, text: threshold.text, requirement: "a positive number, or two as `low_high`")
      }
    }
  }

  /// A test that takes tokens or whole responses out of the loss.
  ///
  /// Names are `token_k1`, `token_k2`, `token_k3`, `seq_sum_k1` … `seq_sum_k3`, `seq_mean_k1` …
  /// `seq_mean_k3`, `seq_max_k2` and `seq_max_k3`.
  public struct Rejection: Sendable, Equatable {
    /// A divergence at a token, from Δ held within ±20.
    public enum Divergence: String, Sendable, Equatable {
      /// -Δ, tested against both bounds. Its exponential is the ratio of rollout to old, not of old to
      /// rollout.
      case k1
      /// ½ Δ².
      case k2
      /// exp(Δ) - 1 - Δ.
      case k3
    }

    /// What is tested.
    public enum Level: String, Sendable, Equatable {
      /// Each token.
      case token
      /// The sum over a response.
      case sum = "seq_sum"
      /// The mean over a response.
      case mean = "seq_mean"
      /// The largest in a response.
      case maximum = "seq_max"
    }

    /// The divergence.
    public var divergence: Divergence

    /// What is tested.
    public var level: Level

    /// The least divergence that passes, in nats; nil for no bound.
    public var lower: Double?

    /// The largest divergence that passes, in nats.
    public var upper: Double

    /// The test's name in verl.
    public var name: String { "\(level.rawValue)_\(divergence.rawValue)" }

    /// The names of all tests.
    public static let names = [
      "token_k1", "token_k2", "token_k3", "seq_sum_k1", "seq_sum_k2", "seq_sum_k3", "seq_mean_k1",
      "seq_mean_k2", "seq_mean_k3", "seq_max_k2", "seq_max_k3",
    ]

    /// The tests of a list of names and of their thresholds; a name that comes again counts once.
    static func list(names: String, threshold: Threshold?) throws(PolicyOptimizationError) -> [Rejection] {
      var unique: [String] = []
      for name in parts(names, between: ",") where !unique.contains(name) { unique.append(name) }
      let key = keyPrefix + "rollout_rs_threshold"
      guard let threshold else { throw .missingOption(key: key, choice: "rollout_rs: \(names)") }
      let bounds = parts(threshold.text, between: ",")
      guard !unique.isEmpty else {
        throw .unknownChoice(key: keyPrefix + "rollout_rs", name: names, choices: Self.names)
      }
      guard bounds.count == 1 || bounds.count == unique.count else {
        throw .thresholdInvalid(
          key: key, text: threshold.text,
          requirement: "one threshold, or \(unique.count) between commas, one for each of `rollout_rs`")
      }
      var result: [Rejection] = []
      for (index, name) in unique.enumerated() {
        result.append(try Rejection(name: name, bounds: bounds[bounds.count == 1 ? 0 : index]))
      }
      return result
    }

    private init(name: String, bounds: String) throws(PolicyOptimizationError) {
      guard Self.names.contains(name), let divergence = Divergence(rawValue: String(name.suffix(2))),
        let level = Level(rawValue: String(name.dropLast(3)))
      else { throw .unknownChoice(key: keyPrefix + "rollout_rs", name: name, choices: Self.names) }
      let numbers = positiveNumbers(bounds)
      let isBand = divergence == .k1 && numbers.count == 2 && numbers[0] <= numbers[1]
      guard numbers.count == 1 || isBand else {
        throw .thresholdInvalid(
          key: keyPrefix + "rollout_rs_threshold", text: bounds,
          requirement: "a positive number\(divergence == .k1 ? ", or two as `low_high`," : "") for `\(name)`")
      }
      self.divergence = divergence
      self.level = level
      guard divergence == .k1 else {
        (lower, upper) = (nil, numbers[0])
        return
      }
      // A single number u stands for 1/u…u.
      lower = logarithm(isBand ? numbers[0] : 1 / numbers[0])
      upper = logarithm(numbers[numbers.count - 1])
    }
  }
}

private let keyPrefix = "algorithm.rollout_correction."

/// The parts of a list that are not empty, without the spaces around them.
private func parts(_ text: String, between separator: Character) -> [String] {
  text.split(separator: separator).map { part in
    String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }.filter { !$0.isEmpty }
}

/// The numbers of `2.0` or `0.5_5.0`; none if one of them is no number above 0.
private func positiveNumbers(_ text: String) -> [Double] {
  let texts = text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
  let numbers = texts.compactMap { part in
    parts(String(part), between: "\n").first.flatMap(Double.init)
  }
  guard numbers.count == texts.count, numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else { return [] }
  return numbers
}
