/// Why a text is no JSON value.
public struct JSONTextError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let reason: String
  /// At which byte, from 0.
  public let place: Int

  /// What is wrong, and where.
  public var description: String { "no JSON: \(reason) at byte \(place)" }
}

extension PlainValue {
  /// Reads JSON: arrays become lists, objects mappings with text keys, numbers with a point or an exponent
  /// doubles, others integers of any size (up to 5000 digits).
  public init(json text: String) throws(JSONTextError) {
    var reader = JSONReader(bytes: Array(text.utf8))
    self = try reader.document()
  }
}

/// Reads JSON to the letter of RFC 8259, nested up to ``PlainValue/depthLimit``.
private struct JSONReader {
  let bytes: [UInt8]
  var place = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let digitLimit = 5000

  mutating func document() throws(JSONTextError) -> PlainValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard place == bytes.count else { throw fault("something follows the value") }
    return value
  }

  private func fault(_ reason: String) -> JSONTextError { JSONTextError(reason: reason, place: place) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
  }

  private mutating func accept(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONTextError) -> PlainValue {
    guard depth <= PlainValue.depthLimit else { throw fault("nested too deeply") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return .mapping(try pairs(depth: depth))
    case UInt8(ascii: "["): return .list(try elements(depth: depth))
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .none)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: PlainValue) throws(JSONTextError) -> PlainValue {
    for byte in word.utf8 {
      guard accept(byte) else { throw fault("an unknown word") }
    }
    return value
  }

  private mutating func elements(depth: Int) throws(JSONTextError) -> [PlainValue] {
    place += 1
    var elements: [PlainValue] = []
    skipBlanks()
    if accept(UInt8(ascii: "]")) { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
    } while accept(UInt8(ascii: ","))
    guard accept(UInt8(ascii: "]")) else { throw fault("no end of an array") }
    return elements
  }

  private mutating func pairs(depth: Int) throws(JSONTextError) -> [PlainValue.Pair] {
    place += 1
    var pairs: [PlainValue.Pair] = []
    skipBlanks()
    if accept(UInt8(ascii: "}")) { return pairs }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw fault("no key") }
      let key = PlainValue.text(try text())
      skipBlanks()
      guard accept(UInt8(ascii: ":")) else { throw fault("no colon") }
      pairs.append(PlainValue.Pair(key, try value(depth: depth + 1)))
      skipBlanks()
    } while accept(UInt8(ascii: ","))
    guard accept(UInt8(ascii: "}")) else { throw fault("no end of an object") }
    return pairs
  }

  private mutating func number() throws(JSONTextError) -> PlainValue {
    let start = place
    let negative = accept(UInt8(ascii: "-"))
    let whole = digits()
    guard !whole.isEmpty, whole.count == 1 || whole.first != 0x30 else { throw fault("no value") }
    var isReal = false
    if accept(UInt8(ascii: ".")) {
      isReal = true
      guard !digits().isEmpty else { throw fault("no digits behind the point") }
    }
    if accept(UInt8(ascii: "e")) || accept(UInt8(ascii: "E")) {
      isReal = true
      if !accept(UInt8(ascii: "+")) { _ = accept(UInt8(ascii: "-")) }
      guard !digits().isEmpty else { throw fault("no exponent") }
    }
    guard isReal else {
      guard whole.count <= Self.digitLimit, let value = WideInteger(negative: negative, digits: whole) else {
        throw fault("an integer of too many digits")
      }
      return .integer(value)
    }
    guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)) else {
      throw fault("no number")
    }
    return .real(value)
  }

  private mutating func digits() -> ArraySlice<UInt8> {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    return bytes[start..<place]
  }

  private mutating func text() throws(JSONTextError) -> [UInt8] {
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"): try escape(&text)
      case ..<0x20: throw fault("a control character in a text")
      default: text.append(byte)
      }
    }
    throw fault("no end of a text")
  }

  private mutating func escape(_ text: inout [UInt8]) throws(JSONTextError) {
    guard let byte = next else { throw fault("no end of a text") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try append(scalar: try unit(), to: &text)
    default: throw fault("an unknown escape")
    }
  }

  private mutating func unit() throws(JSONTextError) -> UInt32 {
    guard place + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw fault("no four hexadecimal digits") }
    place += 4
    return value
  }

  /// Appends what `first`, and where it is the first half of a pair the next escape, stand for.
  ///
  /// A half alone is kept as its three bytes, as Python keeps it.
  private mutating func append(scalar first: UInt32, to text: inout [UInt8]) throws(JSONTextError) {
    let start = place
    if (0xd800..<0xdc00).contains(first), accept(UInt8(ascii: "\\")), accept(UInt8(ascii: "u")) {
      let second = try unit()
      if (0xdc00..<0xe000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
      {
        text += Array(String(scalar).utf8)
        return
      }
    }
    place = start
    if let scalar = Unicode.Scalar(first) {
      text += Array(String(scalar).utf8)
    } else {
      text += [0xe0 | UInt8(first >> 12), 0x80 | UInt8(first >> 6 & 0x3f), 0x80 | UInt8(first & 0x3f)]
    }
  }
}
