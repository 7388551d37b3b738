import Glibc

/// The bytes of a file, mapped privately to read.
///
/// Sendable because nobody writes the bytes. A file that another program cuts short while it is mapped ends
/// the process at the first missing page (SIGBUS), so files are replaced by renaming and never changed in
/// place.
@safe
final class MappedFile: @unchecked Sendable {
  let byteCount: Int

  private let base: UnsafeMutableRawPointer?

  init(path: String) throws(SafetensorsError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is no regular file")
    }
    byteCount = Int(status.st_size)
    guard byteCount > 0 else {
      unsafe base = nil
      return
    }
    unsafe base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard unsafe base != MAP_FAILED else { throw .unreadable(path: path, reason: systemReason()) }
  }

  deinit {
    guard let base = unsafe base, unsafe base != MAP_FAILED else { return }
    unsafe munmap(base, byteCount)
  }

  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let all = unsafe UnsafeRawBufferPointer(start: base, count: byteCount)
      return unsafe _overrideLifetime(RawSpan(_unsafeBytes: all), borrowing: self)
    }
  }
}

/// What the last system call complained about, such as "No space left on device".
func systemReason() -> String {
  unsafe String(cString: strerror(errno))
}
