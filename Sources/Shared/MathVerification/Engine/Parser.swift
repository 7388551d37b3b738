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
  let tokens: [Token]
  var index = 0
  var depth = 0
  var nodes = 0

  /// Whether `±` is read as `+`, and whether one was met.
  var plusMinusIsPlus = true
  var sawPlusMinus = false

  /// How many `|` are open; a bar inside closes the innermost.
  var openBars = 0

  /// How often a number was split.
  var splits = 0

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

  static func whole(_ tokens: [Token]) throws(MathProblem) -> MathObject {
    var parser = Parser(tokens)
    let object = try parser.list(until: nil)
    guard parser.index == parser.tokens.count else { throw .unparsed }
    return object
  }

  init(_ tokens: [Token]) { self.tokens = tokens }

  /// `1,234,567.8` alone or behind the only `=` without its commas; no other commas part thousands.
  static func withoutThousandsCommas(_ text: Scalars) -> Scalars {
    let start = (text.lastIndex(of: "=") ?? -1) + 1
    var index = start
    while index < text.count, text[index].isSpace || text[index] == "-" || text[index] == "+" { index += 1 }
    let head = index
    while index < text.count, text[index].isDigit { index += 1 }
    guard index > head, index - head <= 3, text[head] != "0" else { return text }
    var groups = 0
    while text.has([","], at: index), index + 3 < text.count,
      text[(index + 1)...(index + 3)].allSatisfy(\.isDigit)
    {
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
    guard rest.isEmpty || rest == ["%"] || rest == ["\\", "%"] || rest == "^\\circ".scalars else {
      return text
    }
    return Array(text[..<start]) + text[start...].filter { $0 != "," }
  }

  // MARK: Tokens

  var current: Token? { index < tokens.count ? tokens[index] : nil }

  func token(after offset: Int) -> Token? {
    index + offset < tokens.count ? tokens[index + offset] : nil
  }

  mutating func take(_ token: Token) -> Bool {
    guard current == token else { return false }
    index += 1
    return true
  }

  mutating func expect(_ token: Token) throws(MathProblem) {
    guard take(token) else { throw .unparsed }
  }

  mutating func enter() throws(MathProblem) {
    depth += 1
    if depth > Limits.depth { throw .tooLarge }
  }

  mutating func made(_ term: Term) throws(MathProblem) -> Term {
    nodes += 1
    if nodes > Limits.nodes { throw .tooLarge }
    return term
  }

  // MARK: Lists

  /// Items up to `end`, which is not taken; one item is itself, several are a set.
  mutating func list(until end: Token?) throws(MathProblem) -> MathObject {
    let items = try items(until: end)
    return items.count == 1 ? items[0] : .set(Self.joined(items))
  }

  mutating func items(until end: Token?) throws(MathProblem) -> [MathObject] {
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
  static func shared(_ items: [MathObject]) -> [MathObject] {
    guard items.count > 1, case .relation(let sides, let signs) = items[0], signs == [.equal],
      items.dropFirst().allSatisfy({ if case .relation = $0 { false } else { true } })
    else { return items }
    return [.relation([sides[0], .set(joined([sides[1]] + items.dropFirst()))], signs)]
  }

  /// Items with sets among them opened: ±√2, 0 has three.
  static func joined(_ items: [MathObject]) -> [MathObject] {
    items.flatMap { item -> [MathObject] in
      if case .set(let parts) = item { return parts }
      return [item]
    }
  }

  mutating func item() throws(MathProblem) -> MathObject {
    if current == .leads || current == .approximates || current == .relation(.equal) { index += 1 }
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
      case .approximates:
        index += 1
        let value = try side()
        if signs.isEmpty, Comparison.isNames(sides[0]) { sides = [value] }
        continue
      default: return Self.relation(sides, signs)
      }
      index += 1
      sides.append(try side())
      if signs.count > 100 { throw .tooLarge }
    }
    return Self.relation(sides, signs)
  }

  static func relation(_ sides: [MathObject], _ signs: [MathObject.RelationSign]) -> MathObject {
    signs.isEmpty ? sides[0] : .relation(sides, signs)
  }

  // MARK: Sets

  /// An operand, or several with set signs between; with a ± in it, the set of both readings.
  mutating func side() throws(MathProblem) -> MathObject {
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

  func setOperation(_ token: Token?) -> MathObject.SetOperation? {
    switch token {
    case .union: .union
    case .intersection: .intersection
    case .difference: .difference
    default: nil
    }
  }

  mutating func operand() throws(MathProblem) -> MathObject {
    if let named = namedSet() { return named }
    if let close = bracketed() { return try enclosed(close) }
    return .term(try sum())
  }

  mutating func namedSet() -> MathObject? {
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

  static let namedSets: [String: MathObject.NamedSet] = [
    "emptyset": .empty, "varnothing": .empty, "R": .reals, "Z": .integers, "N": .naturals,
  ]

  static let letterSets: [Unicode.Scalar: MathObject.NamedSet] = [
    "r": .reals, "z": .integers, "n": .naturals, "q": .rationals, "c": .complexes,
  ]

  /// The index of the closing bracket, if an opening one stands here and what it encloses is a list or a set
  /// rather than a number in brackets.
  func bracketed() -> Int? {
    guard case .open(let kind) = current,
      kind == .round || kind == .square || kind == .set || kind == .angle || kind == .brace
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
  func holdsObject(in range: Range<Int>) -> Bool {
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
  mutating func enclosed(_ close: Int) throws(MathProblem) -> MathObject {
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
    case (.set, .set): return .set(items.count == 1 ? Self.joined(items) : items)
    case (.brace, .brace): return items.count == 1 ? items[0] : .set(Self.joined(items))
    case (.angle, .angle): return .tuple(items)
    case (.round, .round), (.round, .square), (.square, .round), (.square, .square):
      return Self.tuple(items, isLowerOpen: left == .round, isUpperOpen: right == .round)
    default: throw .unparsed
    }
  }

  /// Two numbers are an interval, others a tuple, one is itself.
  static func tuple(_ items: [MathObject], isLowerOpen: Bool, isUpperOpen: Bool) -> MathObject {
    if items.count == 1, isLowerOpen == isUpperOpen { return items[0] }
    if items.count == 2, case .term(let lower) = items[0], case .term(let upper) = items[1] {
      return .interval(
        MathObject.Interval(lower: lower, upper: upper, isLowerOpen: isLowerOpen, isUpperOpen: isUpperOpen))
    }
    return .tuple(items)
  }
}
