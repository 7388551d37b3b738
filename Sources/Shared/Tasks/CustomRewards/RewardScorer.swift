import Dispatch
public import Sandbox
import Subprocesses

/// Scores the responses of a rank by the run's rewards, without keeping whoever hands them in waiting.
///
/// ```swift
/// let scorer = try RewardScorer(plan)
/// scorer.submit(response: text, problem: problem, finished: true, ticket: 7)
/// for scored in scorer.take() { … }
/// ```
///
/// Rewards that are quick score at once, the others and programs beside, on threads and in processes of their own; a
/// verdict is there when all have answered. It depends on the response and its problem alone, so neither the order in which verdicts come nor the number of ranks or
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

    /// How long the verifiers of this program took over it, in seconds, the slowest where several score; 0 where only
    /// programs do.
    public var seconds = 0.0

    /// Whether number and verdict are the same; the time is not compared.
    public static func == (left: Scored, right: Scored) -> Bool {
      left.ticket == right.ticket && left.verdict == right.verdict
    }
  }

  private let plan: RewardPlan
  private let pools: [Int: ProgramPool]
  private let answered = DispatchSemaphore(value: 0)
  private let slow: SlowVerdicts
  private var waiting: [Int: [Opinion?]] = [:]
  private var seconds: [Int: Double] = [:]
  private var finished: [Scored] = []

  /// A scorer that goes by each row's own rule and starts nothing before it has to.
  public init() {
    plan = RewardPlan()
    pools = [:]
    slow = SlowVerdicts(plan.sandbox, answered: answered)
  }

  /// Starts the programs of `plan` and waits until each has passed its test.
  ///
  /// - Throws: ``RewardError`` where one does not.
  public init(_ plan: RewardPlan) throws(RewardError) {
    self.plan = plan
    slow = SlowVerdicts(plan.sandbox, answered: answered)
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

  deinit { slow.stop() }

  /// Starts the sandbox that programs in responses are run in.
  ///
  /// Without this it starts with the first response that needs it, and what needs it has the verdict `error` where
  /// there is none.
  ///
  /// - Throws: `SandboxError` where programs cannot be confined on this machine.
  public func startSandbox() throws(SandboxError) { _ = try slow.startSandbox() }

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
    if plan.parts.isEmpty {
      let rule = problem.reward
      if rule.name.isQuick {
        let start = ContinuousClock.now
        let verdict = rule.verdict(response, problem, finished: finished)
        self.finished.append(Scored(ticket: ticket, verdict: verdict, seconds: start.secondsSince))
      } else {
        waiting[ticket] = [nil]
        slow.submit(
          .init(
            ticket: ticket, part: 0, rule: rule, response: response, problem: problem, isFinished: finished))
      }
      return
    }
    var opinions: [Opinion?] = Array(repeating: nil, count: plan.parts.count)
    for (index, part) in plan.parts.enumerated() {
      let rule: RewardRule
      switch part.source {
      case .task: rule = problem.reward
      case .rule(let named): rule = named
      case .program:
        pools[index]?.submit(
          .init(ticket: ticket, response: response, problem: problem, isFinished: finished))
        continue
      }
      if rule.name.isQuick {
        opinions[index] = Opinion(rule.verdict(response, problem, finished: finished))
      } else {
        slow.submit(
          .init(
            ticket: ticket, part: index, rule: rule, response: response, problem: problem,
            isFinished: finished))
      }
    }
    settle(ticket, opinions)
  }

  /// The verdicts that have come since the last call, by ticket.
  public func take() -> [Scored] {
    // Each answer rang once; without this, later waits would end at once as often.
    while answered.wait(timeout: .now()) == .success {}
    for answer in slow.take() { note(answer) }
    for (index, pool) in pools {
      for (ticket, opinion) in pool.take() { note(opinion, of: index, ticket) }
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
    slow.forget(tickets.filter { waiting[$0] != nil })
    for ticket in tickets { (waiting[ticket], seconds[ticket]) = (nil, nil) }
    finished.removeAll { tickets.contains($0.ticket) }
    for pool in pools.values { pool.forget(tickets) }
  }

  private func note(_ answer: SlowVerdicts.Answer) {
    if plan.parts.isEmpty {
      guard waiting.removeValue(forKey: answer.ticket) != nil else { return }
      finished.append(Scored(ticket: answer.ticket, verdict: answer.verdict, seconds: answer.seconds))
    } else {
      seconds[answer.ticket] = max(seconds[answer.ticket] ?? 0, answer.seconds)
      note(Opinion(answer.verdict), of: answer.part, answer.ticket)
    }
  }

  /// Nobody waits for what was forgotten.
  private func note(_ opinion: Opinion, of part: Int, _ ticket: Int) {
    guard var opinions = waiting[ticket], opinions[part] == nil else { return }
    opinions[part] = opinion
    settle(ticket, opinions)
  }

  private func settle(_ ticket: Int, _ opinions: [Opinion?]) {
    let known = opinions.compactMap { $0 }
    if known.count == opinions.count {
      waiting[ticket] = nil
      finished.append(
        Scored(
          ticket: ticket, verdict: plan.verdict(known), seconds: seconds.removeValue(forKey: ticket) ?? 0))
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
