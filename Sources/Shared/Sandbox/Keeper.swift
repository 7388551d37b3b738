import CSandbox
import Dispatch
import Foundation
import Glibc
import Synchronization

/// The one thread that starts sandboxes and sees them end.
///
/// A sandbox dies with its parent, and the kernel takes for the parent the thread that started it: one that ended
/// would take its sandboxes along. This thread lasts as long as the process.
final class Keeper: Sendable {
  static let shared = Keeper()

  private let work = Mutex<[@Sendable () -> Void]>([])
  private let bell = DispatchSemaphore(value: 0)

  private init() {
    let thread = Thread { [self] in
      while true {
        bell.wait()
        work.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
      }
    }
    thread.name = "sandboxes"
    thread.start()
  }

  /// Does `action` on the thread, some time.
  func later(_ action: @escaping @Sendable () -> Void) {
    work.withLock { $0.append(action) }
    bell.signal()
  }

  /// Does `action` on the thread and waits for its result.
  func now<Result: Sendable>(_ action: @escaping @Sendable () -> Result) -> Result {
    let result = Mutex<Result?>(nil)
    let done = DispatchSemaphore(value: 0)
    later {
      let value = action()
      result.withLock { $0 = value }
      done.signal()
    }
    while true {
      done.wait()
      if let value = result.withLock({ $0 }) { return value }
    }
  }

  /// Starts a program with `descriptors` as its 0, 1, …; every other one is closed in it.
  func start(
    _ arguments: [String], environment: [String], descriptors: [Descriptor]
  ) throws(SandboxError) -> Int32 {
    let (error, process) = now {
      var process: Int32 = 0
      let numbers = descriptors.map(\.number)
      let error = unsafe withCStrings(arguments) { arguments in
        unsafe withCStrings(environment) { environment in
          unsafe csb_spawn(
            arguments[0], arguments, environment, numbers, Int32(numbers.count), &process)
        }
      }
      return (error, process)
    }
    guard error == 0 else { throw .system("\(arguments[0]) cannot be started: \(Descriptor.reason(error))") }
    return process
  }
}

/// Calls `body`, which gives an error number, with `strings` as C has them and a null pointer behind.
private func withCStrings(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
) -> Int32 {
  var copies = unsafe strings.map { unsafe strdup($0) } + [nil]
  defer { for place in unsafe copies.indices { unsafe free(copies[place]) } }
  return unsafe copies.withUnsafeMutableBufferPointer { buffer in
    // Never empty, since the null pointer is in it.
    unsafe buffer.baseAddress.map { unsafe body($0) } ?? EINVAL
  }
}
