/// Drops the unit behind an answer, as math-verify does, and a few that it misses.
enum Units {
  /// `text` without a trailing `\text{…}` and without up to two trailing unit words.
  ///
  /// What stands from the first `\text{` or `\mbox{` to the end is a unit if the end is `}`, or `}` with one digit
  /// as its exponent, unless nothing else would be left. A unit word must follow a digit, `}` or a blank.
  static func removed(from text: Scalars) -> Scalars {
    var text = text
    if let start = unitText(text) {
      let head = text[..<start].trimmed
      if !head.isEmpty { text = head }
    }
    text = withoutQuotient(text)
    for _ in 0..<2 {
      if let cut = unitWord(text) { text = Array(text[..<cut]) }
    }
    return text
  }

  /// Where the first `\text{` begins, if the text ends as a unit does.
  private static func unitText(_ text: Scalars) -> Int? {
    let marks = ["\\text{", "\\mbox{"].compactMap { text.first($0.scalars, from: 0) }
    guard let start = marks.min() else { return nil }
    let end = text[start...]
    let closes =
      end.last == "}"
      || (end.count > 3 && end[end.endIndex - 1].isDigit && end[end.endIndex - 2] == "^"
        && end[end.endIndex - 3] == "}")
    return closes ? start : nil
  }

  /// Without a closed list of compound units and powers that no product of letters is meant by: `km/h`, `m/s^2`,
  /// `cm^2`, ` L`, and a superscript ordinal `^{th}`.
  private static func withoutQuotient(_ text: Scalars) -> Scalars {
    for unit in compounds where text.count > unit.count && text.suffix(unit.count).elementsEqual(unit) {
      let head = Array(text.dropLast(unit.count))
      let body = head.trimmed
      guard let last = body.last, last.isDigit || last == "}" else { continue }
      return body
    }
    return text
  }

  private static let compounds = [
    "km/h", "m/s^2", "m/s^{2}", "m/s", "cm/s", "km/s", "mi/h", "ft/s", "miles/hour", "miles per hour",
    "km per hour", "g/mol", "^{\\text{th}}", "^{th}", "^{\\text{st}}", "^{\\text{nd}}", "^{\\text{rd}}",
    "^{st}",
    "^{nd}", "^{rd}", "^\\text{th}", "^\\text{st}", "^\\text{nd}", "^\\text{rd}", "\\degree", " L", " cm^2",
    " cm^{2}", " cm^3", " cm^{3}", " mm^2", " km^2", " km^{2}", " ft^2", " m^2", " m^{2}", " m^3", " m^{3}",
    " dollars", " euros",
  ].map(\.scalars)

  /// Where a trailing unit word and the blanks before it begin, behind a digit, `}` or a blank.
  private static func unitWord(_ text: Scalars) -> Int? {
    var end = text.count
    while end > 0, text[end - 1].isSpace { end -= 1 }
    // The leftmost start wins, so the longest words are tried first.
    for length in stride(from: min(longest, end), through: 1, by: -1) {
      let start = end - length
      guard words.contains(Array(text[start..<end])) else { continue }
      var left = start
      while left > 0, text[left - 1].isSpace { left -= 1 }
      if left > 0, text[left - 1].isDigit || text[left - 1] == "}" { return left }
      // `m g h` is a product, not a mass.
      let isProduct = length == 1 && text[..<left].allSatisfy { $0.isLetter || $0.isSpace }
      if left < start, left > 0, !isProduct { return left + 1 }
    }
    return nil
  }

  private static let words: Set<Scalars> = {
    var words: Set<Scalars> = []
    for stem in stems {
      for ending in ["", "s", "es"] { words.insert((stem + ending).scalars) }
    }
    return words
  }()

  private static let longest = words.map(\.count).max() ?? 0

  private static let stems = [
    "integerpoint", "feet", "sue", "digit", "pound", "meal", "edge", "student", "children ticket", "multiple",
    "east",
    "degree", "mph", "kmph", "ft", "m square", " m east", "sq m", "deg", "mile", "q .", "monkey", "prime",
    "ratio",
    "profit of rs", "rd", "o", "gm", "p . m", "lb", "tile", "per", "dm", "lt", "gain", "ab", "way", "west",
    "a .",
    "b .", "c .", "d .", "e .", "f .", "g .", "h .", "t", "h", "no change", "men", "soldier", "pie", "bc",
    "excess",
    "st", "inches", "noon", "cent", "by", "gal", "kmh", "c", "acre", "rise", "a . m", "th", "sq", "mark", "l",
    "toy",
    "coin", "sq . m", "gallon", "profit", "minw", "yr", "women", "am", "pm", "hr", "cu cm", "square", "are",
    "rupee",
    "rounds", "cubic", "cc", "mtr", "s", "ohm", "number", "day", "hour", "minute", "min", "second", "man",
    "woman",
    "sec", "cube", "mt", "sq inch", "mp", "hectare", "more", "unit", "cu . m", "cm 2", "rs .", "rs", "kg",
    "g", "month",
    "km", "m", "cm", "mm", "apple", "liter", "loss", "yard", "pure", "year", "increase", "decrease", "d",
    "less",
    "Surface", "litre", "pi sq m", "s .", "metre", "meter", "inch",
  ]
}
