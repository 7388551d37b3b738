import Dispatch
import Foundation
import Sandbox
import Synchronization

/// Verdicts that are worked out beside the caller, on threads of their own.
///
/// The sandbox is started with the first response that needs one, or by ``startSandbox()``; where none can be had,
/// responses that need it get the verdict `error` with the reason.
final class SlowVerdicts: Sendable {
  /// A response to be scored.
  struct Request: Sendable {
    /// The number that it is asked by.
    let ticket: Int
    /// Which of the run's rewards asks.
    let part: Int
    let rule: RewardRule
    let response: String
    let problem: Problem
    let isFinished: Bool
  }

  /// A verdict, with whose it is.
  struct Answer: Sendable {
    let ticket: Int
    let part: Int
    let verdict: Verdict
    /// How long it took, in seconds.
    let seconds: Double
  }

  private struct State {
    var answers: [Answer] = []
    var forgotten: Set<Int> = []
    var judge: Result<CodeJudge, SandboxError>?
  }

  private let settings: SandboxSettings
  private let answered: DispatchSemaphore
  private let queue = OperationQueue()
  private let state = Mutex(State())
  private let isStarting = Mutex(())

  /// Starts nothing yet.
  ///
  /// - Parameters:
  ///   - settings: Of the sandbox; as many responses are scored at a time as it has slots.
  ///   - answered: Signalled when there is a verdict.
  init(_ settings: SandboxSettings, answered: DispatchSemaphore) {
    self.settings = settings
    self.answered = answered
    queue.maxConcurrentOperationCount = max(1, settings.slots)
  }

  /// Gives up what waits, and returns when nothing runs and no sandbox is left.
  func stop() {
    queue.cancelAllOperations()
    queue.waitUntilAllOperationsAreFinished()
    if case .success(let judge)? = state.withLock({ $0.judge }) { judge.close() }
  }

  /// Hands in a response.
  func submit(_ request: Request) {
    queue.addOperation { [self] in
      guard state.withLock({ $0.forgotten.remove(request.ticket) }) == nil else { return }
      let start = ContinuousClock.now
      let verdict = verdict(request)
      let answer = Answer(
        ticket: request.ticket, part: request.part, verdict: verdict, seconds: start.secondsSince)
      state.withLock { $0.answers.append(answer) }
      answered.signal()
    }
  }

  /// The verdicts since the last call.
  func take() -> [Answer] {
    state.withLock { state in
      defer { state.answers = [] }
      return state.answers
    }
  }

  /// Takes responses back that no verdict has come for.
  func forget(_ tickets: some Sequence<Int>) {
    state.withLock { $0.forgotten.formUnion(tickets) }
  }

  /// The sandbox, started if need be.
  func startSandbox() throws(SandboxError) -> CodeJudge {
    try isStarting.withLock { _ throws(SandboxError) in
      if let known = state.withLock({ $0.judge }) { return try known.get() }
      let result = Result { () throws(SandboxError) in try CodeJudge(settings) }
      state.withLock { $0.judge = result }
      return try result.get()
    }
  }

  private func verdict(_ request: Request) -> Verdict {
    guard request.rule.name == .code else {
      return request.rule.verdict(request.response, request.problem, finished: request.isFinished)
    }
    do {
      return CodeVerifier(judge: try startSandbox()).score(
        response: request.response, problem: request.problem)
    } catch {
      return .failure(.error, "\(error)")
    }
  }
}

extension ContinuousClock.Instant {
  /// The time since then, in seconds.
  var secondsSince: Double { duration(to: .now) / .seconds(1) }
}
