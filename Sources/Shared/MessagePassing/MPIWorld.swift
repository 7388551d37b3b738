import CMPI
import Glibc

/// A job whose processes were started together and talk over MPI.
///
/// One per process, made by the main thread, which also makes all links before it starts any other thread:
/// making a link is collective over *all* processes, in one order. MPI runs `MPI_THREAD_MULTIPLE`, and no two
/// threads share a communicator.
public final class MPIWorld {
  /// This process, from 0.
  public let rank: Int

  /// The number of processes.
  public let size: Int

  /// This process among those on its machine, from 0.
  public let localRank: Int

  /// The number of processes on this machine.
  public let localSize: Int

  /// Whether a node of this process has failed, and the way to tell the others of this process.
  public let watch = Watch()

  private let world: Communicator

  private init(_ world: Communicator, local: Communicator) {
    self.world = world
    rank = world.rank
    size = world.size
    localRank = local.rank
    localSize = local.size
  }
}

// MARK: Beginning and end

extension MPIWorld {
  /// Initialises MPI; collective over the processes the launcher started.
  ///
  /// Prepares the environment first (see ``Launch/prepareEnvironment()``), gives the process back the cores a
  /// launcher took by default, and seals MPI's descriptors so that no child process inherits them.
  ///
  /// `expected` is the number of processes the launcher claims, where known. Another one from MPI means that
  /// launcher and MPI do not understand each other, and every process would run a job of its own; that is an
  /// error.
  public static func initialize(expected: Int? = nil) throws(LinkError) -> MPIWorld {
    var flag: Int32 = 0
    _ = unsafe MPI_Initialized(&flag)
    guard flag == 0 else { throw .launch("MPI was initialised before in this process; initialise it once.") }
    Launch.prepareEnvironment()
    Launch.releaseCores()
    var provided: Int32 = 0
    try check(unsafe MPI_Init_thread(nil, nil, cmpi_thread_multiple(), &provided), "MPI_Init_thread", at: 0)
    guard provided >= cmpi_thread_multiple() else {
      throw .launch(
        """
        MPI offers thread level \(provided), and MPI_THREAD_MULTIPLE (\(cmpi_thread_multiple())) is needed: \
        several threads of a process talk at once. Use an Open MPI built with thread support.
        """)
    }
    Launch.sealDescriptors()
    let world = try Communicator.world()
    if let expected, expected != world.size { throw .launch(Launch.disagreement(expected, world.size)) }
    return MPIWorld(world, local: try world.onThisHost())
  }

  /// Ends MPI, once every process has called this; waits for them politely.
  ///
  /// Every node flushes its links before; what has not left by now may be lost. Links are of no use
  /// afterwards.
  public func finalize() throws(LinkError) {
    // MPI_Finalize waits for the others too, but on a full core.
    _ = try world.table(of: [0])
    try check(MPI_Finalize(), "MPI_Finalize", at: rank)
  }

  /// Ends all processes of the job at once with `exitCode` (1 in place of 0); any thread may call it.
  ///
  /// Prints nothing; whoever calls it has said why. Without MPI, only this process ends.
  public static func abort(exitCode: Int32) -> Never {
    let code = exitCode == 0 ? 1 : exitCode
    fflush(nil)
    var isUp: Int32 = 0
    var isOver: Int32 = 0
    _ = unsafe MPI_Initialized(&isUp)
    _ = unsafe MPI_Finalized(&isOver)
    if isUp != 0, isOver == 0 {
      // Where a host is out of reach MPI_Abort may never return; the alarm then ends this process.
      signal(SIGALRM, SIG_DFL)
      alarm(10)
      _ = unsafe MPI_Abort(cmpi_comm_world(), code)
    }
    _exit(code)
  }
}

// MARK: Links

extension MPIWorld {
  /// The control links of this process's nodes, to be taken by their threads; collective over all processes.
  ///
  /// `map` is the same in every process. Links of different calls do not hear each other, so that a second
  /// set can carry heartbeats. Messages of more than `pieceLimit` bytes, 2^28 or fewer, travel in pieces.
  public func control(
    _ map: NodeMap, pieceLimit: Int = 1 << 28
  ) throws(LinkError) -> [Int: Handover<any ControlLink>] {
    guard map.processCount <= size, !map.processOfNode.contains(where: { $0 < 0 }) else {
      throw .misplaced(
        """
        the placement needs processes 0…\(map.processCount - 1), and \(size) were started. \
        Start as many with `mpirun -np`, or ask for fewer workers.
        """)
    }
    var channels: [Communicator] = []
    if map.processCount > 1 {
      for _ in 0..<map.slotCount { channels.append(try world.duplicate()) }
    }
    let limit = min(max(pieceLimit, Parcel.lengthBytes), Pieces.largest)
    return NodeLink.links(of: map, in: rank, watch: watch) { node in
      channels.isEmpty ? nil : Wire(channels: channels, map: map, node: node, pieceLimit: limit)
    }
  }

  /// The collective link of this process among the processes `members`; nil where it is no member.
  ///
  /// Ranks follow the order of `members`. Collective over all processes, members or not.
  public func collective(members: [Int]) throws(LinkError) -> Handover<any CollectiveLink>? {
    try NodeMap.check(members: members, count: size, kind: "process")
    let order = members.firstIndex(of: rank)
    guard let part = try world.split(isMember: order != nil, order: order ?? 0) else { return nil }
    return Handover(GroupLink(on: MPIGround(part), places: members))
  }
}
