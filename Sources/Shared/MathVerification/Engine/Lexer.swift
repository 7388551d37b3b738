import BigInt

/// One sign of a formula.
enum Token: Hashable {
  /// A number as written. `digits` holds it as text.
  case number(Rational, isDecimal: Bool)
  case letter(Unicode.Scalar)
  /// A command's name without its backslash.
  case command(String)
  /// What `\text{…}` holds.
  case text(String)
  case open(Bracket)
  case close(Bracket)
  case bar
  case comma
  case semicolon
  case plus
  case minus
  case plusMinus
  case minusPlus
  case times
  case divide
  case caret
  case underscore
  case bang
  case percent
  case relation(MathObject.RelationSign)
  /// `\in`.
  case member
  /// Signs whose left side is only an introduction: `\to`, `\Rightarrow`.
  case leads
  /// `\approx`, whose left side counts unless it is a name.
  case approximates
  case union
  case intersection
  case difference
  case ampersand
  case newRow
  case begin(String)
  case end(String)

  enum Bracket: Hashable {
    case round
    case square
    /// `{` of LaTeX's grouping.
    case brace
    /// `\{`.
    case set
    case absolute
    case floor
    case ceiling
    case angle
  }
}

/// Cuts a cleaned formula into tokens.
struct Lexer {
  private let text: Scalars
  private var index = 0
  private var tokens: [Token] = []

  /// The tokens of `text`; throws ``MathProblem/unparsed`` at what no formula holds.
  static func tokens(of text: Scalars) throws(MathProblem) -> [Token] {
    guard text.count <= Limits.characters else { throw .tooLarge }
    var lexer = Lexer(text)
    return try lexer.run()
  }

  private init(_ text: Scalars) { self.text = text }

  private mutating func run() throws(MathProblem) -> [Token] {
    while index < text.count {
      if tokens.count >= Limits.tokens { throw .tooLarge }
      let scalar = text[index]
      if scalar.isSpace || scalar == "~" {
        index += 1
      } else if scalar.isDigit || (scalar == "." && index + 1 < text.count && text[index + 1].isDigit) {
        try number()
      } else if scalar == "\\" {
        try command()
      } else if scalar.isLetter {
        letters()
      } else {
        try sign(scalar)
      }
    }
    return tokens
  }

  // MARK: Signs

  private mutating func sign(_ scalar: Unicode.Scalar) throws(MathProblem) {
    let next = index + 1 < text.count ? text[index + 1] : " "
    index += 1
    switch (scalar, next) {
    case ("*", "*"):
      index += 1
      tokens.append(.caret)
    case ("<", "="), (">", "="), ("!", "="), ("=", "="):
      index += 1
      tokens.append(
        .relation(
          scalar == "<" ? .lessOrEqual : scalar == ">" ? .greaterOrEqual : scalar == "!" ? .notEqual : .equal)
      )
    default:
      guard let token = Self.signs[scalar] else { throw .unparsed }
      tokens.append(token)
    }
  }

  private static let signs: [Unicode.Scalar: Token] = [
    "(": .open(.round), ")": .close(.round), "[": .open(.square), "]": .close(.square), "{": .open(.brace),
    "}": .close(.brace), "|": .bar, ",": .comma, ";": .semicolon, "+": .plus, "-": .minus, "*": .times,
    "/": .divide,
    ":": .divide, "^": .caret, "_": .underscore, "!": .bang, "%": .percent, "=": .relation(.equal),
    "<": .relation(.less), ">": .relation(.greater), "&": .ampersand, "×": .times, "÷": .divide,
  ]

  // MARK: Numbers

  /// `12`, `12.5`, `.5`, `12.`, `0.\overline{3}`, `1.2E5`, `1\,000`, `1 000`.
  private mutating func number() throws(MathProblem) {
    var whole = digits()
    while let group = thousandsGroup(after: whole.count) {
      whole += text[group..<(group + 3)]
      index = group + 3
    }
    var fraction = Scalars()
    var isDecimal = false
    if index < text.count, text[index] == "." {
      isDecimal = true
      index += 1
      fraction = digits()
    }
    let repeated = isDecimal ? repeatedDigits() : []
    guard whole.count + fraction.count + repeated.count <= Limits.digits,
      whole.count + fraction.count > 0 || !repeated.isEmpty
    else { throw .tooLarge }
    // `1.2.3` and `1..2` are no numbers.
    if index < text.count, text[index] == "." { throw .unparsed }
    guard let top = BigInt(String(whole + fraction + ["0"])) else { throw .unparsed }
    var value = Rational(top / 10, BigInt(10).power(fraction.count))
    if !repeated.isEmpty, let period = BigInt(String(repeated)) {
      value =
        value + Rational(period, (BigInt(10).power(repeated.count) - 1) * BigInt(10).power(fraction.count))
      isDecimal = false
    }
    if let exponent = scientificExponent() {
      guard abs(exponent) <= Limits.digits else { throw .tooLarge }
      let scale = Rational(BigInt(10).power(abs(exponent)))
      value = exponent < 0 ? value / scale : value * scale
    }
    tokens.append(.number(value, isDecimal: isDecimal))
  }

  private mutating func digits() -> Scalars {
    let start = index
    while index < text.count, text[index].isDigit { index += 1 }
    return Array(text[start..<index])
  }

  /// Where three digits begin that a thin or plain blank parts from at most three before them.
  private func thousandsGroup(after length: Int) -> Int? {
    var start = index
    if text.has("\\,".scalars, at: index) || text.has("\\ ".scalars, at: index) {
      start = index + 2
    } else if index < text.count, text[index] == " " {
      start = index + 1
    } else {
      return nil
    }
    guard start + 2 < text.count, text[start].isDigit, text[start + 1].isDigit, text[start + 2].isDigit,
      start + 3 == text.count || !text[start + 3].isDigit
    else { return nil }
    return length <= 3 || isGrouped(length) ? start : nil
  }

  /// Whether the digits before are groups of three already.
  private func isGrouped(_ length: Int) -> Bool {
    index >= 4 && length > 3 && !text[index - 4].isDigit
  }

  /// The period in `\overline{…}`, `\bar{…}` or `\dot{…}` right behind a decimal point's digits.
  private mutating func repeatedDigits() -> Scalars {
    for mark in Self.periods where text.has(mark, at: index) {
      guard let close = text.closingBrace(of: index + mark.count - 1) else { return [] }
      let period = Array(text[(index + mark.count)..<close])
      guard !period.isEmpty, period.allSatisfy(\.isDigit) else { return [] }
      index = close + 1
      return period
    }
    return []
  }

  private static let periods = ["\\overline{", "\\bar{", "\\dot{"].map(\.scalars)

  /// The exponent in `1E5`; a small e is Euler's number.
  private mutating func scientificExponent() -> Int? {
    guard index + 1 < text.count, text[index] == "E" else { return nil }
    var place = index + 1
    var isNegative = false
    if text[place] == "+" || text[place] == "-" {
      isNegative = text[place] == "-"
      place += 1
    }
    let start = place
    while place < text.count, text[place].isDigit { place += 1 }
    guard place > start else { return nil }
    let value = place - start > 6 ? 1_000_000 : Int(String(text[start..<place])) ?? 0
    index = place
    return isNegative ? -value : value
  }

  // MARK: Letters

  /// Letters are names of their own, but for a few words.
  private mutating func letters() {
    let start = index
    while index < text.count, text[index].isLetter { index += 1 }
    let run = Array(text[start..<index])
    let word = String(run.map(\.lowercase))
    if word == "sqrt" || word == "pi" || word == "infty" {
      tokens.append(.command(word))
    } else if word == "nan" {
      tokens.append(.text(word))
    } else {
      tokens += run.map { .letter($0.lowercase) }
    }
  }

  // MARK: Commands

  private mutating func command() throws(MathProblem) {
    guard index + 1 < text.count else { throw .unparsed }
    let next = text[index + 1]
    guard next.isLetter else {
      index += 2
      return try escaped(next)
    }
    let start = index + 1
    index = start
    while index < text.count, text[index].isLetter { index += 1 }
    let name = String(text[start..<index])
    if let token = Self.commands[name] {
      tokens.append(token)
    } else if Self.texts.contains(name) {
      tokens.append(.text(try group()))
    } else if name == "begin" || name == "end" {
      let environment = try group()
      tokens.append(name == "begin" ? .begin(environment) : .end(environment))
    } else if !Self.silent.contains(name) {
      tokens.append(.command(name))
    }
  }

  private mutating func escaped(_ scalar: Unicode.Scalar) throws(MathProblem) {
    switch scalar {
    case "{": tokens.append(.open(.set))
    case "}": tokens.append(.close(.set))
    case "%": tokens.append(.percent)
    case "|": tokens.append(.bar)
    case "\\": tokens.append(.newRow)
    case ",", ";", ":", "!", " ", "$": break
    default: if !scalar.isSpace { throw .unparsed }
    }
  }

  /// The text between the braces that follow.
  private mutating func group() throws(MathProblem) -> String {
    while index < text.count, text[index].isSpace { index += 1 }
    guard index < text.count, text[index] == "{", let close = text.closingBrace(of: index) else {
      throw .unparsed
    }
    defer { index = close + 1 }
    return String(text[(index + 1)..<close].trimmed)
  }

  private static let texts: Set = ["text", "mbox", "operatorname", "mathsf", "mathtt", "mathcal", "textsf"]

  private static let silent: Set = [
    "quad", "qquad", "displaystyle", "textstyle", "therefore", "thinspace", "limits", "nolimits", "hspace",
    "left",
    "right", "rm", "bf", "it", "boldsymbol", "mathbf", "pmb",
  ]

  private static let commands: [String: Token] = [
    "cdot": .times, "times": .times, "ast": .times, "div": .divide, "pm": .plusMinus, "mp": .minusPlus,
    "lt": .relation(.less), "gt": .relation(.greater), "le": .relation(.lessOrEqual),
    "leq": .relation(.lessOrEqual),
    "leqslant": .relation(.lessOrEqual), "ge": .relation(.greaterOrEqual), "geq": .relation(.greaterOrEqual),
    "geqslant": .relation(.greaterOrEqual), "ne": .relation(.notEqual), "neq": .relation(.notEqual),
    "in": .member, "equiv": .relation(.equal), "sim": .leads,
    "approx": .approximates, "to": .leads, "rightarrow": .leads, "Rightarrow": .leads, "implies": .leads,
    "mapsto": .leads,
    "simeq": .leads, "cup": .union, "cap": .intersection, "setminus": .difference, "backslash": .difference,
    "lbrace": .open(.set), "rbrace": .close(.set), "lbrack": .open(.square), "rbrack": .close(.square),
    "lvert": .open(.absolute), "rvert": .close(.absolute), "lfloor": .open(.floor), "rfloor": .close(.floor),
    "lceil": .open(.ceiling), "rceil": .close(.ceiling), "langle": .open(.angle), "rangle": .close(.angle),
    "vert": .bar, "mid": .bar,
  ]
}
