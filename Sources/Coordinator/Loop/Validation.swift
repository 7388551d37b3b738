import Experience
import Messages
import Metrics
import PolicyOptimization
public import Tasks

/// Problems to validate on.
public struct ValidationSet: Sendable {
  /// What the set is called in reports: `validation` or `test`.
  public var name: String
  /// The problems.
  public var problems: [Problem]
  /// Whether it is used before the first and after the last step only.
  public var isFinalOnly: Bool

  /// Creates a set.
  public init(name: String, problems: [Problem], isFinalOnly: Bool = false) {
    self.name = name
    self.problems = problems
    self.isFinalOnly = isFinalOnly
  }
}

/// One problem's outcome.
struct ValidationOutcome {
  let dataSource: String
  let scores: [Double]
  let greedyScore: Double
  let entropySum: Double
  let tokens: Int
}

/// What a validation found, by data source.
public struct ValidationSummary: Sendable, Equatable {
  /// The numbers of one data source, or of all.
  public struct Row: Sendable, Equatable {
    /// The data source; `all` for the mean over data sources.
    public var dataSource: String
    /// The chance that one sampled response is right, from all samples.
    public var meanAt1: Double
    /// The share of problems whose greedy response is right.
    public var greedy: Double
    /// The unbiased chance that at least one of `k` samples is right.
    public var passAtK: Double
    /// Nats per sampled token.
    public var entropy: Double
    /// Tokens per sampled response.
    public var responseLength: Double
  }

  /// The set's name.
  public var name: String
  /// The step after which it was taken.
  public var step: Int
  /// The samples per problem, k of pass@k.
  public var samples: Int
  /// One row per data source, ascending, then `all`.
  public var rows: [Row]

  init(name: String, step: Int, samples: Int, outcomes: [ValidationOutcome]) {
    self.name = name
    self.step = step
    self.samples = samples
    rows = Set(outcomes.map(\.dataSource)).sorted().map { source in
      Row(source, outcomes.filter { $0.dataSource == source })
    }
    rows.append(Row(mean: rows))
  }
}

extension ValidationSummary.Row {
  init(_ dataSource: String, _ outcomes: [ValidationOutcome]) {
    let count = Double(max(1, outcomes.count))
    let tokens = Double(max(1, outcomes.reduce(0) { $0 + $1.tokens }))
    let responses = Double(max(1, outcomes.reduce(0) { $0 + $1.scores.count }))
    self.init(
      dataSource: dataSource,
      meanAt1: outcomes.reduce(0) { $0 + Spread($1.scores).mean } / count,
      greedy: outcomes.reduce(0) { $0 + $1.greedyScore } / count,
      // With as many samples as k the unbiased estimate is whether any is right.
      passAtK: outcomes.reduce(0) { $0 + ($1.scores.contains { $0 >= 1 } ? 1 : 0) } / count,
      entropy: outcomes.reduce(0) { $0 + $1.entropySum } / tokens,
      responseLength: tokens / responses)
  }

  /// The plain mean over data sources.
  init(mean rows: [Self]) {
    func mean(_ value: (Self) -> Double) -> Double { Spread(rows.map(value)).mean }
    self.init(
      dataSource: MetricName.allDataSources, meanAt1: mean(\.meanAt1), greedy: mean(\.greedy),
      passAtK: mean(\.passAtK), entropy: mean(\.entropy), responseLength: mean(\.responseLength))
  }
}

extension TrainingLoop {
  /// Validates on every set that is due and reports what it finds.
  func validate(isFinal: Bool) throws {
    let isEdge = isFinal || state.step == 0
    for (index, set) in validation.enumerated() where isEdge || !set.isFinalOnly {
      let outcomes = try outcomes(of: set, index: index)
      let summary = ValidationSummary(
        name: set.name, step: state.step, samples: options.validationSamples, outcomes: outcomes)
      recorder.record(summary)
      // By schedule only, so that a run that is extended later goes on as one that was long from the start.
      let isScheduled = state.step == 0 || state.step.isMultiple(of: max(1, options.testFrequency))
      if !set.isFinalOnly, isScheduled, let all = summary.rows.last {
        state.validationTrend.record(all.meanAt1)
      }
    }
  }

  private func outcomes(of set: ValidationSet, index: Int) throws -> [ValidationOutcome] {
    let base = index << 32
    var greedy = options.validationSampling
    (greedy.temperature, greedy.topK, greedy.topP, greedy.minP) = (0, 0, 1, 0)
    var assignments: [Assignment] = []
    for (number, problem) in set.problems.enumerated() {
      assignments.append(validationAssignment(problem, base + 2 * number, options.validationSampling))
      assignments.append(validationAssignment(problem, base + 2 * number + 1, greedy))
    }
    try conversation.sample(assignments)
    var record = ValidationRecord(set, base: base, step: state.step)
    let file = try recorder.beginValidation(set, step: state.step)
    while !record.isComplete {
      switch try conversation.next() {
      case (let node, .group(.validation, state.step, let group)):
        guard let lines = record.receive(group) else {
          throw TrainingError.unexpectedReport(node: node, report: "group \(group.ordinal) of a validation")
        }
        if !lines.isEmpty { try file.append(lines) }
      case (_, .group): break
      case (let node, let other): throw TrainingError.unexpectedReport(node: node, report: "\(other)")
      }
    }
    try file.complete()
    return record.outcomes
  }

  private func validationAssignment(
    _ problem: Problem, _ ordinal: Int, _ sampling: SamplingParameters
  ) -> Assignment {
    Assignment(
      use: .validation, step: state.step, ordinal: ordinal,
      samples: sampling.isGreedy ? 1 : options.validationSamples,
      sampling: sampling, problem: problem)
  }
}
