/// Scores responses to tasks of code: finds the program, runs it in a sandbox, and says what came of it.
///
/// May be used by several threads at once; as many responses are judged as there are slots, others wait.
public final class CodeJudge: Sendable {
  /// Where programs run.
  public let sandbox: Sandbox

  /// What a score counts.
  public let scoring: CodeScoring

  /// Finds a way of confining programs that holds here, or says why there is none.
  public init(_ settings: SandboxSettings, scoring: CodeScoring = .fraction) throws(SandboxError) {
    sandbox = try Sandbox(settings)
    self.scoring = scoring
  }

  /// Scores `response`; waits for a free slot.
  ///
  /// | response | score | kind |
  /// |---|---|---|
  /// | every test passes | 1 | `correct` |
  /// | three of four pass | 0.75, or 0 by ``CodeScoring/allOrNothing`` | `partial`, or `wrong` |
  /// | none passes: wrong values, a crash, a syntax error, `exit(0)` | 0 | `wrong` |
  /// | one passes, the next takes longer than it may | the share that passed, or 0 | `timeout` |
  /// | no program in it | 0 | `unparsed` |
  /// | the sandbox fails, twice | 0 | `error` |
  ///
  /// `limits` are those of the sandbox, unless given.
  public func judge(
    _ response: String, for task: CodeTask, extraction: CodeExtraction = .lastBlock,
    limits: SandboxLimits? = nil
  ) -> CodeJudgement {
    guard let program = task.program(from: response, extraction: extraction) else {
      return CodeJudgement(
        score: 0, kind: .unparsed, program: nil, reason: "no program in the response", milliseconds: 0,
        tests: [])
    }
    let (verdict, time) = sandbox.timedVerdict(on: program, for: task, limits: limits)
    let kind = Self.kind(of: verdict, by: scoring)
    return CodeJudgement(
      score: kind == .error ? 0 : scoring.score(of: verdict), kind: kind, program: program,
      reason: verdict.summary, milliseconds: time / .milliseconds(1), tests: verdict.tests)
  }

  /// Waits for what runs, and returns when no process of any sandbox is left; later responses are errors.
  public func close() { sandbox.close() }

  private static func kind(of verdict: CodeVerdict, by scoring: CodeScoring) -> CodeJudgement.Kind {
    switch verdict.outcome {
    case .error: .error
    case .timeout: .timeout
    case .passed: .correct
    case .failed: scoring.score(of: verdict) > 0 ? .partial : .wrong
    }
  }
}

/// How results of tests become a score.
public enum CodeScoring: String, Sendable, CaseIterable {
  /// The share of tests that passed.
  case fraction

  /// 1 where every test passed, else 0.
  case allOrNothing = "all_or_nothing"

  func score(of verdict: CodeVerdict) -> Double {
    self == .fraction ? verdict.fraction : verdict.isPassed ? 1 : 0
  }
}

/// What a ``CodeJudge`` says about one response.
public struct CodeJudgement: Sendable, Equatable {
  /// The kinds of judgements.
  public enum Kind: String, Sendable, CaseIterable {
    /// Every test passed.
    case correct
    /// No test passed or, where only all count, not every one.
    case wrong
    /// Some tests passed.
    case partial
    /// The response holds no program.
    case unparsed
    /// The program took longer than it may; the response's fault, not the machine's.
    case timeout
    /// The sandbox failed; nothing is known about the response.
    case error
  }

  /// From 0 to 1.
  public let score: Double
  /// What kind of judgement it is.
  public let kind: Kind
  /// The whole program that was run; nil where none was found.
  public let program: String?
  /// How many tests passed, and why the first other one did not.
  public let reason: String
  /// How long it took, without the time it waited for a slot.
  public let milliseconds: Double
  /// What came of each test, in order.
  public let tests: [TestResult]
}

extension CodeVerdict {
  /// How many tests passed, and why the first other one did not.
  fileprivate var summary: String {
    let passed = tests.count { $0.outcome == .passed }
    let count = "\(passed) of \(tests.count) tests passed"
    return isPassed ? count : "\(count): \(reason)"
  }
}
