/// A unit of measurement: powers of the seven SI base units and how many of their product it is.
///
/// ```
/// value in SI units = value · factor + offset
/// ```
struct Unit: Equatable {
  /// Exponents of m, kg, s, A, K, mol, cd.
  var dimension: [Int]
  var factor: Double
  var offset = 0.0

  static let none = Unit(dimension: [0, 0, 0, 0, 0, 0, 0], factor: 1)

  /// Whether both measure the same kind of thing.
  func isCommensurable(with other: Unit) -> Bool { dimension == other.dimension }

  static func * (a: Unit, b: Unit) -> Unit {
    Unit(dimension: zip(a.dimension, b.dimension).map(+), factor: a.factor * b.factor)
  }

  func raised(to exponent: Int) -> Unit {
    var factor = 1.0
    for _ in 0..<abs(exponent) { factor *= self.factor }
    return Unit(dimension: dimension.map { $0 * exponent }, factor: exponent < 0 ? 1 / factor : factor)
  }

  /// The unit that `text` names: symbols or words with prefixes, joined by blanks, `·`, `*`, `/`, "per" and exponents.
  ///
  /// Words that name none, such as "apples", end it; nil where the first word already does.
  init?(_ text: String) {
    self.init(words: Self.words(of: PlainCharacters.clean(text)))
  }

  /// Reads at most 24 parts.
  init?(words: [Word]) {
    var unit = Unit.none
    var isDivided = false
    var parts = 0
    var index = 0
    reading: while index < words.count, parts < 24 {
      switch words[index] {
      case .divide: isDivided = true
      case .times: break
      case .open, .close: break
      case .name(let name, let exponent):
        guard let named = Self.named(name) else { break reading }
        unit =
          parts == 0 && exponent == 1 && !isDivided
          ? named : unit * named.raised(to: isDivided ? -exponent : exponent)
        parts += 1
        // `J/(g K)` divides by both, `m/s·kg` by one.
        if !Self.isInsideParentheses(words, index) { isDivided = false }
      }
      index += 1
    }
    guard parts > 0 else { return nil }
    self = unit
  }

  init(dimension: [Int], factor: Double, offset: Double = 0) {
    self.dimension = dimension
    self.factor = factor
    self.offset = offset
  }

  private static func isInsideParentheses(_ words: [Word], _ index: Int) -> Bool {
    var level = 0
    for word in words[...index] {
      if word == .open { level += 1 }
      if word == .close { level -= 1 }
    }
    return level > 0
  }

  /// A part of a unit's text.
  enum Word: Equatable {
    case name(String, exponent: Int)
    case times
    case divide
    case open
    case close
  }

  /// The words of `text`: fonts, blanks and braces of LaTeX removed.
  static func words(of text: Scalars) -> [Word] {
    var text = text
    for command in [
      "\\text", "\\mathrm", "\\rm", "\\mbox", "\\,", "\\;", "\\!", "\\ ", "~", "$", "\\left", "\\right",
      "\\quad",
    ] {
      text = text.replacing(command, by: " ")
    }
    text = text.replacing("^\\circ", by: "°").replacing("^{\\circ}", by: "°").replacing("\\degree", by: "°")
      .replacing("\\circ", by: "°").replacing("\\Omega", by: "Ω").replacing("\\mu", by: "µ").replacing(
        "\\%", by: "%"
      )
      .replacing("\\cdot", by: "·").replacing("\\times", by: "·").replacing("μ", by: "µ")
    text = withJoinedDegrees(text)
    var words: [Word] = []
    var index = 0
    while index < text.count, words.count < 48 {
      let scalar = text[index]
      if isNamePart(scalar) {
        let start = index
        while index < text.count, isNamePart(text[index]), index - start < 24 { index += 1 }
        let name = String(text[start..<index])
        if name == "per" {
          words.append(.divide)
        } else {
          words.append(.name(name, exponent: exponent(text, &index)))
        }
        continue
      }
      switch scalar {
      case "/": words.append(.divide)
      case "·", "*", ".", "⋅": words.append(.times)
      case "(": words.append(.open)
      case ")": words.append(.close)
      default:
        if !scalar.isSpace && scalar != "{" && scalar != "}" { return words }
      }
      index += 1
    }
    return words
  }

  /// `° C` and `°{C}` as `°C`.
  private static func withJoinedDegrees(_ text: Scalars) -> Scalars {
    guard let degree = text.firstIndex(of: "°") else { return text }
    var index = degree + 1
    while index < text.count, text[index].isSpace || text[index] == "{" { index += 1 }
    guard index < text.count, text[index] == "C", index + 1 == text.count || !text[index + 1].isLetter else {
      return text
    }
    return Array(text[...degree]) + text[index...]
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isLetter || scalar == "°" || scalar == "µ" || scalar == "Ω" || scalar == "%" || scalar == "Å"
  }

  /// `^2`, `^{-1}`, `2`, `-1` right behind a name, with the brace that may close the name before.
  private static func exponent(_ text: Scalars, _ index: inout Int) -> Int {
    var place = index
    while place < text.count, text[place] == "}" { place += 1 }
    let hasCaret = place < text.count && text[place] == "^"
    if hasCaret { place += 1 }
    while hasCaret, place < text.count, text[place] == "{" || text[place].isSpace { place += 1 }
    var isNegative = false
    if place < text.count, text[place] == "-" {
      isNegative = true
      place += 1
    }
    guard place < text.count, text[place].isDigit, text[place] != "0" else { return 1 }
    index = place + 1
    let value = Int(text[place].value) - 48
    return isNegative ? -value : value
  }
}
