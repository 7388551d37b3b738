import AlgorithmCases
import ArgumentParser

extension Check {
  /// Compares the numbers of training with those of a case file.
  struct Algorithms: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compute the cases of a file with the functions that training uses, and compare.",
      discussion: """
        The file holds one JSON object per line: id, function, inputs, options, expected, relative_tolerance, \
        absolute_tolerance. A number agrees within absolute + relative × |expected|; the table shows the largest share \
        of that bound. It fails on any case beyond it, and on any function that is not built.
        """)

    @Argument(help: "A case file, JSON lines.")
    var file: String

    func run() throws {
      try reportingErrors {
        let check = try AlgorithmCheck(file: file)
        for line in lines(of: check) { Terminal.say(line) }
        if let problem = problem(of: check) { throw CommandError("\(file): \(problem)") }
      }
    }

    private func lines(of check: AlgorithmCheck) -> [String] {
      let names = check.functions.map(\.name) + check.unknown.map(\.name)
      let width = max(names.map(\.count).max() ?? 0, "function".count)
      func line(_ name: String, _ cases: String, _ worst: String) -> String {
        name + String(repeating: " ", count: width - name.count)
          + String(repeating: " ", count: max(7 - cases.count, 1)) + cases + "  " + worst
      }
      let failures = check.functions.flatMap(\.failures)
      return [line("function", "cases", "worst deviation / tolerance")]
        + check.functions.map { line($0.name, "\($0.cases)", verdict(of: $0)) }
        + check.unknown.map { line($0.name, "\($0.cases)", "not built, first at \($0.place)") }
        + failures.prefix(Self.mostShown).map(\.description)
    }

    /// Failures beyond these are counted only.
    private static let mostShown = 20

    private func verdict(of function: AlgorithmCheck.Function) -> String {
      let worst = function.worstDeviation
      let share = worst.isFinite ? "\((worst * 1000).rounded(.up) / 1000)" : "no comparison"
      return function.failures.isEmpty ? share : "\(share)  \(function.failures.count) beyond"
    }

    private func problem(of check: AlgorithmCheck) -> String? {
      if check.isWithinTolerance { return nil }
      let beyond = check.functions.reduce(0) { $0 + $1.failures.count }
      let missing = check.unknown.reduce(0) { $0 + $1.cases }
      let names = check.unknown.map(\.name).joined(separator: ", ")
      return "\(beyond) of \(check.caseCount) cases are beyond tolerance"
        + (missing == 0 ? "" : "; \(missing) cases are of functions that are not built: \(names)")
    }
  }
}
