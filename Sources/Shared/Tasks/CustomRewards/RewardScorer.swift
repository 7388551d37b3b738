import Dispatch
import Subprocesses

/// Scores the responses of a rank by the run's rewards, without keeping whoever hands them in waiting.
///
/// ```swift
/// let scorer = try RewardScorer(plan)
/// scorer.submit(response: text, problem: problem, finished: true, ticket: 7)
/// for scored in scorer.take() { … }
/// ```
///
/// Rewards of this program score at once, programs beside; a verdict is there when all have answered. It depends on
/// the response and its problem alone, so neither the order in which verdicts come nor the number of ranks or
/// processes changes one, as long as the programs themselves keep to that and to their time limit.
///
/// Used by one thread. With it end the processes that it started.
public final class RewardScorer {
  /// A verdict with the number it was asked by.
  public struct Scored: Sendable, Equatable {
    /// The number.
    public let ticket: Int

    /// The verdict.
    public let verdict: Verdict
  }

  private let plan: RewardPlan
  private let pools: [Int: ProgramPool]
  private let answered = DispatchSemaphore(value: 0)
  private var waiting: [Int: [Opinion?]] = [:]
  private var finished: [Scored] = []

  /// A scorer that goes by each row's own rule and starts nothing.
  public init() {
    plan = RewardPlan()
    pools = [:]
  }

  /// Starts the programs of `plan` and waits until each has passed its test.
  ///
  /// - Throws: ``RewardError`` where one does not.
  public init(_ plan: RewardPlan) throws(RewardError) {
    self.plan = plan
    var pools: [Int: ProgramPool] = [:]
    for (index, part) in plan.parts.enumerated() {
      guard case .program(let program) = part.source else { continue }
      do {
        pools[index] = try ProgramPool(name: part.name, program: program, answered: answered)
      } catch {
        throw .unusable(name: part.name, program: program.title, reason: "\(error)")
      }
    }
    self.pools = pools
    for (_, pool) in pools.sorted(by: { $0.key < $1.key }) { try pool.waitForStart() }
  }

  /// How many responses wait for a verdict.
  public var waitingCount: Int { waiting.count }

  /// Hands in a response.
  ///
  /// - Parameters:
  ///   - response: Its text.
  ///   - problem: What it answers.
  ///   - finished: Whether the policy ended it itself.
  ///   - ticket: A number that no other response that waits has.
  public func submit(response: String, problem: Problem, finished: Bool, ticket: Int) {
    precondition(waiting[ticket] == nil, "RewardScorer: ticket \(ticket) is taken")
    guard !plan.parts.isEmpty else {
      let verdict = VerifierRegistry.score(response: response, problem: problem, finished: finished)
      return self.finished.append(Scored(ticket: ticket, verdict: verdict))
    }
    var opinions: [Opinion?] = Array(repeating: nil, count: plan.parts.count)
    for (index, part) in plan.parts.enumerated() {
      switch part.source {
      case .task:
        opinions[index] = Opinion(problem.reward.verdict(response, problem, finished: finished))
      case .rule(let rule): opinions[index] = Opinion(rule.verdict(response, problem, finished: finished))
      case .program:
        pools[index]?.submit(
          .init(ticket: ticket, response: response, problem: problem, isFinished: finished))
      }
    }
    settle(ticket, opinions)
  }

  /// The verdicts that have come since the last call, by ticket.
  public func take() -> [Scored] {
    for (index, pool) in pools {
      for (ticket, opinion) in pool.take() {
        // Nobody waits for what was forgotten.
        guard var opinions = waiting[ticket], opinions[index] == nil else { continue }
        opinions[index] = opinion
        settle(ticket, opinions)
      }
    }
    defer { finished = [] }
    return finished.sorted { $0.ticket < $1.ticket }
  }

  /// Waits until a program answers, at most so long; not at all where verdicts are there or nobody waits for one.
  public func wait(seconds: Double) {
    guard finished.isEmpty, !waiting.isEmpty else { return }
    _ = answered.wait(timeout: .now() + seconds)
  }

  /// Takes responses back: their verdicts will not come.
  ///
  /// Their numbers must not be used again.
  public func forget(_ tickets: Set<Int>) {
    for ticket in tickets { waiting[ticket] = nil }
    finished.removeAll { tickets.contains($0.ticket) }
    for pool in pools.values { pool.forget(tickets) }
  }

  private func settle(_ ticket: Int, _ opinions: [Opinion?]) {
    let known = opinions.compactMap { $0 }
    if known.count == opinions.count {
      waiting[ticket] = nil
      finished.append(Scored(ticket: ticket, verdict: plan.verdict(known)))
    } else {
      waiting[ticket] = opinions
    }
  }
}

extension RewardScorer {
  /// The verdict on one response, waited for.
  ///
  /// For use by itself, not beside ``submit(response:problem:finished:ticket:)``.
  public func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    submit(response: response, problem: problem, finished: finished, ticket: -1)
    while true {
      if let scored = take().first(where: { $0.ticket == -1 }) { return scored.verdict }
      wait(seconds: 1)
    }
  }
}
