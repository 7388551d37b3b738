import CKernels
import Synchronization
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
///   - total: Added to with wrap-around; ``FoldReport`` lets the caller exclude it.
///   - offset: The place of the first element in `total`.
/// - Returns: The largest magnitude seen.
public func foldGradient(
  _ gradient: Tensor, scale: Double, into total: Storage<Int64>, at offset: Int = 0
) -> FoldReport {
  precondition(
    offset >= 0 && offset + gradient.count <= total.count,
    "foldGradient: \(gradient.count) elements at \(offset) into \(total.count)")
  let blockSize = 65_536
  let largest = LargestMagnitude()
  forEachBlock((gradient.count + blockSize - 1) / blockSize) { block in
    let range = block * blockSize..<min(gradient.count, (block + 1) * blockSize)
    let values = gradient.span
    var sums = total.mutableSpan
    unsafe values.withUnsafeBufferPointer { values in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        guard let from = values.baseAddress, let to = sums.baseAddress else { return }
        // Pieces that the first-level cache holds, since they are read twice.
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 2048) {
          let count = min(2048, range.upperBound - start)
          largest.add(unsafe ck_fold(from + start, count, scale, to + offset + start))
        }
      }
    }
  }
  return largest.report
}

/// The largest of magnitudes that threads find; NaN is larger than all.
final class LargestMagnitude: Sendable {
  /// As integers the bits of magnitudes are in their order, NaN last.
  private let bits = Atomic<UInt32>(0)

  func add(_ magnitude: Float) { bits.max(magnitude.magnitude.bitPattern, ordering: .relaxed) }

  var report: FoldReport { FoldReport(largestMagnitude: Float(bitPattern: bits.load(ordering: .relaxed))) }
}
