/// A rational number in lowest terms with a positive denominator.
struct Rational: Equatable, Sendable {
  let numerator: Int128
  let denominator: Int128

  init(_ integer: Int) {
    numerator = Int128(integer)
    denominator = 1
  }

  /// Nil where the denominator is 0 or a part has more than 120 bits, which no sum or product of the puzzles
  /// reaches.
  init?(_ numerator: Int128, _ denominator: Int128) {
    guard denominator != 0 else { return nil }
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = Int128(max(a, 1))
    self.numerator = (denominator < 0 ? -numerator : numerator) / divisor
    self.denominator = (denominator < 0 ? -denominator : denominator) / divisor
    guard self.numerator.magnitude >> 120 == 0, self.denominator.magnitude >> 120 == 0 else { return nil }
  }

  static func sum(_ a: Rational, _ b: Rational) -> Rational? {
    guard let left = product(a.numerator, b.denominator), let right = product(b.numerator, a.denominator),
      let denominator = product(a.denominator, b.denominator)
    else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : Rational(sum, denominator)
  }

  static func product(_ a: Rational, _ b: Rational) -> Rational? {
    guard let numerator = product(a.numerator, b.numerator),
      let denominator = product(a.denominator, b.denominator)
    else { return nil }
    return Rational(numerator, denominator)
  }

  var negated: Rational { Rational(-numerator, denominator) ?? self }

  var inverse: Rational? { Rational(denominator, numerator) }

  private static func product(_ a: Int128, _ b: Int128) -> Int128? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }
}

/// An arithmetic expression of integers with + - * / and brackets, evaluated exactly.
///
/// Numbers that are no integers and single powers are read, so that such an answer counts as an expression,
/// but have no value here.
struct ExactExpression {
  /// Why an expression has no value.
  enum Failure: Error {
    /// It is none.
    case syntax

    /// It divides by zero.
    case zeroDivision
  }

  /// The integers written in it, in order.
  private(set) var integers: [Int] = []

  /// Its value; nil where it is not exact.
  private(set) var value: Rational?

  private var rest: ArraySlice<Unicode.Scalar>
  private var hasPower = false

  init(_ text: AnswerText) throws(Failure) {
    rest = text.trimmed.scalars[...]
    value = try sum(depth: 0)
    guard rest.isEmpty else { throw .syntax }
  }

  /// Reads `term (("+" | "-") term)*`.
  private mutating func sum(depth: Int) throws(Failure) -> Rational? {
    guard depth < 100 else { throw .syntax }
    var sum = try product(depth: depth)
    while let sign = take("+", "-") {
      let term = try product(depth: depth)
      sum = Self.both(sum, sign == "-" ? term?.negated : term, Rational.sum)
    }
    return sum
  }

  /// Reads `factor (("*" | "/") factor)*`.
  private mutating func product(depth: Int) throws(Failure) -> Rational? {
    var product = try factor(depth: depth)
    while let operation = take("*", "/") {
      if rest.first == "*" || rest.first == "/" {
        // A power or a quotient rounded down; a tower of powers is none.
        guard operation == rest.removeFirst(), operation == "/" || !hasPower else { throw .syntax }
        hasPower = hasPower || operation == "*"
        _ = try factor(depth: depth)
        product = nil
        continue
      }
      let factor = try factor(depth: depth)
      if operation == "*" {
        product = Self.both(product, factor, Rational.product)
      } else if let factor {
        guard let inverse = factor.inverse else { throw .zeroDivision }
        product = Self.both(product, inverse, Rational.product)
      } else {
        product = nil
      }
    }
    return product
  }

  /// Reads `("-" | "+")* (number | "(" sum ")")`.
  private mutating func factor(depth: Int) throws(Failure) -> Rational? {
    var isNegative = false
    while let sign = take("-", "+") { if sign == "-" { isNegative.toggle() } }
    var factor: Rational?
    if take("(") != nil {
      factor = try sum(depth: depth + 1)
      guard take(")") != nil else { throw .syntax }
    } else {
      factor = try number()
    }
    return isNegative ? factor?.negated : factor
  }

  private mutating func number() throws(Failure) -> Rational? {
    skipSpace()
    let digits = run()
    guard rest.first == "." || !digits.isEmpty else { throw .syntax }
    var isInteger = true
    if rest.first == "." {
      rest.removeFirst()
      let fraction = run()
      guard !(digits.isEmpty && fraction.isEmpty) else { throw .syntax }
      // A full stop ends an answer; it makes no decimal.
      isInteger = fraction.isEmpty
    }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
      guard !run().isEmpty else { throw .syntax }
      isInteger = false
    }
    if let next = rest.first, next == "_" || next.properties.isAlphabetic { throw .syntax }
    // Python reads no 08, so that the library scores it as no expression.
    if isInteger, digits.first == "0", digits.endIndex == rest.startIndex,
      digits.contains(where: { $0 != "0" })
    {
      throw .syntax
    }
    guard isInteger, let integer = AnswerText(digits).integer else { return nil }
    integers.append(integer)
    return integer == .max ? nil : Rational(integer)
  }

  private mutating func run() -> ArraySlice<Unicode.Scalar> {
    let digits = rest.prefix(while: \.isDigit)
    rest = rest[digits.endIndex...]
    return digits
  }

  private mutating func take(_ wanted: Unicode.Scalar...) -> Unicode.Scalar? {
    skipSpace()
    guard let next = rest.first, wanted.contains(next) else { return nil }
    rest.removeFirst()
    return next
  }

  private mutating func skipSpace() { rest = rest.drop(while: AnswerText.isSpace) }

  private static func both(
    _ a: Rational?, _ b: Rational?, _ combine: (Rational, Rational) -> Rational?
  ) -> Rational? {
    guard let a, let b else { return nil }
    return combine(a, b)
  }
}
