/// Finds numbers and arithmetic in running text.
///
/// A number is `1,234.5` or `1 234.5` in groups of three, `12.5` or `12,5` (both mean 12.5), `.5` or `12`, with
/// a percent word that may follow. An expression starts with a digit, holds digits, points, blanks and
/// `+ - * × / ^ ( ) ÷`, at least one of these not at its end, and is followed by `. , : ) $`, a blank or the
/// end. Both must follow the start, a blank or `=`; `**` may stand between, and before a number a currency sign.
/// Source: the patterns of math-verify 0.9.0, `parser.py`.
struct PlainScanner {
  /// What was found.
  struct Match {
    var text: Scalars
    var isPercent: Bool
    var end: Int
  }

  let text: Scalars

  /// Where the signs of expressions are, and where what no expression holds.
  private let operators: [Int]
  private let strangers: [Int]

  init(text: Scalars) {
    self.text = text
    operators = text.indices.filter { Self.operators.contains(text[$0]) }
    strangers = text.indices.filter { !Self.isExpressionPart(text[$0]) }
  }

  /// The expression, or else the number, whose prefix begins exactly at `start`.
  func match(at start: Int) -> Match? {
    expression(at: start) ?? number(at: start)
  }

  /// An expression whose prefix begins exactly at `start`.
  func expression(at start: Int) -> Match? {
    for body in bodies(at: start) {
      if let end = expressionEnd(from: body) {
        return Match(text: Array(text[body..<end]), isPercent: false, end: suffixEnd(at: end) ?? end)
      }
    }
    return nil
  }

  /// A number whose prefix begins exactly at `start`.
  func number(at start: Int) -> Match? {
    for body in bodies(at: start) {
      var index = body
      if index < text.count, Self.currencies.contains(text[index]) { index += 1 }
      if let match = number(from: index) { return match }
    }
    return nil
  }

  /// Where a body can begin when its prefix begins at `start`: behind a blank or `=`, or at the very start, with
  /// `**` between.
  private func bodies(at start: Int) -> [Int] {
    var bodies: [Int] = []
    func add(_ index: Int) {
      if text.has(Self.stars, at: index) { bodies.append(index + 2) }
      bodies.append(index)
    }
    if start == 0 { add(0) }
    if start < text.count, text[start].isSpace || text[start] == "=" { add(start + 1) }
    return bodies
  }

  private static let stars = "**".scalars
  private static let currencies = Set("$€£¥₹₽₪₩₫฿₡₢₣₤₥₦₧₨₭₮₯₰₱₲₳₴₵₶₷₸₺₻₼₾₿".unicodeScalars)
  private static let operators = Set("+-*×/^()÷".unicodeScalars)

  // MARK: Expressions

  private static func isExpressionPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isDigit || scalar == "." || scalar.isSpace || operators.contains(scalar)
  }

  /// The end of the longest expression from `start` that has its operator and its suffix.
  private func expressionEnd(from start: Int) -> Int? {
    var index = start
    if index < text.count, text[index] == "-" { index += 1 }
    if index < text.count, text[index] == "(" { index += 1 }
    if index < text.count, text[index] == "-" { index += 1 }
    guard index < text.count, text[index].isDigit else { return nil }
    index += 1
    // A run much longer than any answer is none.
    let end = min(LatexScanner.next(strangers, from: index) ?? text.count, start + 4096)
    guard let firstOperator = LatexScanner.next(operators, from: index), firstOperator < end else {
      return nil
    }
    index = end
    while index > firstOperator + 1 {
      if suffixEnd(at: index) != nil { return index }
      index -= 1
    }
    return nil
  }

  /// The end of the suffix that an expression needs, if it stands at `index`.
  private func suffixEnd(at index: Int) -> Int? {
    let stars = text.has(Self.stars, at: index) ? index + 2 : index
    for place in stars == index ? [index] : [stars, index] {
      if place == text.count { return place }
      switch text[place] {
      case ".", ",", ":", ")", "$": return place + 1
      default: if text[place].isSpace { return place + 1 }
      }
    }
    return nil
  }

  // MARK: Numbers

  private func number(from start: Int) -> Match? {
    guard start == 0 || !text[start - 1].isDigit else { return nil }
    guard var (digits, end) = grouped(from: start) ?? simple(from: start) else { return nil }
    var percent = end
    while percent < text.count, text[percent].isSpace { percent += 1 }
    let word = Self.percentWords.first { text.has($0, at: percent) }
    if let word { end = percent + word.count }
    while digits.count > 1, digits[0] == "0", digits[1].isDigit { digits.removeFirst() }
    return Match(text: digits, isPercent: word != nil, end: end)
  }

  private static let percentWords = ["%", "percent", "Percent", "pct", "Pct"].map(\.scalars)

  /// `1,234,567.8` and `1 234 567`.
  private func grouped(from start: Int) -> (Scalars, Int)? {
    var index = start
    var digits = Scalars()
    if index < text.count, text[index] == "-" {
      digits.append("-")
      index += 1
    }
    guard index < text.count, text[index].isDigit, text[index] != "0" else { return nil }
    let head = index
    while index < text.count, index - head < 3, text[index].isDigit { index += 1 }
    digits += text[head..<index]
    var groups = 0
    while index + 3 < text.count, text[index] == "," || text[index] == " ",
      text[index + 1].isDigit, text[index + 2].isDigit, text[index + 3].isDigit
    {
      digits += text[(index + 1)...(index + 3)]
      index += 4
      groups += 1
    }
    guard groups > 0 else { return nil }
    if index + 1 < text.count, text[index] == ".", text[index + 1].isDigit {
      let point = index
      index += 1
      while index < text.count, text[index].isDigit { index += 1 }
      digits += text[point..<index]
    }
    return (digits, index)
  }

  /// `12.5`, `12,5`, `.5`, `12`.
  private func simple(from start: Int) -> (Scalars, Int)? {
    var index = start
    if index < text.count, text[index] == "-" { index += 1 }
    let whole = index
    while index < text.count, text[index].isDigit { index += 1 }
    let hasWhole = index > whole
    guard hasWhole || whole == start else { return nil }
    var digits = Array(text[start..<index])
    if index + 1 < text.count, text[index] == "." || (hasWhole && text[index] == ","), text[index + 1].isDigit
    {
      digits += hasWhole ? ["."] : ["0", "."]
      index += 1
      let fraction = index
      while index < text.count, text[index].isDigit { index += 1 }
      digits += text[fraction..<index]
    } else if !hasWhole {
      return nil
    }
    return (digits, index)
  }
}
