/// What a checker is given.
struct CheckerOrder {
  let prompt: String
  let setup: String
  let entryPoint: String
  let tests: [String]

  /// What of the setup the solution may count on: its imports, and nothing that could hold an expected value.
  var imports: String {
    let lines = setup.split(whereSeparator: \.isNewline)
    return lines.filter { $0.hasPrefix("import ") || $0.hasPrefix("from ") }.joined(separator: "\n")
  }

  func message(nonce: PlainValue, sharesArguments: Bool) -> [UInt8] {
    PlainValue.tuple([
      nonce, .text(prompt), .text(setup), .text(entryPoint), .list(tests.map { .text($0) }),
      .boolean(sharesArguments),
    ]).encoded
  }
}

extension Evaluation {
  /// Runs tests in one sandbox and the solution in another; the host carries questions and answers between them.
  ///
  /// Arguments travel as copies. Where a call changed its own, the tests are run a second time with the changes
  /// copied back, and both times must pass: neither does a solution that spoils its arguments pass a test that
  /// looks at them, nor one that makes both sides of a comparison empty.
  func verdict(of order: CheckerOrder, asReference: Bool) -> CodeVerdict {
    let first = pass(of: order, asReference: asReference, sharesArguments: false)
    guard first.changed, first.verdict.tests.contains(where: { $0.outcome == .passed }) else {
      return first.verdict
    }
    let second = pass(of: order, asReference: asReference, sharesArguments: true)
    return CodeVerdict(
      tests: zip(first.verdict.tests, second.verdict.tests).map { $0.outcome == .passed ? $1 : $0 },
      output: first.verdict.output)
  }

  private func pass(
    of order: CheckerOrder, asReference: Bool, sharesArguments: Bool
  ) -> (verdict: CodeVerdict, changed: Bool) {
    // Starts, where it must, while the solution is loaded.
    let forChecker = try? sandbox.borrow()
    let session = SolutionSession(
      program, in: sandbox, limits: limits, until: deadline, imports: order.imports, asReference: asReference)
    let whole: TestResult? =
      switch session.load() {
      case .value: nil
      case .raised(let names, let text): .failed("\(names.first ?? "an exception"): \(text)")
      case .failure(let failure): TestResult(failure)
      }
    if let whole {
      session.end()
      if let forChecker { sandbox.giveBack(forChecker) }
      return (verdict(whole, for: order, session), false)
    }
    do {
      let visit = try Visit(
        .checker, to: sandbox, in: forChecker, limits: limits, outputLimit: limits.outputKibibytes << 10)
      var relay = Relay(checker: visit.job, session: session, count: order.tests.count, deadline: deadline)
      relay.run(order, sharesArguments: sharesArguments)
      visit.end()
      session.end()
      return (CodeVerdict(tests: relay.results, output: session.output), relay.changed)
    } catch {
      session.end()
      return (verdict(TestResult(outcome: .error, reason: error.description), for: order, session), false)
    }
  }

  private func verdict(
    _ result: TestResult, for order: CheckerOrder, _ session: SolutionSession
  ) -> CodeVerdict {
    CodeVerdict(tests: order.tests.map { _ in result }, output: session.output)
  }
}

/// Carries a checker's questions to a solution and the answers back, until all verdicts are in.
private struct Relay {
  let checker: Job
  let session: SolutionSession
  let count: Int
  let deadline: ContinuousClock.Instant

  private var verdicts: [Int: TestResult] = [:]
  private(set) var changed = false
  private var failure: JobFailure?
  private var isDone = false

  init(checker: Job, session: SolutionSession, count: Int, deadline: ContinuousClock.Instant) {
    self.checker = checker
    self.session = session
    self.count = count
    self.deadline = deadline
  }

  /// One result for each test; those without a verdict share the reason that there is none.
  var results: [TestResult] {
    let missing = failure.map { TestResult($0) } ?? .failed("the tests ended early")
    return (0..<count).map { isDone ? verdicts[$0] ?? missing : verdicts[$0].flatMap { $0 } ?? missing }
  }

  mutating func run(_ order: CheckerOrder, sharesArguments: Bool) {
    // Known to the checker only, and the verdicts' descriptor is in its process only.
    let nonce = PlainValue.bytes((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    checker.send(order.message(nonce: nonce, sharesArguments: sharesArguments))
    do throws(JobFailure) {
      while !isDone {
        while let frame = try checker.verdicts?.takeFrame() { try take(frame, nonce) }
        if isDone { break }
        if let frame = try checker.channel?.takeFrame() {
          checker.send(try answer(to: frame))
        } else if checker.verdicts?.isAtEnd ?? true {
          throw failure ?? .ended
        } else if try !checker.turn(until: deadline) {
          throw .timeout
        }
      }
    } catch {
      failure = failure ?? error
    }
  }

  /// The solution's answer to a checker's question, as the checker reads it.
  private mutating func answer(to frame: [UInt8]) throws(JobFailure) -> [UInt8] {
    guard let question = try? PlainValue(decoding: frame), case .row(.tuple, let parts) = question,
      parts.count == 4, let operation = parts[0].asText
    else { throw .malformed }
    let reply: PlainValue
    switch session.ask(operation, parts[1], parts[2], parts[3]) {
    case .value(let value, let changed):
      reply = .tuple([.text("ok"), value, changed])
    case .raised(let names, let text):
      reply = .tuple([.text("raise"), .list(names.map { .text($0) }), .text(text)])
    case .failure(let failure):
      self.failure = self.failure ?? failure
      reply = .tuple([.text("lost"), .text(TestResult(failure).reason)])
    }
    return reply.encoded
  }

  private mutating func take(_ frame: [UInt8], _ nonce: PlainValue) throws(JobFailure) {
    guard let verdict = try? PlainValue(decoding: frame), case .row(.tuple, let parts) = verdict,
      parts.count == 4, parts[0] == nonce, case .integer(let wide) = parts[1], let index = wide.int,
      case .boolean(let isTrue) = parts[2], let reason = parts[3].asText
    else { throw .malformed }
    if index == -1 {
      changed = isTrue
      isDone = true
    } else if isTrue {
      verdicts[index] = .passed
    } else {
      verdicts[index] = failure.map { TestResult($0) } ?? .failed(reason)
    }
  }
}
