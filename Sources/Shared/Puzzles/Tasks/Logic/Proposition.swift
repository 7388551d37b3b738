/// A formula of propositional logic over the variables A to Z.
///
/// `¬` binds more tightly than `∧`, then `∨`, `→`, `↔`; all but `¬` group from the left. `! ~ & | -> <->` are
/// read as well.
indirect enum Proposition {
  case variable(Int)
  case not(Proposition)
  case joined(Sign, Proposition, Proposition)

  /// What joins two formulas, the loosest first.
  enum Sign: Int, CaseIterable {
    case iff
    case implies
    case or
    case and

    var symbol: String {
      switch self {
      case .iff: "↔"
      case .implies: "→"
      case .or: "∨"
      case .and: "∧"
      }
    }
  }

  /// Whether it is true when just the variables of `assignment`, bit 0 for A, are.
  func holds(_ assignment: Int) -> Bool {
    switch self {
    case .variable(let index): assignment & 1 << index != 0
    case .not(let part): !part.holds(assignment)
    case .joined(.iff, let a, let b): a.holds(assignment) == b.holds(assignment)
    case .joined(.implies, let a, let b): !a.holds(assignment) || b.holds(assignment)
    case .joined(.or, let a, let b): a.holds(assignment) || b.holds(assignment)
    case .joined(.and, let a, let b): a.holds(assignment) && b.holds(assignment)
    }
  }

  /// Its variables as bits.
  var variables: Int {
    switch self {
    case .variable(let index): 1 << index
    case .not(let part): part.variables
    case .joined(_, let a, let b): a.variables | b.variables
    }
  }

  var text: String {
    switch self {
    case .variable(let index): String(UnicodeScalar(UInt8(65 + index)))
    case .not(let part): "¬\(part.text)"
    case .joined(let sign, let a, let b): "(\(a.text) \(sign.symbol) \(b.text))"
    }
  }

  /// The assignments of the variables in `mask`.
  static func assignments(of mask: Int) -> [Int] {
    let bits = (0..<26).filter { mask & 1 << $0 != 0 }
    return (0..<1 << bits.count).map { number in
      bits.indices.reduce(0) { number & 1 << $1 != 0 ? $0 | 1 << bits[$1] : $0 }
    }
  }

  /// The formula that `text` writes; nil if it writes none, has more than 2000 signs or nests deeper than 60.
  init?(_ text: AnswerText) {
    guard let tokens = Reader.tokens(text), tokens.count <= 2000 else { return nil }
    var reader = Reader(rest: tokens[...])
    guard let formula = reader.formula(.iff, depth: 0), reader.rest.isEmpty else { return nil }
    self = formula
  }

  private enum Token: Equatable {
    case variable(Int)
    case not
    case sign(Sign)
    case open
    case close
  }

  private struct Reader {
    var rest: ArraySlice<Token>

    static func tokens(_ text: AnswerText) -> [Token]? {
      var (tokens, rest) = ([Token](), text.scalars[...])
      while let scalar = rest.popFirst() {
        switch scalar {
        case _ where AnswerText.isSpace(scalar): break
        case "A"..."Z": tokens.append(.variable(Int(scalar.value) - 65))
        case "¬", "!", "~": tokens.append(.not)
        case "∧", "&": tokens.append(.sign(.and))
        case "∨", "|": tokens.append(.sign(.or))
        case "→": tokens.append(.sign(.implies))
        case "↔": tokens.append(.sign(.iff))
        case "-" where rest.first == ">":
          rest.removeFirst()
          tokens.append(.sign(.implies))
        case "<" where rest.starts(with: "->".unicodeScalars):
          rest = rest.dropFirst(2)
          tokens.append(.sign(.iff))
        case "(": tokens.append(.open)
        case ")": tokens.append(.close)
        default: return nil
        }
      }
      return tokens
    }

    /// Formulas joined by `sign`, grouped from the left, each of tighter signs.
    mutating func formula(_ sign: Sign, depth: Int) -> Proposition? {
      let tighter = Sign(rawValue: sign.rawValue + 1)
      func part(_ reader: inout Reader) -> Proposition? {
        tighter.map { reader.formula($0, depth: depth) } ?? reader.atom(depth: depth)
      }
      guard var left = part(&self) else { return nil }
      while rest.first == .sign(sign) {
        rest.removeFirst()
        guard let right = part(&self) else { return nil }
        left = .joined(sign, left, right)
      }
      return left
    }

    mutating func atom(depth: Int) -> Proposition? {
      var isNegated = false
      while rest.first == .not {
        rest.removeFirst()
        isNegated.toggle()
      }
      var atom: Proposition?
      switch rest.popFirst() {
      case .variable(let index): atom = .variable(index)
      case .open where depth < 60:
        atom = formula(.iff, depth: depth + 1)
        guard rest.popFirst() == .close else { return nil }
      default: return nil
      }
      return isNegated ? atom.map(Proposition.not) : atom
    }
  }
}
