import BigInt

/// Reads an expression of numbers and `+ - * × / ÷ ^ ( )` in running text, as Python would.
///
/// Every factor has its sign, and powers group from the right. Tokens may name letters, π, roots and logarithms
/// as well.
struct PlainExpression {
  private let tokens: [Token]
  private var index = 0
  private var depth = 0

  /// The term that `text` stands for.
  static func parse(_ text: Scalars) throws(MathProblem) -> Term {
    guard text.count <= 4_200 else { throw .tooLarge }
    var tokens = try Lexer.tokens(of: text)
    guard tokens.count <= Limits.nodes else { throw .tooLarge }
    if tokens.isEmpty { throw .unparsed }
    // A sentence's point is read as a decimal point of the last number, which says nothing about its value.
    if case .number(let value, true)? = tokens.last, value.isInteger, text.last == "." {
      tokens[tokens.count - 1] = .number(value, isDecimal: false)
    }
    return try parse(tokens)
  }

  /// The term that `tokens` stand for.
  static func parse(_ tokens: [Token]) throws(MathProblem) -> Term {
    guard tokens.count <= Limits.nodes else { throw .tooLarge }
    var parser = PlainExpression(tokens: tokens)
    let term = try parser.sum()
    guard parser.index == tokens.count else { throw .unparsed }
    return term
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  private var current: Token? { index < tokens.count ? tokens[index] : nil }

  private mutating func sum() throws(MathProblem) -> Term {
    var parts = [try product()]
    while current == .plus || current == .minus {
      let isMinus = current == .minus
      index += 1
      let part = try product()
      parts.append(isMinus ? part.negated : part)
    }
    return parts.count == 1 ? parts[0] : .sum(parts)
  }

  private mutating func product() throws(MathProblem) -> Term {
    var factors = [try signed()]
    while current == .times || current == .divide {
      let isDivision = current == .divide
      index += 1
      let factor = try signed()
      factors.append(isDivision ? factor.inverse : factor)
    }
    return factors.count == 1 ? factors[0] : .product(factors)
  }

  private mutating func signed() throws(MathProblem) -> Term {
    var isNegative = false
    while current == .plus || current == .minus {
      if current == .minus { isNegative.toggle() }
      index += 1
    }
    let term = try power()
    return isNegative ? term.negated : term
  }

  private mutating func power() throws(MathProblem) -> Term {
    let base = try atom()
    guard current == .caret else { return base }
    index += 1
    depth += 1
    defer { depth -= 1 }
    if depth > Limits.postfixes { throw .tooLarge }
    return .power(base, try signed())
  }

  private mutating func atom() throws(MathProblem) -> Term {
    switch current {
    case .number(let value, let isDecimal):
      index += 1
      return .number(value, isDecimal: isDecimal)
    case .open(.round):
      depth += 1
      defer { depth -= 1 }
      if depth > Limits.depth { throw .tooLarge }
      index += 1
      let term = try sum()
      guard current == .close(.round) else { throw .unparsed }
      index += 1
      return term
    case .letter(let letter):
      index += 1
      return .symbol(String(letter))
    case .text(let name):
      index += 1
      return .symbol(name)
    case .command("pi"):
      index += 1
      return .constant(.pi)
    case .command(let name):
      index += 1
      guard current == .open(.round) else { throw .unparsed }
      let argument = try atom()
      return name == "ln"
        ? .function(.logarithm, [argument, .constant(.e)])
        : .power(argument, .number(Rational(1, 2), isDecimal: false))
    default: throw .unparsed
    }
  }
}
