import CMPI
import Glibc

/// One MPI communicator, and every MPI call that talks.
///
/// Each talking thread has communicators of its own, so that threads never match each other's messages.
///
/// Sendable, because a handle is an address that never changes and MPI, initialised `MPI_THREAD_MULTIPLE`,
/// guards what lies behind it; the links that use it are not `Sendable`.
@safe
struct Communicator: @unchecked Sendable {
  /// This process within the communicator.
  let rank: Int

  /// The number of processes in the communicator.
  let size: Int

  /// This process within MPI_COMM_WORLD, for sentences.
  let place: Int

  private let handle: MPI_Comm

  /// Wraps `handle`, and makes its errors come back as codes instead of ending the job.
  @unsafe
  init(_ handle: MPI_Comm, place: Int) throws(LinkError) {
    unsafe self.handle = unsafe handle
    self.place = place
    var rank: Int32 = 0
    var size: Int32 = 0
    let code = unsafe MPI_Comm_set_errhandler(handle, cmpi_errors_return())
    try check(code, "MPI_Comm_set_errhandler", at: place)
    try check(unsafe MPI_Comm_rank(handle, &rank), "MPI_Comm_rank", at: place)
    try check(unsafe MPI_Comm_size(handle, &size), "MPI_Comm_size", at: place)
    self.rank = Int(rank)
    self.size = Int(size)
  }

  /// All processes.
  static func world() throws(LinkError) -> Self {
    let world = try unsafe Self(cmpi_comm_world(), place: -1)
    return try unsafe Self(cmpi_comm_world(), place: world.rank)
  }

  /// The same processes with messages of their own; collective.
  func duplicate() throws(LinkError) -> Self {
    var copy: MPI_Comm?
    try check(unsafe MPI_Comm_dup(handle, &copy), "MPI_Comm_dup", at: place)
    return try unsafe wrapped(copy, "MPI_Comm_dup")
  }

  /// The processes that pass true for `isMember`, ordered by `order`, and nil in the others; collective.
  func split(isMember: Bool, order: Int) throws(LinkError) -> Self? {
    var part: MPI_Comm?
    let color = isMember ? 0 : MPI_UNDEFINED
    let code = unsafe MPI_Comm_split(handle, color, Int32(clamping: order), &part)
    try check(code, "MPI_Comm_split", at: place)
    return isMember ? try unsafe wrapped(part, "MPI_Comm_split") : nil
  }

  /// The processes on this machine; collective.
  func onThisHost() throws(LinkError) -> Self {
    var part: MPI_Comm?
    let code = unsafe MPI_Comm_split_type(
      handle, cmpi_comm_type_shared(), Int32(clamping: rank), cmpi_info_null(), &part)
    try check(code, "MPI_Comm_split_type", at: place)
    return try unsafe wrapped(part, "MPI_Comm_split_type")
  }

  @unsafe
  private func wrapped(_ handle: MPI_Comm?, _ function: String) throws(LinkError) -> Self {
    guard let handle = unsafe handle else {
      throw .mpi(function: function, code: MPI_ERR_COMM, text: "no communicator was made", rank: place)
    }
    return try unsafe Self(handle, place: place)
  }
}

// MARK: Point to point

/// A message that has been announced and belongs to whoever holds this.
@safe
struct Match {
  /// The sender within the communicator.
  let source: Int

  /// The number of bytes.
  let count: Int

  fileprivate var handle: MPI_Message
}

/// A transfer under way, and the bytes it needs.
@safe
final class Transfer {
  private let parcel: Parcel
  private let place: Int
  private var handle: MPI_Request?
  private var isOver = false

  @unsafe
  fileprivate init(_ handle: MPI_Request?, of parcel: Parcel, place: Int) {
    unsafe self.handle = unsafe handle
    self.parcel = parcel
    self.place = place
  }

  deinit {
    // MPI may still read or write the bytes of a transfer that was given up; they are better lost than
    // reused.
    if !isOver { _ = unsafe Unmanaged.passRetained(parcel) }
  }

  /// Whether the transfer is over; moves it on, without waiting.
  func isDone() throws(LinkError) -> Bool {
    guard !isOver else { return true }
    var flag: Int32 = 0
    try check(unsafe MPI_Test(&handle, &flag, cmpi_status_ignore()), "MPI_Test", at: place)
    isOver = flag != 0
    return isOver
  }
}

extension Communicator {
  /// Starts sending `piece` of `parcel` to process `destination`.
  func send(
    _ piece: Range<Int>, of parcel: Parcel, to destination: Int, tag: Int
  ) throws(LinkError) -> Transfer {
    var request: MPI_Request?
    let code = unsafe MPI_Isend(
      parcel.address(of: piece.lowerBound), Int32(piece.count), cmpi_byte(), Int32(destination), Int32(tag),
      handle, &request)
    try check(code, "MPI_Isend", at: place)
    return unsafe Transfer(request, of: parcel, place: place)
  }

  /// The next announced message with `tag` from any process; nil at once where there is none.
  func match(tag: Int) throws(LinkError) -> Match? {
    var flag: Int32 = 0
    var message: MPI_Message?
    var status = MPI_Status()
    let code = unsafe MPI_Improbe(MPI_ANY_SOURCE, Int32(tag), handle, &flag, &message, &status)
    try check(code, "MPI_Improbe", at: place)
    guard flag != 0, let message = unsafe message else { return nil }
    var count: Int32 = 0
    try check(unsafe MPI_Get_count(&status, cmpi_byte(), &count), "MPI_Get_count", at: place)
    return unsafe Match(source: Int(status.MPI_SOURCE), count: Int(count), handle: message)
  }

  /// Starts writing `match` into `parcel` from byte `offset` on, where it fits.
  func receive(_ match: Match, into parcel: Parcel, at offset: Int) throws(LinkError) -> Transfer {
    precondition(
      offset + match.count <= parcel.count,
      "receive: \(match.count) bytes at \(offset) do not fit \(parcel.count)")
    var message: MPI_Message? = unsafe match.handle
    var request: MPI_Request?
    let code = unsafe MPI_Imrecv(
      parcel.address(of: offset), Int32(match.count), cmpi_byte(), &message, &request)
    try check(code, "MPI_Imrecv", at: place)
    return unsafe Transfer(request, of: parcel, place: place)
  }
}

// MARK: Collectives

extension Communicator {
  /// The `words` of every process, in rank order; waits for late ones with `Patience`; collective.
  ///
  /// - Precondition: Every process passes as many words, and few.
  func table(of words: [Int64]) throws(LinkError) -> [[Int64]] {
    var all = [Int64](repeating: 0, count: words.count * size)
    try unsafe all.withUnsafeMutableBufferPointer { all throws(LinkError) in
      try unsafe words.withUnsafeBufferPointer { words throws(LinkError) in
        var request: MPI_Request?
        let count = Int32(words.count)
        let code = unsafe MPI_Iallgather(
          words.baseAddress, count, cmpi_int64(), all.baseAddress, count, cmpi_int64(), handle, &request)
        try check(code, "MPI_Iallgather", at: place)
        try unsafe wait(for: &request)
      }
    }
    return (0..<size).map { Array(all[$0 * words.count..<($0 + 1) * words.count]) }
  }

  @unsafe
  private func wait(for request: inout MPI_Request?) throws(LinkError) {
    let clock = ContinuousClock()
    let start = clock.now
    var flag: Int32 = 0
    while true {
      try check(unsafe MPI_Test(&request, &flag, cmpi_status_ignore()), "MPI_Test", at: place)
      if flag != 0 { return }
      rest(Patience(after: clock.now - start))
    }
  }

  /// Adds `words` over all processes, wrapping around, and leaves the sum in every one; collective.
  ///
  /// - Precondition: Fewer than 2^28 words.
  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>) throws(LinkError) {
    // Unsigned, because C leaves it open how signed sums overflow.
    let code = unsafe MPI_Allreduce(
      cmpi_in_place(), words.baseAddress, Int32(words.count), cmpi_uint64(), cmpi_sum(), handle)
    try check(code, "MPI_Allreduce", at: place)
  }

  /// Adds `words` over all processes, wrapping around, and leaves the sum in those of `root`; collective.
  ///
  /// - Precondition: Fewer than 2^28 words.
  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>, at root: Int) throws(LinkError) {
    let isRoot = rank == root
    let code = unsafe MPI_Reduce(
      isRoot ? cmpi_in_place() : UnsafeRawPointer(words.baseAddress), words.baseAddress, Int32(words.count),
      cmpi_uint64(), cmpi_sum(), Int32(root), handle)
    try check(code, "MPI_Reduce", at: place)
  }

  /// Copies `bytes` of process `root` into those of every process; collective.
  ///
  /// - Precondition: At most 2^28 bytes.
  @unsafe
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(LinkError) {
    let code = unsafe MPI_Bcast(bytes.baseAddress, Int32(bytes.count), cmpi_byte(), Int32(root), handle)
    try check(code, "MPI_Bcast", at: place)
  }
}

// MARK: Errors and waits

/// Throws what MPI says about `code`, unless it is success.
func check(_ code: Int32, _ function: String, at place: Int) throws(LinkError) {
  guard code != MPI_SUCCESS else { return }
  var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING) + 1)
  var length: Int32 = 0
  _ = unsafe MPI_Error_string(code, &text, &length)
  let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
  throw .mpi(function: function, code: code, text: String(decoding: bytes, as: UTF8.self), rank: place)
}

/// Spends one moment of a wait that nobody can ring.
private func rest(_ step: Patience) {
  switch step {
  case .spin: break
  case .yield: sched_yield()
  case .nap(let duration): usleep(UInt32(duration / .microseconds(1)))
  }
}
