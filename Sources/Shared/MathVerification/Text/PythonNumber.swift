import BigInt

/// Numbers as Python's `float` reads them.
enum PythonNumber {
  /// The value of `text`: digits with single underscores between, a point, an exponent, `inf` or `nan` with a
  /// sign, white space round it, digits of any script; nil where it is none.
  static func double(_ text: Scalars) -> Double? {
    guard text.count <= 1000 else { return nil }
    let text = text.trimmed.map { $0.digit ?? $0 }
    let isNegative = text.first == "-"
    let body = Array(isNegative || text.first == "+" ? text.dropFirst() : text[...])
    let word = String(body.map(\.lowercase))
    let value: Double?
    switch word {
    case "inf", "infinity": value = .infinity
    case "nan": value = .nan
    default: value = isDecimal(body) ? Double(String(body.filter { $0 != "_" })) : nil
    }
    return value.map { isNegative ? -$0 : $0 }
  }

  /// `12`, `1_000.5`, `.5`, `5.`, `1e-5`.
  private static func isDecimal(_ text: Scalars) -> Bool {
    let halves = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    guard halves.count <= 2 else { return false }
    if halves.count == 2 {
      let exponent = halves[1].first == "-" || halves[1].first == "+" ? halves[1].dropFirst() : halves[1]
      guard isDigits(exponent) else { return false }
    }
    let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.contains { !$0.isEmpty }
      && parts.allSatisfy { $0.isEmpty || isDigits($0) }
  }

  private static func isDigits(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    text.split(separator: "_", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.allSatisfy(\.isDigit)
    }
  }

  /// The whole number that `value` is within 10^-7 of.
  static func nearestWhole(_ value: Double) -> BigInt? {
    let nearest = value.rounded(.toNearestOrEven)
    guard value.isFinite, abs(value - nearest) <= 1e-7 else { return nil }
    return BigInt(exactly: nearest)
  }
}
