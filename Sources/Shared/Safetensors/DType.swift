/// The type of a tensor's elements, by the name that the file format gives it.
public enum DType: String, Sendable, CaseIterable {
  /// IEEE 754 binary64.
  case f64 = "F64"

  /// IEEE 754 binary32.
  case f32 = "F32"

  /// IEEE 754 binary16.
  case f16 = "F16"

  /// The upper half of a binary32.
  case bf16 = "BF16"

  /// Signed integers of 64 bits.
  case i64 = "I64"

  /// Signed integers of 32 bits.
  case i32 = "I32"

  /// Signed integers of 16 bits.
  case i16 = "I16"

  /// Signed integers of 8 bits.
  case i8 = "I8"

  /// Unsigned integers of 64 bits.
  case u64 = "U64"

  /// Unsigned integers of 32 bits.
  case u32 = "U32"

  /// Unsigned integers of 16 bits.
  case u16 = "U16"

  /// Unsigned integers of 8 bits.
  case u8 = "U8"

  /// Bytes of which 0 is false.
  case bool = "BOOL"

  /// Eight bits with four of exponent; known by size, not converted.
  case f8e4m3 = "F8_E4M3"

  /// Eight bits with five of exponent; known by size, not converted.
  case f8e5m2 = "F8_E5M2"

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
    }
  }
}
