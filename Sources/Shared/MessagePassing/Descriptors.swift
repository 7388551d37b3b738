import FoundationEssentials
import Glibc

extension Launch {
  /// Marks every open descriptor from 3 on as close-on-exec, so that child processes inherit none of them.
  ///
  /// MPI opens sockets without the mark, and a child that holds one keeps a connection open, or reads from
  /// it. MPI opens more when processes on other hosts first talk; call it again after that, or close from 3
  /// on when starting a child.
  public static func sealDescriptors() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in names.compactMap({ Int32($0) }) where descriptor > STDERR_FILENO {
      let flags = fcntl(descriptor, F_GETFD)
      if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
    }
  }
}
