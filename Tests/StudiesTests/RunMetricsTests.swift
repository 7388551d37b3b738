import Foundation
import TestSupport
import Testing

@testable import Studies

@Suite("A run's metrics, read back")
struct RunMetricsTests {
  private func metrics(_ lines: String...) -> RunMetrics {
    RunMetrics(lines: Data(lines.joined(separator: "\n").utf8))
  }

  @Test("every number comes back under its step and name")
  func values() {
    let run = metrics(
      #"{"step": 0, "data": {"val": 0.25}}"#,
      #"{"step": 1, "data": {"a": 0.1, "b": 3}, "events": ["reset"]}"#,
      #"{"step": 2, "data": {"a": 1e-7}}"#, "")
    #expect(run["val", 0] == 0.25)
    #expect(run["a", 1] == 0.1)
    #expect(run["b", 1] == 3)
    #expect(run["a", 2] == 1e-7)
    #expect(run["b", 2] == nil)
    #expect(run.lastStep == 2)
    #expect(run.unreadableLines == 0)
  }

  @Test(
    "a line that is no whole object of a step is counted and left out",
    arguments: [
      #"{"step": 2, "data": {"a": 0."#, "", "null", #"{"data": {}}"#, #"{"step": "2", "data": {}}"#, "{}",
      #"{"step": 2, "data": {"a": [1]}}"#,
    ])
  func torn(line: String) {
    let run = metrics(#"{"step": 1, "data": {"a": 1}}"#, line)
    // An empty line is none at all.
    #expect(run.unreadableLines == (line.isEmpty ? 0 : 1))
    #expect(run.lastStep == 1)
    #expect(run["a", 1] == 1)
  }

  @Test("infinity and NaN are spelled as texts, other texts are no numbers")
  func texts() throws {
    let run = metrics(#"{"step": 1, "data": {"a": "inf", "b": "-inf", "c": "nan", "d": "soon"}}"#)
    #expect(run["a", 1] == .infinity)
    #expect(run["b", 1] == -.infinity)
    #expect(try #require(run["c", 1]).isNaN)
    #expect(run["d", 1] == nil)
  }

  @Test("of two lines of a step the later holds")
  func twice() {
    let run = metrics(#"{"step": 1, "data": {"a": 1, "b": 1}}"#, #"{"step": 1, "data": {"a": 2}}"#)
    #expect(run["a", 1] == 2)
    #expect(run["b", 1] == nil)
  }

  @Test("a mean is over the steps that have the metric, a sum takes the others for 0")
  func means() {
    let run = metrics(
      #"{"step": 1, "data": {"a": 1}}"#, #"{"step": 2, "data": {}}"#, #"{"step": 3, "data": {"a": 4}}"#)
    #expect(run.mean("a", over: 1...3) == 2.5)
    #expect(run.mean("a", over: 2...2) == nil)
    #expect(run.sum("a", over: 1...3) == 5)
    #expect(run.sum("b", over: 1...3) == 0)
  }

  @Test("the last value of a metric is that of the last step which has it")
  func last() {
    let run = metrics(
      #"{"step": 0, "data": {"acc/pass@8": 0.1}}"#, #"{"step": 4, "data": {"acc/pass@8": 0.5}}"#,
      #"{"step": 5, "data": {"other": 1}}"#)
    #expect(run.last("acc/pass@") == 0.5)
    #expect(run.last("acc/greedy") == nil)
  }

  @Test("an empty file has no steps")
  func empty() {
    #expect(metrics("").lastStep == 0)
    #expect(metrics("").last("a") == nil)
  }

  @Test("a folder without metrics is refused with its path")
  func missing() throws {
    let folder = try TemporaryDirectory()
    #expect(throws: StudyError.unreadable(path: folder.path + "/metrics.jsonl")) {
      try RunMetrics(directory: folder.path)
    }
  }
}
