import Subprocesses

/// The thread beside a pool: keeps the processes of one program running and passes requests and answers.
///
/// | fault | the request it had, if only one | the requests it had, if several |
/// |---|---|---|
/// | too late with the oldest | verdict `error` | the oldest `error`, the others to the next process |
/// | ended, or wrote rubbish | asked again, alone; at the second time verdict `error` | each asked again, alone |
///
/// So what a response is given does not depend on what was asked beside it. A process is started again when there is
/// a request for it: at once if it had answered something, else after 0.05 s, twice as long each time, at most 1 s. A
/// program that cannot even pass the test three times in a row answers `error` to everything, and is tried again
/// after 30 s.
final class ProgramServer {
  private let name: String
  private let program: ProgramReward
  private let mailbox: ProgramMailbox
  private let clock = ContinuousClock()
  private let origin: ContinuousClock.Instant
  private var places: [Place]
  private var queue: [Flight] = []
  private var nextId = 0

  /// Where a process is or will be.
  private struct Place {
    var process: ProgramProcess?
    var retryAt = 0.0
    /// Starts that failed since the last that did not.
    var failedStarts = 0
    /// Processes that ended in a row without an answer.
    var barren = 0
    var lastFault = ""

    /// Whether it is given up for now.
    var isBroken: Bool { failedStarts >= 3 }
  }

  init(name: String, program: ProgramReward, mailbox: ProgramMailbox) {
    self.name = name
    self.program = program
    self.mailbox = mailbox
    origin = clock.now
    places = Array(repeating: Place(), count: program.processes)
  }

  /// Serves until the pool stops.
  func run() {
    Bell.quietThread()
    start(0)
    while true {
      let post = mailbox.collect()
      if post.isStopping { break }
      queue.removeAll { post.forgotten.contains($0.ticket) }
      for request in post.requests { enqueue(request) }
      refuseIfBroken()
      feed()
      wait()
      for index in places.indices { turn(index) }
    }
    dismiss()
  }

  /// Seconds since it began.
  private var now: Double {
    let (seconds, attoseconds) = origin.duration(to: clock.now).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  // MARK: Requests

  private func enqueue(_ request: ProgramMailbox.Request) {
    let id = takeId()
    queue.append(
      Flight(
        ticket: request.ticket, id: id,
        line: RewardRequest.line(
          id: id, response: request.response, problem: request.problem, finished: request.isFinished)))
  }

  private func takeId() -> Int {
    nextId += 1
    return nextId
  }

  private func feed() {
    for index in places.indices where !queue.isEmpty {
      if places[index].process == nil && now >= places[index].retryAt { start(index) }
      guard let process = places[index].process else { continue }
      while let flight = queue.first, process.hasRoom(for: flight) {
        process.send(queue.removeFirst(), now: now)
      }
    }
  }

  /// Answers everything where no process can be had.
  private func refuseIfBroken() {
    let now = now
    guard !queue.isEmpty, places.allSatisfy({ $0.process == nil && $0.isBroken && now < $0.retryAt }) else {
      return
    }
    for flight in queue { post(flight, .failure(.error, "cannot be started again: \(places[0].lastFault)")) }
    queue = []
  }

  private func post(_ flight: Flight, _ opinion: Opinion) {
    mailbox.post(ticket: flight.ticket, opinion)
  }

  // MARK: Processes

  private func start(_ index: Int) {
    do {
      places[index].process = try ProgramProcess(program, test: takeId(), now: now)
    } catch {
      startFailed(index, "\(error)")
    }
  }

  private func startFailed(_ index: Int, _ reason: String) {
    places[index].failedStarts += 1
    places[index].lastFault = reason
    places[index].retryAt = now + (places[index].isBroken ? 30 : Self.pause(places[index].failedStarts))
    mailbox.postStart(.unusable(name: name, program: program.title, reason: reason))
  }

  /// Seconds before the start after so many failures.
  private static func pause(_ failures: Int) -> Double {
    failures == 0 ? 0 : min(1, 0.05 * Double(1 << min(10, failures - 1)))
  }

  private func turn(_ index: Int) {
    guard let process = places[index].process else { return }
    let wasReady = process.isReady
    let fault = process.turn(now: now) { post($0, $1) }
    if !wasReady && process.isReady {
      places[index].failedStarts = 0
      mailbox.postStart(nil)
    }
    guard let fault else { return }
    process.end()
    places[index].process = nil
    guard process.isReady else { return startFailed(index, fault.reason) }
    if case .broken = fault {
      places[index].barren = process.hasAnswered ? 0 : places[index].barren + 1
      places[index].retryAt = now + Self.pause(places[index].barren)
    }
    queue = survivors(of: process.flights, fault) + queue
  }

  /// Answers the requests that a fault decides; returns those to be asked again.
  private func survivors(of flights: [Flight], _ fault: ProcessFault) -> [Flight] {
    switch fault {
    case .timeout(let reason):
      if let oldest = flights.first { post(oldest, .failure(.error, reason)) }
      return Array(flights.dropFirst())
    case .broken(let reason):
      if flights.count == 1 && flights[0].deaths > 0 {
        post(flights[0], .failure(.error, reason))
        return []
      }
      return flights.map { flight in
        var flight = flight
        flight.deaths += flights.count == 1 ? 1 : 0
        flight.isSuspect = true
        return flight
      }
    }
  }

  // MARK: Waiting

  private func wait() {
    let processes = places.compactMap(\.process)
    let writing = Set(processes.indices.filter { processes[$0].isWriting })
    mailbox.bell.wait(for: processes.map(\.subprocess), writing: writing, seconds: patience(processes))
  }

  private func patience(_ processes: [ProgramProcess]) -> Double {
    let now = now
    let deadlines = processes.compactMap(\.deadline)
    let starts = queue.isEmpty ? [] : places.filter { $0.process == nil }.map(\.retryAt)
    let next = (deadlines + starts).min().map { $0 - now } ?? 60
    // The end of a process does not wake the wait where a child of its keeps the pipes open.
    return max(0, min(next, deadlines.isEmpty ? 1 : 0.05))
  }

  /// Lets the processes end by themselves for half a second, then kills them.
  private func dismiss() {
    let processes = places.compactMap(\.process)
    for process in processes { process.dismiss() }
    let end = now + 0.5
    while now < end, !processes.allSatisfy(\.hasEnded) {
      mailbox.bell.wait(for: [], writing: [], seconds: 0.005)
    }
    for process in processes { process.end() }
    places = []
  }
}
