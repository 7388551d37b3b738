import Tensors

// From the bytes of a file to numbers.
//
// A tensor may begin at any byte, since an odd number of bytes may stand before it: elements are copied to
// where they are aligned before they are converted.

func copyFloats(_ bytes: RawSpan, into target: inout MutableSpan<Float>) {
  unsafe bytes.withUnsafeBytes { source in
    unsafe target.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
  }
}

func widen(
  _ bytes: RawSpan, into target: inout MutableSpan<Float>,
  by convert: (_ bits: Span<UInt16>, _ elements: consuming MutableSpan<Float>) -> Void
) {
  let piece = Storage<UInt16>(zeros: min(target.count, pieceLength))
  for range in pieces(target.count) {
    copy(bytes, range, into: piece)
    convert(piece.span(0..<range.count), target._mutatingExtracting(range))
  }
}

func narrowDoubles(_ bytes: RawSpan, into target: inout MutableSpan<Float>) {
  let piece = Storage<Double>(zeros: min(target.count, pieceLength))
  for range in pieces(target.count) {
    copy(bytes, range, into: piece)
    for i in 0..<range.count { target[range.lowerBound + i] = Float(piece.span[i]) }
  }
}

func integers<Element: FixedWidthInteger & BitwiseCopyable>(_ bytes: RawSpan, of: Element.Type) -> [Int64] {
  let count = bytes.byteCount / MemoryLayout<Element>.size
  let elements = Storage<Element>(zeros: count)
  copy(bytes, 0..<count, into: elements)
  return (0..<count).map { Int64(truncatingIfNeeded: elements.span[$0]) }
}

/// `0..<count` in consecutive ranges that fit a cache.
func pieces(_ count: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: pieceLength).map { $0..<min($0 + pieceLength, count) }
}

let pieceLength = 1 << 16

/// Copies elements number `range` of `bytes` to the beginning of `piece`.
private func copy<Element>(_ bytes: RawSpan, _ range: Range<Int>, into piece: Storage<Element>) {
  let size = MemoryLayout<Element>.stride
  unsafe bytes.extracting(range.lowerBound * size..<range.upperBound * size).withUnsafeBytes { source in
    var target = piece.mutableSpan
    unsafe target.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
  }
}
