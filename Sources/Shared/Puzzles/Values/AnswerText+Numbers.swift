extension AnswerText {
  /// The integer that Python's `int` reads, white space and underscores between digits included; one too large
  /// is the largest `Int` of its sign, which no reference answer is.
  var integer: Int? {
    var rest = trimmed.scalars[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    // Python reads no more than 4300 digits.
    guard let digits = Self.digits(rest), digits.count <= 4300 else { return nil }
    var value = 0
    for digit in digits {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, more) = tens.addingReportingOverflow(digit)
      if overflow || more { return isNegative ? -Int.max : Int.max }
      value = next
    }
    return isNegative ? -value : value
  }

  /// The number that Python's `float` reads.
  var real: Double? {
    var rest = trimmed.scalars[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    let word = AnswerText(rest).lowered
    if word == "inf" || word == "infinity" { return isNegative ? -.infinity : .infinity }
    if word == "nan" { return .nan }
    guard let number = PositionalNumber(rest) else { return nil }
    return isNegative ? -number.value : number.value
  }

  /// The values of decimal digits, single underscores between them left out; nil if there are none or anything
  /// else is there.
  static func digits(_ text: ArraySlice<Unicode.Scalar>) -> [Int]? {
    guard text.first != "_", text.last != "_", !text.isEmpty else { return nil }
    var digits: [Int] = []
    digits.reserveCapacity(text.count)
    var last: Unicode.Scalar = " "
    for scalar in text {
      defer { last = scalar }
      if scalar == "_" && last != "_" { continue }
      guard let digit = digit(scalar) else { return nil }
      digits.append(digit)
    }
    return digits
  }

  /// The value of a decimal digit of any script.
  static func digit(_ scalar: Unicode.Scalar) -> Int? {
    if ("0"..."9").contains(scalar) { return Int(scalar.value) - 48 }
    guard scalar.value > 0x7F, scalar.properties.numericType == .decimal,
      let value = scalar.properties.numericValue
    else { return nil }
    return Int(value)
  }
}

/// Digits with an optional point and an optional exponent.
struct PositionalNumber {
  /// The digits before and after the point.
  let whole: [Int]
  let fraction: [Int]

  /// The power of ten, cut to ±10^9, beyond which nothing is compared.
  let exponent: Int

  /// The number that `text` writes without a sign; nil if it writes none.
  init?(_ text: ArraySlice<Unicode.Scalar>) {
    var mantissa = text
    var exponent = 0
    if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      mantissa = text[..<mark]
      var tail = text[(mark + 1)...]
      let isNegative = tail.first == "-"
      if isNegative || tail.first == "+" { tail.removeFirst() }
      guard let digits = AnswerText.digits(tail) else { return nil }
      exponent = digits.reduce(0) { min($0 * 10 + $1, 1_000_000_000) }
      if isNegative { exponent.negate() }
    }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    var read: [[Int]] = []
    for part in parts {
      guard !part.isEmpty else {
        read.append([])
        continue
      }
      guard let digits = AnswerText.digits(part) else { return nil }
      read.append(digits)
    }
    whole = read[0]
    fraction = read.count == 2 ? read[1] : []
    self.exponent = exponent
  }

  /// The nearest `Double`.
  var value: Double {
    let digits = (whole + fraction).map(String.init).joined()
    return Double("\(digits)e\(exponent - fraction.count)") ?? .nan
  }
}
