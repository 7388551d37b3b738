/// Brings a formula into the form that the parser reads: boxes opened, sizes and fonts removed, words for percent
/// and infinity replaced, units dropped.
///
/// The order and the lists are math-verify's (latex2sympy2_extended 1.11.0, `math_normalization.py`), since they
/// decide what counts as a unit and what as a product of letters.
enum LatexCleaning {
  /// `formula` cleaned; in time linear in its length.
  static func clean(_ formula: Scalars, boxes: Boxes.Choice) -> Scalars {
    var text = Boxes.content(of: formula, choice: boxes) ?? formula
    for (from, to) in firstReplacements { text = text.replacing(from, by: to) }
    text = withoutSizes(text)
    text = permutations(text)
    text = withoutOrnaments(text)
    text = words(text)
    text = text.map { $0 == "\n" || $0 == "\t" || $0 == "\r" ? " " : $0 }
    if text.first("matrix".scalars, from: 0) == nil, text.first("begin".scalars, from: 0) == nil {
      text = singleBackslashes(text)
    }
    text = Units.removed(from: text)
    if text.first == "." { text.insert("0", at: 0) }
    return text.trimmed
  }

  /// Whether every fraction and root has its braces and no sign of approximation leads: what TRL asks.
  static func hasWholeOperators(_ text: Scalars) -> Bool {
    if text.has("\\approx".scalars, at: 0) { return false }
    for mark in ["\\frac".scalars, "\\sqrt".scalars] {
      for place in text.places(of: mark) {
        let end = place + mark.count
        guard end < text.count, text[end] == "{" || text[end] == "[" else { return false }
      }
    }
    return true
  }

  private static let firstReplacements = [
    ("\\mathrm{T}", "T"), ("\\mathrm{d}", "d"), ("{\\rm d}", "d"),
    ("\\left[\\begin{matrix}", "\\begin{bmatrix}"), ("\\end{matrix}\\right]", "\\end{bmatrix}"),
  ]

  // MARK: Sizes

  /// `\left(` and `\right)` without `\left` and `\right`, before any delimiter.
  private static func withoutSizes(_ text: Scalars) -> Scalars {
    guard text.first("\\".scalars, from: 0) != nil else { return text }
    var result = Scalars()
    var index = 0
    while index < text.count {
      if text[index] == "\\", let end = sizeEnd(text, index) {
        // `\left.` shows nothing.
        index = end < text.count && text[end] == "." ? end + 1 : end
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func sizeEnd(_ text: Scalars, _ index: Int) -> Int? {
    for word in sizes where text.has(word, at: index) {
      let end = index + word.count
      guard end < text.count else { return end }
      if !text[end].isLetter { return end }
    }
    return nil
  }

  private static let sizes = [
    "\\left", "\\right", "\\mleft", "\\mright", "\\middle", "\\bigl", "\\bigr", "\\Bigl", "\\Bigr", "\\biggl",
    "\\biggr",
    "\\big", "\\Big", "\\bigg", "\\Bigg",
  ].map(\.scalars)

  // MARK: Permutations

  /// `(n)_{k}`, the falling factorial, as a quotient of factorials.
  private static func permutations(_ text: Scalars) -> Scalars {
    let mark = ")_{".scalars
    guard let place = text.first(mark, from: 0), let open = text[..<place].lastIndex(of: "("),
      let close = text.closingBrace(of: place + 2), text[(open + 1)..<place].allSatisfy(isPlain),
      text[(place + 3)..<close].allSatisfy(isPlain), place > open + 1, close > place + 3
    else { return text }
    let n = text[(open + 1)..<place]
    let k = text[(place + 3)..<close]
    let quotient = "\\frac{(".scalars + n + ")!}{((".scalars + n + ")-(".scalars + k + "))!}".scalars
    return Array(text[..<open]) + quotient + text[(close + 1)...]
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isDigit || scalar.isLetter || "+-*/\\ ".unicodeScalars.contains(scalar)
  }

  // MARK: Ornaments

  /// Without `\!`, dollar signs, quotes, empty texts and display styles.
  private static func withoutOrnaments(_ text: Scalars) -> Scalars {
    var result = Scalars()
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let scalar = text[index]
      if let length = ornamentLength(text, index) {
        index += length
      } else if scalar == "$"
        || ((scalar == "'" || scalar == "\"") && (index == 0 || text[index - 1] != "\\"))
      {
        index += 1
      } else {
        result.append(scalar)
        index += 1
      }
    }
    return result
  }

  private static func ornamentLength(_ text: Scalars, _ index: Int) -> Int? {
    guard text[index] == "\\" else { return nil }
    if text.has("\\$".scalars, at: index) { return 2 }
    if text.has("\\!".scalars, at: index) {
      var end = index + 2
      while end < text.count, text[end].isSpace { end += 1 }
      return end - index
    }
    return ornaments.first { text.has($0, at: index) }?.count
  }

  private static let ornaments = [
    "\\mathrm{th}", "\\text{}", "\\text{ }", "\\text{\\$}", "\\displaystyle", "\\textstyle",
  ].map(\.scalars)

  // MARK: Words

  /// Fonts, fractions and words in one pass, the first rule that fits at a place.
  private static func words(_ text: Scalars) -> Scalars {
    var result = Scalars()
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if let (length, replacement) = replacement(text, index) {
        result += replacement
        index += length
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func replacement(_ text: Scalars, _ index: Int) -> (Int, Scalars)? {
    switch text[index] {
    case "\\": command(text, index)
    case "~": text.has("~=".scalars, at: index) ? (2, "\\approx ".scalars) : (1, [" "])
    case "{", " ", ",", "a", "o", "i", "p": word(text, index)
    default: nil
    }
  }

  private static func command(_ text: Scalars, _ index: Int) -> (Int, Scalars)? {
    for (word, replacement) in commands where text.has(word, at: index) { return (word.count, replacement) }
    if index + 1 < text.count, text[index + 1].isSpace, index == 0 || text[index - 1] != "\\" {
      return (2, [" "])
    }
    // `\text{ and }`, with a comma before it that the word rule has not reached.
    if text.has(textMark, at: index),
      let close = text.closingBrace(of: index + 5, limit: min(text.count, index + 40))
    {
      let content = text[(index + 6)..<close].trimmed
      if content == and || content == or { return (close + 1 - index, [","]) }
      if percentWords.contains(content) { return (close + 1 - index, ["%"]) }
    }
    return nil
  }

  private static let textMark = "\\text{".scalars
  private static let and = "and".scalars
  private static let or = "or".scalars
  private static let percentWords = ["percentage", "percent", "pct"].map(\.scalars)

  private static let commands: [(Scalars, Scalars)] = [
    ("\\mathrm", "\\text"), ("\\mathit", "\\text"), ("\\mathbf", "\\text"), ("\\textnormal", "\\text"),
    ("\\textbf", "\\text"), ("\\textit", "\\text"), ("\\textrm", "\\text"), ("\\dfrac", "\\frac"),
    ("\\tfrac", "\\frac"), ("\\cfrac", "\\frac"), ("\\ldots", " "),
  ].map { ($0.0.scalars, $0.1.scalars) }

  private static func word(_ text: Scalars, _ index: Int) -> (Int, Scalars)? {
    let previous = index > 0 ? text[index - 1] : " "
    if let length = conjunction(text, index, previous) { return (length, [","]) }
    if text[index] == " " || text[index] == "{" { return spaced(text, index) }
    if text.has("infinity".scalars, at: index) { return (8, "\\infty ".scalars) }
    if text.has("inf".scalars, at: index), previous != "\\" { return (3, "\\infty ".scalars) }
    if !previous.isLetter, let length = percent(text, index) { return (length, "\\%".scalars) }
    if text.has(",\\ldots".scalars, at: index) { return (7, [" "]) }
    return nil
  }

  /// " ." → " 0.", "{." → "{0.", "{,}" → ",", " percent" → "\%", " sqrt" → "\sqrt".
  private static func spaced(_ text: Scalars, _ index: Int) -> (Int, Scalars)? {
    let next = index + 1 < text.count ? text[index + 1] : "\0"
    if next == ".", index + 2 < text.count, text[index + 2].isDigit { return (2, [text[index], "0", "."]) }
    if text[index] == "{" {
      var end = index + 1
      while end < text.count, text[end].isSpace { end += 1 }
      guard end < text.count, text[end] == "," else { return nil }
      end += 1
      while end < text.count, text[end].isSpace { end += 1 }
      return end < text.count && text[end] == "}" ? (end + 1 - index, [","]) : nil
    }
    if let length = percent(text, index + 1) { return (length + 1, "\\%".scalars) }
    if text.has("sqrt".scalars, at: index + 1) { return (5, "\\sqrt".scalars) }
    return nil
  }

  private static func percent(_ text: Scalars, _ index: Int) -> Int? {
    for word in percentWords where text.has(word, at: index) {
      let end = index + word.count
      if end == text.count || !(text[end].isLetter || text[end].isDigit) { return word.count }
    }
    return nil
  }

  /// The length of "and" or "or" with the comma and blanks before it, where neither side has a letter.
  private static func conjunction(_ text: Scalars, _ index: Int, _ previous: Unicode.Scalar) -> Int? {
    guard !previous.isLetter else { return nil }
    var end = index
    if text[end] == "," { end += 1 }
    while end < text.count, text[end].isSpace { end += 1 }
    if text.has(textMark, at: end),
      let close = text.closingBrace(of: end + 5, limit: min(text.count, end + 20))
    {
      let content = text[(end + 6)..<close].trimmed
      return content == and || content == or ? close + 1 - index : nil
    }
    for word in [and, or] where text.has(word, at: end) {
      let after = end + word.count
      if after == text.count || !text[after].isLetter { return after - index }
    }
    return nil
  }

  /// `\\cmd` as `\cmd`.
  private static func singleBackslashes(_ text: Scalars) -> Scalars {
    var result = Scalars()
    var index = 0
    while index < text.count {
      if text[index] == "\\", index + 2 < text.count, text[index + 1] == "\\", text[index + 2].isLetter {
        index += 1
      }
      result.append(text[index])
      index += 1
    }
    return result
  }
}
