import ArgumentParser
import Coordinator
import Tasks

/// Writes built-in problems, or demonstrations of them, as JSONL.
struct Problems: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write demonstrations of the built-in problems as JSONL of prompt and response.",
    discussion:
      "Example:\n  prorl-coordinator problems --count 20000 --careless 0.6 --output demonstrations.jsonl")

  @Option(help: "How many.")
  var count = 1000

  @Option(help: "The share of demonstrations that take the shortcut.")
  var careless = 0.0

  @Option(help: "The seed of the draws.")
  var seed: UInt64 = 1

  @Option(help: "Where to write.")
  var output: String

  func validate() throws {
    guard (0...1).contains(careless) else {
      throw ValidationError("--careless is \(careless); it must be in 0...1")
    }
    guard count >= 0 else { throw ValidationError("--count is \(count); it must not be negative") }
  }

  func run() throws {
    try reportingErrors {
      try Demonstrations(split: .train, carelessFraction: careless, seed: seed).write(
        count: count, to: output)
    }
  }

  /// The prompt stream of a run: the built-in problems, or those of the files that `isUsable` keeps.
  static func source(
    _ configuration: RunConfiguration, isUsable: (Problem) throws -> Bool
  ) throws -> any ProblemSource {
    let data = configuration.data
    if data.trainFiles.isEmpty { return BuiltInProblems(split: .train, seed: configuration.seed) }
    let files = try FileProblems(
      paths: data.trainFiles, reward: data.reward, isShuffled: data.isShuffled, seed: configuration.seed)
    let usable = try files.problems.filter(isUsable)
    guard !usable.isEmpty else {
      throw CommandError(
        """
        \(data.trainFiles.joined(separator: ", ")): every prompt is too long and `data.filter_overlong_prompts` \
        drops them all; raise `data.max_prompt_length`
        """)
    }
    return FileProblems(problems: usable, isShuffled: data.isShuffled, seed: configuration.seed)
  }

  /// What a run validates on.
  static func validationSets(_ configuration: RunConfiguration) throws -> [ValidationSet] {
    let data = configuration.data
    var sets: [ValidationSet] = []
    if data.trainFiles.isEmpty && data.validationFiles.isEmpty {
      for (name, split, count) in [
        ("validation", BuiltInSplit.validation, data.validationPerKind),
        ("test", .test, data.testFiles.isEmpty ? data.testPerKind : 0),
      ] where count > 0 {
        let problems = BuiltInProblems(split: split, seed: 0).heldOut(split: split, perKind: count)
        sets.append(ValidationSet(name: name, problems: problems, isFinalOnly: split == .test))
      }
    }
    for (name, files) in [("validation", data.validationFiles), ("test", data.testFiles)] where !files.isEmpty
    {
      let source = try FileProblems(paths: files, reward: data.reward, isShuffled: false, seed: 0)
      sets.append(ValidationSet(name: name, problems: source.problems, isFinalOnly: name == "test"))
    }
    return sets
  }
}

/// Runs `body`; an error becomes its one sentence on standard error, and a failure of the process.
func reportingErrors(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as ExitCode {
    throw error
  } catch {
    Terminal.complain("\(error)")
    throw ExitCode.failure
  }
}
