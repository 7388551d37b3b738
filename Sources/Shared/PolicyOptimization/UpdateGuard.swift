/// Decides whether a mini-batch's gradient may be applied.
///
/// Each group's gradient is folded into 64-bit integers as `round(g · scale)`. No partial sum can wrap if
/// the largest magnitudes of all groups together, times the scale, stay below 2^62; rounding takes at most
/// half a unit per group, for which the other half of the range is there. Rank 0 decides and tells all
/// learners, so that they skip alike.
public struct UpdateGuard: Sendable, Equatable {
  /// What to do with the sum.
  public enum Verdict: Sendable, Equatable {
    /// Apply it.
    case apply
    /// Drop it; weights and moments stay as they are.
    case skip(Reason)
  }

  /// Why an update is skipped.
  public enum Reason: Sendable, Equatable, CustomStringConvertible {
    /// A group's gradient holds a NaN or an infinity.
    case notFinite(ordinal: Int)
    /// The groups' largest magnitudes add up to more than the integers hold.
    case overflow(sum: Double, limit: Double)

    /// One sentence for the log.
    public var description: String {
      switch self {
      case .notFinite(let ordinal):
        "the gradient of group \(ordinal) is not finite, so the update is skipped"
      case .overflow(let sum, let limit):
        "the groups' largest gradients add up to \(sum), more than the \(limit) that the accumulators hold, so the "
          + "update is skipped"
      }
    }
  }

  /// What gradients are multiplied by before they become integers; constant for a run.
  public let scale: Double

  /// Creates a guard; a scale of 2^36 resolves 1.5e-11 and leaves ±2^26 for the sum.
  public init(scale: Double = 0x1p36) { self.scale = scale }

  /// Whether to apply the sum of these groups' gradients.
  ///
  /// - Parameter largestMagnitudes: The largest |g| of each group by its ordinal, before scaling; NaN or
  ///   infinity if anything in the group's gradient was.
  /// - Returns: `.apply` for no groups at all, whose sum is zero.
  public func verdict(largestMagnitudes: [Int: Float]) -> Verdict {
    var sum = 0.0
    // In ordinal order, so that a sum at the very limit is judged alike in every run.
    for (ordinal, magnitude) in largestMagnitudes.sorted(by: { $0.key < $1.key }) {
      guard magnitude.isFinite else { return .skip(.notFinite(ordinal: ordinal)) }
      sum += Double(magnitude)
    }
    guard sum * scale < 0x1p62 else { return .skip(.overflow(sum: sum, limit: 0x1p62 / scale)) }
    return .apply
  }
}
