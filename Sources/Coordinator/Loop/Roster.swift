/// Which nodes do what.
public struct Roster: Sendable, Equatable {
  /// Nodes that sample.
  public var rollout: [Int]
  /// Nodes that learn; the first one writes checkpoints and broadcasts weights.
  public var learners: [Int]

  /// Creates a roster.
  public init(rollout: [Int], learners: [Int]) {
    self.rollout = rollout
    self.learners = learners
  }

  /// Every worker, ascending.
  public var workers: [Int] { Array(Set(rollout + learners)).sorted() }
}
