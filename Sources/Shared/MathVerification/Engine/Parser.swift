import BigInt

/// Reads a cleaned formula.
///
/// ```
/// list      = item (("," | ";") item)*                a set, as in 1,2
/// item      = side (relation side)*                   x = 5, 1 < x < 2, x ∈ A
/// side      = operand (("∪" | "∩" | "∖") operand)*
/// operand   = "(" list ")" and the like with a comma in it | sum
/// sum       = product (("+" | "-" | "±") product)*
/// product   = signed (("·" | "/") signed)*            1/2x is 1/(2x): juxtaposition binds closer
/// signed    = ("+" | "-")* juxtaposed
/// juxtaposed = postfix+                               2\frac12 is 5/2, if that is all
/// postfix   = atom ("^" … | "_" … | "!" | "%")*
/// ```
///
/// Brackets nest at most ``Limits/depth`` deep; everything else is a loop.
struct Parser {
  private let tokens: [Token]
  private var index = 0
  private var depth = 0
  private var nodes = 0

  /// Whether `±` is read as `+`, and whether one was met.
  private var plusMinusIsPlus = true
  private var sawPlusMinus = false

  /// The object that `text`, cleaned, stands for.
  static func parse(_ text: Scalars) throws(MathProblem) -> MathObject {
    let joined = withoutThousandsCommas(text)
    let tokens = try Lexer.tokens(of: joined)
    guard !tokens.isEmpty else { throw .unparsed }
    do throws(MathProblem) {
      return try whole(tokens)
    } catch {
      // Of a chain a = b = c that is not understood as a whole, the last part counts.
      let signs = tokens.indices.filter { tokens[$0] == .relation(.equal) }
      guard signs.count > 1, let last = signs.last, !tokens.contains(.comma), !tokens.contains(.semicolon),
        last + 1 < tokens.count
      else { throw error }
      return try whole(Array(tokens[(last + 1)...]))
    }
  }

  private static func whole(_ tokens: [Token]) throws(MathProblem) -> MathObject {
    var parser = Parser(tokens)
    let object = try parser.list(until: nil)
    guard parser.index == parser.tokens.count else { throw .unparsed }
    return object
  }

  private init(_ tokens: [Token]) { self.tokens = tokens }

  /// `1,234,567.8` alone or behind the only `=` without its commas; no other commas part thousands.
  private static func withoutThousandsCommas(_ text: Scalars) -> Scalars {
    let start = (text.lastIndex(of: "=") ?? -1) + 1
    var index = start
    while index < text.count, text[index].isSpace || text[index] == "-" || text[index] == "+" { index += 1 }
    let head = index
    while index < text.count, text[index].isDigit { index += 1 }
    guard index > head, index - head <= 3, text[head] != "0" else { return text }
    var groups = 0
    while text.has([","], at: index), index + 3 < text.count, text[(index + 1)...(index + 3)].allSatisfy(\.isDigit) {
      index += 4
      groups += 1
    }
    guard groups > 0 else { return text }
    var end = index
    if end < text.count, text[end] == "." {
      end += 1
      while end < text.count, text[end].isDigit { end += 1 }
    }
    let rest = text[end...].filter { !$0.isSpace }
    guard rest.isEmpty || rest == ["%"] || rest == ["\\", "%"] || rest == "^\\circ".scalars else { return text }
    return Array(text[..<start]) + text[start...].filter { $0 != "," }
  }

  // MARK: Tokens

  private var current: Token? { index < tokens.count ? tokens[index] : nil }

  private func token(after offset: Int) -> Token? { index + offset < tokens.count ? tokens[index + offset] : nil }

  private mutating func take(_ token: Token) -> Bool {
    guard current == token else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ token: Token) throws(MathProblem) {
    guard take(token) else { throw .unparsed }
  }

  private mutating func enter() throws(MathProblem) {
    depth += 1
    if depth > Limits.depth { throw .tooLarge }
  }

  private mutating func made(_ term: Term) throws(MathProblem) -> Term {
    nodes += 1
    if nodes > Limits.nodes { throw .tooLarge }
    return term
  }

  // MARK: Lists

  /// Items up to `end`, which is not taken; one item is itself, several are a set.
  private mutating func list(until end: Token?) throws(MathProblem) -> MathObject {
    let items = try items(until: end)
    return items.count == 1 ? items[0] : .set(Self.joined(items))
  }

  private mutating func items(until end: Token?) throws(MathProblem) -> [MathObject] {
    var items = [try item()]
    while current == .comma || current == .semicolon {
      index += 1
      items.append(try item())
      if items.count > Limits.nodes { throw .tooLarge }
    }
    guard current == end else { throw .unparsed }
    return Self.shared(items)
  }

  /// `x = 1, 2` means x = {1, 2}: values behind an equation belong to it.
  private static func shared(_ items: [MathObject]) -> [MathObject] {
    guard items.count > 1, case .relation(let sides, let signs) = items[0], signs == [.equal],
      items.dropFirst().allSatisfy({ if case .relation = $0 { false } else { true } })
    else { return items }
    return [.relation([sides[0], .set(joined([sides[1]] + items.dropFirst()))], signs)]
  }

  /// Items with sets among them opened: ±√2, 0 has three.
  private static func joined(_ items: [MathObject]) -> [MathObject] {
    items.flatMap { item -> [MathObject] in
      if case .set(let parts) = item { return parts }
      return [item]
    }
  }

  private mutating func item() throws(MathProblem) -> MathObject {
    if current == .leads || current == .relation(.equal) { index += 1 }
    var sides = [try side()]
    var signs: [MathObject.RelationSign] = []
    while let token = current {
      switch token {
      case .relation(let sign): signs.append(sign)
      case .member: signs.append(.equal)
      case .leads:
        index += 1
        sides = [try side()]
        signs = []
        continue
      default: return Self.relation(sides, signs)
      }
      index += 1
      sides.append(try side())
      if signs.count > 100 { throw .tooLarge }
    }
    return Self.relation(sides, signs)
  }

  private static func relation(_ sides: [MathObject], _ signs: [MathObject.RelationSign]) -> MathObject {
    signs.isEmpty ? sides[0] : .relation(sides, signs)
  }

  // MARK: Sets

  /// An operand, or several with set signs between; with a ± in it, the set of both readings.
  private mutating func side() throws(MathProblem) -> MathObject {
    let start = index
    let outer = (plusMinusIsPlus, sawPlusMinus)
    plusMinusIsPlus = true
    sawPlusMinus = false
    var object = try operand()
    if sawPlusMinus {
      index = start
      plusMinusIsPlus = false
      object = .set([object, try operand()])
    }
    (plusMinusIsPlus, sawPlusMinus) = outer
    while let operation = setOperation(current) {
      index += 1
      object = .combination(operation, object, try operand())
      nodes += 1
      if nodes > Limits.nodes / 20 { throw .tooLarge }
    }
    return object
  }

  private func setOperation(_ token: Token?) -> MathObject.SetOperation? {
    switch token {
    case .union: .union
    case .intersection: .intersection
    case .difference: .difference
    default: nil
    }
  }

  private mutating func operand() throws(MathProblem) -> MathObject {
    if let named = namedSet() { return named }
    if let close = bracketed() { return try enclosed(close) }
    return .term(try sum())
  }

  private mutating func namedSet() -> MathObject? {
    guard case .command(let name) = current else { return nil }
    if let set = Self.namedSets[name] {
      index += 1
      return .named(set)
    }
    guard name == "mathbb" || name == "mathbf" else { return nil }
    let isBraced = token(after: 1) == .open(.brace)
    guard case .letter(let letter) = token(after: isBraced ? 2 : 1), let set = Self.letterSets[letter],
      !isBraced || token(after: 3) == .close(.brace)
    else { return nil }
    index += isBraced ? 4 : 2
    return .named(set)
  }

  private static let namedSets: [String: MathObject.NamedSet] = [
    "emptyset": .empty, "varnothing": .empty, "R": .reals, "Z": .integers, "N": .naturals,
  ]

  private static let letterSets: [Unicode.Scalar: MathObject.NamedSet] = [
    "r": .reals, "z": .integers, "n": .naturals, "q": .rationals, "c": .complexes,
  ]

  /// The index of the closing bracket, if an opening one stands here and what it encloses is a list or a set
  /// rather than a number in brackets.
  private func bracketed() -> Int? {
    guard case .open(let kind) = current, kind == .round || kind == .square || kind == .set || kind == .angle || kind == .brace
    else { return nil }
    var level = 0
    var hasComma = false
    for place in index..<tokens.count {
      switch tokens[place] {
      case .open: level += 1
      case .comma, .semicolon: if level == 1 { hasComma = true }
      case .close:
        level -= 1
        guard level == 0 else { continue }
        let isSet = kind == .set
        // What goes on as a formula, as (1,2)! or \{x\}^2 would, is none of these.
        return hasComma || isSet || holdsObject(in: (index + 1)..<place) ? place : nil
      default: break
      }
    }
    return nil
  }

  /// Whether an enclosed list without a comma is itself a set or a relation: ((1,2)), (x=1).
  private func holdsObject(in range: Range<Int>) -> Bool {
    guard let first = range.first else { return false }
    if case .open(let kind) = tokens[first], kind == .set { return true }
    for place in range {
      switch tokens[place] {
      case .comma, .semicolon, .relation, .union, .intersection, .member: return true
      default: break
      }
    }
    return false
  }

  /// What the brackets up to `close` enclose.
  private mutating func enclosed(_ close: Int) throws(MathProblem) -> MathObject {
    try enter()
    defer { depth -= 1 }
    guard case .open(let left) = current, case .close(let right) = tokens[close] else { throw .unparsed }
    index += 1
    if index == close {
      index += 1
      guard left == .set else { throw .unparsed }
      return .named(.empty)
    }
    let items = try items(until: .close(right))
    index += 1
    switch (left, right) {
    case (.set, .set): return .set(items)
    case (.brace, .brace): return items.count == 1 ? items[0] : .set(Self.joined(items))
    case (.angle, .angle): return .tuple(items)
    case (.round, .round), (.round, .square), (.square, .round), (.square, .square):
      return Self.tuple(items, isLowerOpen: left == .round, isUpperOpen: right == .round)
    default: throw .unparsed
    }
  }

  /// Two numbers are an interval, others a tuple, one is itself.
  private static func tuple(_ items: [MathObject], isLowerOpen: Bool, isUpperOpen: Bool) -> MathObject {
    if items.count == 1, isLowerOpen == isUpperOpen { return items[0] }
    if items.count == 2, case .term(let lower) = items[0], case .term(let upper) = items[1] {
      return .interval(
        MathObject.Interval(lower: lower, upper: upper, isLowerOpen: isLowerOpen, isUpperOpen: isUpperOpen))
    }
    return .tuple(items)
  }

  // MARK: Sums and products

  private mutating func sum() throws(MathProblem) -> Term {
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

  private mutating func finished(_ parts: [Term]) throws(MathProblem) -> Term {
    parts.count == 1 ? parts[0] : try made(.sum(parts))
  }

  /// Whether a ± or ∓ is read as plus.
  private mutating func plusMinus(_ token: Token) -> Bool {
    sawPlusMinus = true
    return (token == .plusMinus) == plusMinusIsPlus
  }

  private mutating func product(plusMinusFirst: Bool = false, insideFunction: Bool = false) throws(MathProblem) -> Term {
    var factors = [try signed(allowsPlusMinus: plusMinusFirst, insideFunction: insideFunction)]
    while let token = current {
      if insideFunction, case .command(let name)? = self.token(after: 1), Self.functions[name] != nil { break }
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
        factors = [try made(.function(.remainder, [factors.count == 1 ? factors[0] : .product(factors), divisor]))]
      default: return factors.count == 1 ? factors[0] : try made(.product(factors))
      }
      nodes += 1
      if nodes > Limits.nodes { throw .tooLarge }
    }
    return factors.count == 1 ? factors[0] : try made(.product(factors))
  }

  private mutating func signed(allowsPlusMinus: Bool = false, insideFunction: Bool = false) throws(MathProblem) -> Term {
    var isNegative = false
    while let token = current {
      if token == .minus {
        isNegative.toggle()
      } else if (token == .plusMinus || token == .minusPlus), allowsPlusMinus {
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
  private mutating func juxtaposed(insideFunction: Bool) throws(MathProblem) -> Term {
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
  private mutating func mixedNumber(_ factors: [Term], _ places: [Int]) throws(MathProblem) -> Term? {
    guard factors.count == 2, places[1] == places[0] + 1, case .number(let whole, false) = factors[0], whole.isInteger,
      tokens[places[1]] == .command("frac")
    else { return nil }
    if case .percent(let part) = factors[1], case .product(let parts) = part, Self.isFraction(parts) {
      return .percent(try made(.sum([factors[0], part])))
    }
    guard case .product(let parts) = factors[1], Self.isFraction(parts) else { return nil }
    return try made(.sum(factors))
  }

  private static func isFraction(_ parts: [Term]) -> Bool {
    guard parts.count == 2, case .number(let top, false) = parts[0], case .power(let bottom, .minusOne) = parts[1],
      case .number(let value, false) = bottom
    else { return false }
    return top.isInteger && value.isInteger && !top.isNegative && !value.isNegative && !value.isZero
  }

  private func startsFactor(insideFunction: Bool) -> Bool {
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

  /// How many `|` are open; a bar inside closes the innermost.
  private var openBars = 0

  private var isOpeningBar: Bool { openBars == 0 }

  // MARK: Postfixes

  private mutating func postfix() throws(MathProblem) -> Term {
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
  private mutating func raised(_ term: Term) throws(MathProblem) -> Term {
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
  private mutating func argument() throws(MathProblem) -> Term {
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
  private mutating func grouped() throws(MathProblem) -> Term {
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

  // MARK: Atoms

  private mutating func atom() throws(MathProblem) -> Term {
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

  private mutating func between(_ end: Token, _ function: Term.Function) throws(MathProblem) -> Term {
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
  private mutating func absoluteValue() throws(MathProblem) -> Term {
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
  private mutating func barSum() throws(MathProblem) -> Term {
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

  private static func name(_ letter: Unicode.Scalar) -> Term {
    switch letter {
    case "e": .constant(.e)
    case "i": .constant(.i)
    default: .symbol(String(letter))
    }
  }

  private mutating func letterTerm(_ letter: Unicode.Scalar) throws(MathProblem) -> Term {
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

  private static let functionLetters: Set<Unicode.Scalar> = ["f", "g", "h", "p"]

  /// The names or numbers in the parentheses that follow, if they hold nothing else: f(x), P(3,4).
  private mutating func simpleArguments() -> [Term]? {
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
  private mutating func indexed(_ name: String) throws(MathProblem) -> Term? {
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

  private static func spelled(_ tokens: ArraySlice<Token>, separator: String = "") -> String {
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
  private mutating func textTerm(_ text: String) throws(MathProblem) -> Term {
    if let function = Self.functions[text.lowercased()] { return try functionTerm(function, text.lowercased()) }
    var scalars = text.scalars.trimmed
    while scalars.count > 2, scalars.first == "(", scalars.last == ")" { scalars = scalars.dropFirst().dropLast().trimmed }
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

  // MARK: Commands

  private mutating func command(_ name: String) throws(MathProblem) -> Term {
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

  private static let symbols: Set = [
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "rho", "varrho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "angle", "triangle", "ell",
    "hbar", "square", "star", "circ", "degree", "parallel", "perp",
  ]

  /// A fraction's part: a group, or the next digit or sign, as TeX reads \frac12.
  private mutating func fractionArgument() throws(MathProblem) -> Term {
    if current == .open(.brace) { return try grouped() }
    if case .number(let value, false) = current, value.isInteger { return try firstDigit(value) }
    return try argument()
  }

  /// The leading digit of a number, whose rest stays for what follows.
  private mutating func firstDigit(_ value: Rational) throws(MathProblem) -> Term {
    let digits = value.numerator.description
    guard digits.count > 1 else {
      index += 1
      return try made(.number(value, isDecimal: false))
    }
    guard let head = BigInt(String(digits.prefix(1))), let rest = BigInt(String(digits.dropFirst())) else { throw .unparsed }
    var changed = tokens
    changed.replaceSubrange(
      index...index, with: [.number(Rational(head), isDecimal: false), .number(Rational(rest), isDecimal: false)])
    if splits > 40 { throw .tooLarge }
    self = Parser(changed, like: self)
    index += 1
    return try made(.number(Rational(head), isDecimal: false))
  }

  /// How often a number was split.
  private var splits = 0

  private init(_ tokens: [Token], like other: Parser) {
    self.tokens = tokens
    index = other.index
    depth = other.depth
    nodes = other.nodes
    plusMinusIsPlus = other.plusMinusIsPlus
    sawPlusMinus = other.sawPlusMinus
    openBars = other.openBars
    splits = other.splits + 1
  }

  private mutating func root() throws(MathProblem) -> Term {
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

  private mutating func decorated(_ name: String) throws(MathProblem) -> Term {
    let start = index
    _ = try argument()
    return try made(.symbol("\(name){\(Self.spelled(tokens[start..<index]))}"))
  }

  /// A sum or product over whole numbers, written out.
  private mutating func series(isSum: Bool) throws(MathProblem) -> Term {
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
      let through = last.integer, through >= from, through - from < 200, (through - from + 1) * body.size <= Limits.nodes
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
    "asin": .arcSine, "acos": .arcCosine, "atan": .arcTangent, "sinh": .hyperbolicSine, "cosh": .hyperbolicCosine,
    "tanh": .hyperbolicTangent, "log": .logarithm, "ln": .logarithm, "lg": .logarithm, "exp": .named("exp"),
    "max": .maximum, "min": .minimum, "gcd": .greatestCommonDivisor, "lcm": .leastCommonMultiple, "det": .determinant,
    "floor": .floor, "ceil": .ceiling,
  ]

  private static let inverses: [Term.Function: Term.Function] = [
    .sine: .arcSine, .cosine: .arcCosine, .tangent: .arcTangent, .cotangent: .arcCotangent,
  ]

  private mutating func functionTerm(_ function: Term.Function, _ name: String) throws(MathProblem) -> Term {
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
  private mutating func logarithmBase() throws(MathProblem) -> Term {
    if case .number(let value, false) = current, value.isInteger { return try firstDigit(value) }
    return try argument()
  }

  /// What a function is taken of: the list in parentheses, or else the product that follows, up to the next
  /// function.
  private mutating func functionArguments() throws(MathProblem) -> [Term] {
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

  private mutating func matrix(_ environment: String) throws(MathProblem) -> Term {
    try enter()
    defer { depth -= 1 }
    guard ["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "smallmatrix", "array"].contains(environment)
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
    case .function(let function, let parts): return .function(function, parts.map { $0.replacing(name, by: value) })
    case .percent(let part): return .percent(part.replacing(name, by: value))
    case .matrix(let rows): return .matrix(rows.map { $0.map { $0.replacing(name, by: value) } })
    }
  }
}
