extension PuzzleValue {
  /// How deep lists and objects may lie in one another.
  static let depthLimit = 100

  /// The value that `text` writes in JSON; nil if it writes none, or nests deeper than 100.
  ///
  /// It takes what Python's `json.loads` takes, `NaN` and `Infinity` included: answers are scored as
  /// reasoning-gym scores them. A lone surrogate becomes U+FFFD.
  public init?(json text: String) {
    self.init(AnswerText(text))
  }

  init?(_ text: AnswerText) {
    var reader = JSONReader(text.scalars[...])
    guard let value = reader.document() else { return nil }
    self = value
  }
}

/// Reads one JSON document from the front; every method moves past what it read, or returns nil.
private struct JSONReader {
  private var rest: ArraySlice<Unicode.Scalar>

  init(_ text: ArraySlice<Unicode.Scalar>) { rest = text }

  mutating func document() -> PuzzleValue? {
    skipSpace()
    guard let value = value(depth: 0) else { return nil }
    skipSpace()
    return rest.isEmpty ? value : nil
  }

  private mutating func value(depth: Int) -> PuzzleValue? {
    guard let first = rest.first, depth < PuzzleValue.depthLimit else { return nil }
    switch first {
    case "{": return object(depth: depth)
    case "[": return list(depth: depth)
    case "\"": return string().map(PuzzleValue.text)
    case "t": return take("true") ? .bool(true) : nil
    case "f": return take("false") ? .bool(false) : nil
    case "n": return take("null") ? .null : nil
    case "N": return take("NaN") ? .number(.nan) : nil
    case "I": return take("Infinity") ? .number(.infinity) : nil
    default: return take("-Infinity") ? .number(-.infinity) : number()
    }
  }

  private mutating func object(depth: Int) -> PuzzleValue? {
    rest.removeFirst()
    skipSpace()
    var members: [PuzzleMember] = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard rest.first == "\"", let name = string() else { return nil }
      skipSpace()
      guard take(":") else { return nil }
      skipSpace()
      guard let value = value(depth: depth + 1) else { return nil }
      members.append(PuzzleMember(name, value))
      skipSpace()
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func list(depth: Int) -> PuzzleValue? {
    rest.removeFirst()
    skipSpace()
    var elements: [PuzzleValue] = []
    if take("]") { return .list(elements) }
    repeat {
      skipSpace()
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
      skipSpace()
    } while take(",")
    return take("]") ? .list(elements) : nil
  }

  private mutating func string() -> String? {
    rest.removeFirst()
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return String(text) }
      guard scalar.value >= 0x20 else { return nil }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard let escaped = escape() else { return nil }
      text.append(escaped)
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let letter = rest.popFirst() else { return nil }
    switch letter {
    case "\"", "\\", "/": return letter
    case "b": return "\u{08}"
    case "f": return "\u{0C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      guard let unit = unit() else { return nil }
      return scalar(unit)
    default: return nil
    }
  }

  /// The four hexadecimal digits that follow.
  private mutating func unit() -> UInt32? {
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
    rest = rest.dropFirst(4)
    return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
  }

  private mutating func scalar(_ unit: UInt32) -> Unicode.Scalar {
    if (0xD800..<0xDC00).contains(unit), rest.starts(with: "\\u".unicodeScalars) {
      let before = rest
      rest = rest.dropFirst(2)
      if let low = self.unit(), (0xDC00..<0xE000).contains(low) {
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00) ?? "\u{FFFD}"
      }
      rest = before
    }
    return Unicode.Scalar(unit) ?? "\u{FFFD}"
  }

  private mutating func number() -> PuzzleValue? {
    var text = ""
    if take("-") { text += "-" }
    let whole = digits()
    guard !whole.isEmpty, whole.count == 1 || whole.first != "0" else { return nil }
    text += whole
    let integer = Int(text)
    let before = rest
    var isInteger = true
    if take(".") {
      let fraction = digits()
      if fraction.isEmpty {
        rest = before
      } else {
        text += "." + fraction
        isInteger = false
      }
    }
    let end = rest
    if take("e") || take("E") {
      let sign = take("-") ? "-" : take("+") ? "+" : ""
      let exponent = digits()
      if exponent.isEmpty {
        rest = end
      } else {
        text += "e" + sign + exponent
        isInteger = false
      }
    }
    if isInteger, let integer { return .integer(integer) }
    return Double(text).map(PuzzleValue.number)
  }

  private mutating func digits() -> String {
    let digits = rest.prefix { ("0"..."9").contains($0) }
    rest = rest[digits.endIndex...]
    return String(String.UnicodeScalarView(digits))
  }

  private mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.unicodeScalars) else { return false }
    rest = rest.dropFirst(word.unicodeScalars.count)
    return true
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }
  }
}
