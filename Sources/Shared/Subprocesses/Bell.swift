import CSubprocess
import Glibc

/// Wakes a thread that waits for child processes.
public final class Bell: Sendable {
  private let descriptor: Int32

  /// Creates a bell that has not rung.
  ///
  /// - Throws: ``SubprocessError`` where the process has no descriptor left.
  public init() throws(SubprocessError) {
    descriptor = cs_counter()
    guard descriptor >= 0 else {
      throw .refused(path: "eventfd", reason: "error \(errno), too many open files")
    }
  }

  deinit { close(descriptor) }

  /// Ends the wait that is going on, or the next one; from any thread.
  public func ring() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  /// Waits until the bell rings, a process has written something, or one of `writing` takes bytes again.
  ///
  /// - Parameters:
  ///   - processes: Whose output is waited for.
  ///   - writing: Which of them, by index, there is something to write to.
  ///   - seconds: How long at the most.
  public func wait(for processes: [Subprocess], writing: Set<Int>, seconds: Double) {
    var polled = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    for (index, process) in processes.enumerated() {
      for (descriptor, events) in process.interests(writing: writing.contains(index)) {
        polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
      }
    }
    let milliseconds = Int32(min(60_000, max(0, (seconds * 1000).rounded(.up))))
    _ = unsafe poll(&polled, nfds_t(polled.count), milliseconds)
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
  }

  /// Blocks SIGPIPE on the calling thread, so that writing to a process that has gone is an error and no death.
  public static func quietThread() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}
