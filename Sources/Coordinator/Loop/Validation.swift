import Experience
import Messages
import Metrics
public import PolicyOptimization
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
  /// The answers the verifier found; empty where it named none.
  let answers: [String]
  let lengths: [Int]
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
    /// The unbiased chances that at least one of k samples is right, in the order of ``ValidationSummary/passCounts``.
    public var passAtK: [Double]
    /// Nats per sampled token.
    public var entropy: Double
    /// Tokens per sampled response.
    public var responseLength: Double
    /// How long sampled responses are; nil for the mean over data sources.
    public var lengths: LengthDistribution?
    /// verl's statistics over samples, under their full names; none for the mean over data sources.
    public var statistics: [NamedValue]
  }

  /// The set's name.
  public var name: String
  /// The step after which it was taken.
  public var step: Int
  /// The k of each pass@k, ascending.
  public var passCounts: [Int]
  /// One row per data source, ascending, then `all`.
  public var rows: [Row]

  init(name: String, step: Int, passCounts: [Int], outcomes: [ValidationOutcome]) {
    self.name = name
    self.step = step
    self.passCounts = passCounts
    rows = Set(outcomes.map(\.dataSource)).sorted().map { source in
      Row(source, outcomes.filter { $0.dataSource == source }, passCounts)
    }
    rows.append(Row(mean: rows))
  }
}

extension ValidationSummary.Row {
  init(_ dataSource: String, _ outcomes: [ValidationOutcome], _ passCounts: [Int]) {
    let count = Double(max(1, outcomes.count))
    let tokens = Double(max(1, outcomes.reduce(0) { $0 + $1.tokens }))
    let responses = Double(max(1, outcomes.reduce(0) { $0 + $1.scores.count }))
    self.init(
      dataSource: dataSource,
      meanAt1: outcomes.reduce(0) { $0 + Spread($1.scores).mean } / count,
      greedy: outcomes.reduce(0) { $0 + $1.greedyScore } / count,
      passAtK: passCounts.map { k in
        outcomes.reduce(0) { sum, outcome in
          let (samples, correct) = (outcome.scores.count, outcome.scores.count { $0 >= 1 })
          return sum + PolicyOptimization.passAtK(samples: samples, correct: correct, k: min(k, samples))
        } / count
      },
      entropy: outcomes.reduce(0) { $0 + $1.entropySum } / tokens,
      responseLength: tokens / responses,
      lengths: LengthDistribution(outcomes.flatMap(\.lengths)),
      statistics: Self.statistics(dataSource, outcomes))
  }

  /// verl's numbers, to the last digit: one generator, seeded anew for every prompt and size.
  private static func statistics(_ dataSource: String, _ outcomes: [ValidationOutcome]) -> [NamedValue] {
    var bootstrap = ValidationBootstrap()
    let prompts = outcomes.map { outcome in
      let hasAnswers = outcome.answers.contains { !$0.isEmpty }
      return bootstrap.statistics(of: outcome.scores, answers: hasAnswers ? outcome.answers : nil)
    }
    return validationMetrics(
      meanOverPrompts(prompts), dataSource: dataSource, variable: "acc", variables: ["acc"])
  }

  /// The plain mean over data sources.
  init(mean rows: [Self]) {
    func mean(_ value: (Self) -> Double) -> Double { Spread(rows.map(value)).mean }
    self.init(
      dataSource: MetricName.allDataSources, meanAt1: mean(\.meanAt1), greedy: mean(\.greedy),
      passAtK: (rows.first?.passAtK ?? []).indices.map { k in mean { $0.passAtK[k] } },
      entropy: mean(\.entropy), responseLength: mean(\.responseLength), lengths: nil, statistics: [])
  }
}

extension TrainingLoop {
  /// Validates on every set that is due and reports what it finds.
  ///
  /// - Returns: The mean accuracy of the first set over its data sources, if it is validated by schedule and not for
  ///   the end alone.
  func validate(isFinal: Bool) throws -> Double? {
    let isEdge = isFinal || state.step == 0
    var score: Double?
    for (index, set) in validation.enumerated() where isEdge || !set.isFinalOnly {
      let outcomes = try outcomes(of: set, index: index)
      let summary = ValidationSummary(
        name: set.name, step: state.step, passCounts: options.passCounts, outcomes: outcomes)
      recorder.record(summary)
      // By schedule only, so that a run that is extended later goes on as one that was long from the start.
      let isScheduled = state.step == 0 || state.step.isMultiple(of: max(1, options.testFrequency))
      if !set.isFinalOnly, isScheduled, score == nil { score = summary.rows.last?.meanAt1 }
    }
    if let score, state.bestScore.map({ score > $0 }) ?? true {
      (state.bestScore, state.bestStep) = (score, state.step)
    }
    return score
  }

  private func outcomes(of set: ValidationSet, index: Int) throws -> [ValidationOutcome] {
    let base = index << 32
    let greedy = options.validationSampling.greedy
    var assignments: [Assignment] = []
    for (number, problem) in set.problems.enumerated() {
      assignments.append(validationAssignment(problem, base + 2 * number, options.validationSampling))
      assignments.append(validationAssignment(problem, base + 2 * number + 1, greedy))
    }
    try conversation.sample(assignments)
    var record = ValidationRecord(set, base: base, step: state.step)
    let file = try recorder.beginValidation(set, step: state.step)
    while !record.isComplete {
      switch try nextReport() {
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
      use: .validation, step: state.step, ordinal: ordinal, policyVersion: state.policyVersion,
      samples: sampling.isGreedy ? 1 : options.validationSamples,
      sampling: sampling, problem: problem)
  }
}
