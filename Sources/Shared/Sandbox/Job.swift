import CSandbox
import Glibc

/// What a forked process of a sandbox does.
enum JobKind: UInt8, Sendable {
  /// Loads a solution and answers calls.
  case solution = 0x73
  /// Runs tests, whose calls of the solution it asks the host for.
  case checker = 0x63
  /// Runs a whole program.
  case program = 0x70
}

/// Why a process gave no answer.
enum JobFailure: Error, Equatable {
  /// It took longer than it may.
  case timeout
  /// It wrote more than it may.
  case output
  /// It ended, or closed its side.
  case ended
  /// It sent what is no message.
  case malformed
  /// The sandbox went away; the machine's fault, as far as one can tell.
  case lost(String)
}

/// One process forked in a sandbox, and the host's ends of what it reads and writes.
///
/// Every way out goes through ``finish()``, after which nothing of the process is left.
final class Job {
  private let cell: Cell

  /// The socket for messages, the standard streams, and a checker's verdicts; nil where closed or never there.
  private(set) var channel: Stream?
  private(set) var input: Stream?
  private(set) var output: Stream?
  private(set) var errors: Stream?
  private(set) var verdicts: Stream?

  /// How the process ended, as `waitpid` has it; nil while it runs.
  private(set) var status: Int32?
  /// Whether it wrote into its scratch directory, which then cannot be used again.
  private(set) var isDirty = false

  private let outputLimit: Int

  /// Forks a process in `cell`; it has begun when this returns, or nothing is left of it.
  ///
  /// `outputLimit` bounds standard output and errors, each, in bytes.
  init(_ kind: JobKind, in cell: Cell, limits: SandboxLimits, outputLimit: Int) throws(SandboxError) {
    self.cell = cell
    self.outputLimit = outputLimit
    let channel = try Descriptor.pair()
    let null = try Descriptor.null()
    let output = try Descriptor.pipe()
    self.channel = Stream(channel.here)
    self.output = Stream(output.read)
    // Messages come and go on the same socket, which lies in two places: 3 to read, 4 to write.
    var places = [null, output.write, output.write, channel.there, channel.there]
    switch kind {
    case .solution: break
    case .checker:
      let verdicts = try Descriptor.pipe()
      places = [null, null, null, channel.there, channel.there, verdicts.write]
      self.output = nil
      self.verdicts = Stream(verdicts.read)
    case .program:
      let input = try Descriptor.pair()
      let errors = try Descriptor.pipe()
      places = [input.there, output.write, errors.write, channel.there]
      // Otherwise a program could fill our memory by writing where it should read.
      shutdown(input.here.number, Int32(SHUT_RD))
      self.input = Stream(input.here)
      self.errors = Stream(errors.read)
    }
    let bytes = Self.bytes(of: limits, beside: cell.tasksBeside)
    try cell.order([UInt8(ascii: "j"), kind.rawValue] + bytes, with: places)
  }

  /// The limits as the guest reads them; the kernel counts `others`, tasks, together with the process's own.
  private static func bytes(of limits: SandboxLimits, beside others: Int) -> [UInt8] {
    let numbers = [
      limits.threads + others, Int(limits.totalSeconds.rounded(.up)) + 1, limits.memoryMebibytes << 20,
      SandboxLimits.scratchKibibytes << 10,
    ]
    return numbers.flatMap { littleEndian(UInt64($0)) }
  }

  /// Moves what can be moved between the streams, after waiting for at most until `deadline`; false if nothing
  /// happened until then.
  func turn(until deadline: ContinuousClock.Instant) throws(JobFailure) -> Bool {
    let streams = [channel, input, output, errors, verdicts].compactMap { $0 }.filter { $0.isWatched }
    var watched = streams.map { (descriptor: $0.descriptor, writing: $0.wantsToWrite) }
    if status == nil { watched.append((cell.messages, false)) }
    let ready = Readiness.wait(for: watched, until: deadline)
    for (stream, isReady) in zip(streams, ready) where isReady { stream.move() }
    if status == nil, ready[ready.count - 1] { try takeMessage() }
    if let output, output.received.count > outputLimit { throw .output }
    if let errors, errors.received.count > outputLimit { throw .output }
    return ready.contains(true)
  }

  private func takeMessage() throws(JobFailure) {
    guard let message = cell.receive(within: .zero) else { return }
    switch message.first {
    case UInt8(ascii: "d") where message.count == 6:
      status = Int32(truncatingIfNeeded: message[1...4].reversed().reduce(0) { $0 << 8 | Int($1) })
      isDirty = message[5] != 0
    case UInt8(ascii: "e"):
      throw .lost("no process could be forked: \(String(decoding: message.dropFirst(), as: UTF8.self))")
    default:
      throw .lost("the sandbox went away")
    }
  }

  /// The next message of the process.
  func receive(
    from stream: KeyPath<Job, Stream?> = \.channel, until deadline: ContinuousClock.Instant
  )
    throws(JobFailure) -> [UInt8]
  {
    while true {
      guard let stream = self[keyPath: stream] else { throw .ended }
      if let frame = try stream.takeFrame() { return frame }
      if stream.isAtEnd { throw .ended }
      guard try turn(until: deadline) else { throw .timeout }
    }
  }

  /// Sends a message, which the process reads when it likes.
  func send(_ message: [UInt8]) { channel?.send(littleEndian(UInt32(message.count)) + message) }

  /// Sends `bytes` as a program's text, and `standardInput`, each with its end behind.
  func feed(program: [UInt8], standardInput: [UInt8]) {
    channel?.send(program)
    channel?.closeWhenSent()
    input?.send(standardInput)
    input?.closeWhenSent()
  }

  /// Ends the process, if it has not ended, and waits for that; nothing of it is left, or the sandbox is lost.
  func finish() throws(JobFailure) {
    if status == nil {
      do { try cell.order([UInt8(ascii: "k")]) } catch { throw .lost(error.description) }
      let deadline = ContinuousClock.now + .seconds(10)
      while status == nil {
        guard Readiness.wait(for: [(cell.messages, false)], until: deadline)[0] else {
          throw .lost("a process did not end")
        }
        try takeMessage()
      }
    }
    for stream in [output, errors] { stream?.drain(upTo: outputLimit) }
  }
}

/// One end of a pipe or socket, with what waits on either side.
final class Stream {
  let descriptor: Descriptor
  /// What came and nobody has taken.
  private(set) var received: [UInt8] = []
  /// Whether nothing more will come.
  private(set) var isAtEnd = false
  private var waiting: ArraySlice<UInt8> = []
  private var closesWhenSent = false
  private var cannotSend = false

  init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    descriptor.setNonBlocking()
  }

  var wantsToWrite: Bool { !waiting.isEmpty && !cannotSend }
  var isWatched: Bool { !isAtEnd || wantsToWrite }

  func send(_ bytes: [UInt8]) {
    waiting += bytes
    push()
  }

  func closeWhenSent() {
    closesWhenSent = true
    push()
  }

  /// Sends what fits and reads what waits.
  func move() {
    push()
    if !isAtEnd, let bytes = descriptor.read(upTo: 1 << 16) {
      received += bytes
      isAtEnd = bytes.isEmpty
    }
  }

  private func push() {
    if !waiting.isEmpty, !cannotSend {
      if let count = descriptor.send(waiting) {
        waiting = waiting.dropFirst(count)
      } else {
        cannotSend = true
        waiting = []
      }
    }
    if waiting.isEmpty, closesWhenSent {
      closesWhenSent = false
      shutdown(descriptor.number, Int32(SHUT_WR))
    }
  }

  /// Reads what is left, up to `limit` bytes in all.
  func drain(upTo limit: Int) {
    while !isAtEnd, received.count <= limit, let bytes = descriptor.read(upTo: 1 << 16) {
      received += bytes
      isAtEnd = bytes.isEmpty
    }
  }

  /// A whole message, if one has come.
  func takeFrame() throws(JobFailure) -> [UInt8]? {
    guard received.count >= 4 else { return nil }
    let count = received[0..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= SandboxLimits.frameBytes else { throw .malformed }
    guard received.count >= 4 + count else { return nil }
    let frame = Array(received[4..<4 + count])
    received.removeFirst(4 + count)
    return frame
  }
}
