import BigInt

/// Formulas as they are typed, `2x(x+1)/sqrt(3)`, of at most two letters; sympy's reading of them.
enum SchoolFormula {
  /// Whether both are understood and equal for all values of their letters.
  static func areEqual(_ left: Scalars, _ right: Scalars) -> Bool {
    guard unknownLetters(in: left + [" "] + right) <= 2, !hasLargePower(left), !hasLargePower(right),
      let first = try? term(left), let second = try? term(right)
    else { return false }
    var budget = WorkBudget()
    return TermEquality.areEqual(first, second, &budget)
  }

  /// How many different letters there are, those of `sqrt` and `frac` not counted.
  private static func unknownLetters(in text: Scalars) -> Int {
    let text = text.replacing("sqrt", by: "").replacing("frac", by: "")
    return Set(text.filter(\.properties.isAlphabetic)).count
  }

  /// Whether a power is in braces or parentheses, of two digits, or a power itself.
  private static func hasLargePower(_ text: Scalars) -> Bool {
    text.indices.contains { index in
      guard text[index] == "^", index + 1 < text.count else { return false }
      if text[index + 1] == "{" || text[index + 1] == "(" { return true }
      guard text[index + 1].isDigit, index + 2 < text.count else { return false }
      return text[index + 2].isDigit || text[index + 2] == "^"
    }
  }

  private static func term(_ text: Scalars) throws(MathProblem) -> Term {
    guard text.count <= 4_200 else { throw .tooLarge }
    let term = try PlainExpression.parse(tokens(of: text))
    if hasDecimalExponent(term) { throw .inexact }
    return term
  }

  /// Whether an exponent is a fraction written as a decimal, which sympy does not simplify.
  private static func hasDecimalExponent(_ term: Term) -> Bool {
    if case .power(_, .number(let exponent, true)) = term, !exponent.isInteger { return true }
    return term.parts.contains(where: hasDecimalExponent)
  }

  // MARK: Tokens

  /// The tokens, with a sign of multiplication between factors side by side.
  private static func tokens(of text: Scalars) throws(MathProblem) -> [Token] {
    var tokens: [Token] = []
    var index = 0
    while index < text.count {
      let scalar = text[index]
      if scalar.isSpace {
        index += 1
        continue
      }
      let token: Token
      if scalar.isDigit || scalar == "." {
        token = try number(text, &index)
      } else if scalar.isLetter {
        token = try name(text, &index)
      } else {
        token = try sign(text, &index)
      }
      if let last = tokens.last, endsFactor(last), startsFactor(token) {
        if case .number = last, case .number = token { throw .unparsed }
        tokens.append(.times)
      }
      tokens.append(token)
    }
    return tokens
  }

  private static func endsFactor(_ token: Token) -> Bool {
    switch token {
    case .number, .letter, .text, .close, .command("pi"): true
    default: false
    }
  }

  private static func startsFactor(_ token: Token) -> Bool {
    switch token {
    case .number, .letter, .text, .open, .command: true
    default: false
    }
  }

  private static func sign(_ text: Scalars, _ index: inout Int) throws(MathProblem) -> Token {
    guard let token = signs[text[index]] else { throw .unparsed }
    index += 1
    if token == .times, index < text.count, text[index] == "*" {
      index += 1
      return .caret
    }
    return token
  }

  private static let signs: [Unicode.Scalar: Token] = [
    "(": .open(.round), ")": .close(.round), "+": .plus, "-": .minus, "*": .times, "/": .divide, "^": .caret,
  ]

  /// Digits with at most one point among them.
  private static func number(_ text: Scalars, _ index: inout Int) throws(MathProblem) -> Token {
    let start = index
    while index < text.count, text[index].isDigit || text[index] == "." { index += 1 }
    let parts = text[start..<index].split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.flatMap { $0 }
    guard parts.count <= 2, digits.count <= Limits.digits, let top = BigInt(String(digits)) else {
      throw .unparsed
    }
    guard parts.count == 2 else { return .number(Rational(top), isDecimal: false) }
    return .number(Rational(top, BigInt(10).power(parts[1].count)), isDecimal: true)
  }

  /// A root or logarithm before its parenthesis, π, a name with its index, or a single letter.
  private static func name(_ text: Scalars, _ index: inout Int) throws(MathProblem) -> Token {
    let end = text[index...].firstIndex { !$0.isLetter && !$0.isDigit && $0 != "_" } ?? text.count
    let word = String(text[index..<end])
    let isFunction = word == "sqrt" || word == "ln"
    // Letters side by side would be a product.
    if isFunction, end == text.count || text[end] != "(" { throw .unparsed }
    if isFunction || word == "pi" || word.contains("_") {
      index = end
      return word.contains("_") ? .text(word) : .command(word)
    }
    index += 1
    return .letter(text[index - 1])
  }
}
