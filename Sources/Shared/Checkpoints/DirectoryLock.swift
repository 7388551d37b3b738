import FoundationEssentials
import Glibc

/// The right to write into a run directory, held by one job at a time.
///
/// A lock of the file system (`flock`) on the file `.lock`, which the system gives up when the process ends,
/// however it ends. The file names its holder for the other job's message; a holder that died needs no
/// clearing away.
public final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of `directory`, which is made if it does not exist, or throws who has it.
  public init(directory: String) throws(CheckpointError) {
    try makeDirectory(directory)
    let path = directory + "/.lock"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else {
        let remedy = "use a file system with locks, or mount it with `-o flock`"
        throw .unwritable(path: path, reason: "\(systemReason()) (flock); \(remedy)")
      }
      throw .locked(directory: directory, holder: Self.holder(path))
    }
    write(Self.introduction)
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing gives the lock up; the file stays, since removing it could remove the lock of the next job.
    // Asked for once more, since this also runs when `init` did not get it.
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { write("") }
    close(descriptor)
  }

  private static var introduction: String {
    "process \(getpid()) on \(ProcessInfo.processInfo.hostName) since \(Date().formatted(.iso8601))\n"
  }

  private static func holder(_ path: String) -> String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let line = text.prefix { $0 != "\n" }
    return line.isEmpty ? "another process" : String(line)
  }

  private func write(_ text: String) {
    ftruncate(descriptor, 0)
    let bytes = Array(text.utf8)
    // For messages only, so a full disk does not matter.
    _ = unsafe pwrite(descriptor, bytes, bytes.count, 0)
  }
}
