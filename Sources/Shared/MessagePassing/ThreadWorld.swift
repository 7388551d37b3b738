/// A job whose nodes are threads of one process; MPI is not touched.
public final class ThreadWorld: Sendable {
  /// Node `i` of `nodeCount`; each is to be a thread.
  public let map: NodeMap

  /// Whether a node has failed, and the way to tell the others.
  public let watch = Watch()

  /// A world of one coordinator and `workers` workers.
  public init(workers: Int) {
    map = .singleProcess(workers: workers)
  }

  /// The control link of every node, to be taken by the node's thread.
  ///
  /// Links of different calls do not hear each other, so that a second set can carry heartbeats.
  public func control() -> [Int: Handover<any ControlLink>] {
    NodeLink.links(of: map, in: 0, watch: watch) { _ in nil }
  }

  /// The collective link of each of `members`, to be taken by the node's thread; ranks follow the order of
  /// `members`.
  public func collective(members: [Int]) throws(LinkError) -> [Int: Handover<any CollectiveLink>] {
    try NodeMap.check(members: members, count: map.nodeCount, kind: "node")
    let table = RoundTable(size: members.count, watch: watch)
    var links: [Int: Handover<any CollectiveLink>] = [:]
    for (rank, node) in members.enumerated() {
      links[node] = Handover(GroupLink(on: ThreadGround(rank: rank, at: table), places: members))
    }
    return links
  }

  /// Ends the job: every node's next or present call throws ``LinkError/peerFailed(_:)`` with `sentence`.
  public func fail(_ sentence: String) {
    watch.fail(sentence)
  }
}
