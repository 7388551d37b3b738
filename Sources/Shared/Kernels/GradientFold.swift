public import Tensors

// The fold of a group's gradient into fixed point.
//
//   total[i] += round(gradient[i] · scale)       64-bit integers, ties to even
//
// Integers add in any order to the same bits, so the total depends neither on the order of groups nor on
// which learner folded which group. docs/laws.md says why and how overflow is excluded.

/// What folding one group found.
public struct FoldReport: Sendable, Equatable {
  /// The largest magnitude of any element; NaN or infinite when the gradient is.
  public var largestMagnitude: Float
  /// Whether every element was finite; if not, nothing is to be trusted and the update must be skipped.
  public var isFinite: Bool { largestMagnitude.isFinite }

  /// Creates a report.
  public init(largestMagnitude: Float) { self.largestMagnitude = largestMagnitude }
}

/// Adds `gradient · scale`, rounded to integers, to `total`.
///
/// - Parameters:
///   - gradient: `[count]`.
///   - scale: A power of two, such as 2^36.
///   - total: `[count]`, added to with wrap-around; ``FoldReport`` lets the caller exclude it.
/// - Returns: The largest magnitude seen.
public func foldGradient(_ gradient: Tensor, scale: Double, into total: Storage<Int64>) -> FoldReport {
  precondition(gradient.count == total.count, "foldGradient: \(gradient.count) elements into \(total.count)")
  let blockSize = 65_536
  let blocks = (gradient.count + blockSize - 1) / blockSize
  let magnitudes = Storage<Float>(zeros: max(1, blocks))
  forEachBlock(blocks) { block in
    let range = block * blockSize..<min(gradient.count, (block + 1) * blockSize)
    var found = magnitudes.mutableSpan
    found[block] = foldBlock(gradient.span, range, scale: scale, into: total)
  }
  var largest: Float = 0
  for block in 0..<blocks {
    let magnitude = magnitudes.span[block]
    if !(magnitude <= largest) { largest = magnitude }  // a NaN wins and stays
    if largest.isNaN { break }
  }
  return FoldReport(largestMagnitude: largest)
}

private func foldBlock(
  _ gradient: Span<Float>, _ range: Range<Int>, scale: Double, into total: Storage<Int64>
) -> Float {
  let count = range.count
  let start = range.lowerBound
  let largest = largestMagnitude(gradient, range)
  var total = total.mutableSpan(range)
  guard Double(largest) * scale < 0x1p51 else {
    guard largest.isFinite else { return largest }
    for i in 0..<count {
      total[i] &+= clampedInteger((Double(gradient[start + i]) * scale).rounded(.toNearestOrEven))
    }
    return largest
  }
  // Below 2^51 the sum with 1.5 · 2^52 has the rounded integer in its low bits.
  let magic = SIMD8<Double>(repeating: 0x1.8p52)
  let magicBits = Int64(bitPattern: 0x4338_0000_0000_0000)
  forEachLane(count) { i in
    let value = SIMD8<Double>(gradient.lanes8(at: start + i)) * scale + magic
    let integers = unsafe unsafeBitCast(value, to: SIMD8<Int64>.self) &- magicBits
    total.addLanes8(integers, at: i)
  } rest: { i in
    total[i] &+= Int64((Double(gradient[start + i]) * scale).rounded(.toNearestOrEven))
  }
  return largest
}

private func clampedInteger(_ x: Double) -> Int64 {
  Int64(exactly: x) ?? (x < 0 ? Int64.min / 2 : Int64.max / 2)
}

private func largestMagnitude(_ x: Span<Float>, _ range: Range<Int>) -> Float {
  let start = range.lowerBound
  var lanes = SIMD8<Float>()
  var notANumber = SIMD8<Float>()
  var tail: Float = 0
  forEachLane(range.count) { i in
    let v = x.lanes8(at: start + i)
    let magnitude = v.replacing(with: -v, where: v .< 0)
    lanes.replace(with: magnitude, where: magnitude .> lanes)
    notANumber += v - v  // NaN for NaN and infinities, else zero
  } rest: { i in
    let v = x[start + i]
    if v.magnitude > tail { tail = v.magnitude }
    notANumber[0] += v - v
  }
  if notANumber.treeSum.isNaN { return .nan }
  return max(lanes.max(), tail)
}

extension MutableSpan<Int64> {
  @inline(__always)
  mutating func addLanes8(_ lanes: SIMD8<Int64>, at offset: Int) {
    let old = unsafe span.bytes.unsafeLoadUnaligned(fromByteOffset: offset * 8, as: SIMD8<Int64>.self)
    var bytes = unsafe mutableBytes
    bytes.storeBytes(of: old &+ lanes, toByteOffset: offset * 8, as: SIMD8<Int64>.self)
  }
}
