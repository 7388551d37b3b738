/// A number as it is written, reduced to the digits that matter, so that equality is exact at any length.
///
/// Accepts an optional sign, digits with or without commas between groups of three, and an optional point
/// with digits after it; at least one digit before or after the point. `1e3`, `0x10`, `1/2` and `12%` are no
/// such numbers.
struct DecimalNumber: Equatable {
  /// Whether the number is less than 0; never set for 0.
  private let isNegative: Bool

  /// The digits before the point without leading zeros.
  private let whole: ArraySlice<UInt8>

  /// The digits after the point without trailing zeros.
  private let fraction: ArraySlice<UInt8>

  /// The number that `text` writes; nil if it writes none.
  init?(_ text: ArraySlice<UInt8>) {
    var digits = text
    let sign = digits.first
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits.removeFirst() }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Self.withoutCommas(parts[0]) else { return nil }
    var fraction = parts.count == 2 ? parts[1] : []
    guard fraction.allSatisfy(Self.isDigit), whole.count + fraction.count > 0 else { return nil }
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    self.whole = whole.drop { $0 == UInt8(ascii: "0") }
    self.fraction = fraction
    isNegative = sign == UInt8(ascii: "-") && !(self.whole.isEmpty && fraction.isEmpty)
  }

  /// The digits of `text` without commas; nil where a comma does not stand before a last group of three.
  private static func withoutCommas(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let groups = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard groups.allSatisfy({ $0.allSatisfy(isDigit) }) else { return nil }
    guard groups.count > 1 else { return text }
    guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
      return nil
    }
    return ArraySlice(groups.joined())
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
