/// Why bytes are no plain value.
public enum PlainValueError: Error, Sendable, Equatable {
  /// They end within a value.
  case endsEarly
  /// Something follows the value.
  case endsLate
  /// Values are nested deeper than ``PlainValue/depthLimit``.
  case tooDeep
  /// There are more values than ``PlainValue/countLimit``.
  case tooMany
  /// A letter that stands for no kind, or a part of another kind than the format has there.
  case unknownKind
}

extension PlainValue {
  /// How many values one message may hold, those within others counted.
  public static let countLimit = 1_000_000

  /// The bytes of the value.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Reads a value that takes up all of `bytes`.
  public init(decoding bytes: [UInt8]) throws(PlainValueError) {
    var reader = PlainValueReader(bytes: bytes)
    self = try reader.value(depth: 0)
    guard reader.place == bytes.count else { throw .endsLate }
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .none: bytes.append(letter("N"))
    case .boolean(let value): bytes.append(letter(value ? "T" : "F"))
    case .integer(let value): append(value, to: &bytes)
    case .real(let value):
      bytes.append(letter("R"))
      append(value.bitPattern, to: &bytes)
    case .complex(let real, let imaginary):
      bytes.append(letter("C"))
      append(real.bitPattern, to: &bytes)
      append(imaginary.bitPattern, to: &bytes)
    case .text(let text): append("S", text, to: &bytes)
    case .bytes(let contents): append("B", contents, to: &bytes)
    case .mutableBytes(let contents): append("A", contents, to: &bytes)
    case .row(let kind, let elements):
      bytes.append(kind.rawValue)
      if kind == .iterator || kind == .deque { bytes.append(letter("L")) }
      append(UInt32(elements.count), to: &bytes)
      for element in elements { element.append(to: &bytes) }
    case .mapping(let pairs):
      bytes.append(letter("D"))
      append(UInt32(pairs.count), to: &bytes)
      for pair in pairs {
        pair.key.append(to: &bytes)
        pair.element.append(to: &bytes)
      }
    case .range(let first, let end, let step):
      bytes.append(letter("G"))
      for number in [first, end, step] { append(number, to: &bytes) }
    case .decimal(let text):
      bytes.append(letter("M"))
      append("S", text, to: &bytes)
    case .fraction(let above, let below):
      bytes.append(letter("V"))
      append(above, to: &bytes)
      append(below, to: &bytes)
    case .type(let name):
      bytes.append(letter("Y"))
      append("S", name, to: &bytes)
    case .handle(let number, let kind):
      bytes.append(letter("H"))
      append(number, to: &bytes)
      append("S", kind, to: &bytes)
    }
  }

  private func append(_ value: WideInteger, to bytes: inout [UInt8]) { append("I", value.bytes, to: &bytes) }

  private func append(_ kind: Unicode.Scalar, _ contents: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(letter(kind))
    append(UInt32(contents.count), to: &bytes)
    bytes += contents
  }

  private func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for place in stride(from: 0, to: number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> place))
    }
  }
}

private func letter(_ scalar: Unicode.Scalar) -> UInt8 { UInt8(ascii: scalar) }

/// Reads values from bytes that nobody vouches for.
private struct PlainValueReader {
  let bytes: [UInt8]
  var place = 0
  private var count = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func value(depth: Int) throws(PlainValueError) -> PlainValue {
    guard depth <= PlainValue.depthLimit + 2 else { throw .tooDeep }
    count += 1
    guard count <= PlainValue.countLimit else { throw .tooMany }
    let kind = try byte()
    if let row = PlainValue.Row(rawValue: kind) { return try self.row(row, depth: depth) }
    switch Unicode.Scalar(kind) {
    case "N": return .none
    case "T": return .boolean(true)
    case "F": return .boolean(false)
    case "I": return .integer(WideInteger(bytes: try counted()))
    case "R": return .real(try double())
    case "C": return .complex(try double(), try double())
    case "S": return .text(Array(try counted()))
    case "B": return .bytes(Array(try counted()))
    case "A": return .mutableBytes(Array(try counted()))
    case "D": return .mapping(try pairs(depth: depth))
    case "G": return .range(try integer(), try integer(), try integer())
    case "M": return .decimal(try text())
    case "V": return .fraction(try integer(), try integer())
    case "Y": return .type(try text())
    case "H": return .handle(UInt32(try number(4)), try text())
    default: throw .unknownKind
    }
  }

  private mutating func row(_ row: PlainValue.Row, depth: Int) throws(PlainValueError) -> PlainValue {
    if row == .iterator || row == .deque {
      guard try byte() == PlainValue.Row.list.rawValue else { throw .unknownKind }
    }
    return .row(row, try elements(depth: depth))
  }

  private mutating func elements(depth: Int) throws(PlainValueError) -> [PlainValue] {
    var elements: [PlainValue] = []
    for _ in 0..<(try many()) { elements.append(try value(depth: depth + 1)) }
    return elements
  }

  private mutating func pairs(depth: Int) throws(PlainValueError) -> [PlainValue.Pair] {
    var pairs: [PlainValue.Pair] = []
    for _ in 0..<(try many()) {
      let key = try value(depth: depth + 1)
      pairs.append(PlainValue.Pair(key, try value(depth: depth + 1)))
    }
    return pairs
  }

  /// A count of values, each of which takes a byte at least.
  private mutating func many() throws(PlainValueError) -> Int {
    let count = Int(try number(4))
    guard count <= bytes.count - place else { throw .endsEarly }
    return count
  }

  private mutating func integer() throws(PlainValueError) -> WideInteger {
    guard try byte() == letter("I") else { throw .unknownKind }
    return WideInteger(bytes: try counted())
  }

  private mutating func text() throws(PlainValueError) -> [UInt8] {
    guard try byte() == letter("S") else { throw .unknownKind }
    return Array(try counted())
  }

  private mutating func double() throws(PlainValueError) -> Double { Double(bitPattern: try number(8)) }

  private mutating func counted() throws(PlainValueError) -> ArraySlice<UInt8> {
    try take(Int(try number(4)))
  }

  private mutating func byte() throws(PlainValueError) -> UInt8 { UInt8(try number(1)) }

  private mutating func number(_ count: Int) throws(PlainValueError) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: Int) throws(PlainValueError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - place else { throw .endsEarly }
    defer { place += count }
    return bytes[place..<place + count]
  }
}
