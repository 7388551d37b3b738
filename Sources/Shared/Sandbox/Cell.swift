import CSandbox
import Foundation
import Glibc
import Synchronization

/// One running sandbox: a Python that has read no answer and never will, and forks a process for each.
///
/// Used by one evaluation at a time. Ends with its last owner, and everything in it with it.
final class Cell: Sendable {
  /// The launcher's process, which became bubblewrap or, without namespaces, Python.
  private let process: Int32
  private let control: Descriptor
  private let diagnostics: Descriptor
  private let information: Descriptor
  private let confinement: Confinement
  private let isReady = Mutex(false)

  /// The longest that a sandbox may take to start, on a machine that has much else to do.
  private static let patience = Duration.seconds(30)

  /// Starts a sandbox and does not wait for it.
  ///
  /// One that `prepares` imports what many answers do, until it is asked for something.
  init(_ confinement: Confinement, prepares: Bool) throws(SandboxError) {
    let control = try Descriptor.pair(packets: true)
    let diagnostics = try Descriptor.pipe()
    let information = try Descriptor.pipe()
    let null = try Descriptor.null()
    self.confinement = confinement
    self.control = control.here
    self.diagnostics = diagnostics.read
    self.information = information.read
    process = try Keeper.shared.start(
      confinement.arguments, environment: Confinement.environment,
      descriptors: [null, null, diagnostics.write, control.there, information.write])
    for message in [confinement.guest.core, [prepares ? 1 : 0] + Guest.setup, confinement.guest.checker] {
      _ = control.here.send(message[...])
    }
  }

  deinit { Self.end(process, control, information, confinement.tier) }

  /// Waits until it can take an evaluation.
  func awaitReadiness() throws(SandboxError) {
    guard !isReady.withLock({ $0 }) else { return }
    let message = receive(within: Self.patience)
    guard message?.first == UInt8(ascii: "h") else {
      let words = diagnostics.read(upTo: 4096) ?? []
      let text = String(decoding: words, as: UTF8.self).split(separator: "\n").last.map(String.init)
      throw .lost("the sandbox did not start: \(text ?? "it said nothing")")
    }
    isReady.withLock { $0 = true }
  }

  /// Sends an order, with the descriptors that the forked process shall have as 0, 1, ….
  func order(_ bytes: [UInt8], with descriptors: [Descriptor] = []) throws(SandboxError) {
    guard let count = control.send(bytes[...], with: descriptors), count == bytes.count else {
      throw .lost("the sandbox is gone")
    }
  }

  /// The programs of `Guest/`, compiled by the sandbox's own interpreter.
  func compiled() throws(SandboxError) -> [UInt8] {
    try order([UInt8(ascii: "m")])
    return receive(within: Self.patience) ?? []
  }

  /// The next message of the sandbox; nil where none comes in time, empty where none will.
  func receive(within duration: Duration) -> [UInt8]? {
    let deadline = ContinuousClock.now + duration
    guard Readiness.wait(for: [(control, false)], until: deadline)[0] else { return nil }
    return control.read(upTo: 1 << 17)
  }

  /// How many tasks count, in the kernel's eyes, together with those of an answer.
  ///
  /// None in a namespace or for a user of the sandbox's own; otherwise all that the user has.
  var tasksBeside: Int {
    confinement.tier == .namespaces || confinement.changesUser ? 0 : UserTasks.shared.count
  }

  /// Where its messages come from, to wait for together with others.
  var messages: Descriptor { control }

  /// Ends all processes of a sandbox, on the thread that started it.
  ///
  /// `control` stays open until then: its own process would take the end for an order to go, and bubblewrap, told
  /// of that, would not wait for the first process of the namespace.
  private static func end(
    _ process: Int32, _ control: Descriptor, _ information: Descriptor, _ tier: SandboxTier
  ) {
    Keeper.shared.later {
      // Not bubblewrap itself: then the first process of the namespace would be left to the machine's first
      // process, which need not bury it. When that first process dies, bubblewrap ends by itself.
      signal(tier == .namespaces ? innermost(information) ?? process : process, SIGKILL)
      // It may have been too early for a namespace.
      if !hasEnded(process, within: .seconds(5)) { signal(process, SIGKILL) }
      var status: Int32 = 0
      while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
      withExtendedLifetime(control) {}
    }
  }

  private static func signal(_ process: Int32, _ signal: Int32) {
    let handle = csb_process_open(process)
    guard handle >= 0 else {
      // A container may forbid process descriptors; what is to end then has run nothing, since that needs them too.
      if handle != -ESRCH { kill(process, signal) }
      return
    }
    _ = csb_process_signal(handle, signal)
    close(handle)
  }

  /// Whether `process` ends in time; it is not buried by that.
  private static func hasEnded(_ process: Int32, within duration: Duration) -> Bool {
    let handle = csb_process_open(process)
    guard handle >= 0 else { return true }
    return Readiness.wait(for: [(Descriptor(handle), false)], until: .now + duration)[0]
  }

  /// The first process of the namespace, as bubblewrap told.
  private static func innermost(_ information: Descriptor) -> Int32? {
    information.setNonBlocking()
    let text = String(decoding: information.read(upTo: 4096) ?? [], as: UTF8.self)
    guard let key = text.range(of: "\"child-pid\":") else { return nil }
    return Int32(text[key.upperBound...].drop(while: \.isWhitespace).prefix(while: \.isNumber))
  }
}
