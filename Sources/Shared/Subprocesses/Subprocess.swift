import CSubprocess
import FoundationEssentials
import Glibc

/// A child process with pipes to its standard input, output and errors; nothing here blocks.
///
/// The child is the first of a process group of its own and inherits no descriptor but the three. It is
/// killed when the thread that started it ends, be it with the whole process: start and use it on one thread.
///
/// What the child starts is in its group, unless it moves itself out, and ``end()`` kills the group.
public final class Subprocess {
  /// What a read found.
  public enum Read: Equatable {
    /// Some bytes.
    case bytes([UInt8])
    /// Nothing yet.
    case nothing
    /// Nothing any more: the child, and whoever has its end of the pipe, closed it.
    case end
  }

  /// How a child ended.
  public enum Ending: Sendable, Equatable, CustomStringConvertible {
    /// With an exit code.
    case exited(code: Int32)
    /// By a signal.
    case killed(signal: Int32)

    /// What follows "the program": `ended with exit code 3`.
    public var description: String {
      switch self {
      case .exited(let code): "ended with exit code \(code)"
      case .killed(let signal): "was killed by signal \(signal)"
      }
    }
  }

  /// The most bytes that one read takes.
  public static let readLimit = 1 << 16

  /// The child's id; also its group's.
  public let id: Int32

  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private var hasEnded = false

  /// Starts `command`.
  public init(_ command: Command) throws(SubprocessError) {
    let pipes = try Self.pipes(command.path)
    defer { for descriptor in pipes.theirs { close(descriptor) } }
    var child: pid_t = 0
    let (arguments, environment) = ([command.path] + command.arguments, command.environment)
    let error = unsafe withCStrings(arguments) { arguments in
      unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { environment in
        unsafe cs_start(
          command.path, arguments, environment, pipes.theirs[0], pipes.theirs[1], pipes.theirs[2], &child)
      }
    }
    guard error == 0 else {
      for descriptor in pipes.ours { close(descriptor) }
      throw .refused(path: command.path, reason: Self.message(error))
    }
    id = child
    (input, output, errors) = (pipes.ours[0], pipes.ours[1], pipes.ours[2])
  }

  deinit {
    end()
    for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) }
  }

  // MARK: Talking

  /// Writes what the pipe takes now of `bytes`.
  ///
  /// The thread must block SIGPIPE; see ``Bell/quietThread()``.
  ///
  /// - Returns: How many bytes; nil where nobody reads them any more.
  public func write(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard input >= 0 else { return nil }
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Closes the child's standard input: it has been told everything.
  public func closeInput() {
    guard input >= 0 else { return }
    close(input)
    input = -1
  }

  /// What the child wrote to its standard output.
  public func readOutput() -> Read { Self.read(&output) }

  /// What the child wrote to its standard errors.
  public func readErrors() -> Read { Self.read(&errors) }

  private static func read(_ descriptor: inout Int32) -> Read {
    guard descriptor >= 0 else { return .end }
    var count = 0
    let source = descriptor
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: readLimit) { buffer, filled in
      count = unsafe Glibc.read(source, buffer.baseAddress, buffer.count)
      filled = max(0, count)
    }
    if count > 0 { return .bytes(bytes) }
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return .nothing }
    // So that nobody waits for it any more.
    close(descriptor)
    descriptor = -1
    return .end
  }

  // MARK: Ending

  /// How it ended; nil while it runs.
  public var ending: Ending? {
    var code: Int32 = 0
    switch unsafe cs_ending(id, &code) {
    case 1: return .exited(code: code)
    case 2: return .killed(signal: code)
    default: return nil
    }
  }

  /// Kills it with all of its group, and takes it off the system's list.
  public func end() {
    guard !hasEnded else { return }
    hasEnded = true
    // Before it is taken off the list: until then no other process can have its number.
    kill(-id, SIGKILL)
    kill(id, SIGKILL)
    // A killed process is gone at once, unless it is inside a call of the system that cannot be interrupted.
    for _ in 0..<500 {
      var status: Int32 = 0
      if unsafe waitpid(id, &status, WNOHANG) != 0 { return }
      usleep(2000)
    }
  }

  /// The descriptors that poll waits for.
  func interests(writing: Bool) -> [(descriptor: Int32, events: Int32)] {
    let all = [(output, POLLIN), (errors, POLLIN), (writing ? input : -1, POLLOUT)]
    return all.filter { $0.0 >= 0 }.map { (descriptor: $0.0, events: $0.1) }
  }

  // MARK: Starting

  /// Three pipes: our ends, which never block, and the child's.
  private static func pipes(
    _ path: String
  ) throws(SubprocessError) -> (ours: [Int32], theirs: [Int32]) {
    var (ours, theirs): ([Int32], [Int32]) = ([], [])
    for index in 0..<3 {
      var ends: [Int32] = [0, 0]
      guard unsafe cs_pipe(&ends) == 0 else {
        let reason = message(errno)
        for descriptor in ours + theirs { close(descriptor) }
        throw .refused(path: path, reason: reason)
      }
      let (own, other) = index == 0 ? (ends[1], ends[0]) : (ends[0], ends[1])
      _ = fcntl(own, F_SETFL, fcntl(own, F_GETFL) | O_NONBLOCK)
      ours.append(own)
      theirs.append(other)
    }
    return (ours, theirs)
  }

  private static func message(_ error: Int32) -> String {
    unsafe strerror(error).map { unsafe String(cString: $0) } ?? "error \(error)"
  }
}

/// Calls `body` with `texts` as C expects them, ended by a null pointer.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  // A zero would end the text early; no argument can hold one.
  var pointers = unsafe texts.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
  return unsafe pointers.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("an array of at least one pointer") }
    return unsafe body(base)
  }
}
