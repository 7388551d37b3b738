/// What a ``GroupLink`` stands on: MPI, or threads of one process.
///
/// Every method is collective, and its callers have agreed on counts and root before.
protocol CollectiveGround: AnyObject {
  var rank: Int { get }
  var size: Int { get }

  /// The calls of all ranks in order, once all have made theirs; waits without burning a core.
  func meet(_ call: CollectiveCall) throws(LinkError) -> [CollectiveCall]

  /// Adds `words` over all ranks, wrapping around, and leaves the sum in those of each.
  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>) throws(LinkError)

  /// Adds `words` over all ranks, wrapping around, and leaves the sum in those of `root`; other ranks keep what
  /// they have.
  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>, at root: Int) throws(LinkError)

  /// Copies `bytes` of `root` into those of each rank.
  @unsafe
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(LinkError)
}

/// The one kind of ``CollectiveLink``: agrees first, then moves data in chunks.
final class GroupLink: CollectiveLink {
  /// The bytes that move at once.
  ///
  /// Measured: sums in calls of 1 MB run twice as fast as in one call, and larger chunks suffer when other
  /// processes use the cores.
  static let chunkBytes = 1 << 20

  private let ground: any CollectiveGround
  private let places: [Int]

  /// The link of this rank on `ground`.
  ///
  /// `places` says how each rank is called in sentences: its process, or its node.
  init(on ground: any CollectiveGround, places: [Int]) {
    precondition(places.count == ground.size, "GroupLink: \(places.count) places for \(ground.size) ranks")
    self.ground = ground
    self.places = places
  }

  var rank: Int { ground.rank }

  var size: Int { ground.size }

  func sum(_ values: inout MutableSpan<Int64>) throws(LinkError) {
    guard size > 1 else { return }
    _ = try agree(CollectiveCall(.sum, count: values.count))
    let ground = ground
    try unsafe values.withUnsafeMutableBufferPointer { values throws(LinkError) in
      for chunk in chunks(of: values.count, bytesPerElement: MemoryLayout<Int64>.stride) {
        try unsafe ground.sum(UnsafeMutableBufferPointer(rebasing: values[chunk]))
      }
    }
  }

  func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws(LinkError) {
    try checkRoot(root)
    guard size > 1 else { return }
    _ = try agree(CollectiveCall(.broadcastFloats, count: values.count, root: root))
    try unsafe values.withUnsafeMutableBufferPointer { values throws(LinkError) in
      try unsafe spread(UnsafeMutableRawBufferPointer(values), from: root)
    }
  }

  func sum(_ values: inout MutableSpan<Int64>, keeping ranges: [Range<Int>]) throws(LinkError) {
    precondition(ranges.count == size, "sum: \(ranges.count) ranges for \(size) ranks")
    guard size > 1 else { return }
    _ = try agree(CollectiveCall(.sumKeeping, count: values.count))
    let ground = ground
    try unsafe values.withUnsafeMutableBufferPointer { values throws(LinkError) in
      for (root, range) in ranges.enumerated() {
        let part = unsafe UnsafeMutableBufferPointer(rebasing: values[range])
        for chunk in chunks(of: range.count, bytesPerElement: MemoryLayout<Int64>.stride) {
          try unsafe ground.sum(UnsafeMutableBufferPointer(rebasing: part[chunk]), at: root)
        }
      }
    }
  }

  func broadcast(_ values: inout MutableSpan<UInt16>, from root: Int) throws(LinkError) {
    try checkRoot(root)
    guard size > 1 else { return }
    _ = try agree(CollectiveCall(.broadcastHalves, count: values.count, root: root))
    try unsafe values.withUnsafeMutableBufferPointer { values throws(LinkError) in
      try unsafe spread(UnsafeMutableRawBufferPointer(values), from: root)
    }
  }

  func gather(_ values: [Double]) throws(LinkError) -> [Double] {
    let bytes = values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    }
    return try gather(bytes).flatMap { bytes in
      stride(from: 0, to: bytes.count, by: 8).map { start in
        Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * $1) })
      }
    }
  }

  func broadcast(_ bytes: [UInt8], from root: Int) throws(LinkError) -> [UInt8] {
    try checkRoot(root)
    guard size > 1 else { return bytes }
    let calls = try agree(CollectiveCall(.broadcastBytes, count: bytes.count, root: root))
    return try copy(of: bytes, count: calls[root].count, from: root)
  }

  func gather(_ bytes: [UInt8]) throws(LinkError) -> [[UInt8]] {
    guard size > 1 else { return [bytes] }
    let calls = try agree(CollectiveCall(.gather, count: bytes.count))
    var all: [[UInt8]] = []
    for (root, call) in calls.enumerated() {
      all.append(try copy(of: bytes, count: call.count, from: root))
    }
    return all
  }

  func barrier() throws(LinkError) {
    guard size > 1 else { return }
    _ = try agree(CollectiveCall(.barrier))
  }

  // MARK: Steps

  private func checkRoot(_ root: Int) throws(LinkError) {
    guard (0..<size).contains(root) else { throw .noSuchPeer(number: root, count: size) }
  }

  /// The calls of all ranks, which fit together.
  private func agree(_ call: CollectiveCall) throws(LinkError) -> [CollectiveCall] {
    let calls = try ground.meet(call)
    try CollectiveCall.compare(calls, at: rank, places: places)
    return calls
  }

  /// The `count` bytes of `root`, which alone passes them.
  private func copy(of bytes: [UInt8], count: Int, from root: Int) throws(LinkError) -> [UInt8] {
    var copy = rank == root ? bytes : [UInt8](repeating: 0, count: count)
    try unsafe copy.withUnsafeMutableBufferPointer { bytes throws(LinkError) in
      try unsafe spread(UnsafeMutableRawBufferPointer(bytes), from: root)
    }
    return copy
  }

  @unsafe
  private func spread(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(LinkError) {
    for chunk in chunks(of: bytes.count, bytesPerElement: 1) {
      try unsafe ground.broadcast(UnsafeMutableRawBufferPointer(rebasing: bytes[chunk]), from: root)
    }
  }

  private func chunks(of count: Int, bytesPerElement: Int) -> [Range<Int>] {
    let step = Self.chunkBytes / bytesPerElement
    return stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }
}
