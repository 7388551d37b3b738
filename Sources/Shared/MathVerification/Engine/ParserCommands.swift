import BigInt

/// Fractions, roots, series, functions and matrices.
extension Parser {
  // MARK: Commands

  mutating func command(_ name: String) throws(MathProblem) -> Term {
    if let function = Self.functions[name] { return try functionTerm(function, name) }
    switch name {
    case "frac", "dfrac", "tfrac", "cfrac":
      let top = try fractionArgument()
      let bottom = try fractionArgument()
      return try made(.product([top, bottom.inverse]))
    case "sqrt": return try root()
    case "binom", "dbinom", "tbinom":
      return try made(.function(.binomial, [try fractionArgument(), try fractionArgument()]))
    case "pi": return try made(.constant(.pi))
    case "infty": return try made(.constant(.infinity))
    case "imath": return try made(.constant(.i))
    case "mathrm", "text": return try argument()
    case "sum", "prod": return try series(isSum: name == "sum")
    case "vec", "overline", "bar", "hat", "tilde", "overrightarrow", "widehat", "underline":
      return try decorated(name)
    case "mathbb": throw .unparsed
    default:
      guard Self.symbols.contains(name) else { throw .unparsed }
      let symbol = name.hasPrefix("var") ? String(name.dropFirst(3)) : name.lowercased()
      if let indexed = try indexed(symbol) { return indexed }
      return try made(.symbol(symbol))
    }
  }

  static let symbols: Set = [
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota",
    "kappa",
    "lambda", "mu", "nu", "xi", "rho", "varrho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi",
    "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "angle", "triangle",
    "ell",
    "hbar", "square", "star", "circ", "degree", "parallel", "perp",
  ]

  /// A fraction's part: a group, or the next digit or sign, as TeX reads \frac12.
  mutating func fractionArgument() throws(MathProblem) -> Term {
    if current == .open(.brace) { return try grouped() }
    if case .number(let value, false) = current, value.isInteger { return try firstDigit(value) }
    return try argument()
  }

  /// The leading digit of a number, whose rest stays for what follows.
  mutating func firstDigit(_ value: Rational) throws(MathProblem) -> Term {
    let digits = value.numerator.description
    guard digits.count > 1 else {
      index += 1
      return try made(.number(value, isDecimal: false))
    }
    guard let head = BigInt(String(digits.prefix(1))), let rest = BigInt(String(digits.dropFirst())) else {
      throw .unparsed
    }
    var changed = tokens
    changed.replaceSubrange(
      index...index,
      with: [.number(Rational(head), isDecimal: false), .number(Rational(rest), isDecimal: false)])
    if splits > 40 { throw .tooLarge }
    self = Parser(changed, like: self)
    index += 1
    return try made(.number(Rational(head), isDecimal: false))
  }

  init(_ tokens: [Token], like other: Parser) {
    self.tokens = tokens
    index = other.index
    depth = other.depth
    nodes = other.nodes
    plusMinusIsPlus = other.plusMinusIsPlus
    sawPlusMinus = other.sawPlusMinus
    openBars = other.openBars
    splits = other.splits + 1
  }

  mutating func root() throws(MathProblem) -> Term {
    var order: Term?
    if current == .open(.square) {
      try enter()
      index += 1
      order = try sum()
      try expect(.close(.square))
      depth -= 1
    }
    let radicand = try fractionArgument()
    guard let order else { return try made(.power(radicand, .number(Rational(1, 2), isDecimal: false))) }
    return try made(.function(.root, [radicand, order]))
  }

  mutating func decorated(_ name: String) throws(MathProblem) -> Term {
    let start = index
    _ = try argument()
    return try made(.symbol("\(name){\(Self.spelled(tokens[start..<index]))}"))
  }

  /// A sum or product over whole numbers, written out.
  mutating func series(isSum: Bool) throws(MathProblem) -> Term {
    try expect(.underscore)
    try expect(.open(.brace))
    guard case .letter(let letter) = current else { throw .unparsed }
    index += 1
    try expect(.relation(.equal))
    let lower = try sum()
    try expect(.close(.brace))
    try expect(.caret)
    let upper = try argument()
    let body = try product()
    guard case .number(let first, _) = lower, case .number(let last, _) = upper, let from = first.integer,
      let through = last.integer, through >= from, through - from < 200,
      (through - from + 1) * body.size <= Limits.nodes
    else { throw .unparsed }
    let name = Term.symbol(String(letter))
    let parts = (from...through).map { body.replacing(name, by: .integer($0)) }
    nodes += parts.count * body.size
    return try made(isSum ? .sum(parts) : .product(parts))
  }

  // MARK: Functions

  static let functions: [String: Term.Function] = [
    "sin": .sine, "cos": .cosine, "tan": .tangent, "cot": .cotangent, "sec": .secant, "csc": .cosecant,
    "arcsin": .arcSine, "arccos": .arcCosine, "arctan": .arcTangent, "arccot": .arcCotangent,
    "asin": .arcSine, "acos": .arcCosine, "atan": .arcTangent, "sinh": .hyperbolicSine,
    "cosh": .hyperbolicCosine,
    "tanh": .hyperbolicTangent, "log": .logarithm, "ln": .logarithm, "lg": .logarithm, "exp": .named("exp"),
    "max": .maximum, "min": .minimum, "gcd": .greatestCommonDivisor, "lcm": .leastCommonMultiple,
    "det": .determinant,
    "floor": .floor, "ceil": .ceiling,
  ]

  static let inverses: [Term.Function: Term.Function] = [
    .sine: .arcSine, .cosine: .arcCosine, .tangent: .arcTangent, .cotangent: .arcCotangent,
  ]

  mutating func functionTerm(_ function: Term.Function, _ name: String) throws(MathProblem) -> Term {
    try enter()
    defer { depth -= 1 }
    var function = function
    var exponent: Term?
    var base: Term?
    for _ in 0..<2 {
      if take(.caret) {
        let power = try argument()
        if power == .minusOne || power == Term.one.negated, let inverse = Self.inverses[function] {
          function = inverse
        } else {
          exponent = power
        }
      } else if take(.underscore) {
        base = try logarithmBase()
      }
    }
    let arguments = try functionArguments()
    var term: Term
    switch function {
    case .logarithm:
      let base = base ?? (name == "ln" ? .constant(.e) : .integer(10))
      term = .function(.logarithm, [arguments[0], base])
    case .named("exp"): term = .power(.constant(.e), arguments[0])
    default: term = .function(function, arguments)
    }
    if let exponent { term = .power(term, exponent) }
    return try made(term)
  }

  /// A logarithm's base: a group, or one digit or letter.
  mutating func logarithmBase() throws(MathProblem) -> Term {
    if case .number(let value, false) = current, value.isInteger { return try firstDigit(value) }
    return try argument()
  }

  /// What a function is taken of: the list in parentheses, or else the product that follows, up to the next
  /// function.
  mutating func functionArguments() throws(MathProblem) -> [Term] {
    if current == .open(.round) {
      try enter()
      defer { depth -= 1 }
      index += 1
      let bars = openBars
      openBars = 0
      defer { openBars = bars }
      var arguments = [try sum()]
      while take(.comma) { arguments.append(try sum()) }
      try expect(.close(.round))
      return arguments
    }
    return [try product(insideFunction: true)]
  }

  // MARK: Matrices

  mutating func matrix(_ environment: String) throws(MathProblem) -> Term {
    try enter()
    defer { depth -= 1 }
    guard
      ["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "smallmatrix", "array"].contains(environment)
    else { throw .unparsed }
    index += 1
    if environment == "array", current == .open(.brace) {
      while let token = current, token != .close(.brace) { index += 1 }
      index += 1
    }
    var rows: [[Term]] = [[]]
    while true {
      rows[rows.count - 1].append(try sum())
      if take(.ampersand) { continue }
      let broke = take(.newRow)
      if current == .end(environment) {
        index += 1
        break
      }
      guard broke, rows.count < 100 else { throw .unparsed }
      rows.append([])
    }
    guard rows.allSatisfy({ $0.count == rows[0].count }) else { throw .unparsed }
    let matrix = try made(.matrix(rows))
    return environment == "vmatrix" ? try made(.function(.determinant, [matrix])) : matrix
  }
}

extension Term {
  /// With every `name` replaced by `value`.
  func replacing(_ name: Term, by value: Term) -> Term {
    if self == name { return value }
    switch self {
    case .number, .symbol, .constant: return self
    case .sum(let parts): return .sum(parts.map { $0.replacing(name, by: value) })
    case .product(let parts): return .product(parts.map { $0.replacing(name, by: value) })
    case .power(let base, let exponent):
      return .power(base.replacing(name, by: value), exponent.replacing(name, by: value))
    case .function(let function, let parts):
      return .function(function, parts.map { $0.replacing(name, by: value) })
    case .percent(let part): return .percent(part.replacing(name, by: value))
    case .matrix(let rows): return .matrix(rows.map { $0.map { $0.replacing(name, by: value) } })
    }
  }
}
