// Sixteen-bit floating point, as rows of bits.
//
// bfloat16 is the upper half of a Float: its range, with 8 significant bits. Float16 is IEEE 754 binary16: 11
// significant bits up to 65504. Rounding is to nearest, ties to even; a finite value beyond the range becomes
// an infinity; a NaN stays a NaN, made quiet; widening is exact.

/// Rounds `x` to bfloat16.
///
/// - Parameters:
///   - x: The elements.
///   - bits: Overwritten with the bits of each, in order.
/// - Precondition: Both have the same count.
public func roundToBFloat16(_ x: Span<Float>, into bits: consuming MutableSpan<UInt16>) {
  precondition(x.count == bits.count, "roundToBFloat16: \(x.count) elements into \(bits.count)")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe bits.withUnsafeMutableBufferPointer { bits in
      for i in x.indices { unsafe bits[i] = bfloat16Bits(x[i]) }
    }
  }
}

/// Widens bfloat16 `bits` to `Float`, exactly.
///
/// - Parameters:
///   - bits: The elements.
///   - x: Overwritten with the value of each, in order.
/// - Precondition: Both have the same count.
public func widenBFloat16(_ bits: Span<UInt16>, into x: consuming MutableSpan<Float>) {
  precondition(x.count == bits.count, "widenBFloat16: \(bits.count) elements into \(x.count)")
  unsafe bits.withUnsafeBufferPointer { bits in
    unsafe x.withUnsafeMutableBufferPointer { x in
      for i in bits.indices { unsafe x[i] = float(bfloat16Bits: bits[i]) }
    }
  }
}

/// Rounds `x` to IEEE 754 binary16.
///
/// - Parameters:
///   - x: The elements.
///   - bits: Overwritten with the bits of each, in order.
/// - Precondition: Both have the same count.
public func roundToFloat16(_ x: Span<Float>, into bits: consuming MutableSpan<UInt16>) {
  precondition(x.count == bits.count, "roundToFloat16: \(x.count) elements into \(bits.count)")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe bits.withUnsafeMutableBufferPointer { bits in
      for i in x.indices { unsafe bits[i] = Float16(x[i]).bitPattern }
    }
  }
}

/// Widens IEEE 754 binary16 `bits` to `Float`, exactly.
///
/// - Parameters:
///   - bits: The elements.
///   - x: Overwritten with the value of each, in order.
/// - Precondition: Both have the same count.
public func widenFloat16(_ bits: Span<UInt16>, into x: consuming MutableSpan<Float>) {
  precondition(x.count == bits.count, "widenFloat16: \(bits.count) elements into \(x.count)")
  unsafe bits.withUnsafeBufferPointer { bits in
    unsafe x.withUnsafeMutableBufferPointer { x in
      for i in bits.indices { unsafe x[i] = Float(Float16(bitPattern: bits[i])) }
    }
  }
}

/// The bits of the bfloat16 nearest to `x`, ties to even.
@inlinable
public func bfloat16Bits(_ x: Float) -> UInt16 {
  let bits = x.bitPattern
  // Rounding could carry a NaN's payload into an infinity, so a NaN is cut and made quiet instead.
  let quiet = bits >> 16 | 0x40
  let rounded = (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
  return UInt16(truncatingIfNeeded: bits & 0x7fff_ffff > 0x7f80_0000 ? quiet : rounded)
}

/// The value of a bfloat16.
@inlinable
public func float(bfloat16Bits bits: UInt16) -> Float {
  Float(bitPattern: UInt32(bits) << 16)
}
