import Glibc

/// A file that appears under its name complete, or not at all.
///
/// Bytes go to a temporary neighbour, which `commit` makes durable and renames; a file that is dropped before
/// is removed.
final class OutputFile {
  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32

  /// Creates the temporary file with room for `byteCount` bytes, so that a full disk shows before the first
  /// one.
  init(path: String, byteCount: Int) throws(SafetensorsError) {
    self.path = path
    let suffix = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    temporaryPath = "\(path).tmp-\(getpid())-\(suffix)"
    descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    // Not every file system can reserve room; those that cannot report a full disk at the write.
    let failure = byteCount > 0 ? posix_fallocate(descriptor, 0, byteCount) : 0
    if failure == ENOSPC || failure == EFBIG || failure == EDQUOT {
      errno = failure
      throw .unwritable(path: path, reason: systemReason())
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unsafe unlink(temporaryPath)
  }

  /// Appends the bytes of `elements`.
  func write<Element: BitwiseCopyable>(_ elements: Span<Element>) throws(SafetensorsError) {
    let bytes = unsafe elements.bytes  // numbers have no padding
    var written = 0
    while written < bytes.byteCount {
      let rest = bytes.extracting(droppingFirst: written)
      let step = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { throw .unwritable(path: path, reason: systemReason()) }
      written += step
    }
  }

  /// Makes the bytes durable and gives the file its name.
  func commit() throws(SafetensorsError) {
    // An fsync that failed may have dropped the pages it could not write, so it is never tried again.
    guard fsync(descriptor) == 0, unsafe rename(temporaryPath, path) == 0 else {
      throw .unwritable(path: path, reason: systemReason())
    }
    close(descriptor)
    descriptor = -1
    try syncDirectory()
  }

  private func syncDirectory() throws(SafetensorsError) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let handle = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    defer { close(handle) }
    guard fsync(handle) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }
}
