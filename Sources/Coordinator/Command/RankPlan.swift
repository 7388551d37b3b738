import Coordinator
import MessagePassing

/// Which process does what.
struct RankPlan: Equatable {
  /// How the work is shared.
  enum Placement: String {
    case colocated
    case split
  }

  let placement: Placement
  let map: NodeMap
  let roster: Roster

  /// The plan for `processes` processes.
  ///
  /// | processes | auto |
  /// |---|---|
  /// | 1, 2 | colocated: every rank samples and learns |
  /// | 3 and more | split: rank 0 coordinates, the others are shared out, rollout ranks first |
  init(_ options: ClusterOptions, processes: Int) throws {
    let asksForRoles = options.rolloutRanks != nil || options.learnerRanks != nil
    switch options.placement {
    case .colocated: placement = .colocated
    case .split: placement = .split
    case .auto: placement = processes >= 3 || asksForRoles ? .split : .colocated
    }
    if placement == .colocated {
      map = .colocated(processes: processes)
      let nodes = Array(1...processes)
      roster = Roster(rollout: nodes, learners: nodes)
      return
    }
    let workers = processes - 1
    let learners = options.learnerRanks ?? options.rolloutRanks.map { workers - $0 } ?? max(1, workers / 2)
    let rollouts = options.rolloutRanks ?? workers - learners
    guard rollouts >= 1, learners >= 1, rollouts + learners == workers else {
      let wanted = options.rolloutRanks.map { "\($0) rollout ranks" } ?? "a rollout rank"
      let others = options.learnerRanks.map { "\($0) learner ranks" } ?? "a learner rank"
      let need = 1 + (options.rolloutRanks ?? 1) + (options.learnerRanks ?? 1)
      throw CommandError(
        """
        `cluster.placement: split` with \(wanted) and \(others) needs \(need) processes or more, one of them to \
        coordinate, and \(processes) were started; use `mpirun -np \(need)` or `cluster.placement: colocated`
        """)
    }
    map = .split(processes: processes)
    roster = Roster(
      rollout: Array(1...rollouts), learners: Array(rollouts + 1...rollouts + learners))
  }

  /// The processes of `nodes`.
  func processes(of nodes: [Int]) -> [Int] { nodes.map { map.processOfNode[$0] } }

  /// A sentence about who does what.
  var description: String {
    switch placement {
    case .colocated where roster.workers.count == 1: "one process, all roles"
    case .colocated:
      "colocated: \(roster.workers.count) ranks, each samples and learns; rank 0 coordinates as well"
    case .split:
      "split: rank 0 coordinates, \(roster.rollout.count) rollout and \(roster.learners.count) learner ranks"
    }
  }
}
