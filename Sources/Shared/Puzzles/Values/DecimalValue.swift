/// A number as Python's `Decimal` reads it, reduced to the digits that matter, so that equality is exact at
/// any length.
enum DecimalValue: Equatable, Sendable {
  case notANumber
  case infinite(isNegative: Bool)
  case finite(Finite)

  /// ± `digits` × 10^`exponent`; `digits` has no zeros at either end and is empty for 0.
  struct Finite: Equatable, Sendable {
    let isNegative: Bool
    let digits: [Int]
    let exponent: Int

    init(isNegative: Bool, digits: [Int], exponent: Int) {
      var rest = digits.drop { $0 == 0 }
      var exponent = exponent
      while rest.last == 0 {
        rest.removeLast()
        exponent += 1
      }
      self.digits = Array(rest)
      self.isNegative = isNegative && !rest.isEmpty
      self.exponent = rest.isEmpty ? 0 : exponent
    }

    /// The power of ten of the first digit.
    var magnitude: Int { exponent + digits.count - 1 }
  }

  /// The number that `text` writes; nil if it writes none.
  init?(_ text: AnswerText) {
    // `Decimal` leaves out underscores wherever they stand.
    var rest = text.trimmed.without("_").scalars[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    let word = AnswerText(rest).lowered
    if word == "inf" || word == "infinity" {
      self = .infinite(isNegative: isNegative)
    } else if word == "nan" || word == "snan" {
      self = .notANumber
    } else if let number = PositionalNumber(rest) {
      self = .finite(
        Finite(
          isNegative: isNegative, digits: number.whole + number.fraction,
          exponent: number.exponent - number.fraction.count))
    } else {
      return nil
    }
  }

  /// Whether both are the same number; nothing is the same as what is not a number.
  func equals(_ other: DecimalValue) -> Bool { self != .notANumber && self == other }
}

extension DecimalValue.Finite {
  /// The number rounded to `count` significant digits, to nearest, ties to even.
  func rounded(to count: Int) -> DecimalValue.Finite {
    guard digits.count > count else { return self }
    var kept = Array(digits.prefix(count))
    let next = digits[count]
    let isTie = next == 5 && digits.count == count + 1
    let last = kept.last ?? 0
    if next > 5 || next == 5 && !isTie || isTie && !last.isMultiple(of: 2) {
      var place = kept.count - 1
      while place >= 0 && kept[place] == 9 {
        kept[place] = 0
        place -= 1
      }
      if place >= 0 { kept[place] += 1 } else { kept.insert(1, at: 0) }
    }
    return DecimalValue.Finite(
      isNegative: isNegative, digits: kept, exponent: exponent + digits.count - count)
  }

  /// Whether |self − `other`| ≤ 10^-`places`; numbers of 10^400 and more, or written to more than 400 places,
  /// are near to none but themselves.
  func isNear(_ other: DecimalValue.Finite, places: Int) -> Bool {
    if self == other { return true }
    guard
      [self, other].allSatisfy({ $0.digits.isEmpty || ($0.magnitude <= 400 && $0.exponent >= -400) })
    else { return false }
    let unit = min(exponent, other.exponent, -places)
    let (a, b) = (shifted(toUnit: unit), other.shifted(toUnit: unit))
    var distance: [Int]
    if isNegative == other.isNegative {
      distance = Self.lessThan(a, b) ? Self.difference(b, a) : Self.difference(a, b)
    } else {
      distance = Self.sum(a, b)
    }
    while distance.last == 0 { distance.removeLast() }
    // 10^-places in the same unit is a one with `-places - unit` zeros.
    let zeros = -places - unit
    if distance.count <= zeros { return true }
    return distance.count == zeros + 1 && distance.last == 1 && distance.dropLast().allSatisfy { $0 == 0 }
  }

  /// The digits, units first, in steps of 10^`unit`, which is no larger than the exponent.
  private func shifted(toUnit unit: Int) -> [Int] {
    digits.isEmpty ? [] : Array(repeating: 0, count: exponent - unit) + digits.reversed()
  }

  private static func lessThan(_ a: [Int], _ b: [Int]) -> Bool {
    a.count == b.count ? a.reversed().lexicographicallyPrecedes(b.reversed()) : a.count < b.count
  }

  private static func sum(_ a: [Int], _ b: [Int]) -> [Int] {
    var (result, carry) = ([Int](), 0)
    for place in 0..<max(a.count, b.count) {
      let digit = (place < a.count ? a[place] : 0) + (place < b.count ? b[place] : 0) + carry
      result.append(digit % 10)
      carry = digit / 10
    }
    return result + [carry]
  }

  /// `a` − `b`, where `b` is not larger.
  private static func difference(_ a: [Int], _ b: [Int]) -> [Int] {
    var (result, borrow) = ([Int](), 0)
    for place in a.indices {
      let digit = a[place] - (place < b.count ? b[place] : 0) - borrow
      result.append(digit < 0 ? digit + 10 : digit)
      borrow = digit < 0 ? 1 : 0
    }
    return result
  }
}
