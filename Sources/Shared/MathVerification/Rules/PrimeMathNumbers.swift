/// The part of ``PrimeMathRule`` that compares numbers, alone or in lists.
enum PrimeMathNumbers {
  /// Whether both are numbers within 0.01 %, a hundredth and a hundred times allowed, or lists of such; π may be
  /// 3.14.
  static func areEqual(_ answer: Scalars, _ truth: Scalars) -> Bool {
    let mark = "\\pi".scalars
    let hasPi = answer.first(mark, from: 0) != nil || truth.first(mark, from: 0) != nil
    return (hasPi ? [exactPi, "3.14"] : [exactPi]).contains { areEqual(answer, truth, pi: $0, depth: 0) }
  }

  private static let exactPi = "3.141592653589793"

  private static func areEqual(_ answer: Scalars, _ truth: Scalars, pi: String, depth: Int) -> Bool {
    guard depth < 4, let answer = read(answer, pi), let truth = read(truth, pi) else { return false }
    let given = Array(answer.prefix(1000)).trimmed
    let wanted = truth.trimmed
    if given.map(\.lowercase) == wanted.map(\.lowercase) { return true }
    if given.filter({ $0 != " " }) == wanted.filter({ $0 != " " }) { return true }
    if let a = number(given), let b = number(wanted) {
      return [b / 100, b, b * 100].contains { isClose($0, a) }
    }
    return !given.isEmpty && areEqualLists(given, wanted, depth)
  }

  // MARK: Lists

  private static func areEqualLists(_ given: Scalars, _ wanted: Scalars, _ depth: Int) -> Bool {
    if withoutBrackets(given, beside: wanted) == withoutBrackets(wanted, by: given, beside: wanted) {
      return true
    }
    if let first = given.first, let last = given.last, first == "(" || first == "[",
      last == ")" || last == "]",
      wanted.first == first, wanted.last == last, wanted.count > 1,
      areEqualParts(given.dropFirst().dropLast(), wanted.dropFirst().dropLast(), depth)
    {
      return true
    }
    guard given.contains(","), wanted.contains(",") else { return false }
    return areEqualParts(given[...], wanted[...], depth)
  }

  private static func areEqualParts(
    _ given: ArraySlice<Unicode.Scalar>, _ wanted: ArraySlice<Unicode.Scalar>, _ depth: Int
  ) -> Bool {
    let left = given.split(separator: ",", omittingEmptySubsequences: false)
    let right = wanted.split(separator: ",", omittingEmptySubsequences: false)
    guard left.count == right.count else { return false }
    return zip(left, right).allSatisfy { areEqual($0.trimmed, $1.trimmed, pi: exactPi, depth: depth + 1) }
  }

  private static func withoutBrackets(_ given: Scalars, beside wanted: Scalars) -> Scalars {
    withoutBrackets(given, by: given, beside: wanted)
  }

  /// `text` without braces and parentheses, and without square brackets round it where `given` has a pair round
  /// it that `wanted` does not contradict.
  private static func withoutBrackets(
    _ text: Scalars, by given: Scalars, beside wanted: Scalars
  ) -> Scalars {
    let isStripped =
      (given.first == "[" && given.last == "]" && wanted.first != "(")
      || (given.first == "(" && given.last == ")" && wanted.first != "[")
    var text = text[...]
    let outer = "[]()".scalars
    if isStripped {
      text = text.drop { outer.contains($0) }
      while let last = text.last, outer.contains(last) { text.removeLast() }
    }
    return text.filter { !"{}()".unicodeScalars.contains($0) }
  }

  // MARK: Numbers

  /// `text` without a sign of money or percent, a base cut off, and π put in and computed with; nil where a base
  /// stands behind no number.
  private static func read(_ text: Scalars, _ pi: String) -> Scalars? {
    if text.count > 1, text[0] == "$", text[1].isDigit { return Array(text.dropFirst()) }
    if text.last == "%" {
      let value = text.dropLast(text.suffix(2) == ["\\", "%"] ? 2 : 1)
      if isDecimal(value) { return Array(value) }
    }
    if let base = text.firstIndex(of: "_") {
      guard let value = PythonNumber.double(Array(text[..<base])), value.isFinite else { return nil }
      return value.rounded(.towardZero).description.scalars
    }
    return withPi(text, pi)
  }

  private static func isDecimal(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isDigit) }
  }

  private static func withPi(_ text: Scalars, _ pi: String) -> Scalars {
    let mark = "\\pi".scalars
    guard text.first(mark, from: 0) != nil else { return text }
    var result = Scalars()
    var index = 0
    while index < text.count {
      guard text.has(mark, at: index) else {
        result.append(text[index])
        index += 1
        continue
      }
      result += ((result.last?.isDigit ?? false ? "*" : "1*") + pi).scalars
      index += mark.count
    }
    return value(of: result).map { $0.description.scalars } ?? result
  }

  /// What Python makes of the arithmetic in `text`; nil where it is none.
  private static func value(of text: Scalars) -> Double? {
    let known = "+-*/(). ".unicodeScalars
    guard text.allSatisfy({ $0.isDigit || known.contains($0) }), let term = try? PlainExpression.parse(text)
    else { return nil }
    var budget = WorkBudget()
    guard let value = try? NumericValue(names: [:]).value(term, &budget), value.isReal, value.isFinite else {
      return nil
    }
    return value.real
  }

  private static func number(_ text: Scalars) -> Double? {
    let brace = text.replacing("{,}", by: "")
    return PythonNumber.double(brace.count < text.count ? brace : text.filter { $0 != "," })
  }

  private static func isClose(_ a: Double, _ b: Double) -> Bool {
    a == b || (a.isFinite && b.isFinite && abs(a - b) <= 1e-4 * max(abs(a), abs(b)))
  }
}
