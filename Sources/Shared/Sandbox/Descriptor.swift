import CSandbox
import Glibc

/// An open descriptor, closed with its last owner.
final class Descriptor: Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  /// A pipe: where to read, and where to write.
  static func pipe() throws(SandboxError) -> (read: Descriptor, write: Descriptor) {
    var ends: [Int32] = [-1, -1]
    let error = unsafe csb_pipe(&ends)
    guard error == 0 else { throw .system("no pipe: \(reason(error))") }
    return (Descriptor(ends[0]), Descriptor(ends[1]))
  }

  /// Two connected sockets, of packets or of a stream of bytes.
  static func pair(packets: Bool = false) throws(SandboxError) -> (here: Descriptor, there: Descriptor) {
    var sockets: [Int32] = [-1, -1]
    let error = unsafe csb_pair(packets ? 1 : 0, &sockets)
    guard error == 0 else { throw .system("no socket: \(reason(error))") }
    return (Descriptor(sockets[0]), Descriptor(sockets[1]))
  }

  /// What holds nothing and takes everything.
  static func null() throws(SandboxError) -> Descriptor {
    let number = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw .system("/dev/null: \(reason(errno))") }
    return Descriptor(number)
  }

  /// What the system says of an error number.
  static func reason(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }

  /// Reads up to `limit` bytes; empty at the end, nil where none wait now.
  func read(upTo limit: Int) -> [UInt8]? {
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      repeat { count = unsafe recvOrRead(buffer) } while count < 0 && errno == EINTR
      initialized = max(count, 0)
    }
    if count < 0 { return errno == EAGAIN ? nil : [] }
    return bytes
  }

  private func recvOrRead(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
  }

  /// Makes reads return at once.
  func setNonBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }

  /// Sends as many of `bytes` as fit, and `descriptors` with the first; the count, or nil where nobody reads.
  func send(_ bytes: ArraySlice<UInt8>, with descriptors: [Descriptor] = []) -> Int? {
    let numbers = descriptors.map(\.number)
    let sent = unsafe bytes.withUnsafeBytes { raw in
      unsafe csb_send(number, raw.baseAddress, raw.count, numbers, Int32(numbers.count))
    }
    if sent == -Int(EAGAIN) { return 0 }
    return sent < 0 ? nil : sent
  }
}

/// Waits for descriptors.
enum Readiness {
  /// Waits until one of `descriptors` can be read, or written where it says so, or `deadline` has passed; which.
  static func wait(
    for descriptors: [(descriptor: Descriptor, writing: Bool)], until deadline: ContinuousClock.Instant
  ) -> [Bool] {
    var polls = descriptors.map {
      pollfd(fd: $0.descriptor.number, events: Int16(POLLIN | ($0.writing ? POLLOUT : 0)), revents: 0)
    }
    let left = deadline - ContinuousClock.now
    let milliseconds = left > .zero ? Int32(min(left / .milliseconds(1), 1e6).rounded(.up)) : 0
    guard unsafe poll(&polls, nfds_t(polls.count), milliseconds) > 0 else {
      return descriptors.map { _ in false }
    }
    return polls.map { $0.revents != 0 }
  }
}
