import Glibc

/// A complex number in Double precision.
struct Complex: Sendable {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  var isFinite: Bool { real.isFinite && imaginary.isFinite }
  var magnitude: Double { hypot(real, imaginary) }
  var isReal: Bool { imaginary == 0 }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  static prefix func - (a: Complex) -> Complex { Complex(-a.real, -a.imaginary) }

  static func * (a: Complex, b: Complex) -> Complex {
    // Real factors stay real: 0 · ∞ in the unused halves would make NaN.
    if a.isReal && b.isReal { return Complex(a.real * b.real) }
    return Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  static func / (a: Complex, b: Complex) -> Complex {
    if a.isReal && b.isReal { return Complex(a.real / b.real) }
    let size = b.real * b.real + b.imaginary * b.imaginary
    return Complex(
      (a.real * b.real + a.imaginary * b.imaginary) / size,
      (a.imaginary * b.real - a.real * b.imaginary) / size)
  }

  /// e to its power.
  var exponential: Complex {
    isReal ? Complex(exp(real)) : Complex(exp(real) * cos(imaginary), exp(real) * sin(imaginary))
  }

  /// The principal logarithm.
  var logarithm: Complex {
    isReal && real > 0 ? Complex(log(real)) : Complex(log(magnitude), atan2(imaginary, real))
  }

  /// The principal value of its power.
  func raised(to exponent: Complex) -> Complex {
    if exponent.isReal {
      let whole = exponent.real.rounded()
      if whole == exponent.real, abs(whole) <= 1024 { return raised(toWhole: Int(whole)) }
      if isReal && real >= 0 { return Complex(pow(real, exponent.real)) }
      if exponent.real == 0.5 { return squareRoot }
    }
    if real == 0 && imaginary == 0 { return exponent.real > 0 ? Complex(0) : Complex(.nan) }
    return (logarithm * exponent).exponential
  }

  private func raised(toWhole exponent: Int) -> Complex {
    var result = Complex(1)
    var square = self
    var left = exponent.magnitude
    while left > 0 {
      if left & 1 == 1 { result = result * square }
      left >>= 1
      if left > 0 { square = square * square }
    }
    return exponent < 0 ? Complex(1) / result : result
  }

  /// The principal square root.
  var squareRoot: Complex {
    if isReal { return real >= 0 ? Complex(real.squareRoot()) : Complex(0, (-real).squareRoot()) }
    let size = magnitude
    let half = ((size + abs(real)) / 2).squareRoot()
    if real >= 0 { return Complex(half, imaginary / (2 * half)) }
    return Complex(abs(imaginary) / (2 * half), imaginary < 0 ? -half : half)
  }

  var sine: Complex {
    isReal
      ? Complex(sin(real))
      : Complex(sin(real) * cosh(imaginary), cos(real) * sinh(imaginary))
  }

  var cosine: Complex {
    isReal
      ? Complex(cos(real))
      : Complex(cos(real) * cosh(imaginary), -sin(real) * sinh(imaginary))
  }

  /// The principal arc sine: -i log(iz + √(1 - z²)).
  var arcSine: Complex {
    if isReal && abs(real) <= 1 { return Complex(asin(real)) }
    let root = (Complex(1) - self * self).squareRoot
    return Complex(0, -1) * (Complex(0, 1) * self + root).logarithm
  }

  /// The principal arc tangent: (i/2) log((1 - iz)/(1 + iz)).
  var arcTangent: Complex {
    if isReal { return Complex(atan(real)) }
    let turned = Complex(0, 1) * self
    return Complex(0, 0.5) * ((Complex(1) - turned) / (Complex(1) + turned)).logarithm
  }
}
