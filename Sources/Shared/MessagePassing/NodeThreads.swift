import Glibc
import Synchronization

/// The threads of a process, one for each of its nodes.
public enum NodeThreads {
  /// Runs `body` for each of `nodes` at once and returns when all are done.
  ///
  /// The first node runs on the calling thread, each other one on a thread that lives as long as its body, so
  /// that child processes tied to their parent thread live as long.
  ///
  /// - Parameters:
  ///   - nodes: The nodes of this process.
  ///   - stackBytes: The stack of each further thread.
  ///   - failed: Called at once, on the node's thread, with an error its body threw: to wake the others with
  ///     ``ThreadWorld/fail(_:)``, or to print a line and end the job with ``MPIWorld/abort(exitCode:)``.
  ///   - body: What a node does; takes its links from their ``Handover``s.
  /// - Throws: The first error, in time, of any body.
  public static func run(
    _ nodes: [Int], stackBytes: Int = 16 << 20,
    failed: @escaping @Sendable (_ node: Int, _ error: any Error) -> Void,
    body: @escaping @Sendable (_ node: Int) throws -> Void
  ) throws {
    let first = FirstError()
    let work: @Sendable (Int) -> Void = { node in
      do {
        try body(node)
      } catch {
        first.keep(error)
        failed(node, error)
      }
    }
    let threads = nodes.dropFirst().map { node in Thread(stackBytes: stackBytes) { work(node) } }
    if let node = nodes.first { work(node) }
    for thread in threads { thread.join() }
    try first.rethrow()
  }
}

/// The first of several errors.
private final class FirstError: Sendable {
  private let error = Mutex<(any Error)?>(nil)

  func keep(_ new: any Error) {
    error.withLock { $0 = $0 ?? new }
  }

  func rethrow() throws {
    if let error = error.withLock({ $0 }) { throw error }
  }
}

/// A thread of the system, outside Swift's pool, which blocking calls would starve.
@safe
private struct Thread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let handle: pthread_t

  init(stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    var handle = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
    let code = unsafe pthread_create(
      &handle, &attributes,
      { work in
        if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
      }, work)
    precondition(code == 0, "a thread could not be started: error \(code)")
    self.handle = handle
  }

  func join() {
    pthread_join(handle, nil)
  }
}
