import Messages
import PolicyOptimization

/// What learners have reported of the mini-batch under way.
struct MiniBatchTraining {
  let step: Int
  private(set) var sums = OrderedSum()
  private(set) var largestMagnitudes: [Int: Float] = [:]
  private(set) var differences: [Int: (largest: Double, sum: Double)] = [:]
  private var troubles: [Int: String] = [:]

  init(step: Int) { self.step = step }

  mutating func receive(_ report: GroupReport) throws {
    try sums.add(report.sums, ordinal: report.ordinal)
    largestMagnitudes[report.ordinal] = report.largestMagnitude
    differences[report.ordinal] = report.probabilityDifference
    if !report.trouble.isEmpty { troubles[report.ordinal] = report.trouble }
  }

  /// Whether all of `ordinals` are trained.
  func hasAll(_ ordinals: [Int]) -> Bool { ordinals.allSatisfy { largestMagnitudes[$0] != nil } }

  /// What was not a finite number in the first group that has such a thing.
  var trouble: String? { troubles.min { $0.key < $1.key }.map { "group \($0.key), \($0.value)" } }
}
