/// Sums, products, factors side by side and what follows a factor.
extension Parser {
  // MARK: Sums and products

  mutating func sum() throws(MathProblem) -> Term {
    var parts = [try product(plusMinusFirst: true)]
    while let token = current {
      switch token {
      case .plus:
        index += 1
        parts.append(try product())
      case .minus:
        index += 1
        parts.append(try product().negated)
      case .plusMinus, .minusPlus:
        let isPlus = plusMinus(token)
        index += 1
        let part = try product()
        parts.append(isPlus ? part : part.negated)
      default: return try finished(parts)
      }
      nodes += 1
    }
    return try finished(parts)
  }

  mutating func finished(_ parts: [Term]) throws(MathProblem) -> Term {
    parts.count == 1 ? parts[0] : try made(.sum(parts))
  }

  /// Whether a ± or ∓ is read as plus.
  mutating func plusMinus(_ token: Token) -> Bool {
    sawPlusMinus = true
    return (token == .plusMinus) == plusMinusIsPlus
  }

  mutating func product(
    plusMinusFirst: Bool = false, insideFunction: Bool = false
  ) throws(MathProblem) -> Term {
    var factors = [try signed(allowsPlusMinus: plusMinusFirst, insideFunction: insideFunction)]
    while let token = current {
      if insideFunction, case .command(let name)? = self.token(after: 1), Self.functions[name] != nil {
        break
      }
      switch token {
      case .times:
        index += 1
        factors.append(try signed(insideFunction: insideFunction))
      case .divide:
        index += 1
        factors.append(try signed(insideFunction: insideFunction).inverse)
      case .command("bmod"), .command("mod"):
        index += 1
        let divisor = try signed()
        factors = [
          try made(.function(.remainder, [factors.count == 1 ? factors[0] : .product(factors), divisor]))
        ]
      default: return factors.count == 1 ? factors[0] : try made(.product(factors))
      }
      nodes += 1
      if nodes > Limits.nodes { throw .tooLarge }
    }
    return factors.count == 1 ? factors[0] : try made(.product(factors))
  }

  mutating func signed(
    allowsPlusMinus: Bool = false, insideFunction: Bool = false
  ) throws(MathProblem) -> Term {
    var isNegative = false
    while let token = current {
      if token == .minus {
        isNegative.toggle()
      } else if token == .plusMinus || token == .minusPlus, allowsPlusMinus {
        if !plusMinus(token) { isNegative.toggle() }
      } else if token != .plus {
        break
      }
      index += 1
    }
    let term = try juxtaposed(insideFunction: insideFunction)
    return isNegative ? try made(term.negated) : term
  }

  /// Factors side by side.
  mutating func juxtaposed(insideFunction: Bool) throws(MathProblem) -> Term {
    let start = index
    var factors = [try postfix()]
    var places = [start]
    var isSplit = false
    while startsFactor(insideFunction: insideFunction) {
      // Two numbers side by side, as in `3 1/4`, mean nothing, but are no reason to look elsewhere.
      if case .number = current, case .number = tokens[index - 1] { isSplit = true }
      places.append(index)
      factors.append(try postfix())
      nodes += 1
      if nodes > Limits.nodes { throw .tooLarge }
    }
    if isSplit { return try made(.symbol(Self.spelled(tokens[start..<index], separator: " "))) }
    if let mixed = try mixedNumber(factors, places) { return mixed }
    return factors.count == 1 ? factors[0] : try made(.product(factors))
  }

  /// `5\frac{1}{2}`: a whole number and a positive fraction of whole numbers add up.
  mutating func mixedNumber(_ factors: [Term], _ places: [Int]) throws(MathProblem) -> Term? {
    guard factors.count == 2, places[1] == places[0] + 1, case .number(let whole, false) = factors[0],
      whole.isInteger,
      tokens[places[1]] == .command("frac")
    else { return nil }
    if case .percent(let part) = factors[1], case .product(let parts) = part, Self.isFraction(parts) {
      return .percent(try made(.sum([factors[0], part])))
    }
    guard case .product(let parts) = factors[1], Self.isFraction(parts) else { return nil }
    return try made(.sum(factors))
  }

  static func isFraction(_ parts: [Term]) -> Bool {
    guard parts.count == 2, case .number(let top, false) = parts[0],
      case .power(let bottom, .minusOne) = parts[1],
      case .number(let value, false) = bottom
    else { return false }
    return top.isInteger && value.isInteger && !top.isNegative && !value.isNegative && !value.isZero
  }

  func startsFactor(insideFunction: Bool) -> Bool {
    switch current {
    case .number, .letter, .text, .begin: return true
    case .open(let kind): return kind != .set && kind != .angle
    case .bar: return isOpeningBar
    case .command(let name):
      if Self.functions[name] != nil { return !insideFunction }
      return name != "bmod" && name != "mod" && name != "pmod" && name != "choose" && name != "over"
    default: return false
    }
  }

  var isOpeningBar: Bool { openBars == 0 }

  // MARK: Postfixes

  mutating func postfix() throws(MathProblem) -> Term {
    var term = try atom()
    var count = 0
    while let token = current {
      switch token {
      case .bang: term = .function(.factorial, [term])
      case .percent: term = .percent(term)
      case .caret:
        index += 1
        count += 1
        if count > Limits.postfixes { throw .tooLarge }
        term = try raised(term)
        continue
      case .underscore:
        // An index on anything but a name is the base of a number, which is not computed with.
        index += 1
        _ = try argument()
        continue
      default: return term
      }
      index += 1
      count += 1
      nodes += 1
      if count > Limits.postfixes { throw .tooLarge }
    }
    return term
  }

  /// `term` with the exponent that follows `^`; degrees and primes are dropped.
  mutating func raised(_ term: Term) throws(MathProblem) -> Term {
    let isBraced = current == .open(.brace)
    let first = isBraced ? token(after: 1) : current
    let closes = !isBraced || token(after: 2) == .close(.brace)
    if closes {
      switch first {
      case .command("circ"), .command("prime"), .command("degree"):
        index += isBraced ? 3 : 1
        return term
      case .command("top"):
        index += isBraced ? 3 : 1
        return .function(.transpose, [term])
      case .letter("t"):
        if case .matrix = term {
          index += isBraced ? 3 : 1
          return .function(.transpose, [term])
        }
      default: break
      }
    }
    let exponent = try argument()
    // `\sin^{-1}` is read where the function is.
    return try made(.power(term, exponent))
  }

  /// What a command or sign takes: a group in braces, or the next sign.
  mutating func argument() throws(MathProblem) -> Term {
    switch current {
    case .open(.brace), .open(.round): return try grouped()
    case .minus:
      index += 1
      return try argument().negated
    case .plus:
      index += 1
      return try argument()
    case .number(let value, let isDecimal):
      index += 1
      return try made(.number(value, isDecimal: isDecimal))
    case .letter(let letter):
      index += 1
      return try made(Self.name(letter))
    case .command, .text: return try atom()
    default: throw .unparsed
    }
  }

  /// A sum in braces or parentheses.
  mutating func grouped() throws(MathProblem) -> Term {
    try enter()
    defer { depth -= 1 }
    guard case .open(let kind) = current else { throw .unparsed }
    index += 1
    let bars = openBars
    openBars = 0
    let term = try sum()
    openBars = bars
    if kind == .brace, take(.command("choose")) {
      let lower = try sum()
      try expect(.close(kind))
      return try made(.function(.binomial, [term, lower]))
    }
    if kind == .brace, take(.command("over")) {
      let bottom = try sum()
      try expect(.close(kind))
      return try made(.product([term, bottom.inverse]))
    }
    guard case .close(let right) = current, right == kind else { throw .unparsed }
    index += 1
    return term
  }
}
