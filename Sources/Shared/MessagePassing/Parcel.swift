/// The bytes of one message while MPI reads or writes them: its length, then the message.
///
/// MPI keeps a bare address between calls, so the bytes live here and not in an array, which may move.
@safe
final class Parcel {
  /// The bytes of the length in front: little endian, as everything on x86-64.
  static let lengthBytes = 8

  /// All bytes, the length included.
  let count: Int

  private let base: UnsafeMutableRawPointer

  /// Room for `count` bytes, not yet written.
  init(count: Int) {
    self.count = count
    unsafe base = .allocate(byteCount: max(count, 1), alignment: 16)
  }

  /// The parcel that carries `message`.
  convenience init(_ message: [UInt8]) {
    self.init(count: Self.lengthBytes + message.count)
    unsafe base.storeBytes(of: Int64(message.count), as: Int64.self)
    unsafe message.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe (base + Self.lengthBytes).copyMemory(from: start, byteCount: bytes.count)
    }
  }

  deinit { unsafe base.deallocate() }

  /// The length of the message, as the sender wrote it.
  var statedLength: Int {
    precondition(count >= Self.lengthBytes, "Parcel: \(count) bytes hold no length")
    return Int(unsafe base.load(as: Int64.self))
  }

  /// The message, once all bytes are here.
  var message: [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count - Self.lengthBytes) { buffer, initialized in
      initialized = count - Self.lengthBytes
      guard initialized > 0, let start = buffer.baseAddress else { return }
      unsafe UnsafeMutableRawPointer(start).copyMemory(
        from: base + Self.lengthBytes, byteCount: initialized)
    }
  }

  /// Copies all bytes of `other` to the front.
  func copyStart(of other: Parcel) {
    precondition(other.count <= count, "Parcel: \(other.count) bytes do not fit \(count)")
    unsafe base.copyMemory(from: other.base, byteCount: other.count)
  }

  /// The address of byte `offset`, valid while the parcel lives.
  @unsafe
  func address(of offset: Int) -> UnsafeMutableRawPointer {
    unsafe base + offset
  }
}

/// How a parcel is cut into MPI messages.
enum Pieces {
  /// The most bytes of a first piece.
  ///
  /// Every transport sends so few at once, so that the receiver of a first piece has all of it and never
  /// waits for the sender.
  static let first = 2048

  /// The most bytes of any piece: MPI counts are 32 bits wide, and this stays clear of their end.
  static let largest = 1 << 28

  /// The pieces of `total` bytes in order: one of at most ``first``, then as many of at most `limit` as it
  /// takes.
  static func ranges(of total: Int, limit: Int = largest) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    while start < total {
      let end = min(start + (start == 0 ? min(first, limit) : limit), total)
      pieces.append(start..<end)
      start = end
    }
    return pieces
  }
}
