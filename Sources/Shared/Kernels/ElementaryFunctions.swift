import Tensors

// Exponential, eight lanes at a time, and logarithm. CKernels/vectors.inc.h has the same exponential for kernels in C.
//
// The C library's versions may differ between machines; these are sums and products in a fixed order, so that
// they give the same bits wherever fused multiply-add exists.

/// `e^x` of each lane.
///
/// Range reduction by multiples of ln 2 and a polynomial of degree 6 (Cephes `expf`). Within 2 units in the
/// last place between -87.3 and 88.7; zero below (so that a masked logit, -∞, gets exactly 0), +∞ above; NaN
/// stays NaN.
@inlinable
@inline(__always)
public func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
  // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
  let magic = SIMD8<Float>(repeating: 12_582_912)
  let shifted = magic.addingProduct(x, SIMD8(repeating: 1.442_695_04))
  let n = shifted - magic
  var r = x.addingProduct(n, SIMD8(repeating: -0.693_359_375))
  r = r.addingProduct(n, SIMD8(repeating: 2.121_944_4e-4))
  var p = SIMD8<Float>(repeating: 1.987_569_15e-4)
  p = SIMD8<Float>(repeating: 1.398_199_95e-3).addingProduct(p, r)
  p = SIMD8<Float>(repeating: 8.333_451_9e-3).addingProduct(p, r)
  p = SIMD8<Float>(repeating: 4.166_579_6e-2).addingProduct(p, r)
  p = SIMD8<Float>(repeating: 1.666_666_55e-1).addingProduct(p, r)
  p = SIMD8<Float>(repeating: 5.000_000_1e-1).addingProduct(p, r)
  let y = (r + 1).addingProduct(p, r * r)
  // 2^n by way of the exponent bits, in two halves so that 2^128 is never formed.
  let exponent = unsafeBitCastLanes(shifted) &- unsafeBitCastLanes(magic)
  let half = exponent &>> 1
  let scaled = y * powerOfTwo(half) * powerOfTwo(exponent &- half)
  let small = scaled.replacing(with: 0, where: x .< -87.3)
  let bounded = small.replacing(with: .infinity, where: x .> 88.722_83)
  return bounded.replacing(with: x, where: x .!= x)
}

@inlinable
@inline(__always)
func unsafeBitCastLanes(_ x: SIMD8<Float>) -> SIMD8<Int32> { unsafe unsafeBitCast(x, to: SIMD8<Int32>.self) }

@inlinable
@inline(__always)
func powerOfTwo(_ n: SIMD8<Int32>) -> SIMD8<Float> {
  unsafe unsafeBitCast((n &+ 127) &<< 23, to: SIMD8<Float>.self)
}

/// `e^x`, with the bits of a lane of the vector version.
@inlinable
public func exponential(_ x: Float) -> Float { exponential(SIMD8(repeating: x))[0] }

/// The natural logarithm of a positive, finite number.
///
/// `log x = e · ln 2 + 2 · artanh((m - 1) / (m + 1))` with `x = m · 2^e` and m within √2 of 1; the series is
/// summed to its 23rd power, within 4e-16 relative to the larger of |log x| and 1. Zero gives -∞, a negative
/// number NaN.
public func logarithm(_ x: Double) -> Double {
  if x == 0 { return -.infinity }
  guard x > 0, x < .infinity else { return x == .infinity ? x : .nan }
  var exponent = Double(x.exponent)
  var mantissa = x.significand
  if mantissa > 1.414_213_562_373_095_1 {
    mantissa /= 2
    exponent += 1
  }
  let s = (mantissa - 1) / (mantissa + 1)
  let square = s * s
  var sum = 1.0 / 23
  for k in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
  return exponent * 0.693_147_180_559_945_3 + 2 * s * sum
}

extension SIMD8<Float> {
  /// The sum of the lanes as a fixed tree: 0+4, 1+5, …, then halves again.
  @inlinable
  @inline(__always)
  public var treeSum: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
