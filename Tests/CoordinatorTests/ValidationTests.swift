import Experience
import Foundation
import Messages
import Randomness
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// When the run validates, on what, and what it says about it.
@Suite("Validation")
struct ValidationTests {
  private func job(steps: Int = 3) throws -> FakeJob {
    var job = try FakeJob()
    job.options.totalSteps = steps
    job.options.testFrequency = 2
    job.validation = [
      ValidationSet(name: "validation", problems: (0..<3).map { NumberedProblems().problem(ordinal: $0) }),
      ValidationSet(name: "test", problems: [NumberedProblems().problem(ordinal: 7)], isFinalOnly: true),
    ]
    // Problem 0: one of four right; 1: all right; 2: none, but greedily; 7: all.
    job.script.validationScore = { problem, sample, isGreedy in
      switch problem {
      case "numbered 0": isGreedy || sample == 2 ? 1 : 0
      case "numbered 1", "numbered 7": 1
      default: isGreedy ? 1 : 0.5
      }
    }
    return job
  }

  @Test(
    "sets are validated before the first step, at their interval and after the last; some at both ends only")
  func when() throws {
    let folder = try TemporaryDirectory()
    let outcome = try job().run(in: folder)
    #expect(outcome.error == nil)
    #expect(
      try RunFiles(directory: folder.path).names("validation") == [
        "0-test.jsonl", "0.jsonl", "2.jsonl", "3-test.jsonl", "3.jsonl",
      ])
    #expect(Set(outcome.sampled(.validation).keys) == [0, 2, 3])
  }

  @Test("validation before the first step can be left out, and altogether")
  func never() throws {
    var job = try job()
    job.options.validatesBefore = false
    let folder = try TemporaryDirectory()
    _ = job.run(in: folder)
    #expect(
      try RunFiles(directory: folder.path).names("validation") == ["2.jsonl", "3-test.jsonl", "3.jsonl"])
    job.options.testFrequency = 0
    let other = try TemporaryDirectory()
    _ = job.run(in: other)
    #expect(try RunFiles(directory: other.path).names("validation").isEmpty)
  }

  @Test("every problem is sampled several times and once greedily, under numbers of its own")
  func assignments() throws {
    let outcome = try job(steps: 1).run(in: try TemporaryDirectory())
    var seen: [String: [Assignment]] = [:]
    for case .sample(let assignments) in outcome.heard.map(\.order) {
      for assignment in assignments where assignment.use == .validation && assignment.step == 0 {
        seen[assignment.problem.origin, default: []].append(assignment)
      }
    }
    #expect(seen.count == 4)
    for assignments in seen.values {
      #expect(assignments.map(\.samples).sorted() == [1, 4])
      for assignment in assignments { #expect(assignment.sampling.isGreedy == (assignment.samples == 1)) }
    }
    let ordinals = seen.values.flatMap { $0.map(\.ordinal) }
    #expect(Set(ordinals).count == 8 && ordinals.allSatisfy { (0..<1 << 40).contains($0) })
  }

  @Test("the numbers of a validation stand in the line of its step")
  func numbers() throws {
    let folder = try TemporaryDirectory()
    _ = try job().run(in: folder)
    let metrics = try RunFiles(directory: folder.path).metrics()
    #expect(metrics.keys.sorted() == [0, 1, 2, 3])
    let expected = [
      // Problems 0 and 2 are even: means of 1/4 and 1/2, both right greedily, one passes.
      "val-core/even/acc/mean@1": 0.375, "val-core/even/acc/greedy": 1, "val-core/even/acc/pass@4": 0.5,
      "val-core/odd/acc/mean@1": 1, "val-core/odd/acc/pass@4": 1, "val-core/all/acc/mean@1": 0.6875,
      "val-core/all/acc/greedy": 1, "val-core/all/acc/pass@4": 0.75, "val-aux/odd/entropy": 0.5,
    ]
    for step in [0, 2, 3] {
      for (name, value) in expected { #expect(metrics[step]?[name] == value, "\(name) at step \(step)") }
    }
    #expect(metrics[1]?.keys.contains { $0.hasPrefix("val-") } == false)
    #expect(
      metrics[0]?["val-core/test/odd/acc/mean@1"] == 1 && metrics[2]?["val-core/test/odd/acc/mean@1"] == nil)
    let lines = try RunFiles(directory: folder.path).objects("validation/2.jsonl")
    #expect(lines.count == 15 && lines.allSatisfy { $0["step"] as? Int == 2 && $0["advantage"] == nil })
  }

  @Test("validation is the same whoever samples it", arguments: TrainingLoopTests.rosters)
  func anywhere(roster: Roster) throws {
    var job = try job()
    let alone = try TemporaryDirectory()
    _ = job.run(in: alone)
    job.roster = roster
    job.shufflesArrival = true
    job.script.isReversed = true
    let folder = try TemporaryDirectory()
    _ = job.run(in: folder)
    for name in try RunFiles(directory: alone.path).names("validation") {
      #expect(try folder.bytes("validation/\(name)") == alone.bytes("validation/\(name)"), "\(name)")
    }
  }

  // MARK: The record

  /// A set of `count` problems, and the groups that come back, a greedy one after each sampled one.
  private func validation(of count: Int) -> (ValidationSet, [ScoredGroup]) {
    let problems = (0..<count).map { NumberedProblems().problem(ordinal: $0) }
    let groups = (0..<2 * count).map { number in
      ScoredGroup(
        ordinal: 1000 + number, policyVersion: 0, promptTokens: [1],
        responses: (0..<(number.isMultiple(of: 2) ? 3 : 1)).map { sample in
          Response(
            tokens: [5, 6], logProbabilities: [-1, -1], entropySum: 0.5, finish: .endOfSequence,
            text: "\(number)/\(sample)", score: Float((number + sample) % 2), reward: 0, nonFiniteLogits: 0)
        })
    }
    return (ValidationSet(name: "validation", problems: problems), groups)
  }

  @Test("groups in any order make the same lines and numbers", arguments: 0..<10)
  func anyOrder(number: Int) {
    let (set, groups) = validation(of: 6)
    var inOrder = ValidationRecord(set, base: 1000, step: 3)
    let lines = groups.map { inOrder.receive($0) ?? "refused" }
    #expect(lines.allSatisfy { !$0.isEmpty } && inOrder.waitingCount == 0 && inOrder.isComplete)
    var draw = namedGenerator("validation \(number)")
    var shuffled = groups
    draw.shuffle(&shuffled)
    var record = ValidationRecord(set, base: 1000, step: 3)
    var text = ""
    for group in shuffled {
      #expect(!record.isComplete)
      text += record.receive(group) ?? "refused"
    }
    #expect(text == lines.joined() && record.isComplete && record.waitingCount == 0)
    for (a, b) in zip(record.outcomes, inOrder.outcomes) {
      #expect(a.scores == b.scores && a.greedyScore == b.greedyScore && a.tokens == b.tokens)
    }
    #expect(record.outcomes.map(\.scores) == Array(repeating: [0, 1, 0], count: 6))
    #expect(record.outcomes.allSatisfy { $0.greedyScore == 1 && $0.tokens == 6 && $0.entropySum == 1.5 })
  }

  @Test(
    "a group of another validation, or one that came before, is refused",
    arguments: [999, 1012, 1003, 1000, .min, .max])
  func strangers(ordinal: Int) {
    let (set, groups) = validation(of: 6)
    var record = ValidationRecord(set, base: 1000, step: 3)
    var stranger = groups[1]
    stranger.ordinal = ordinal
    let lines = [groups[3], groups[0], stranger].map { record.receive($0) }
    #expect(lines[0] == "" && lines[1]?.isEmpty == false && lines[2] == nil)
    let rest = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11].map { record.receive(groups[$0]) }
    #expect(!rest.contains(nil) && record.isComplete)
  }

  @Test("a file has its name only when it is complete, and replaces an earlier one")
  func growingFile() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/lines.jsonl"
    _ = try folder.write("lines.jsonl", "old and longer than what comes\n")
    let file = try GrowingFile(path: path)
    try file.append("one\n")
    #expect(try folder.bytes("lines.jsonl") == Data("old and longer than what comes\n".utf8))
    try file.append("two\n")
    try file.complete()
    #expect(try folder.bytes("lines.jsonl") == Data("one\ntwo\n".utf8))
    #expect(try RunFiles(directory: folder.path).names("") == ["lines.jsonl"])
  }

  // MARK: The table

  @Test("a table has a line per data source, aligned, and one for all")
  func table() {
    let outcomes = [
      ValidationOutcome(
        dataSource: "mini/add", scores: [1, 0, 0, 0], answers: [], lengths: [10, 10, 10, 10],
        greedyScore: 1, entropySum: 4, tokens: 40),
      ValidationOutcome(
        dataSource: "mini/add", scores: [1, 1, 1, 1], answers: [], lengths: [10, 10, 10, 10],
        greedyScore: 1, entropySum: 4, tokens: 40),
      ValidationOutcome(
        dataSource: "a", scores: [0, 0, 0, 0], answers: [], lengths: [1, 2, 2, 1],
        greedyScore: 0, entropySum: 0, tokens: 6),
    ]
    let summary = ValidationSummary(name: "validation", step: 100, passCounts: [2, 4], outcomes: outcomes)
    #expect(
      ValidationTable(summary).text == """
        validation at step 100    mean@1  greedy  pass@4  entropy  length
          a                          0.0     0.0     0.0     0.00     1.5
          mini/add                  62.5   100.0   100.0     0.10    10.0
          all                       31.3    50.0    50.0     0.05     5.8
        """)
  }

  @Test("a long name moves the columns, and no number breaks them")
  func longNames() {
    let outcomes = [
      ValidationOutcome(
        dataSource: "a/very/long/name/of/a/data/source", scores: [.nan], answers: [], lengths: [1],
        greedyScore: .infinity, entropySum: -1e300, tokens: 1)
    ]
    let lines = ValidationTable(ValidationSummary(name: "t", step: 0, passCounts: [1], outcomes: outcomes))
      .text
      .split(
        separator: "\n")
    #expect(lines.count == 3 && lines[1].contains("nan") && lines[1].contains("inf"))
  }

  @Test("nothing validated is a table of zeros")
  func nothing() {
    let summary = ValidationSummary(name: "test", step: 1, passCounts: [8], outcomes: [])
    #expect(summary.rows.count == 1 && summary.rows[0].meanAt1 == 0 && summary.rows[0].responseLength == 0)
  }
}
