/// One evaluation of a program by a task's tests.
struct Evaluation {
  let sandbox: Sandbox
  let limits: SandboxLimits
  let program: [UInt8]

  /// When everything must be over.
  let deadline: ContinuousClock.Instant

  /// An evaluation whose time runs from now.
  init(sandbox: Sandbox, limits: SandboxLimits, program: [UInt8]) {
    self.sandbox = sandbox
    self.limits = limits
    self.program = program
    deadline = ContinuousClock.now + .seconds(limits.totalSeconds)
  }

  /// Runs the tests of `task`.
  func verdict(of task: CodeTask) -> CodeVerdict {
    guard program.count <= limits.programKibibytes << 10 else {
      return CodeVerdict(
        tests: [.failed("a program of more than \(limits.programKibibytes) KiB")], output: [])
    }
    return switch task {
    case .function(let name, _, let tests): verdict(ofFunction: name, tests)
    case .standardStreams(let tests): verdict(ofProgram: tests)
    case .humanEval(let prompt, let test, let entryPoint):
      verdict(
        of: CheckerOrder(
          prompt: prompt, setup: "", entryPoint: entryPoint, tests: [test + "\ncheck(\(entryPoint))\n"]),
        asReference: true)
    case .mbpp(let setup, let tests):
      verdict(of: CheckerOrder(prompt: "", setup: setup, entryPoint: "", tests: tests), asReference: false)
    }
  }

  // MARK: A function

  private func verdict(ofFunction name: String, _ tests: [FunctionTest]) -> CodeVerdict {
    let session = SolutionSession(program, in: sandbox, limits: limits, until: deadline)
    var results: [TestResult] = []
    for test in tests {
      let result = result(of: session.call(name, test.arguments), for: test)
      results.append(result)
      // Whoever takes too long or floods the host once would do so again; others get a new process.
      if result.outcome == .timeout || result.outcome == .error || result == TestResult(.output) { break }
    }
    session.end()
    return CodeVerdict(tests: results.filled(to: tests.count), output: session.output)
  }

  private func result(of reply: SolutionReply, for test: FunctionTest) -> TestResult {
    switch reply {
    case .value(let value, _) where test.accepts(value): .passed
    case .value: .failed("another value")
    case .raised(let names, let text): .failed("\(names.first ?? "an exception"): \(text)")
    case .failure(let failure): TestResult(failure)
    }
  }

  // MARK: A program

  private func verdict(ofProgram tests: [StreamTest]) -> CodeVerdict {
    var results: [TestResult] = []
    var output: [UInt8] = []
    for test in tests {
      let result = result(of: test, &output)
      results.append(result)
      if result.outcome == .timeout || result.outcome == .error { break }
    }
    return CodeVerdict(tests: results.filled(to: tests.count), output: output)
  }

  /// Passed is what wrote the expected text and then ended by itself, with status 0.
  private func result(of test: StreamTest, _ output: inout [UInt8]) -> TestResult {
    let room = (limits.outputKibibytes << 10) + 2 * test.expected.utf8.count
    let visit: Visit
    do {
      visit = try Visit(.program, to: sandbox, limits: limits, outputLimit: room)
    } catch {
      return TestResult(outcome: .error, reason: error.description)
    }
    let limit = min(deadline, ContinuousClock.now + .seconds(limits.callSeconds))
    visit.job.feed(program: program, standardInput: Array(test.input.utf8))
    do throws(JobFailure) {
      while visit.job.status == nil {
        guard try visit.job.turn(until: limit) else { throw .timeout }
      }
    } catch {
      output += visit.end()
      return TestResult(error)
    }
    let status = visit.job.status
    output += visit.end()
    let written = visit.job.output?.received ?? []
    guard written.count <= room else { return TestResult(.output) }
    guard status == 0 else { return .failed(Ending(status: status ?? -1).description) }
    return test.accepts(written) ? .passed : .failed("another output")
  }
}

extension [TestResult] {
  /// As many results as there are tests: what was not run has the last one's outcome.
  fileprivate func filled(to count: Int) -> [TestResult] {
    guard let last, self.count < count else { return self }
    let missing = TestResult(
      outcome: last.outcome == .passed ? .failed : last.outcome, reason: "not run: " + last.reason)
    return self + Array(repeating: missing, count: count - self.count)
  }
}
