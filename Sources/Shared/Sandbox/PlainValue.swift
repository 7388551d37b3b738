/// A value without behaviour, as it travels between sandboxes and the host: what a solution answered, or what it
/// is asked with.
///
/// The bytes are one letter for the kind, then its contents; counts are 4 bytes, the lowest first. A reader
/// refuses values nested deeper than ``depthLimit`` and texts that end early or late, so that nothing a solution
/// sends can do more than be refused. `Guest/codec.py` is the other side.
///
/// | letter | kind | contents |
/// |---|---|---|
/// | `N`, `T`, `F` | None, True, False | – |
/// | `I` | int | count, two's complement, the lowest byte first |
/// | `R`, `C` | float, complex | one or two doubles |
/// | `S`, `B`, `A` | str, bytes, bytearray | count, bytes; a str as UTF-8, lone surrogates included |
/// | `L`, `U`, `E`, `Z` | list, tuple, set, frozenset | count, elements |
/// | `D` | dict | count, keys and elements in turn |
/// | `X`, `Q` | the rest of an iterator, deque | a list |
/// | `G` | range | three ints |
/// | `M`, `Y` | Decimal, built-in type | its text |
/// | `V` | Fraction | two ints |
/// | `H` | an object that stays where it is | 4 bytes of number, the name of its type |
public enum PlainValue: Sendable, Hashable {
  /// Nothing.
  case none
  /// A truth value; not the same as the integers 0 and 1.
  case boolean(Bool)
  /// An integer of any size.
  case integer(WideInteger)
  /// A double.
  case real(Double)
  /// A complex number.
  case complex(Double, Double)
  /// Text, as UTF-8 or nearly so.
  case text([UInt8])
  /// Bytes.
  case bytes([UInt8])
  /// Bytes that may change.
  case mutableBytes([UInt8])
  /// Elements in a row, or in none.
  case row(Row, [PlainValue])
  /// Keys and their elements, in the order of insertion, without a key twice.
  case mapping([Pair])
  /// The integers from a first one to before an end, in steps.
  case range(WideInteger, WideInteger, WideInteger)
  /// A Decimal, by its text.
  case decimal([UInt8])
  /// A Fraction.
  case fraction(WideInteger, WideInteger)
  /// A built-in type, by its name.
  case type([UInt8])
  /// An object that stays in the solution's sandbox, by its number and the name of its type.
  case handle(UInt32, [UInt8])

  /// How elements are held together.
  public enum Row: UInt8, Sendable, Hashable, CaseIterable {
    /// A list.
    case list = 0x4c
    /// A tuple.
    case tuple = 0x55
    /// A set, whose order says nothing.
    case set = 0x45
    /// A frozenset.
    case frozenSet = 0x5a
    /// What an iterator had left.
    case iterator = 0x58
    /// A deque.
    case deque = 0x51
  }

  /// A key and its element.
  public struct Pair: Sendable, Hashable {
    /// The key.
    public let key: PlainValue
    /// The element.
    public let element: PlainValue

    /// A pair of both.
    public init(_ key: PlainValue, _ element: PlainValue) {
      self.key = key
      self.element = element
    }
  }

  /// How many values may be nested in one another.
  public static let depthLimit = 100

  /// An integer.
  public static func integer(_ value: Int) -> PlainValue { .integer(WideInteger(value)) }

  /// A text.
  public static func text(_ value: String) -> PlainValue { .text(Array(value.utf8)) }

  /// A list.
  public static func list(_ elements: [PlainValue]) -> PlainValue { .row(.list, elements) }

  /// A tuple.
  public static func tuple(_ elements: [PlainValue]) -> PlainValue { .row(.tuple, elements) }
}

/// An integer of any size: its two's complement, the lowest byte first, in as few bytes as hold it.
public struct WideInteger: Sendable, Hashable {
  /// The bytes; at least one.
  public let bytes: [UInt8]

  /// The integer of `bytes`, which need not be the fewest; none is zero.
  public init(bytes: some Collection<UInt8>) {
    var bytes = bytes.isEmpty ? [0] : Array(bytes)
    while bytes.count > 1 {
      let filler: UInt8 = bytes[bytes.count - 2] & 0x80 == 0 ? 0 : 0xff
      guard bytes[bytes.count - 1] == filler else { break }
      bytes.removeLast()
    }
    self.bytes = bytes
  }

  /// The integer `value`.
  public init(_ value: Int) {
    self.init(bytes: (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }

  /// The integer with these decimal digits; nil where there are none, or another character.
  ///
  /// The work grows with the square of the digits.
  public init?(negative: Bool, digits: some Collection<UInt8>) {
    guard !digits.isEmpty else { return nil }
    var magnitude: [UInt8] = [0]
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      var carry = Int(digit) - 0x30
      for place in magnitude.indices {
        carry += 10 * Int(magnitude[place])
        magnitude[place] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
      if carry > 0 { magnitude.append(UInt8(carry)) }
    }
    magnitude.append(0)
    if negative {
      var carry = 1
      for place in magnitude.indices {
        carry += Int(~magnitude[place])
        magnitude[place] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
    }
    self.init(bytes: magnitude)
  }

  /// Whether it is below zero.
  public var isNegative: Bool { bytes[bytes.count - 1] & 0x80 != 0 }

  /// The same number, where it fits in 64 bits.
  public var int: Int? {
    guard bytes.count <= 8 else { return nil }
    var value = isNegative ? -1 : 0
    for byte in bytes.reversed() { value = value << 8 | Int(byte) }
    return value
  }

  /// The nearest double, or an infinity; exact up to 2^53.
  public var double: Double {
    if let int { return Double(int) }
    var value = isNegative ? -1.0 : 0
    for byte in bytes.reversed() { value = value * 256 + Double(byte) }
    return value
  }
}
