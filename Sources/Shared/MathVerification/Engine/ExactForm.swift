import BigInt

/// A quotient of polynomials: the normal form of what rational numbers, names, π, e, i, radicals of numbers and
/// the four operations make.
///
/// Radicals are products of primes to exponents between 0 and 1, which are linearly independent over the
/// rationals (Besicovitch 1940), so the form of zero is zero and equality is decided. Everything else, such as a
/// sine or x^n, throws ``MathProblem/inexact``.
struct ExactForm: Sendable {
  let numerator: Polynomial
  let denominator: Polynomial

  /// The form of `term`.
  init(_ term: Term, _ budget: inout WorkBudget) throws(MathProblem) {
    self = try Self.form(term, &budget)
  }

  private init(_ numerator: Polynomial, _ denominator: Polynomial = Polynomial(Rational.one)) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Whether both are the same number for all values of the names, except where one is not defined.
  func equals(_ other: ExactForm, _ budget: inout WorkBudget) throws(MathProblem) -> Bool {
    let left = try numerator.times(other.denominator, &budget)
    let right = try other.numerator.times(denominator, &budget)
    return (left + -right).isZero
  }

  /// Its value, if it is a fraction of whole numbers.
  var number: Rational? {
    guard let top = numerator.number, let bottom = denominator.number, !bottom.isZero else { return nil }
    return top / bottom
  }

  // MARK: Terms

  private static func form(_ term: Term, _ budget: inout WorkBudget) throws(MathProblem) -> ExactForm {
    try budget.spend(1)
    switch term {
    case .number(let value, _): return ExactForm(Polynomial(value))
    case .symbol(let name): return ExactForm(Polynomial(Monomial(.name(name), .one)))
    case .constant(.pi): return ExactForm(Polynomial(Monomial(.pi, .one)))
    case .constant(.e): return ExactForm(Polynomial(Monomial(.e, .one)))
    case .constant(.i): return ExactForm(Polynomial(Monomial(.i, .one)))
    case .constant(.infinity): throw .inexact
    case .sum(let parts): return try sum(parts, &budget)
    case .product(let factors):
      var result = ExactForm(Polynomial(Rational.one))
      for factor in factors { result = try result.times(form(factor, &budget), &budget) }
      return result
    case .power(let base, let exponent): return try power(base, exponent, &budget)
    case .percent(let part):
      return try form(part, &budget).times(ExactForm(Polynomial(Rational(1, 100))), &budget)
    case .function(let function, let arguments): return try apply(function, arguments, &budget)
    case .matrix: throw .inexact
    }
  }

  private static func sum(_ parts: [Term], _ budget: inout WorkBudget) throws(MathProblem) -> ExactForm {
    var result = ExactForm(Polynomial())
    for part in parts {
      let form = try form(part, &budget)
      if let left = result.denominator.number, let right = form.denominator.number {
        // Numbers below: no need to multiply polynomials.
        if left.isZero || right.isZero { throw .undefined }
        result = ExactForm(
          try result.numerator.times(Polynomial(.one / left), &budget)
            + form.numerator.times(Polynomial(.one / right), &budget))
      } else {
        result = ExactForm(
          try result.numerator.times(form.denominator, &budget)
            + form.numerator.times(result.denominator, &budget),
          try result.denominator.times(form.denominator, &budget))
      }
    }
    return result
  }

  func times(_ other: ExactForm, _ budget: inout WorkBudget) throws(MathProblem) -> ExactForm {
    ExactForm(
      try numerator.times(other.numerator, &budget), try denominator.times(other.denominator, &budget))
  }

  // MARK: Powers

  private static func power(
    _ base: Term, _ exponent: Term, _ budget: inout WorkBudget
  ) throws(MathProblem) -> ExactForm {
    let base = try form(base, &budget)
    guard let exponent = try form(exponent, &budget).number else { throw .inexact }
    if let whole = exponent.integer { return try base.raised(to: whole, &budget) }
    if exponent.isInteger { return try base.raisedToHuge(exponent) }
    return try base.root(exponent, &budget)
  }

  private func raised(to exponent: Int, _ budget: inout WorkBudget) throws(MathProblem) -> ExactForm {
    guard exponent.magnitude < 1 << 40 else { return try raisedToHuge(Rational(exponent)) }
    let top = exponent < 0 ? denominator : numerator
    let bottom = exponent < 0 ? numerator : denominator
    if bottom.isZero { throw .undefined }
    let size = abs(exponent)
    return ExactForm(try top.raised(to: size, &budget), try bottom.raised(to: size, &budget))
  }

  /// Only 0, 1 and -1 have powers that are not too large.
  private func raisedToHuge(_ exponent: Rational) throws(MathProblem) -> ExactForm {
    guard let number else { throw .tooLarge }
    return ExactForm(Polynomial(try number.raised(to: exponent.numerator)))
  }

  /// A fractional power of a number, or of one name, π or e with a positive coefficient: (c·x)^q = c^q·x^q.
  private func root(_ exponent: Rational, _ budget: inout WorkBudget) throws(MathProblem) -> ExactForm {
    guard exponent.denominator <= 1000, exponent.numerator.magnitude <= Limits.bits else { throw .inexact }
    guard numerator.terms.count == 1, denominator.terms.count == 1, let top = numerator.terms.first,
      let bottom = denominator.terms.first
    else {
      if numerator.isZero, !exponent.isNegative { return ExactForm(Polynomial()) }
      throw .inexact
    }
    let monomial = top.key * bottom.key.raised(to: Rational(-1))
    let names = monomial.powers.filter { if case .name = $0.base { true } else { false } }
    // √(x²) is not x, and √(xy) not √x·√y, for negative values.
    guard names.count <= 1, names.allSatisfy({ $0.exponent == .one }),
      !monomial.powers.contains(where: { $0.base == .i })
    else { throw .inexact }
    let coefficient = top.value / bottom.value
    let number = try Self.numberRoot(coefficient, exponent, hasName: !names.isEmpty)
    let (factor, rest) = try (number * monomial.raised(to: exponent)).reduced()
    return ExactForm(Polynomial(rest, factor))
  }

  /// `value`^`exponent` as powers of primes; i for the square root of a negative number.
  private static func numberRoot(
    _ value: Rational, _ exponent: Rational, hasName: Bool
  ) throws(MathProblem) -> Monomial {
    var result = Monomial()
    if value.isNegative {
      guard exponent.denominator == 2, !hasName else { throw .inexact }
      result = Monomial(.i, Rational(exponent.numerator))
    }
    for (prime, count) in try factors(BigInt(value.numerator.magnitude)) {
      result = result * Monomial(.prime(prime), Rational(count) * exponent)
    }
    for (prime, count) in try factors(value.denominator) {
      result = result * Monomial(.prime(prime), Rational(-count) * exponent)
    }
    return result
  }

  /// The primes of `value` with their counts; throws where what is left after small primes is too large to be
  /// sure of.
  private static func factors(_ value: BigInt) throws(MathProblem) -> [(BigInt, Int)] {
    if value == 1 { return [] }
    var found: [(BigInt, Int)] = []
    guard var small = Int(exactly: value) else { return try largeFactors(value) }
    var divisor = 2
    while divisor * divisor <= small, divisor < 20_000 {
      var count = 0
      while small % divisor == 0 {
        small /= divisor
        count += 1
      }
      if count > 0 { found.append((BigInt(divisor), count)) }
      divisor += divisor == 2 ? 1 : 2
    }
    if small > 1 {
      guard small < 400_000_000 else { throw .inexact }
      found.append((BigInt(small), 1))
    }
    return found
  }

  /// Of a number beyond 63 bits: divided by small primes until it fits.
  private static func largeFactors(_ value: BigInt) throws(MathProblem) -> [(BigInt, Int)] {
    guard value.magnitude.bitWidth <= 256 else { throw .inexact }
    var value = value
    var found: [(BigInt, Int)] = []
    for prime in [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] {
      var count = 0
      while true {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: BigInt(prime))
        guard remainder.isZero else { break }
        value = quotient
        count += 1
      }
      if count > 0 { found.append((BigInt(prime), count)) }
    }
    guard Int(exactly: value) != nil else { throw .inexact }
    return try found + factors(value)
  }

  // MARK: Functions

  private static func apply(
    _ function: Term.Function, _ arguments: [Term], _ budget: inout WorkBudget
  ) throws(MathProblem) -> ExactForm {
    if function == .determinant, let value = Matrices.determinant(of: arguments) {
      return try form(value, &budget)
    }
    if function == .root { return try root(arguments, &budget) }
    if function == .binomial, arguments.count == 2 { return try binomial(arguments, &budget) }
    var values: [Rational] = []
    for argument in arguments {
      guard let value = try form(argument, &budget).number else { throw .inexact }
      values.append(value)
    }
    guard let first = values.first else { throw .inexact }
    switch function {
    case .absolute: return ExactForm(Polynomial(first.isNegative ? -first : first))
    case .floor: return ExactForm(Polynomial(Rational(first.floor)))
    case .ceiling: return ExactForm(Polynomial(Rational(-(-first).floor)))
    case .factorial: return ExactForm(Polynomial(try factorial(first, &budget)))
    case .maximum: return ExactForm(Polynomial(values.max { $0 < $1 } ?? first))
    case .minimum: return ExactForm(Polynomial(values.min { $0 < $1 } ?? first))
    case .greatestCommonDivisor, .leastCommonMultiple:
      return ExactForm(Polynomial(try divisor(values, isLeastMultiple: function == .leastCommonMultiple)))
    case .remainder:
      guard values.count == 2, !values[1].isZero else { throw .undefined }
      return ExactForm(Polynomial(first - Rational((first / values[1]).floor) * values[1]))
    default: throw .inexact
    }
  }

  private static func root(_ arguments: [Term], _ budget: inout WorkBudget) throws(MathProblem) -> ExactForm {
    let radicand = try form(arguments[0], &budget)
    guard let order = try form(arguments[1], &budget).number, !order.isZero else { throw .inexact }
    if let value = radicand.number, value.isNegative, let whole = order.integer, whole % 2 != 0 {
      let positive = ExactForm(Polynomial(-value))
      return try positive.root(.one / order, &budget).times(ExactForm(Polynomial(Rational(-1))), &budget)
    }
    let exponent = .one / order
    return exponent.isInteger
      ? try radicand.raised(to: exponent.integer ?? 1, &budget) : try radicand.root(exponent, &budget)
  }

  private static func factorial(_ value: Rational, _ budget: inout WorkBudget) throws(MathProblem) -> Rational
  {
    guard value.isInteger, !value.isNegative else { throw .inexact }
    guard let n = value.integer, n <= Limits.factorial else { throw .tooLarge }
    try budget.spend(n)
    return Rational((1...max(1, n)).reduce(BigInt(1)) { $0 * BigInt($1) })
  }

  /// n (n - 1) … (n - k + 1) / k! for a whole k.
  private static func binomial(
    _ arguments: [Term], _ budget: inout WorkBudget
  ) throws(MathProblem) -> ExactForm {
    let n = try form(arguments[0], &budget)
    guard let lower = try form(arguments[1], &budget).number, var k = lower.integer, k >= 0 else {
      throw .inexact
    }
    if let upper = n.number?.integer, upper >= 0 {
      if k > upper { return ExactForm(Polynomial()) }
      k = min(k, upper - k)
    }
    guard k <= (n.number == nil ? 20 : 1_000) else { throw .tooLarge }
    var result = ExactForm(Polynomial(Rational.one))
    for step in 0..<k {
      let difference = ExactForm(
        n.numerator + (try n.denominator.times(Polynomial(Rational(-step)), &budget)), n.denominator)
      result = try result.times(difference, &budget).times(
        ExactForm(Polynomial(Rational(1, BigInt(step + 1)))), &budget)
    }
    return result
  }

  private static func divisor(_ values: [Rational], isLeastMultiple: Bool) throws(MathProblem) -> Rational {
    var result = BigInt(values[0].numerator.magnitude)
    guard values.allSatisfy({ $0.isInteger && !$0.isZero }) else { throw .inexact }
    for value in values.dropFirst() {
      let divisor = result.greatestCommonDivisor(with: value.numerator)
      result = isLeastMultiple ? BigInt((result / divisor * value.numerator).magnitude) : divisor
    }
    return Rational(result)
  }
}
