public import Tensors

// Turning the folded total into a gradient, its norm, and AdamW's step.
//
//   g[i]  = total[i] / (scale · normalizer)
//   norm  = sqrt(sum over blocks of 65 536 of (sum in the block of g²)), in Double, blocks in order
//   p    ← p · (1 - lr · wd)
//   m    ← β1 m + (1 - β1) g;   v ← β2 v + (1 - β2) g²
//   p    ← p - lr / (1 - β1^t) · m / (sqrt(v / (1 - β2^t)) + ε)
//
// Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2, arXiv:1711.05101.
// All of it is element-wise or blocked at absolute offsets, so that cutting the work over threads or ranks
// changes no bit.

/// Writes `total / (scale · normalizer)` into `gradient`.
public func unfoldGradient(_ total: Storage<Int64>, scale: Double, normalizer: Double, into gradient: Tensor)
{
  precondition(
    gradient.count == total.count, "unfoldGradient: \(total.count) elements into \(gradient.count)")
  let factor = 1 / (scale * normalizer)
  forEachRowBlock(gradient.count, rowLength: 1) { range in
    let total = total.span
    var g = gradient.mutableSpan
    for i in range { g[i] = Float(Double(total[i]) * factor) }
  }
}

/// The Euclidean norm of `gradient`.
public func globalNorm(_ gradient: Tensor) -> Double {
  let blockSize = 65_536
  let blocks = (gradient.count + blockSize - 1) / blockSize
  let sums = Storage<Double>(zeros: max(1, blocks))
  forEachBlock(blocks) { block in
    let start = block * blockSize
    let g = gradient.span
    var lanes = SIMD8<Double>()
    var tail = 0.0
    forEachLane(min(gradient.count - start, blockSize)) { i in
      let v = SIMD8<Double>(g.lanes8(at: start + i))
      lanes += v * v
    } rest: { i in
      tail += Double(g[start + i]) * Double(g[start + i])
    }
    var out = sums.mutableSpan
    let four = lanes.lowHalf + lanes.highHalf
    let two = four.lowHalf + four.highHalf
    out[block] = two[0] + two[1] + tail
  }
  var sum = 0.0
  for block in 0..<blocks { sum += sums.span[block] }
  return sum.squareRoot()
}

/// AdamW's settings.
public struct AdamWSettings: Sendable, Equatable {
  /// The learning rate of this update.
  public var learningRate: Double
  /// Decay of the first moment, β1.
  public var beta1: Double
  /// Decay of the second moment, β2.
  public var beta2: Double
  /// Added to the root of the second moment, ε.
  public var epsilon: Double
  /// Decoupled weight decay, wd.
  public var weightDecay: Double

  /// Creates settings; the defaults are verl's and PyTorch's.
  public init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }
}

/// Takes one AdamW step.
///
/// - Parameters:
///   - parameters: `[count]`, updated.
///   - gradient: `[count]`.
///   - gradientFactor: Multiplies the gradient first: the clip factor of the global norm.
///   - firstMoment: `[count]`, updated.
///   - secondMoment: `[count]`, updated.
///   - step: The number of this update, from 1, for the bias correction.
///   - settings: Learning rate and the rest.
public func adamWStep(
  parameters: Tensor, gradient: Tensor, gradientFactor: Float, firstMoment: Tensor, secondMoment: Tensor,
  step: Int,
  settings: AdamWSettings
) {
  precondition(step >= 1, "adamWStep: step is \(step), the first is 1")
  precondition(
    parameters.count == gradient.count && firstMoment.count == gradient.count
      && secondMoment.count == gradient.count,
    "adamWStep: \(parameters.count) parameters, \(gradient.count) gradients, \(firstMoment.count) moments")
  let beta1 = Float(settings.beta1)
  let beta2 = Float(settings.beta2)
  let rest1 = Float(1 - settings.beta1)
  let rest2 = Float(1 - settings.beta2)
  let keep = Float(1 - settings.learningRate * settings.weightDecay)
  let stepSize = Float(settings.learningRate / (1 - integerPower(settings.beta1, step)))
  let rootCorrection = Float((1 - integerPower(settings.beta2, step)).squareRoot())
  let epsilon = Float(settings.epsilon)
  forEachRowBlock(parameters.count, rowLength: 1) { range in
    let gradient = gradient.span
    var p = parameters.mutableSpan
    var m = firstMoment.mutableSpan
    var v = secondMoment.mutableSpan
    let start = range.lowerBound
    forEachLane8Padded(range.count) { offset, valid in
      let i = start + offset
      let g = gradient.loadUpTo8(at: i, count: valid) * gradientFactor
      let first = beta1 * m.span.loadUpTo8(at: i, count: valid) + rest1 * g
      let second = beta2 * v.span.loadUpTo8(at: i, count: valid) + rest2 * g * g
      let denominator = second.squareRoot() / rootCorrection + epsilon
      let value = p.span.loadUpTo8(at: i, count: valid) * keep - stepSize * (first / denominator)
      m.storeUpTo8(first, at: i, count: valid)
      v.storeUpTo8(second, at: i, count: valid)
      p.storeUpTo8(value, at: i, count: valid)
    }
  }
}

/// `base^exponent` by repeated squaring, the same bits on every machine.
private func integerPower(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var factor = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
