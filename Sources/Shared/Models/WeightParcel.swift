public import Kernels
public import Tensors

/// A chunk of parameters in the precision in which the model reads them.
///
/// It is what travels to ranks that only compute with them: matrices in the precision of products, vectors as
/// `Float`.
public struct WeightParcel: Sendable {
  /// A run of elements and where they lie in the parcel.
  public struct Piece: Sendable {
    /// The elements' positions in the table.
    public let elements: Range<Int>
    /// Whether they lie among the bf16 elements.
    public let isNarrow: Bool
    /// Their places there, or among the `Float`s.
    public let places: Range<Int>
  }

  /// The chunk.
  public let chunk: ParameterChunk
  /// The elements that travel as bf16.
  public let narrow: Storage<UInt16>
  /// The elements that travel as `Float`.
  public let wide: Storage<Float>

  private let precision: Precision

  /// A parcel of zeros for `chunk`.
  public init(_ chunk: ParameterChunk, precision: Precision) {
    self.chunk = chunk
    self.precision = precision
    let isNarrow = { (parameter: Parameter) in parameter.isMatrix && precision == .bf16 }
    let narrowCount = chunk.parameters.filter(isNarrow).reduce(0) { $0 + $1.count }
    narrow = Storage(zeros: narrowCount)
    wide = Storage(zeros: chunk.range.count - narrowCount)
  }

  /// The elements `range` of the table that are in the chunk, in pieces that lie together.
  public func pieces(of range: Range<Int>) -> [Piece] {
    var (narrowEnd, wideEnd) = (0, 0)
    return chunk.parameters.compactMap { parameter in
      let isNarrow = parameter.isMatrix && precision == .bf16
      let start = isNarrow ? narrowEnd : wideEnd
      if isNarrow { narrowEnd += parameter.count } else { wideEnd += parameter.count }
      let elements = parameter.range.clamped(to: range)
      guard !elements.isEmpty else { return nil }
      let first = start + elements.lowerBound - parameter.offset
      return Piece(elements: elements, isNarrow: isNarrow, places: first..<first + elements.count)
    }
  }

  /// Fills the places of the elements `range` from `values`, which begins with number `base` of the table.
  public func fill(_ range: Range<Int>, from values: Storage<Float>, base: Int) {
    forEachPiece(of: range) { piece, elements, places in
      let source = values.span(elements.lowerBound - base..<elements.upperBound - base)
      if piece.isNarrow {
        roundToBFloat16(source, into: narrow.mutableSpan(places))
      } else {
        var target = wide.mutableSpan(places)
        for i in 0..<source.count { target[i] = source[i] }
      }
    }
  }

  /// Writes all elements, widened, to `values`, whose first is the chunk's first.
  public func unpack(into values: Storage<Float>) {
    let base = chunk.range.lowerBound
    forEachPiece(of: chunk.range) { piece, elements, places in
      var target = values.mutableSpan(elements.lowerBound - base..<elements.upperBound - base)
      if piece.isNarrow {
        widenBFloat16(narrow.span(places), into: target)
      } else {
        let source = wide.span(places)
        for i in 0..<source.count { target[i] = source[i] }
      }
    }
  }

  /// Calls `body` with blocks of every piece, in parallel.
  private func forEachPiece(
    of range: Range<Int>,
    _ body: @Sendable (_ piece: Piece, _ elements: Range<Int>, _ places: Range<Int>) -> Void
  ) {
    let blockSize = 65_536
    for piece in pieces(of: range) {
      forEachBlock((piece.places.count + blockSize - 1) / blockSize) { block in
        let part = block * blockSize..<min(piece.places.count, (block + 1) * blockSize)
        let (element, place) = (piece.elements.lowerBound, piece.places.lowerBound)
        body(
          piece, element + part.lowerBound..<element + part.upperBound,
          place + part.lowerBound..<place + part.upperBound)
      }
    }
  }
}

extension ModelWeights {
  /// Takes over what a parcel brought.
  public func install(_ parcel: WeightParcel) {
    let values = Storage<Float>(zeros: parcel.chunk.range.count)
    parcel.unpack(into: values)
    install(values, chunk: parcel.chunk, base: parcel.chunk.range.lowerBound)
  }
}

extension WeightParcel {
  /// A checksum of the parcel's bits: FNV-1a over blocks of 65 536 elements, combined in order.
  public var checksum: UInt64 {
    let (narrow, wide) = (narrow, wide)
    let low = blockwiseHash(count: narrow.count) { UInt64(narrow.span[$0]) }
    let high = blockwiseHash(count: wide.count) { UInt64(wide.span[$0].bitPattern) }
    return (low &* 0x100_0000_01b3) ^ high
  }
}

private func blockwiseHash(count: Int, _ word: @Sendable (Int) -> UInt64) -> UInt64 {
  let blockSize = 65_536
  let blocks = (count + blockSize - 1) / blockSize
  let sums = Storage<UInt64>(zeros: max(1, blocks))
  forEachBlock(blocks) { block in
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for i in block * blockSize..<min(count, (block + 1) * blockSize) {
      hash = (hash ^ word(i)) &* 0x100_0000_01b3
    }
    var out = sums.mutableSpan
    out[block] = hash
  }
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for block in 0..<blocks { hash = (hash ^ sums.span[block]) &* 0x100_0000_01b3 }
  return hash
}
