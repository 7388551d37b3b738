import BigInt

/// A fraction of whole numbers of any size, reduced, with a positive denominator.
struct Rational: Hashable, Sendable {
  let numerator: BigInt
  let denominator: BigInt

  /// `numerator` / `denominator`; the denominator is not 0.
  init(_ numerator: BigInt, _ denominator: BigInt = 1) {
    precondition(!denominator.isZero, "Rational: a denominator of 0")
    let divisor = denominator == 1 ? 1 : numerator.greatestCommonDivisor(with: denominator)
    let sign: BigInt = denominator.sign == .minus ? -1 : 1
    self.numerator = divisor == 1 ? numerator * sign : numerator / divisor * sign
    self.denominator = divisor == 1 ? denominator * sign : denominator / divisor * sign
  }

  init(_ value: Int) {
    numerator = BigInt(value)
    denominator = 1
  }

  static let zero = Rational(0)
  static let one = Rational(1)

  var isZero: Bool { numerator.isZero }
  var isInteger: Bool { denominator == 1 }
  var isNegative: Bool { numerator.sign == .minus }

  /// Its value, if it is a whole number that fits.
  var integer: Int? { isInteger ? Int(exactly: numerator) : nil }

  /// How many bits its larger part has.
  var width: Int { max(numerator.magnitude.bitWidth, denominator.magnitude.bitWidth) }

  /// The nearest Double, ±infinity beyond its range.
  var approximation: Double {
    let top = numerator.magnitude
    let bottom = denominator.magnitude
    // Both are brought to 64 significant bits; what is cut off is below Double's precision.
    let topShift = max(0, top.bitWidth - 64)
    let bottomShift = max(0, bottom.bitWidth - 64)
    let quotient = Double(UInt64(top >> topShift)) / Double(UInt64(bottom >> bottomShift))
    let value = scalbn(quotient, topShift - bottomShift)
    return isNegative ? -value : value
  }

  static func + (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }

  static func - (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator)
  }

  static func * (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.numerator, a.denominator * b.denominator)
  }

  /// The quotient; `b` is not 0.
  static func / (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator, a.denominator * b.numerator)
  }

  static prefix func - (a: Rational) -> Rational { Rational(-a.numerator, a.denominator) }

  static func < (a: Rational, b: Rational) -> Bool {
    a.numerator * b.denominator < b.numerator * a.denominator
  }

  /// The largest whole number that is not larger.
  var floor: BigInt {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return remainder.sign == .minus && !remainder.isZero ? quotient - 1 : quotient
  }

  /// The nearest multiple of 10^-`places`, times 10^`places`; ties to even.
  func rounded(places: Int) -> BigInt {
    let scaled = self * Rational(BigInt(10).power(places))
    let below = scaled.floor
    let rest = scaled - Rational(below)
    let half = Rational(1, 2)
    if rest < half { return below }
    if rest == half { return below.isMultiple(of: 2) ? below : below + 1 }
    return below + 1
  }
}

extension BigInt {
  func isMultiple(of other: BigInt) -> Bool { (self % other).isZero }
}

extension Rational {
  /// 2^`exponent` times `value`.
  private func scalbn(_ value: Double, _ exponent: Int) -> Double {
    guard value != 0 else { return 0 }
    if exponent > 2200 { return .infinity }
    if exponent < -2200 { return 0 }
    // In two steps, so that neither over- nor underflows alone.
    let half = exponent / 2
    return value * Double(sign: .plus, exponent: half, significand: 1)
      * Double(sign: .plus, exponent: exponent - half, significand: 1)
  }
}
