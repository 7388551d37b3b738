import Glibc

/// A number with what may be its unit, as written in an answer.
struct Quantity {
  let value: Double
  /// The unit behind it; nil where nothing that is one follows.
  let unit: Unit?

  /// The quantity that `text` begins with, behind blanks, `x =`, `≈` and the like.
  ///
  /// The number may be `12.5`, `1,234.5`, `.5`, `3e-4`, `3.2\times10^{-4}`, `\frac{1}{2}`, `1/2`, or any expression
  /// without names that the math engine reads.
  init?(_ text: Scalars) {
    let body = Self.body(text)
    if let (value, end) = Self.number(body, 0), end == body.count || !Self.goesOn(body, end) {
      self.value = value
      unit = Unit(words: Unit.words(of: Array(body[end...])))
      return
    }
    guard let value = Self.expression(body) else { return nil }
    self.value = value
    unit = nil
  }

  /// What stands behind the last `=` or `≈`, without signs of LaTeX's math mode.
  private static func body(_ text: Scalars) -> Scalars {
    var body = text.filter { $0 != "$" }
    for mark in ["\\approx", "\\simeq", "=", "\\(", "\\["] {
      let mark = mark.scalars
      if let place = body.last(mark, before: body.count) { body = Array(body[(place + mark.count)...]) }
    }
    for (from, to) in [
      ("^\\circ", "°"), ("^{\\circ}", "°"), ("\\,", " "), ("\\;", " "), ("\\!", ""), ("\\ ", " "), ("~", " "),
      ("{,}", ","),
    ] {
      body = body.replacing(from, by: to)
    }
    return body.trimmed
  }

  /// Whether what follows a number makes it part of a larger formula.
  private static func goesOn(_ text: Scalars, _ end: Int) -> Bool {
    var index = end
    while index < text.count, text[index].isSpace { index += 1 }
    guard index < text.count else { return false }
    if "+-^(!".unicodeScalars.contains(text[index]) { return true }
    return ["\\sqrt", "\\pi", "\\frac", "\\cdot", "\\times", "\\ln", "\\log", "\\sin", "\\cos"].contains {
      text.has($0.scalars, at: index)
    }
  }

  private static func expression(_ text: Scalars) -> Double? {
    let cleaned = LatexCleaning.clean(text, boxes: .all)
    guard case .term(let term)? = try? Parser.parse(cleaned) else { return nil }
    var budget = WorkBudget()
    guard let value = try? NumericValue(names: [:]).value(term, &budget), value.isReal, value.isFinite else {
      return nil
    }
    return value.real
  }

  /// The number at `start` and where it ends.
  static func number(_ text: Scalars, _ start: Int) -> (value: Double, end: Int)? {
    guard var (value, index) = decimal(text, start) ?? fraction(text, start) else { return nil }
    if let (power, end) = powerOfTen(text, index) {
      value *= power
      index = end
    } else if index < text.count, text[index] == "/", let (divisor, end) = decimal(text, index + 1),
      divisor != 0
    {
      value /= divisor
      index = end
    }
    return value.isFinite ? (value, index) : nil
  }

  /// `-\frac{1}{2}` of decimals.
  private static func fraction(_ text: Scalars, _ start: Int) -> (Double, Int)? {
    var index = start
    let isNegative = index < text.count && text[index] == "-"
    if isNegative { index += 1 }
    guard
      let mark = ["\\frac{", "\\dfrac{", "\\tfrac{"].map(\.scalars).first(where: { text.has($0, at: index) }),
      let (top, middle) = decimal(text, index + mark.count), text.has(["}", "{"], at: middle),
      let (bottom, end) = decimal(text, middle + 2), text.has(["}"], at: end), bottom != 0
    else { return nil }
    return ((isNegative ? -1 : 1) * top / bottom, end + 1)
  }

  /// Digits with comma groups and a point, at most 40 of them counting.
  private static func decimal(_ text: Scalars, _ start: Int) -> (Double, Int)? {
    var index = start
    var digits = ""
    if index < text.count, text[index] == "-" || text[index] == "+" {
      if text[index] == "-" { digits = "-" }
      index += 1
    }
    let first = index
    while index < text.count, text[index].isDigit || isGroupComma(text, index) {
      if text[index] != "," { digits.unicodeScalars.append(text[index]) }
      index += 1
    }
    var count = index - first
    if index < text.count, text[index] == "." {
      let point = index
      digits += "."
      index += 1
      while index < text.count, text[index].isDigit {
        digits.unicodeScalars.append(text[index])
        index += 1
        count += 1
      }
      // A sentence's full stop is none of the number's.
      if index == point + 1 {
        index = point
        digits.removeLast()
      }
    }
    guard count > 0, count <= 400 else { return nil }
    if digits.hasPrefix(".") { digits = "0" + digits }
    return Double(digits.replacingPrefix("-.", with: "-0.")).map { ($0, index) }
  }

  private static func isGroupComma(_ text: Scalars, _ index: Int) -> Bool {
    guard text[index] == ",", index > 0, text[index - 1].isDigit, index + 3 < text.count else { return false }
    return text[(index + 1)...(index + 3)].allSatisfy(\.isDigit)
      && (index + 4 == text.count || !text[index + 4].isDigit)
  }

  /// `e-4`, `E5`, `\times 10^{-4}`, `· 10^5`, `x 10^-3`.
  private static func powerOfTen(_ text: Scalars, _ start: Int) -> (Double, Int)? {
    var index = start
    if index < text.count, text[index].lowercase == "e", let (exponent, end) = whole(text, index + 1) {
      return (pow(10, Double(exponent)), end)
    }
    while index < text.count, text[index].isSpace { index += 1 }
    guard
      let mark = ["\\times", "\\cdot", "×", "·", "x", "*"].map(\.scalars).first(where: {
        text.has($0, at: index)
      })
    else { return nil }
    index += mark.count
    while index < text.count, text[index].isSpace { index += 1 }
    guard text.has("10^".scalars, at: index) else { return nil }
    index += 3
    let isBraced = index < text.count && text[index] == "{"
    if isBraced { index += 1 }
    guard let (exponent, end) = whole(text, index), !isBraced || (end < text.count && text[end] == "}") else {
      return nil
    }
    return (pow(10, Double(exponent)), isBraced ? end + 1 : end)
  }

  private static func whole(_ text: Scalars, _ start: Int) -> (Int, Int)? {
    var index = start
    var isNegative = false
    if index < text.count, text[index] == "-" || text[index] == "+" {
      isNegative = text[index] == "-"
      index += 1
    }
    var value = 0
    let first = index
    while index < text.count, text[index].isDigit, index - first < 5 {
      value = value * 10 + Int(text[index].value) - 48
      index += 1
    }
    return index > first ? (isNegative ? -value : value, index) : nil
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}
