// Exponential, logarithm and cosine from additions, multiplications and divisions alone.
//
// What they return reaches the weights, through the ratio, its bounds and the learning rate. The C library picks another
// version on a CPU with fused multiply-add, whose last bit may differ; these have one version.

/// e to the power `x`.
///
/// Exact to about one unit in the last place of Double; 0 and infinite where Double is. A NaN stays NaN.
func exponential(_ x: Double) -> Double {
  guard x.magnitude <= 746 else { return x > 0 ? .infinity : x < 0 ? 0 : x }
  // x = k · ln 2 + r with |r| ≤ ½ ln 2; ln 2 in two parts, so that k times the first one is exact.
  let k = (x * 1.442_695_040_888_963_4).rounded()
  let r = (x - k * 6.931_471_803_691_238_164_90e-1) - k * 1.908_214_929_270_587_700_02e-10
  // The Taylor series to r^13 / 13!; the next term is below 1e-17.
  var sum = 1.0
  var divisor = 13.0
  while divisor >= 1 {
    sum = 1 + sum * r / divisor
    divisor -= 1
  }
  // One factor 2 goes to the sum, since 2^1024 alone would be infinite.
  return 2 * sum * Double(sign: .plus, exponent: Int(k) - 1, significand: 1)
}

/// The natural logarithm of `x`.
///
/// Exact to about one unit in the last place of Double; -∞ for 0, NaN below it and for a NaN.
func logarithm(_ x: Double) -> Double {
  guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x == .infinity ? x : .nan }
  // x = m · 2^k with m within √½…√2, and log m = 2 artanh s with |s| < 0.172.
  let isUpper = x.significand > 2.0.squareRoot()
  let k = Double(Int(x.exponent) + (isUpper ? 1 : 0))
  let m = isUpper ? x.significand / 2 : x.significand
  let s = (m - 1) / (m + 1)
  // The series of artanh to s^23 / 23; the next term is below 1e-20.
  var sum = 0.0
  for n in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / n) * (s * s) }
  return k * 6.931_471_803_691_238_164_90e-1 + (k * 1.908_214_929_270_587_700_02e-10 + 2 * s * (1 + sum))
}

/// The cosine of `x` half-turns, cos(π · x), for any finite `x`.
///
/// Exact to about 1e-16; whole and half `x` give exactly ±1 and 0.
func cosine(halfTurns x: Double) -> Double {
  let turned = x.magnitude.truncatingRemainder(dividingBy: 2)
  let folded = turned > 1 ? 2 - turned : turned
  guard folded <= 0.5 else { return -quarterCosine(1 - folded) }
  return quarterCosine(folded)
}

/// cos(π · x) for `x` in 0…½.
private func quarterCosine(_ x: Double) -> Double {
  // Beyond an eighth of a turn the sine of the rest is shorter and exact at its zero.
  x <= 0.25 ? cosineSeries(x * .pi) : sineSeries((0.5 - x) * .pi)
}

private func cosineSeries(_ angle: Double) -> Double {
  let square = angle * angle
  var sum = 1.0
  for n in stride(from: 18.0, through: 2, by: -2) { sum = 1 - sum * square / (n * (n - 1)) }
  return sum
}

private func sineSeries(_ angle: Double) -> Double {
  let square = angle * angle
  var sum = 1.0
  for n in stride(from: 19.0, through: 3, by: -2) { sum = 1 - sum * square / (n * (n - 1)) }
  return sum * angle
}
