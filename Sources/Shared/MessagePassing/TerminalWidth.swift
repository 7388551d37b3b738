import FoundationEssentials
import Glibc

extension Launch {
  /// The columns of the terminal that this process's standard output ends in; nil for a file or a pipe.
  ///
  /// mpirun gives every rank a pseudo-terminal of its own, of no size, wherever its own output goes. There
  /// the launcher, the parent process, is asked instead, which works for ranks on its machine.
  public static func terminalWidth() -> Int? {
    guard isatty(1) == 1 else { return nil }
    if let width = width(of: 1) { return width }
    let link = "/proc/\(getppid())/fd/1"
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link), path.hasPrefix("/dev/")
    else {
      return nil
    }
    let terminal = unsafe open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    return isatty(terminal) == 1 ? width(of: terminal) : nil
  }

  private static func width(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
