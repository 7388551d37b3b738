/// What a program is asked to do, and how its answer is judged.
public enum CodeTask: Sendable, Equatable {
  /// HumanEval: complete a function; `test` defines `check(candidate)`, which raises where it is wrong.
  case humanEval(prompt: String, test: String, entryPoint: String)

  /// MBPP: define the functions that the tests, statements with `assert`, use; `setup` runs before them.
  case mbpp(setup: String, tests: [String])

  /// A function, called with arguments; or, in contest style, a method of a class `Solution`.
  ///
  /// With a `signature`, the function's first line, the answer is no program but one expression that it returns.
  case function(entryPoint: String, signature: String? = nil, tests: [FunctionTest])

  /// A program that reads standard input and writes standard output.
  case standardStreams([StreamTest])
}

/// One call of a function, and what it must return.
public struct FunctionTest: Sendable, Equatable {
  /// The arguments, in order.
  public let arguments: [PlainValue]
  /// The value that ``PlainValue/meets(_:)`` is asked about.
  public let expected: PlainValue
  /// Whether `expected`, where it is a list of one element, may stand for that element, as in data of APPS.
  public let mayBeWrapped: Bool

  /// A test.
  public init(arguments: [PlainValue], expected: PlainValue, mayBeWrapped: Bool = false) {
    self.arguments = arguments
    self.expected = expected
    self.mayBeWrapped = mayBeWrapped
  }

  /// Whether `value` is the right answer.
  func accepts(_ value: PlainValue) -> Bool {
    if value.meets(expected) { return true }
    guard mayBeWrapped, let elements = expected.asList, elements.count == 1 else { return false }
    return value.meets(elements[0])
  }
}

/// One run of a program, and what it must write.
public struct StreamTest: Sendable, Equatable {
  /// Standard input.
  public let input: String
  /// Standard output; see ``StreamTest/accepts(_:)``.
  public let expected: String

  /// A test.
  public init(input: String, expected: String) {
    self.input = input
    self.expected = expected
  }

  /// Whether `output` is the expected text: the same lines, once blanks at the ends of lines and empty lines at
  /// the end are taken away.
  func accepts(_ output: [UInt8]) -> Bool { Self.lines(output) == Self.lines(Array(expected.utf8)) }

  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0b, 0x0c, 0x0d]
    var lines = text.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      line.prefix((line.lastIndex { !blanks.contains($0) } ?? line.startIndex - 1) - line.startIndex + 1)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

/// How one test ended.
public struct TestResult: Sendable, Equatable {
  /// The kinds of ends.
  public enum Outcome: String, Sendable {
    /// The answer is right.
    case passed
    /// It is wrong, or there is none.
    case failed
    /// None came in time.
    case timeout
    /// The machine failed, not the program.
    case error
  }

  /// How it ended.
  public let outcome: Outcome
  /// Why, in a few words; empty where it passed.
  public let reason: String

  static let passed = TestResult(outcome: .passed, reason: "")
  static func failed(_ reason: String) -> TestResult { TestResult(outcome: .failed, reason: reason) }

  init(outcome: Outcome, reason: String) {
    self.outcome = outcome
    self.reason = String(reason.prefix(300))
  }

  init(_ failure: JobFailure) {
    switch failure {
    case .timeout: self.init(outcome: .timeout, reason: "took too long")
    case .output: self.init(outcome: .failed, reason: "wrote too much")
    case .ended: self.init(outcome: .failed, reason: "the program ended")
    case .malformed: self.init(outcome: .failed, reason: "the program sent what is no answer")
    case .lost(let reason): self.init(outcome: .error, reason: reason)
    }
  }
}

/// How an evaluation ended, test by test.
public struct CodeVerdict: Sendable, Equatable {
  /// One result for each test, in order; one for HumanEval.
  public let tests: [TestResult]

  /// The beginning of what the program wrote to its standard streams; of interest to people only.
  public let output: [UInt8]

  /// Whether every test passed, and there was one.
  public var isPassed: Bool { !tests.isEmpty && tests.allSatisfy { $0.outcome == .passed } }

  /// The share of tests that passed, 0…1; 0 where there are none.
  public var fraction: Double {
    tests.isEmpty ? 0 : Double(tests.count { $0.outcome == .passed }) / Double(tests.count)
  }

  /// The whole in one word: an error or a timeout of any test, else whether all passed.
  public var outcome: TestResult.Outcome {
    let outcomes = tests.map(\.outcome)
    for outcome in [TestResult.Outcome.error, .timeout] where outcomes.contains(outcome) { return outcome }
    return isPassed ? .passed : .failed
  }

  /// Why it is not passed: the first reason there is.
  public var reason: String {
    tests.isEmpty ? "there are no tests" : tests.first { $0.outcome != .passed }?.reason ?? ""
  }
}
