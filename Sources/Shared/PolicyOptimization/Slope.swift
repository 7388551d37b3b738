/// A term of the loss at one token: its value, and its derivative by the token's new log-probability.
struct Slope {
  var value: Double
  var derivative: Double
}

/// The bound of a log-ratio, in nats; verl's, so that the exponential stays finite.
let logRatioBound = 20.0

/// `x` held within ±`bound`; the derivative is 1 inside, bounds included, and 0 outside, as in torch.
///
/// A NaN stays NaN in both, so that it reaches the gradient and the update guard sees it.
func clamped(_ x: Double, bound: Double) -> Slope {
  if x > bound { return Slope(value: bound, derivative: 0) }
  if x < -bound { return Slope(value: -bound, derivative: 0) }
  return Slope(value: x, derivative: x.isNaN ? x : 1)
}
