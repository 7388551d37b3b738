import BigInt

/// The part of ``PrimeMathRule`` that compares texts and school formulas.
enum PrimeMathForms {
  /// Whether both have one normal form, or are tuples of formulas that are equal one by one.
  static func areEqual(_ answer: Scalars, _ truth: Scalars) -> Bool {
    if hendrycks(answer) == hendrycks(truth) { return true }
    let given = normalized(answer)
    let wanted = normalized(truth)
    if given == wanted { return true }
    guard let first = given.first, let last = given.last else { return false }
    let parts = elements(given)
    let wantedParts = elements(wanted)
    guard parts.count == wantedParts.count,
      wantedParts.count == 1 || (wanted.first == first && wanted.last == last)
    else { return false }
    return zip(wantedParts, parts).allSatisfy(areEqualParts)
  }

  private static func areEqualParts(_ wanted: Scalars, _ given: Scalars) -> Bool {
    if isFraction(wanted), isFraction(given) { return wanted == given }
    guard (whole(wanted) == nil) == (whole(given) == nil) else { return false }
    return SchoolFormula.areEqual(wanted, given)
  }

  /// ``MathRewardRule``'s normal form, a single `\text{…}` opened first.
  private static func hendrycks(_ text: Scalars) -> Scalars {
    let text = withoutText(text.trimmed).trimmed
    return MathRewardRule.stripped(text) ?? text
  }

  // MARK: Normal form

  /// Without signs of money and percent, units and LaTeX, in small letters, whole numbers as such.
  static func normalized(_ text: Scalars) -> Scalars {
    var text = withoutText(text)
    for (from, to) in replacements { text = text.replacing(from, by: to) }
    for unit in units { text = without(unit, text) }
    text = withoutDegrees(text)
    if text.first == "{", text.last == "}" { text = Array(text.dropFirst().dropLast()) }
    text = withoutBlanks(behind: ",\\!", text, keeping: "")
    if let value = PythonNumber.double(text), let whole = PythonNumber.nearestWhole(value) {
      text = whole.description.scalars
    }
    if text.contains("\\"), let plain = LatexAsText.plain(text) { text = plain }
    text = mixedNumbers(withoutBlanks(behind: "-", text, keeping: "-"))
    text = String(text).lowercased().scalars
    return whole(text).map { $0.description.scalars } ?? text
  }

  private static let replacements = [
    ("\\%", "%"), ("\\$", "$"), ("$", ""), ("%", ""), (" or ", " , "), (" and ", " , "),
    ("million", "*10^6"), ("billion", "*10^9"), ("trillion", "*10^12"),
  ]

  private static let units = [
    "degree", "cm", "centimeter", "meter", "mile", "second", "minute", "hour", "day", "week", "month", "year",
    "foot", "feet", "inch", "yard", "liter",
  ].map(\.scalars)

  /// What `\text{…}` holds, if that is all.
  private static func withoutText(_ text: Scalars) -> Scalars {
    let mark = "\\text{".scalars
    guard text.has(mark, at: 0), text.last == "}", text.count > mark.count + 1, !text.contains("\n") else {
      return text
    }
    return Array(text.dropFirst(mark.count).dropLast())
  }

  /// Without `unit`, its plural, the blanks behind it and an exponent of digits.
  private static func without(_ unit: Scalars, _ text: Scalars) -> Scalars {
    guard text.first(unit, from: 0) != nil else { return text }
    var result = Scalars()
    var index = 0
    while index < text.count {
      guard text.has(unit, at: index) else {
        result.append(text[index])
        index += 1
        continue
      }
      index += unit.count
      if text.has(["e", "s"], at: index) { index += 2 }
      if text.has(["s"], at: index) { index += 1 }
      while index < text.count, text[index] == " " { index += 1 }
      if index + 1 < text.count, text[index] == "^", text[index + 1].isDigit {
        index += 1
        while index < text.count, text[index].isDigit { index += 1 }
      }
    }
    return result
  }

  /// Without `^\circ`, blanks allowed behind the caret.
  private static func withoutDegrees(_ text: Scalars) -> Scalars {
    let mark = "\\circ".scalars
    var result = Scalars()
    var index = 0
    while index < text.count {
      if text[index] == "^" {
        var end = index + 1
        while end < text.count, text[end] == " " { end += 1 }
        if text.has(mark, at: end) {
          index = end + mark.count
          continue
        }
      }
      result.append(text[index])
      index += 1
    }
    return result
  }

  /// With `word` and the blanks behind it replaced by `other`.
  private static func withoutBlanks(behind word: String, _ text: Scalars, keeping other: String) -> Scalars {
    let word = word.scalars
    var result = Scalars()
    var index = 0
    while index < text.count {
      guard text.has(word, at: index) else {
        result.append(text[index])
        index += 1
        continue
      }
      result += other.scalars
      index += word.count
      while index < text.count, text[index] == " " { index += 1 }
    }
    return result
  }

  /// `7 3/4` as `7+3/4`.
  private static func mixedNumbers(_ text: Scalars) -> Scalars {
    var result = Scalars()
    var index = 0
    while index < text.count {
      result.append(text[index])
      var end = index + 1
      while end < text.count, text[end] == " " { end += 1 }
      if text[index].isDigit, end > index + 1, end < text.count, text[end].isDigit {
        // A digit that ended one pair begins no other, as in the pattern that verl replaces.
        result += ["+", text[end]]
        index = end + 1
      } else {
        index += 1
      }
    }
    return result
  }

  // MARK: Parts

  /// The parts between commas of what one pair of brackets encloses, or else the whole.
  private static func elements(_ text: Scalars) -> [Scalars] {
    let text = withoutThousandsCommas(text)
    guard let first = text.first, let last = text.last else { return [] }
    let brackets = "()[]".scalars
    let inside = text.dropFirst().dropLast()
    guard text.count > 2, brackets.contains(first), brackets.contains(last),
      !inside.contains(where: brackets.contains)
    else { return [text] }
    return inside.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
  }

  /// Without commas between a digit and exactly three more.
  private static func withoutThousandsCommas(_ text: Scalars) -> Scalars {
    let isGroup = { (index: Int) in
      text[index] == "," && index > 0 && text[index - 1].isDigit && index + 3 < text.count
        && text[(index + 1)...(index + 3)].allSatisfy(\.isDigit)
        && (index + 4 == text.count || !text[index + 4].isDigit)
    }
    return text.indices.filter { !isGroup($0) }.map { text[$0] }
  }

  /// The whole number that `text` is within 10^-7 of, commas aside, cut off as verl does.
  private static func whole(_ text: Scalars) -> BigInt? {
    guard let value = PythonNumber.double(withoutThousandsCommas(text)),
      PythonNumber.nearestWhole(value) != nil
    else { return nil }
    return BigInt(exactly: value.rounded(.towardZero))
  }

  /// A whole number over one that is not 0; a character may stand behind either.
  private static func isFraction(_ text: Scalars) -> Bool {
    var index = text.first == "-" ? 1 : 0
    let start = index
    while index < text.count, text[index].isDigit { index += 1 }
    guard index > start else { return false }
    return [index, index + 1].contains { text.has(["/"], at: $0) && isDenominator(text[($0 + 1)...]) }
  }

  private static func isDenominator(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    let significant = text.drop { $0 == "0" }
    guard let first = significant.first, first.isDigit else { return false }
    return significant.drop(while: \.isDigit).count <= 1
  }
}
