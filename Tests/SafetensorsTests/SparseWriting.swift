import Glibc

/// A file to write at distant places, leaving holes.
final class FileHandleForWriting {
  private let descriptor: Int32

  init?(_ path: String) {
    descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8], at offset: Int) {
    let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset) }
    precondition(written == bytes.count)
  }
}
