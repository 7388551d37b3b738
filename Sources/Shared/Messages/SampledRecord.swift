public import Experience
public import Tasks

/// A judged group as a checkpoint keeps it: all that it takes to judge it again.
public struct GroupRecord: Sendable, Equatable, WireCodable {
  /// The problem.
  public var problem: Problem
  /// The problem's row in the data; -1 where it has none.
  public var row: Int
  /// The responses with their scores.
  public var group: ScoredGroup
  /// What the greedy response earned; NaN where none was asked for.
  public var baseline: Double

  /// Creates a record.
  public init(problem: Problem, row: Int = -1, group: ScoredGroup, baseline: Double = .nan) {
    self.problem = problem
    self.row = row
    self.group = group
    self.baseline = baseline
  }

  /// Appends the record's bytes.
  public func write(to bytes: inout ByteWriter) {
    problem.write(to: &bytes)
    bytes.write(Int64(row))
    group.write(to: &bytes)
    bytes.write(baseline)
  }

  /// Reads a record.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      problem: try Problem(from: &bytes), row: try bytes.int(), group: try ScoredGroup(from: &bytes),
      baseline: try bytes.double())
  }

  /// Whether all fields agree, a NaN with a NaN.
  public static func == (a: GroupRecord, b: GroupRecord) -> Bool {
    a.problem == b.problem && a.row == b.row && a.group == b.group
      && a.baseline.bitPattern == b.baseline.bitPattern
  }
}

/// A step that is sampled and not trained, as a checkpoint keeps it.
public struct SampledRecord: Sendable, Equatable, WireCodable {
  /// The step.
  public var step: Int
  /// The weights that sampled it.
  public var policyVersion: Int
  /// The stage of the run.
  public var stage: Int
  /// The first ordinal it drew, or would have.
  public var firstOrdinal: Int
  /// The sizes of its rounds.
  public var rounds: [Int]
  /// Groups it took over from the step before.
  public var carried: [GroupRecord]
  /// Its own groups, ascending.
  public var groups: [GroupRecord]

  /// Creates a record.
  public init(
    step: Int, policyVersion: Int, stage: Int, firstOrdinal: Int, rounds: [Int], carried: [GroupRecord],
    groups: [GroupRecord]
  ) {
    self.step = step
    self.policyVersion = policyVersion
    self.stage = stage
    self.firstOrdinal = firstOrdinal
    self.rounds = rounds
    self.carried = carried
    self.groups = groups
  }

  /// Appends the record's bytes.
  public func write(to bytes: inout ByteWriter) {
    for number in [step, policyVersion, stage, firstOrdinal] { bytes.write(Int64(number)) }
    bytes.write(rounds.map(Int32.init(clamping:)))
    bytes.write(carried)
    bytes.write(groups)
  }

  /// Reads a record.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      step: try bytes.int(), policyVersion: try bytes.int(), stage: try bytes.int(),
      firstOrdinal: try bytes.int(), rounds: try bytes.int32s().map(Int.init),
      carried: try bytes.list(of: GroupRecord.self), groups: try bytes.list(of: GroupRecord.self))
  }
}

/// All that is sampled and not trained: a file of a checkpoint.
public struct SampledRecords: Sendable, Equatable {
  /// Steps in their order.
  public var steps: [SampledRecord]
  /// Groups that no step has taken over yet.
  public var carried: [GroupRecord]

  /// Creates records.
  public init(steps: [SampledRecord] = [], carried: [GroupRecord] = []) {
    self.steps = steps
    self.carried = carried
  }

  /// Whether there is nothing to keep.
  public var isEmpty: Bool { steps.isEmpty && carried.isEmpty }

  /// The file's bytes.
  public var bytes: [UInt8] {
    var bytes = ByteWriter()
    bytes.write(wireVersion)
    bytes.write(steps)
    bytes.write(carried)
    return bytes.bytes
  }

  /// Reads a file's bytes.
  public init(bytes contents: [UInt8]) throws(MessageError) {
    var bytes = ByteReader(contents, kind: "sampled-steps")
    try bytes.checkVersion()
    self.init(
      steps: try bytes.list(of: SampledRecord.self), carried: try bytes.list(of: GroupRecord.self))
    try bytes.finish()
  }
}
