import CKernels
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
// changes no bit. The loops are in C (CKernels/adamw.c) for AVX-512 and AVX2, with the same bits.

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
  let blocks = (gradient.count + gradientBlock - 1) / gradientBlock
  let sums = Storage<Double>(zeros: max(1, blocks))
  forEachBlock(blocks) { block in
    let start = block * gradientBlock
    let g = gradient.span
    var lanes = SIMD8<Double>()
    var tail = 0.0
    forEachLane(min(gradient.count - start, gradientBlock)) { i in
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
  return globalNorm(blockSums: (0..<blocks).map { sums.span[$0] })
}

/// Sums the squares of the gradient `g[i] = Float(Double(totals[i]) · factor)`, without storing it, block by block.
///
/// - Parameters:
///   - totals: The folded totals of all parameters.
///   - range: Whose blocks to sum; starts at a multiple of 65,536, and ends at one or at the end.
///   - factor: 1 / (scale · normalizer).
/// - Returns: The sum of every block of 65,536 elements at absolute offsets; those of consecutive ranges, one after the
///   other, are those of the whole.
public func gradientBlockSums(_ totals: Storage<Int64>, range: Range<Int>, factor: Double) -> [Double] {
  precondition(
    range.lowerBound.isMultiple(of: gradientBlock)
      && (range.upperBound.isMultiple(of: gradientBlock) || range.upperBound == totals.count),
    "gradientBlockSums: \(range) of \(totals.count) elements is not made of blocks of \(gradientBlock)")
  let blocks = (range.count + gradientBlock - 1) / gradientBlock
  let sums = Storage<Double>(zeros: max(1, blocks))
  forEachBlock(blocks) { block in
    let start = range.lowerBound + block * gradientBlock
    let part = totals.span(start..<min(range.upperBound, start + gradientBlock))
    var out = sums.mutableSpan
    out[block] = unsafe part.withUnsafeBufferPointer {
      unsafe ck_sum_of_squares($0.baseAddress, factor, $0.count)
    }
  }
  return (0..<blocks).map { sums.span[$0] }
}

/// The Euclidean norm of a gradient from the sums of squares of its blocks, added in order.
public func globalNorm(blockSums: [Double]) -> Double { blockSums.reduce(0, +).squareRoot() }

/// The number of elements whose squares are summed together.
public let gradientBlock = 65_536

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
  let constants = stepConstants(step: step, gradientFactor: gradientFactor, settings)
  forEachRowBlock(parameters.count, rowLength: 1) { part in
    let (start, count) = (part.lowerBound, part.count)
    var constants = constants
    unsafe ck_adamw_step(
      &constants, gradient.elements(start, count), count, parameters.elements(start, count),
      firstMoment.elements(start, count), secondMoment.elements(start, count))
  }
}

/// Takes one AdamW step of some of the parameters, straight from the folded totals, which it clears.
///
/// One pass over memory, with the bits of ``unfoldGradient(_:scale:normalizer:into:)`` followed by
/// ``adamWStep(parameters:gradient:gradientFactor:firstMoment:secondMoment:step:settings:)``.
///
/// - Parameters:
///   - totals: The folded totals of all parameters; those of `range` become zero.
///   - range: Which parameters; any range gives each of them the same bits.
///   - factor: 1 / (scale · normalizer): the gradient is `Float(Double(totals[i]) · factor)`.
///   - gradientFactor: Multiplies the gradient first: the clip factor of the global norm.
///   - parameters: `[range.count]`, updated.
///   - firstMoment: `[range.count]`, updated.
///   - secondMoment: `[range.count]`, updated.
///   - step: The number of this update, from 1, for the bias correction.
///   - settings: Learning rate and the rest.
public func adamWStep(
  totals: Storage<Int64>, range: Range<Int>, factor: Double, gradientFactor: Float, parameters: Tensor,
  firstMoment: Tensor, secondMoment: Tensor, step: Int, settings: AdamWSettings
) {
  precondition(step >= 1, "adamWStep: step is \(step), the first is 1")
  precondition(
    parameters.count == range.count && firstMoment.count == range.count && secondMoment.count == range.count,
    "adamWStep: \(range.count) totals, \(parameters.count) parameters, \(firstMoment.count) moments")
  let constants = stepConstants(step: step, gradientFactor: gradientFactor, settings)
  forEachRowBlock(range.count, rowLength: 1) { part in
    let (start, count) = (part.lowerBound, part.count)
    var totals = totals.mutableSpan(range.lowerBound + start..<range.lowerBound + part.upperBound)
    var constants = constants
    unsafe totals.withUnsafeMutableBufferPointer {
      unsafe ck_adamw_step_from_totals(
        &constants, $0.baseAddress, factor, count, parameters.elements(start, count),
        firstMoment.elements(start, count), secondMoment.elements(start, count))
    }
  }
}

/// The constants of one step, as the loops take them.
private func stepConstants(step: Int, gradientFactor: Float, _ settings: AdamWSettings) -> ck_adamw {
  ck_adamw(
    gradient_factor: gradientFactor, beta1: Float(settings.beta1), rest1: Float(1 - settings.beta1),
    beta2: Float(settings.beta2), rest2: Float(1 - settings.beta2),
    keep: Float(1 - settings.learningRate * settings.weightDecay),
    step_size: Float(settings.learningRate / (1 - integerPower(settings.beta1, step))),
    root_correction: Float((1 - integerPower(settings.beta2, step)).squareRoot()),
    epsilon: Float(settings.epsilon))
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
