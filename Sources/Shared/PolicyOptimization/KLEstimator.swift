/// An estimate of the KL divergence to the reference policy from one token's log-probabilities.
///
/// With `x = new - reference` in nats:
///
/// | name | value | derivative by `new` |
/// |---|---|---|
/// | `k1`, `kl` | x | 1 |
/// | `abs` | \|x\| | sign of x, 0 at 0 |
/// | `k2`, `mse` | ½ x² | x |
/// | `k3`, `low_var_kl` | exp(-x) + x - 1, x held within ±20, the value within ±10 | 1 - exp(-x), 0 where held |
///
/// A `+` after a name keeps the value and takes the derivative of k2, which alone is, on average, the
/// gradient of the divergence when tokens are sampled from the policy itself.
///
/// Source: Schulman 2020, http://joschu.net/blog/kl-approx.html; verl's `kl_penalty`.
public struct KLEstimator: Sendable, Equatable {
  /// The formula of the value.
  public enum Formula: Sendable, Equatable {
    /// The log-ratio itself: unbiased, of either sign.
    case k1
    /// Its magnitude.
    case absolute
    /// Half its square.
    case k2
    /// Never negative and unbiased, with verl's bounds.
    case k3
  }

  /// The formula of the value, and of the derivative unless `hasK2Derivative`.
  public var formula: Formula

  /// Whether the derivative is that of k2, written as a `+` after the name.
  public var hasK2Derivative: Bool

  /// Creates an estimator; verl's default for the loss is k3.
  public init(_ formula: Formula = .k3, hasK2Derivative: Bool = false) {
    self.formula = formula
    self.hasK2Derivative = hasK2Derivative
  }

  /// Creates the estimator verl calls `name`.
  ///
  /// Key `actor_rollout_ref.actor.kl_loss_type`, default `low_var_kl`. A name not in the table is an error.
  public init(name: String) throws(PolicyOptimizationError) {
    let hasK2Derivative = name.hasSuffix("+")
    switch hasK2Derivative ? String(name.dropLast()) : name {
    case "k1", "kl": self.init(.k1, hasK2Derivative: hasK2Derivative)
    case "abs": self.init(.absolute, hasK2Derivative: hasK2Derivative)
    case "k2", "mse": self.init(.k2, hasK2Derivative: hasK2Derivative)
    case "k3", "low_var_kl": self.init(.k3, hasK2Derivative: hasK2Derivative)
    default: throw .unknownChoice(key: "kl_loss_type", name: name, choices: Self.names)
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
    let x = new - reference
    var slope =
      switch formula {
      case .k1: Slope(value: x, derivative: x.isNaN ? x : 1)
      case .absolute: Slope(value: x.magnitude, derivative: x > 0 ? 1 : x < 0 ? -1 : x)
      case .k2: Slope(value: x * x / 2, derivative: x)
      case .k3: k3(x)
      }
    if hasK2Derivative { slope.derivative = x }
    return slope
  }

  private func k3(_ x: Double) -> Slope {
    let towardsReference = clamped(-x, bound: logRatioBound)
    let ratio = exponential(towardsReference.value)
    let held = clamped(ratio - towardsReference.value - 1, bound: 10)
    return Slope(value: held.value, derivative: (1 - ratio) * towardsReference.derivative * held.derivative)
  }
}
