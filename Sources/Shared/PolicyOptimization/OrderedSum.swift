/// Adds the sums of groups in the order of their ordinals, whatever the order they arrive in.
///
/// Floating-point addition is not associative, and learners finish when they finish. These numbers steer
/// controllers and so reach the weights; hence rank 0 keeps each group's share until all are there.
public struct OrderedSum: Sendable, Equatable {
  private var groups: [Int: GroupSums] = [:]

  /// Creates a sum of nothing.
  public init() {}

  /// How many groups have arrived.
  public var count: Int { groups.count }

  /// Takes in the sums of the group with this ordinal.
  ///
  /// - Throws: `groupCountedTwice` if it is there already; the sum stays as it was.
  public mutating func add(_ sums: GroupSums, ordinal: Int) throws(PolicyOptimizationError) {
    guard groups[ordinal] == nil else { throw .groupCountedTwice(ordinal: ordinal) }
    groups[ordinal] = sums
  }

  /// The sum of all groups, added by ascending ordinal.
  public var total: GroupSums {
    groups.sorted { $0.key < $1.key }.reduce(into: GroupSums()) { $0 += $1.value }
  }
}
