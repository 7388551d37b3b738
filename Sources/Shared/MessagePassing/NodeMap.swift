/// Which process (MPI rank) each node of a job lives in.
///
/// Node 0 is the coordinator, nodes 1… are workers. Every process of a job must build the same map.
public struct NodeMap: Sendable, Equatable {
  /// The process of node `i` is `processOfNode[i]`, from 0.
  public var processOfNode: [Int]

  /// The map whose node `i` lives in process `processOfNode[i]`.
  public init(processOfNode: [Int]) {
    self.processOfNode = processOfNode
  }

  /// One node per process: node `i` in process `i`, so that `processes - 1` workers share nothing.
  public static func split(processes: Int) -> Self {
    Self(processOfNode: Array(0..<max(processes, 0)))
  }

  /// A worker in every process, and the coordinator beside the first: node `i + 1` in process `i`, node 0 in
  /// 0.
  public static func colocated(processes: Int) -> Self {
    Self(processOfNode: [0] + Array(0..<max(processes, 0)))
  }

  /// The coordinator and all workers as threads of one process.
  public static func singleProcess(workers: Int) -> Self {
    Self(processOfNode: Array(repeating: 0, count: max(workers, 0) + 1))
  }

  /// The number of nodes, the coordinator included.
  public var nodeCount: Int { processOfNode.count }

  /// The number of processes the map needs: the highest process that has a node, plus one.
  public var processCount: Int { (processOfNode.max() ?? -1) + 1 }

  /// The nodes of `process` in ascending order; empty for a process without any.
  public func nodes(in process: Int) -> [Int] {
    processOfNode.indices.filter { processOfNode[$0] == process }
  }
}

extension NodeMap {
  /// The place of `node` among the nodes of its process, from 0; messages over MPI are addressed by it.
  func slot(of node: Int) -> Int {
    let process = processOfNode[node]
    return processOfNode[..<node].count { $0 == process }
  }

  /// The most nodes any one process has.
  var slotCount: Int {
    Set(processOfNode).map { nodes(in: $0).count }.max() ?? 0
  }
}

extension NodeMap {
  /// Throws where `members` is empty, names one twice, or one that is not among `count`.
  static func check(members: [Int], count: Int, kind: String) throws(LinkError) {
    guard !members.isEmpty else { throw .misplaced("a collective needs at least one \(kind) as a member.") }
    guard Set(members).count == members.count else {
      throw .misplaced("a collective was given the same \(kind) twice: \(members). Name each member once.")
    }
    guard let stranger = members.first(where: { !(0..<count).contains($0) }) else { return }
    throw .misplaced("a collective was given \(kind) \(stranger), and only 0…\(count - 1) exist.")
  }
}
