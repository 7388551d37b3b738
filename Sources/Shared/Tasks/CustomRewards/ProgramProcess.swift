import Glibc
import Subprocesses

/// A request on its way.
struct Flight {
  /// Whose it is.
  let ticket: Int

  /// The number that the answer has to bear.
  let id: Int

  /// The line to write.
  let line: [UInt8]

  /// How often the program ended, or wrote rubbish, while it had nothing but this request.
  var deaths = 0

  /// Whether it is sent alone, since the program ended while it had this request among others.
  var isSuspect = false
}

/// Why a process is of no use any more.
enum ProcessFault: Equatable {
  /// It did not answer in time.
  case timeout(String)
  /// It ended, closed its pipes or wrote what is no answer.
  case broken(String)

  /// What follows "the program".
  var reason: String {
    switch self {
    case .timeout(let reason), .broken(let reason): reason
    }
  }
}

/// One process of a reward program: the test first, then requests ahead of answers, until a fault.
///
/// | what the process does | consequence |
/// |---|---|
/// | answers a request that it has | it is answered |
/// | answers one that is answered already | ignored, a thousand times |
/// | answers one that never was, or writes what is no answer, or a line without end | fault |
/// | answers without an id, where the test was answered without one too | the request it has is answered; it never has two |
/// | takes too long over the oldest request | fault: timeout |
/// | ends, or closes its output, or its input while there is something to write | fault |
///
/// The owner kills it after a fault and gives its requests to another.
final class ProgramProcess {
  private let program: ProgramReward
  private let child: Subprocess
  private let test: Flight

  /// What it was given and has not answered, oldest first.
  private(set) var flights: [Flight] = []

  /// Whether it answered the test.
  private(set) var isReady = false

  /// Whether it has answered anything but the test.
  private(set) var hasAnswered = false

  /// When it has to have answered the oldest request; nil while it has none.
  private(set) var deadline: Double?

  /// The largest number that it was asked with.
  private var newest: Int
  private var isNumbered = true
  private var unwritten: ArraySlice<UInt8> = []
  private var lines = LineSplitter(limit: RewardAnswer.limit)
  private var complaints = ErrorTail()
  private var strays = 0

  /// Starts a process and gives it the test.
  init(_ program: ProgramReward, test id: Int, now: Double) throws(SubprocessError) {
    self.program = program
    child = try Subprocess(program.command)
    test = Flight(ticket: -1, id: id, line: RewardRequest.selfTest(id: id))
    newest = id
    unwritten = ArraySlice(test.line)
    deadline = now + program.startSeconds
  }

  /// The process, to wait for.
  var subprocess: Subprocess { child }

  /// Whether bytes wait for room in the pipe.
  var isWriting: Bool { !unwritten.isEmpty }

  /// Whether it can be given `flight`.
  func hasRoom(for flight: Flight) -> Bool {
    guard isReady, unwritten.isEmpty, flights.count < (isNumbered ? program.ahead : 1) else { return false }
    return flights.isEmpty || !(flight.isSuspect || flights[0].isSuspect)
  }

  /// Gives it a request.
  func send(_ flight: Flight, now: Double) {
    if flights.isEmpty { deadline = now + program.seconds }
    flights.append(flight)
    newest = max(newest, flight.id)
    unwritten += flight.line
  }

  /// Writes and reads what can be; returns a fault where there is one.
  func turn(now: Double, answer: (Flight, Opinion) -> Void) -> ProcessFault? {
    let hadEnded = hasEnded
    let isDeaf = !flush()
    readComplaints()
    // What it wrote before it ended counts.
    var fault = read(now: now, answer: answer)
    if fault == nil && isDeaf { fault = .broken("closed its standard input") }
    if hadEnded || fault == Self.closed || isDeaf, let ending = waitForEnding() {
      fault = .broken("\(ending)")
    }
    if fault == nil, let deadline, now >= deadline { fault = .timeout(lateness) }
    if fault != nil { readComplaints() }
    return fault.map(explained)
  }

  private static let closed = ProcessFault.broken("closed its standard output")

  /// How it ended; a process that is ending closes its pipes a moment earlier.
  private func waitForEnding() -> Subprocess.Ending? {
    for _ in 0..<20 where !hasEnded { usleep(1000) }
    return child.ending
  }

  /// Lets it end by itself, since there will be no more requests.
  func dismiss() { child.closeInput() }

  /// Whether it has ended.
  var hasEnded: Bool { child.ending != nil }

  /// Kills it with all that it started.
  func end() { child.end() }

  // MARK: Pipes

  /// Writes what the pipe takes; false where nobody reads.
  private func flush() -> Bool {
    while !unwritten.isEmpty {
      guard let count = child.write(unwritten) else { return false }
      if count == 0 { break }
      unwritten = unwritten.dropFirst(count)
    }
    return true
  }

  private func readComplaints() {
    // So that one who complains without end does not keep the others waiting.
    for _ in 0..<16 {
      guard case .bytes(let bytes) = child.readErrors() else { return }
      complaints.add(bytes)
    }
  }

  private func read(now: Double, answer: (Flight, Opinion) -> Void) -> ProcessFault? {
    for _ in 0..<16 {
      switch child.readOutput() {
      case .nothing: return nil
      case .end: return Self.closed
      case .bytes(let bytes):
        guard lines.add(bytes) else {
          return .broken("wrote a line of more than \(RewardAnswer.limit) bytes")
        }
        while let line = lines.next() {
          if let fault = take(line, now: now, answer: answer) { return fault }
        }
      }
    }
    return nil
  }

  // MARK: Answers

  private func take(
    _ line: ArraySlice<UInt8>, now: Double, answer: (Flight, Opinion) -> Void
  ) -> ProcessFault? {
    guard let read = RewardAnswer(line) else {
      return .broken(
        "wrote `\(AnswerText.string(line.prefix(80)))` to its standard output, which is no answer")
    }
    guard isReady else { return takeTest(read, now: now) }
    guard let index = flights.firstIndex(where: { read.id == nil ? !isNumbered : $0.id == read.id }) else {
      return stray(read)
    }
    hasAnswered = true
    answer(flights.remove(at: index), read.opinion)
    if index == 0 { deadline = flights.isEmpty ? nil : now + program.seconds }
    return nil
  }

  private func takeTest(_ answer: RewardAnswer, now: Double) -> ProcessFault? {
    guard answer.id == nil || answer.id == test.id else {
      return .broken("answered with another id than it was asked with")
    }
    isNumbered = answer.id != nil
    isReady = true
    deadline = nil
    return nil
  }

  /// An answer to a request that it has not.
  private func stray(_ answer: RewardAnswer) -> ProcessFault? {
    guard let id = answer.id else {
      return .broken(isNumbered ? "answered without an id" : "answered twice")
    }
    strays += 1
    if id > newest { return .broken("answered with an id that it was not asked with") }
    return strays > 1000 ? .broken("answers again and again what it has answered") : nil
  }

  // MARK: Faults

  private var lateness: String {
    isReady
      ? "did not answer within \(program.seconds) s" : "was not ready within \(program.startSeconds) s"
  }

  /// The fault with the last line of what the process wrote to its standard errors.
  private func explained(_ fault: ProcessFault) -> ProcessFault {
    guard let line = complaints.lastLine else { return fault }
    switch fault {
    case .timeout(let reason): return .timeout("\(reason): \(line)")
    case .broken(let reason): return .broken("\(reason): \(line)")
    }
  }
}

/// Cuts a stream of bytes into lines.
struct LineSplitter {
  private let limit: Int
  private var bytes: [UInt8] = []
  private var start = 0

  /// Lines of at most `limit` bytes.
  init(limit: Int) { self.limit = limit }

  /// Takes over bytes; false where a line is too long.
  mutating func add(_ more: [UInt8]) -> Bool {
    bytes.removeFirst(start)
    start = 0
    // A line cannot end before the first end in what is new.
    let rest = more.firstIndex(of: 0x0A) ?? more.count
    guard bytes.count + rest <= limit else { return false }
    bytes += more
    return true
  }

  /// The next whole line that is not blank, without its end.
  mutating func next() -> ArraySlice<UInt8>? {
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      let line = AnswerText.trimmed(bytes[start..<end])
      start = end + 1
      if !line.isEmpty { return line }
    }
    return nil
  }
}

/// The end of what a process wrote to its standard errors.
struct ErrorTail {
  private var bytes: [UInt8] = []

  /// Takes over bytes, and forgets old ones.
  mutating func add(_ more: [UInt8]) {
    bytes += more.suffix(4096)
    if bytes.count > 4096 { bytes.removeFirst(bytes.count - 4096) }
  }

  /// The last line that is not blank, shortened; nil where there is none.
  var lastLine: String? {
    let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }
    let last = lines.last { !$0.allSatisfy(AnswerText.isSpace) }
    return last.map { AnswerText.string(AnswerText.trimmed($0).prefix(160)) }
  }
}
