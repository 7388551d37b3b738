import Foundation
import Subprocesses
import Synchronization

/// The processes of one reward program, on a thread of their own.
final class ProgramPool: Sendable {
  private let mailbox: ProgramMailbox

  /// Starts the thread and with it the first process; see ``waitForStart()``.
  ///
  /// - Parameters:
  ///   - name: What the run calls the reward.
  ///   - program: The program.
  ///   - answered: Signalled when there is an answer.
  /// - Throws: ``SubprocessError`` where the process has no descriptor left.
  init(name: String, program: ProgramReward, answered: DispatchSemaphore) throws(SubprocessError) {
    let mailbox = ProgramMailbox(bell: try Bell(), answered: answered)
    self.mailbox = mailbox
    let thread = Thread {
      ProgramServer(name: name, program: program, mailbox: mailbox).run()
      mailbox.hasStopped.signal()
    }
    thread.name = "reward \(name)"
    thread.start()
  }

  deinit {
    mailbox.stop()
    mailbox.hasStopped.wait()
  }

  /// Waits until the first process has passed the test.
  func waitForStart() throws(RewardError) {
    mailbox.hasStarted.wait()
    if let error = mailbox.startError { throw error }
  }

  /// Hands in a response.
  func submit(_ request: ProgramMailbox.Request) { mailbox.submit(request) }

  /// Takes requests back; those on their way are answered, and nobody needs the answers.
  func forget(_ tickets: Set<Int>) { mailbox.forget(tickets) }

  /// What was answered since the last call.
  func take() -> [(ticket: Int, opinion: Opinion)] { mailbox.take() }
}

/// What a pool and its thread have in common.
final class ProgramMailbox: Sendable {
  /// A response to be scored.
  struct Request: Sendable {
    let ticket: Int
    let response: String
    let problem: Problem
    let isFinished: Bool
  }

  /// What is new for the thread.
  struct Post {
    var requests: [Request] = []
    var forgotten: Set<Int> = []
    var isStopping = false
  }

  private struct State {
    var post = Post()
    var answers: [(ticket: Int, opinion: Opinion)] = []
    var hasStarted = false
    var startError: RewardError?
  }

  /// Wakes the thread.
  let bell: Bell
  /// Signalled once, when the first process has passed the test or failed.
  let hasStarted = DispatchSemaphore(value: 0)
  /// Signalled once, when the thread has ended all processes.
  let hasStopped = DispatchSemaphore(value: 0)
  private let answered: DispatchSemaphore
  private let state = Mutex(State())

  init(bell: Bell, answered: DispatchSemaphore) {
    self.bell = bell
    self.answered = answered
  }

  // MARK: The pool's side

  func submit(_ request: Request) {
    state.withLock { $0.post.requests.append(request) }
    bell.ring()
  }

  func forget(_ tickets: Set<Int>) {
    state.withLock { state in
      state.post.requests.removeAll { tickets.contains($0.ticket) }
      state.post.forgotten.formUnion(tickets)
    }
    bell.ring()
  }

  func take() -> [(ticket: Int, opinion: Opinion)] {
    state.withLock { state in
      let answers = state.answers
      state.answers = []
      return answers
    }
  }

  func stop() {
    state.withLock { $0.post.isStopping = true }
    bell.ring()
  }

  /// Why the first process did not pass the test.
  var startError: RewardError? { state.withLock { $0.startError } }

  // MARK: The thread's side

  func collect() -> Post {
    state.withLock { state in
      let post = state.post
      state.post = Post()
      return post
    }
  }

  func post(ticket: Int, _ opinion: Opinion) {
    state.withLock { $0.answers.append((ticket, opinion)) }
    answered.signal()
  }

  /// How the first start went; later ones are ignored.
  func postStart(_ error: RewardError?) {
    let isFirst = state.withLock { state in
      let isFirst = !state.hasStarted
      if isFirst { (state.hasStarted, state.startError) = (true, error) }
      return isFirst
    }
    if isFirst { hasStarted.signal() }
  }
}
