import Sandbox

/// What a row asks a program to do, and how the program is found in a response.
///
/// | `data_source` | tests | score |
/// |---|---|---|
/// | `humaneval` | `extra_info.prompt`, `.test`, `.entry_point` | 1 or 0 |
/// | `mbpp` | `extra_info.test_list`, `.test_setup_code` or `.test_imports` | the share of tests that pass |
/// | `stdio` | `extra_info.tests`, a list of `{input, output}` | the share |
/// | `apps`, `codecontests`, `codeforces`, `taco` | the ground truth, as verl has it | 1 if all pass, else the share of the first 10 |
/// | any other | the ground truth; see `CodeTask.init(groundTruth:)` | the share |
///
/// Where such a row has its tests in the ground truth instead, they are read there.
struct CodeRow {
  /// The tests.
  let task: CodeTask

  /// How the program is found.
  let extraction: CodeExtraction

  /// Whether the score is verl's `prime_code`'s.
  let isPrime: Bool

  init(_ problem: Problem) throws(GroundTruthError) {
    isPrime = ["apps", "codecontests", "codeforces", "taco"].contains(problem.dataSource)
    extraction = isPrime ? .primeCode : .lastBlock
    if let tests = Self.testsOfExtra(problem), let task = try? CodeTask(groundTruth: tests) {
      self.task = task
    } else {
      task = try CodeTask(groundTruth: problem.groundTruth)
    }
  }

  /// The score that verl's `prime_code` gives.
  static func primeScore(_ tests: [TestResult]) -> Double {
    guard !tests.isEmpty else { return 0 }
    if tests.allSatisfy({ $0.outcome == .passed }) { return 1 }
    let first = tests.prefix(10)
    return Double(first.count { $0.outcome == .passed }) / Double(first.count)
  }

  /// The tests as JSON, where the row's source has them in `extra_info`.
  private static func testsOfExtra(_ problem: Problem) -> String? {
    switch problem.dataSource {
    case "humaneval", "mbpp": problem.extra
    case "stdio": try? JSONText.value(problem.extra)?["tests"]?.text
    default: nil
    }
  }
}

extension JSONValue {
  /// The text of a string.
  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The texts of an array of strings; nil where it holds anything else.
  var strings: [String]? {
    guard case .array(let elements) = self else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }
}
