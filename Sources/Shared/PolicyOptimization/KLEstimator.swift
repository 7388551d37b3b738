/// An estimate of the KL divergence to the reference policy from one token's log-probabilities.
///
/// With `x = new - reference` in nats:
///
/// | name | value | derivative by `new` |
/// |---|---|---|
/// | `k1`, `kl` | x | 1 |
/// | `abs` | \|x\| | sign of x, 0 at 0 |
/// | `k2`, `mse` | ½ x² | x |
/// | `k3`, `low_var_kl` | exp(-x) + x - 1 | 1 - exp(-x) |
///
/// x can be held within ±`inputBound`, and the value within ±`outputBound`; the derivative is 0 where either
/// holds. verl holds k3 alone, by 20 and 10; NeMo-RL holds every formula by 20 and 10; ProRL v2 holds k2's x
/// by 10; TRL holds nothing.
///
/// A `+` after a name keeps the value and takes the derivative of k2, which alone is, on average, the
/// gradient of the divergence when tokens are sampled from the policy itself. That derivative is never held.
///
/// Source: Schulman 2020, http://joschu.net/blog/kl-approx.html; verl's `kl_penalty`; NeMo-RL's
/// `calculate_kl`.
public struct KLEstimator: Sendable, Equatable {
  /// The formula of the value.
  public enum Formula: Sendable, Equatable {
    /// The log-ratio itself: unbiased, of either sign.
    case k1
    /// Its magnitude.
    case absolute
    /// Half its square.
    case k2
    /// Never negative and unbiased.
    case k3
  }

  /// The formula of the value, and of the derivative unless `hasK2Derivative`.
  public var formula: Formula

  /// Whether the derivative is that of k2, written as a `+` after the name.
  public var hasK2Derivative: Bool

  /// What holds the difference of the log-probabilities, in nats, range above 0; nil for nothing.
  public var inputBound: Double?

  /// What holds the value, in nats, range above 0; nil for nothing.
  public var outputBound: Double?

  /// Creates an estimator with verl's bounds; verl's default for the loss is k3.
  public init(_ formula: Formula = .k3, hasK2Derivative: Bool = false) {
    let isHeld = formula == .k3
    self.init(
      formula, hasK2Derivative: hasK2Derivative, inputBound: isHeld ? logRatioBound : nil,
      outputBound: isHeld ? 10 : nil)
  }

  /// Creates an estimator with these bounds.
  public init(
    _ formula: Formula, hasK2Derivative: Bool = false, inputBound: Double?, outputBound: Double?
  ) {
    self.formula = formula
    self.hasK2Derivative = hasK2Derivative
    self.inputBound = inputBound
    self.outputBound = outputBound
  }

  /// Creates the estimator verl calls `name`.
  ///
  /// Keys `actor_rollout_ref.actor.kl_loss_type`, default `low_var_kl`, and `algorithm.kl_penalty`. A name not in the
  /// table is an error, about `key`.
  public init(name: String, key: String = "kl_loss_type") throws(PolicyOptimizationError) {
    let hasK2Derivative = name.hasSuffix("+")
    switch hasK2Derivative ? String(name.dropLast()) : name {
    case "k1", "kl": self.init(.k1, hasK2Derivative: hasK2Derivative)
    case "abs": self.init(.absolute, hasK2Derivative: hasK2Derivative)
    case "k2", "mse": self.init(.k2, hasK2Derivative: hasK2Derivative)
    case "k3", "low_var_kl": self.init(.k3, hasK2Derivative: hasK2Derivative)
    default: throw .unknownChoice(key: key, name: name, choices: Self.names)
    }
  }

  private static let names = ["k1", "kl", "abs", "k2", "mse", "k3", "low_var_kl", "each of them with a `+`"]

  /// The estimate in nats and its derivative by `new`, computed in Double and rounded once.
  ///
  /// - Parameters:
  ///   - new: Log-probability under the policy in training, in nats.
  ///   - reference: Log-probability under the reference policy, in nats.
  /// - Returns: Both NaN if an argument is.
  public func token(new: Float, reference: Float) -> (value: Float, derivative: Float) {
    let slope = slope(new: Double(new), reference: Double(reference))
    return (Float(slope.value), Float(slope.derivative))
  }

  func slope(new: Double, reference: Double) -> Slope {
    let difference = new - reference
    let x = clamped(difference, bound: inputBound ?? .infinity)
    let estimate = unheldSlope(x.value)
    let value = clamped(estimate.value, bound: outputBound ?? .infinity)
    // Where something is held, nothing flows, though the free derivative were infinite.
    let flows = x.derivative != 0 && value.derivative != 0
    return Slope(
      value: value.value, derivative: hasK2Derivative ? difference : flows ? estimate.derivative : 0)
  }

  private func unheldSlope(_ x: Double) -> Slope {
    switch formula {
    case .k1: return Slope(value: x, derivative: x.isNaN ? x : 1)
    case .absolute: return Slope(value: x.magnitude, derivative: x > 0 ? 1 : x < 0 ? -1 : x)
    case .k2: return Slope(value: x * x / 2, derivative: x)
    case .k3:
      let ratio = exponential(-x)
      return Slope(value: ratio + x - 1, derivative: 1 - ratio)
    }
  }
}
