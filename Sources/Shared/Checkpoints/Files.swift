import FoundationEssentials
import Glibc

// What a checkpoint needs from a file system: bytes that are on the disk when a call returns, and names that
// change at once. A failed fsync may have dropped the pages it could not write, so it is never tried again.

/// A file open to read.
struct ReadableFile: ~Copyable {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(CheckpointError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Makes what anybody wrote into the file durable.
  func sync() throws(CheckpointError) {
    guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }

  /// The number of bytes, and their SHA-256.
  func digest() throws(CheckpointError) -> (byteCount: Int, sha256: String) {
    let digest = SHA256Digest()
    var byteCount = 0
    try readPieces { piece in
      digest.update(piece)
      byteCount += piece.count
    }
    return (byteCount, digest.finalize())
  }

  /// All bytes.
  func contents() throws(CheckpointError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readPieces { piece in
      for i in piece.indices { bytes.append(piece[i]) }
    }
    return bytes
  }

  private func readPieces(_ take: (Span<UInt8>) -> Void) throws(CheckpointError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      // A disk that lost the bytes is damage; want of permission and the like is not.
      if count < 0 && errno == EIO { throw .damaged(directory: path, .disk(systemReason())) }
      guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
      guard count > 0 else { return }
      take(buffer.span.extracting(first: count))
    }
  }
}

/// Writes a new file and makes it durable.
func writeDurably(_ bytes: Span<UInt8>, to path: String) throws(CheckpointError) {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
  defer { close(descriptor) }
  var written = 0
  while written < bytes.count {
    let rest = bytes.extracting(droppingFirst: written)
    let step = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    if step < 0 && errno == EINTR { continue }
    guard step > 0 else { throw .unwritable(path: path, reason: systemReason()) }
    written += step
  }
  guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
}

/// Makes the names in a directory durable.
func syncDirectory(_ path: String) throws(CheckpointError) {
  let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
}

/// Gives `path` the name `newPath`; a file of that name is replaced, a directory only if it is empty.
func move(_ path: String, to newPath: String) throws(CheckpointError) {
  guard unsafe rename(path, newPath) == 0 else { throw .unwritable(path: newPath, reason: systemReason()) }
}

/// Makes the directory and those above it, unless they exist.
func makeDirectory(_ path: String) throws(CheckpointError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw .unwritable(path: path, reason: reason(error))
  }
}

/// The names in a directory.
func names(in directory: String) throws(CheckpointError) -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: directory)
  } catch {
    throw .unreadable(path: directory, reason: reason(error))
  }
}

/// The paths of all files below a directory, relative to it and sorted, and of all directories.
func tree(of directory: String) throws(CheckpointError) -> (files: [String], directories: [String]) {
  var files: [String] = []
  var directories: [String] = []
  var rest = [""]
  while let folder = rest.popLast() {
    for name in try names(in: directory + "/" + folder) {
      let path = folder + name
      if isDirectory("\(directory)/\(path)") {
        directories.append(path)
        rest.append(path + "/")
      } else {
        files.append(path)
      }
    }
  }
  return (files.sorted(), directories.sorted())
}

/// Whether there is a directory, itself and not through a symbolic link.
func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The length of a regular file, nil if there is none.
func fileSize(_ path: String) throws(CheckpointError) -> Int? {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw .unreadable(path: path, reason: systemReason())
  }
  return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
}

/// A part of a name that no other process and no earlier attempt has used.
func uniqueSuffix() -> String {
  "\(getpid())-" + String(UInt64.random(in: 0...UInt64.max), radix: 16)
}

/// What the system complained about when Foundation threw `error`.
func reason(_ error: any Error) -> String {
  guard let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code else { return "\(error)" }
  return unsafe String(cString: strerror(code.rawValue))
}

/// What the last system call complained about, such as "No space left on device".
func systemReason() -> String {
  unsafe String(cString: strerror(errno))
}
