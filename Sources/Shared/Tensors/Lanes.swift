// Vectors of elements side by side.
//
// A sum over single elements stays scalar, because Swift keeps the order of floating-point additions; a sum
// over lanes is eight or sixteen sums side by side.

extension Span<Float> {
  /// The eight elements from `offset` on, as lanes of one vector.
  ///
  /// - Precondition: `0 ≤ offset ≤ count - 8`.
  @inlinable
  public func lanes8(at offset: Int) -> SIMD8<Float> {
    unsafe bytes.unsafeLoadUnaligned(
      fromByteOffset: offset * MemoryLayout<Float>.stride, as: SIMD8<Float>.self)
  }

  /// The sixteen elements from `offset` on, as lanes of one vector.
  ///
  /// - Precondition: `0 ≤ offset ≤ count - 16`.
  @inlinable
  public func lanes16(at offset: Int) -> SIMD16<Float> {
    unsafe bytes.unsafeLoadUnaligned(
      fromByteOffset: offset * MemoryLayout<Float>.stride, as: SIMD16<Float>.self)
  }
}

extension MutableSpan<Float> {
  /// The eight elements from `offset` on, as lanes of one vector.
  ///
  /// - Precondition: `0 ≤ offset ≤ count - 8`.
  @inlinable
  public func lanes8(at offset: Int) -> SIMD8<Float> {
    span.lanes8(at: offset)
  }

  /// The sixteen elements from `offset` on, as lanes of one vector.
  ///
  /// - Precondition: `0 ≤ offset ≤ count - 16`.
  @inlinable
  public func lanes16(at offset: Int) -> SIMD16<Float> {
    span.lanes16(at: offset)
  }

  /// Writes `lanes` to the eight elements from `offset` on.
  ///
  /// - Precondition: `0 ≤ offset ≤ count - 8`.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func setLanes8(_ lanes: SIMD8<Float>, at offset: Int) {
    var bytes = unsafe mutableBytes
    bytes.storeBytes(
      of: lanes, toByteOffset: offset * MemoryLayout<Float>.stride, as: SIMD8<Float>.self)
  }

  /// Writes `lanes` to the sixteen elements from `offset` on.
  ///
  /// - Precondition: `0 ≤ offset ≤ count - 16`.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func setLanes16(_ lanes: SIMD16<Float>, at offset: Int) {
    var bytes = unsafe mutableBytes
    bytes.storeBytes(
      of: lanes, toByteOffset: offset * MemoryLayout<Float>.stride, as: SIMD16<Float>.self)
  }
}
