import BigInt

/// Numbers, names, brackets and bars.
extension Parser {
  // MARK: Atoms

  mutating func atom() throws(MathProblem) -> Term {
    switch current {
    case .number(let value, let isDecimal):
      index += 1
      return try made(.number(value, isDecimal: isDecimal))
    case .letter(let letter): return try letterTerm(letter)
    case .text(let text):
      index += 1
      return try textTerm(text)
    case .command(let name):
      index += 1
      return try command(name)
    case .open(.round), .open(.square), .open(.brace): return try grouped()
    case .open(.absolute): return try between(.close(.absolute), .absolute)
    case .open(.floor): return try between(.close(.floor), .floor)
    case .open(.ceiling): return try between(.close(.ceiling), .ceiling)
    case .bar where isOpeningBar: return try absoluteValue()
    case .begin(let environment): return try matrix(environment)
    default: throw .unparsed
    }
  }

  mutating func between(_ end: Token, _ function: Term.Function) throws(MathProblem) -> Term {
    try enter()
    defer { depth -= 1 }
    index += 1
    let bars = openBars
    openBars = 0
    let term = try sum()
    openBars = bars
    try expect(end)
    return try made(.function(function, [term]))
  }

  /// `|…|`; a bar where a factor must stand opens another.
  mutating func absoluteValue() throws(MathProblem) -> Term {
    try enter()
    defer { depth -= 1 }
    index += 1
    let bars = openBars
    // A bar right here, or behind a sign, can only open.
    openBars = current == .bar ? 0 : bars + 1
    defer { openBars = bars }
    let term = try barSum()
    try expect(.bar)
    return try made(.function(.absolute, [term]))
  }

  /// A sum in which a bar behind an operator opens.
  mutating func barSum() throws(MathProblem) -> Term {
    var parts: [Term] = []
    repeat {
      var isNegative = false
      while current == .minus || current == .plus {
        if current == .minus { isNegative.toggle() }
        index += 1
      }
      var part: Term
      if current == .bar {
        let bars = openBars
        openBars = 0
        part = try absoluteValue()
        openBars = bars
      } else {
        part = try product()
      }
      if isNegative { part = part.negated }
      parts.append(part)
      if parts.count > Limits.nodes { throw .tooLarge }
    } while current == .plus || current == .minus
    return try finished(parts)
  }

  // MARK: Names

  static func name(_ letter: Unicode.Scalar) -> Term {
    switch letter {
    case "e": .constant(.e)
    case "i": .constant(.i)
    default: .symbol(String(letter))
    }
  }

  mutating func letterTerm(_ letter: Unicode.Scalar) throws(MathProblem) -> Term {
    index += 1
    if let subscripted = try indexed(String(letter)) { return subscripted }
    if current == .open(.round) {
      let place = index
      if let arguments = simpleArguments(), arguments.count > 1 || Self.functionLetters.contains(letter) {
        return try made(.function(.named(String(letter)), arguments))
      }
      index = place
    }
    return try made(Self.name(letter))
  }

  static let functionLetters: Set<Unicode.Scalar> = ["f", "g", "h", "p"]

  /// The names or numbers in the parentheses that follow, if they hold nothing else: f(x), P(3,4).
  mutating func simpleArguments() -> [Term]? {
    var arguments: [Term] = []
    var place = index + 1
    while place + 1 < tokens.count {
      switch tokens[place] {
      case .number(let value, let isDecimal): arguments.append(.number(value, isDecimal: isDecimal))
      case .letter(let letter): arguments.append(Self.name(letter))
      default: return nil
      }
      place += 1
      if tokens[place] == .close(.round) {
        index = place + 1
        return arguments
      }
      guard tokens[place] == .comma else { return nil }
      place += 1
    }
    return nil
  }

  /// A name with the index that follows it: x_1, a_{n+1}.
  mutating func indexed(_ name: String) throws(MathProblem) -> Term? {
    var place = index
    var power: Range<Int>?
    // `x^2_1` is x_1^2.
    if token(after: 0) == .caret, case .number = token(after: 1), token(after: 2) == .underscore {
      power = index..<(index + 2)
      place = index + 2
    }
    guard place < tokens.count, tokens[place] == .underscore else { return nil }
    index = place + 1
    let start = index
    if current == .open(.brace) {
      var level = 0
      while let token = current {
        if case .open = token { level += 1 }
        if case .close = token { level -= 1 }
        index += 1
        if level == 0 { break }
      }
      guard level == 0 else { throw .unparsed }
    } else {
      guard current != nil else { throw .unparsed }
      index += 1
    }
    let symbol = Term.symbol("\(name)_\(Self.spelled(tokens[start..<index]))")
    if let power, case .number(let value, let isDecimal) = tokens[power.lowerBound + 1] {
      return try made(.power(symbol, .number(value, isDecimal: isDecimal)))
    }
    return try made(symbol)
  }

  static func spelled(_ tokens: ArraySlice<Token>, separator: String = "") -> String {
    var result = ""
    for token in tokens.prefix(60) {
      if !result.isEmpty { result += separator }
      switch token {
      case .number(let value, _):
        result += value.isInteger ? value.numerator.description : "\(value.numerator)/\(value.denominator)"
      case .letter(let letter): result += String(letter)
      case .command(let name): result += "\\\(name)"
      case .text(let text): result += text.lowercased()
      case .open(.brace), .close(.brace): break
      default: result += "\(token)"
      }
    }
    return result
  }

  /// `\text{…}`: a number or a choice letter is read as such, anything else is a word.
  mutating func textTerm(_ text: String) throws(MathProblem) -> Term {
    if let function = Self.functions[text.lowercased()] {
      return try functionTerm(function, text.lowercased())
    }
    var scalars = text.scalars.trimmed
    while scalars.count > 2, scalars.first == "(", scalars.last == ")" {
      scalars = scalars.dropFirst().dropLast().trimmed
    }
    if scalars.contains(where: \.isDigit) {
      var inner = Parser(try Lexer.tokens(of: Units.removed(from: scalars)))
      let term = try inner.sum()
      guard inner.index == inner.tokens.count else { throw .unparsed }
      return try made(term)
    }
    let word = scalars.filter { !$0.isSpace }.map(\.lowercase)
    guard !word.isEmpty else { throw .unparsed }
    return try made(word.count == 1 && word[0].isLetter ? Self.name(word[0]) : .symbol(String(word)))
  }
}
