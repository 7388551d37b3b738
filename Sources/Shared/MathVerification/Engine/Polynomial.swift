import BigInt

/// What powers are taken of in a ``Monomial``.
enum Base: Hashable, Comparable, Sendable {
  /// A prime, or a number too large to factor; its exponents lie strictly between 0 and 1.
  case prime(BigInt)
  /// √-1, with exponent 1.
  case i
  case pi
  case e
  case name(String)
}

/// A product of powers with fractional exponents.
struct Monomial: Hashable, Sendable {
  /// Sorted by base; no exponent is 0.
  private(set) var powers: [(base: Base, exponent: Rational)] = []

  static let one = Monomial()

  static func == (a: Monomial, b: Monomial) -> Bool {
    a.powers.count == b.powers.count
      && zip(a.powers, b.powers).allSatisfy { $0.base == $1.base && $0.exponent == $1.exponent }
  }

  func hash(into hasher: inout Hasher) {
    for power in powers {
      hasher.combine(power.base)
      hasher.combine(power.exponent)
    }
  }

  init() {}

  init(_ base: Base, _ exponent: Rational) {
    if !exponent.isZero { powers = [(base, exponent)] }
  }

  /// The product of two, without regard to what whole powers of primes and i amount to.
  static func * (a: Monomial, b: Monomial) -> Monomial {
    var result = Monomial()
    var (i, j) = (0, 0)
    while i < a.powers.count || j < b.powers.count {
      if j == b.powers.count || (i < a.powers.count && a.powers[i].base < b.powers[j].base) {
        result.powers.append(a.powers[i])
        i += 1
      } else if i == a.powers.count || b.powers[j].base < a.powers[i].base {
        result.powers.append(b.powers[j])
        j += 1
      } else {
        let exponent = a.powers[i].exponent + b.powers[j].exponent
        if !exponent.isZero { result.powers.append((a.powers[i].base, exponent)) }
        i += 1
        j += 1
      }
    }
    return result
  }

  /// Its power, taken of every exponent.
  func raised(to exponent: Rational) -> Monomial {
    var result = Monomial()
    if !exponent.isZero { result.powers = powers.map { ($0.base, $0.exponent * exponent) } }
    return result
  }

  /// Whether it is 1.
  var isOne: Bool { powers.isEmpty }

  /// The number that whole powers of primes and i amount to, and what remains.
  func reduced() throws(MathProblem) -> (factor: Rational, rest: Monomial) {
    var factor = Rational.one
    var rest = Monomial()
    for (base, exponent) in powers {
      switch base {
      case .prime(let prime):
        let whole = exponent.floor
        factor = try factor * Rational(prime).raised(to: whole)
        let fraction = exponent - Rational(whole)
        if !fraction.isZero { rest.powers.append((base, fraction)) }
      case .i:
        guard let turns = exponent.integer else { throw .inexact }
        let quarter = ((turns % 4) + 4) % 4
        if quarter >= 2 { factor = -factor }
        if quarter % 2 == 1 { rest.powers.append((base, .one)) }
      default: rest.powers.append((base, exponent))
      }
    }
    return (factor, rest)
  }
}

extension Rational {
  /// Its power; throws where it has more than ``Limits/bits`` bits or divides by 0.
  func raised(to exponent: BigInt) throws(MathProblem) -> Rational {
    if exponent.isZero { return .one }
    if self == .one { return .one }
    if isZero {
      if exponent.sign == .minus { throw .undefined }
      return .zero
    }
    if self == Rational(-1) { return exponent.isMultiple(of: 2) ? .one : self }
    guard let size = Int(exactly: exponent.magnitude), size <= Limits.bits, size * (width - 1) <= Limits.bits
    else { throw .tooLarge }
    let power = Rational(numerator.power(size), denominator.power(size))
    return exponent.sign == .minus ? .one / power : power
  }
}

/// A sum of monomials with fractions as coefficients.
struct Polynomial: Sendable {
  /// No coefficient is 0.
  private(set) var terms: [Monomial: Rational] = [:]

  init() {}

  init(_ value: Rational) { if !value.isZero { terms = [.one: value] } }

  init(_ monomial: Monomial, _ coefficient: Rational = .one) {
    if !coefficient.isZero { terms = [monomial: coefficient] }
  }

  var isZero: Bool { terms.isEmpty }

  /// Its value, if no base is left in it.
  var number: Rational? {
    if terms.isEmpty { return .zero }
    return terms.count == 1 ? terms[.one] : nil
  }

  /// Adds `coefficient` · `monomial`.
  mutating func add(_ monomial: Monomial, _ coefficient: Rational) {
    let sum = (terms[monomial] ?? .zero) + coefficient
    terms[monomial] = sum.isZero ? nil : sum
  }

  static func + (a: Polynomial, b: Polynomial) -> Polynomial {
    var result = a
    for (monomial, coefficient) in b.terms { result.add(monomial, coefficient) }
    return result
  }

  static prefix func - (a: Polynomial) -> Polynomial {
    var result = a
    result.terms = a.terms.mapValues { -$0 }
    return result
  }

  func times(_ other: Polynomial, _ budget: inout WorkBudget) throws(MathProblem) -> Polynomial {
    var result = Polynomial()
    for (monomial, coefficient) in terms {
      for (otherMonomial, otherCoefficient) in other.terms {
        let width = coefficient.width + otherCoefficient.width
        try budget.spend(1 + width * width >> 10)
        let (factor, rest) = try (monomial * otherMonomial).reduced()
        let value = coefficient * otherCoefficient * factor
        if value.width > Limits.bits { throw .tooLarge }
        result.add(rest, value)
      }
    }
    if result.terms.count > Limits.terms { throw .tooLarge }
    return result
  }

  /// Its whole power, by repeated squaring.
  func raised(to exponent: Int, _ budget: inout WorkBudget) throws(MathProblem) -> Polynomial {
    if let number { return Polynomial(try number.raised(to: BigInt(exponent))) }
    if terms.count == 1, let (monomial, coefficient) = terms.first {
      let (factor, rest) = try monomial.raised(to: Rational(exponent)).reduced()
      return Polynomial(rest, try coefficient.raised(to: BigInt(exponent)) * factor)
    }
    guard exponent <= 64 else { throw .tooLarge }
    var result = Polynomial(Rational.one)
    var square = self
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result = try result.times(square, &budget) }
      left >>= 1
      if left > 0 { square = try square.times(square, &budget) }
    }
    return result
  }
}
