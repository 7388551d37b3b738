/// A value in an answer.
enum AnswerValue: Equatable {
  case null
  case number(Double)
  case flag(Bool)
  case text(String)
  /// The members of the answer itself; of two with one name the later counts.
  case object([String: AnswerValue])
  /// A list, or an object inside another: not looked into.
  case other

  /// The value of a number, 1 or 0 of a boolean.
  var number: Double? {
    switch self {
    case .number(let number): number
    case .flag(let flag): flag ? 1 : 0
    default: nil
    }
  }

  /// A whole number, or a text of one.
  var integer: Int? {
    switch self {
    case .number(let number): Int(exactly: number)
    case .text(let text): Int(text)
    default: nil
    }
  }
}

/// Reads one line of JSON, with `NaN` and `Infinity` as Python writes them.
///
/// Its own, since what a program writes may be anything, and the library's reader traps on some of it.
struct AnswerScanner {
  /// How deep values may lie in one another.
  static let deepest = 64

  private let bytes: [UInt8]
  private var place = 0

  /// The value that the whole of `line` is; nil where it is no JSON or not UTF-8.
  static func line(_ line: ArraySlice<UInt8>) -> AnswerValue? {
    guard String(validating: line, as: UTF8.self) != nil else { return nil }
    var scanner = AnswerScanner(bytes: Array(line))
    guard let value = scanner.value(depth: 0) else { return nil }
    scanner.skipSpace()
    return scanner.place == scanner.bytes.count ? value : nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  // MARK: Values

  private mutating func value(depth: Int) -> AnswerValue? {
    skipSpace()
    guard depth < Self.deepest, place < bytes.count else { return nil }
    switch bytes[place] {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return text().map { .text($0) }
    default: return word() ?? number()
    }
  }

  private mutating func object(depth: Int) -> AnswerValue? {
    var members: [String: AnswerValue] = [:]
    let isWhole = elements(until: "}") { scanner in
      scanner.skipSpace()
      guard let name = scanner.text(), scanner.take(":"), let value = scanner.value(depth: depth + 1) else {
        return false
      }
      members[name] = value
      return true
    }
    guard isWhole else { return nil }
    return depth == 0 ? .object(members) : .other
  }

  private mutating func list(depth: Int) -> AnswerValue? {
    elements(until: "]") { $0.value(depth: depth + 1) != nil } ? .other : nil
  }

  /// Takes a bracket, elements with commas between them, and the bracket that closes.
  private mutating func elements(
    until closing: Unicode.Scalar, _ element: (inout AnswerScanner) -> Bool
  ) -> Bool {
    place += 1
    if take(closing) { return true }
    repeat {
      guard element(&self) else { return false }
    } while take(",")
    return take(closing)
  }

  private mutating func word() -> AnswerValue? {
    let words: [(StaticString, AnswerValue)] = [
      ("null", .null), ("true", .flag(true)), ("false", .flag(false)), ("NaN", .number(.nan)),
      ("Infinity", .number(.infinity)), ("-Infinity", .number(-.infinity)),
    ]
    for (word, value) in words {
      let letters = "\(word)".utf8
      if bytes[place...].starts(with: letters) {
        place += letters.count
        return value
      }
    }
    return nil
  }

  private mutating func number() -> AnswerValue? {
    let digits = bytes[place...].prefix {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0)
    }
    place = digits.endIndex
    return Double(AnswerText.string(digits)).map { .number($0) }
  }

  // MARK: Texts

  private mutating func text() -> String? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    place += 1
    var units: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return AnswerText.string(units[...])
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        units += String(Character(scalar)).utf8
      default: units.append(byte)
      }
    }
    return nil
  }

  /// What stands after a backslash; half a surrogate pair becomes U+FFFD.
  private mutating func escaped() -> Unicode.Scalar? {
    guard place < bytes.count else { return nil }
    let letter = bytes[place]
    place += 1
    switch letter {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal() else { return nil }
      return scalar(unit)
    default: return nil
    }
  }

  /// The scalar of a unit of UTF-16, with the unit that follows where it is the first of a pair.
  private mutating func scalar(_ unit: UInt32) -> Unicode.Scalar {
    if let scalar = Unicode.Scalar(unit) { return scalar }
    let before = place
    if unit < 0xDC00, take("\\"), take("u"), let second = hexadecimal(), (0xDC00..<0xE000).contains(second) {
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }
    place = before
    return "\u{FFFD}"
  }

  private mutating func hexadecimal() -> UInt32? {
    let digits = bytes[place...].prefix(4)
    guard digits.count == 4, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")) else {
      return nil
    }
    place += 4
    return UInt32(AnswerText.string(digits), radix: 16)
  }

  // MARK: Signs

  private mutating func skipSpace() {
    while place < bytes.count, AnswerText.isSpace(bytes[place]) { place += 1 }
  }

  /// Takes a sign, with white space before it; false where another stands there.
  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    let before = place
    skipSpace()
    if place < bytes.count, bytes[place] == UInt8(ascii: sign) {
      place += 1
      return true
    }
    place = before
    return false
  }
}
