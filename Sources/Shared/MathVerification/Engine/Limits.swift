/// Why a formula was given up; never a reason to trap.
enum MathProblem: Error {
  /// It is not one that the parser knows.
  case unparsed
  /// It needs more work, digits or depth than any answer does.
  case tooLarge
  /// It divides by zero or the like.
  case undefined
  /// It has no exact form here; numbers must decide.
  case inexact
}

/// The most that a formula may be; beyond it it is not parsed or not computed.
enum Limits {
  /// Characters of a formula.
  static let characters = 16_384
  /// Tokens of a formula.
  static let tokens = 4_000
  /// Nodes of a formula.
  static let nodes = 2_000
  /// Brackets within brackets.
  static let depth = 40
  /// Exponents and the like on one another without brackets.
  static let postfixes = 12
  /// Digits of a number as written.
  static let digits = 1_000
  /// Bits of a number as computed, some 1,200 digits.
  static let bits = 4_000
  /// Terms of a polynomial.
  static let terms = 300
  /// Largest n in n! that is computed.
  static let factorial = 300
  /// Names in a formula that numeric probes can tell apart.
  static let variables = 8
  /// Steps of one comparison: products of polynomial terms, evaluated nodes.
  static let work = 30_000
}

/// Counts the steps of one comparison, so that it ends at the same place on every machine.
struct WorkBudget {
  private(set) var left: Int

  init(_ steps: Int = Limits.work) { left = steps }

  /// Uses `steps`; throws when none are left.
  mutating func spend(_ steps: Int) throws(MathProblem) {
    left -= steps
    if left < 0 { throw .tooLarge }
  }
}
