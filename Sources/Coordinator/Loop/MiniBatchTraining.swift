import Messages
import PolicyOptimization

/// What learners have reported of the mini-batch under way.
struct MiniBatchTraining {
  let step: Int
  private(set) var sums = OrderedSum()
  private(set) var largestMagnitudes: [Int: Float] = [:]
  private(set) var differences: [Int: (largest: Double, sum: Double)] = [:]

  init(step: Int) { self.step = step }

  mutating func receive(_ report: GroupReport) throws {
    try sums.add(report.sums, ordinal: report.ordinal)
    largestMagnitudes[report.ordinal] = report.largestMagnitude
    differences[report.ordinal] = report.probabilityDifference
  }

  /// Waits until all of `ordinals` are trained.
  mutating func collect(_ ordinals: [Int], from conversation: Conversation) throws {
    while !ordinals.allSatisfy({ largestMagnitudes[$0] != nil }) {
      switch try conversation.next() {
      case (_, .trained(let report)): try receive(report)
      case (_, .group): break
      case (let node, let other): throw TrainingError.unexpectedReport(node: node, report: "\(other)")
      }
    }
  }

  mutating func nextMiniBatch() { self = MiniBatchTraining(step: step) }
}
