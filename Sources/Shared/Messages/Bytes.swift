/// A message that cannot be read.
public enum MessageError: Error, Sendable, Equatable {
  /// The bytes end early, or something follows the end.
  case truncated(kind: String, bytes: Int)

  /// The sender speaks another version of the format.
  case version(found: UInt8, expected: UInt8)

  /// A value that the format does not have.
  case invalid(kind: String, value: String)
}

extension MessageError: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .truncated(let kind, let bytes):
      "a \(kind) message of \(bytes) bytes is damaged: its fields do not fill it; run one build on all ranks"
    case .version(let found, let expected):
      "a message has wire version \(found), this rank speaks \(expected); run one build on all ranks"
    case .invalid(let kind, let value):
      "a \(kind) message holds \(value), which no rank of this version sends; run one build on all ranks"
    }
  }
}

/// Something with a fixed encoding in bytes, little-endian; docs/wire-format.md.
public protocol WireCodable {
  /// Appends the value's bytes.
  func write(to bytes: inout ByteWriter)

  /// Reads what ``write(to:)`` wrote.
  init(from bytes: inout ByteReader) throws(MessageError)
}

/// Appends values to bytes.
public struct ByteWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts with nothing.
  public init() {}

  mutating func write(_ value: some FixedWidthInteger) {
    append(value)
  }

  private mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    var rest = Integer.Magnitude(truncatingIfNeeded: value)
    for _ in 0..<Integer.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest = Integer.bitWidth > 8 ? rest >> 8 : 0
    }
  }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func write(_ value: Float) { write(value.bitPattern) }

  mutating func write(_ value: Double) { write(value.bitPattern) }

  mutating func write(_ value: String) {
    write(Int64(value.utf8.count))
    bytes += value.utf8
  }

  mutating func write(_ values: [Int32]) {
    write(Int64(values.count))
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values { write(value) }
  }

  mutating func write(_ values: [Float]) {
    write(Int64(values.count))
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values { write(value) }
  }

  mutating func write(_ values: [Bool]) {
    write(Int64(values.count))
    for value in values { write(value) }
  }

  mutating func write(_ values: [some WireCodable]) {
    write(Int64(values.count))
    for value in values { value.write(to: &self) }
  }
}

/// Takes values from bytes; every shortfall is an error, never a trap.
public struct ByteReader {
  private let bytes: [UInt8]
  private let kind: String
  private var position = 0

  /// Reads `bytes`; `kind` names the message in errors.
  public init(_ bytes: [UInt8], kind: String) {
    self.bytes = bytes
    self.kind = kind
  }

  private var truncated: MessageError { .truncated(kind: kind, bytes: bytes.count) }

  func invalid(_ value: String) -> MessageError { .invalid(kind: kind, value: value) }

  mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(MessageError) -> Integer {
    let width = Integer.bitWidth / 8
    guard bytes.count - position >= width else { throw truncated }
    var value: UInt64 = 0
    for i in 0..<width { value |= UInt64(bytes[position + i]) << UInt64(8 * i) }
    position += width
    return Integer(truncatingIfNeeded: value)
  }

  mutating func int() throws(MessageError) -> Int { Int(try integer(Int64.self)) }

  mutating func bool() throws(MessageError) -> Bool { try integer(UInt8.self) != 0 }

  mutating func float() throws(MessageError) -> Float { Float(bitPattern: try integer(UInt32.self)) }

  mutating func double() throws(MessageError) -> Double { Double(bitPattern: try integer(UInt64.self)) }

  /// A count of elements of at least `bytesEach` bytes, which must still be there.
  private mutating func count(bytesEach: Int) throws(MessageError) -> Int {
    let count = try int()
    guard count >= 0, count <= (bytes.count - position) / bytesEach else { throw truncated }
    return count
  }

  mutating func string() throws(MessageError) -> String {
    let count = try count(bytesEach: 1)
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }

  mutating func int32s() throws(MessageError) -> [Int32] {
    let count = try count(bytesEach: 4)
    var values: [Int32] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try integer(Int32.self)) }
    return values
  }

  mutating func floats() throws(MessageError) -> [Float] {
    let count = try count(bytesEach: 4)
    var values: [Float] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try float()) }
    return values
  }

  mutating func bools() throws(MessageError) -> [Bool] {
    try lists { bytes throws(MessageError) in try bytes.bool() }
  }

  /// A list of what `read` takes, at least a byte each.
  mutating func lists<Value>(
    _ read: (inout ByteReader) throws(MessageError) -> Value
  ) throws(MessageError) -> [Value] {
    let count = try count(bytesEach: 1)
    var values: [Value] = []
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }

  mutating func list<Value: WireCodable>(of type: Value.Type) throws(MessageError) -> [Value] {
    let count = try count(bytesEach: 1)
    var values: [Value] = []
    for _ in 0..<count { values.append(try Value(from: &self)) }
    return values
  }

  /// Checks that nothing is left.
  func finish() throws(MessageError) {
    guard position == bytes.count else { throw truncated }
  }
}
