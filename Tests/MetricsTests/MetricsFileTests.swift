import Foundation
import Testing

@testable import Metrics

/// A folder that goes when the test ends.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appending(path: "MetricsFileTests-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.appending(path: "metrics.jsonl").path() }

  var text: String {
    get throws { try String(contentsOfFile: path, encoding: .utf8) }
  }

  func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
}

@Suite("Metrics file")
struct MetricsFileTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func report(_ step: Int) -> StepReport {
    var report = StepReport(step: step)
    report.add(.actorLr, Double(step) / 10)
    return report
  }

  private func line(_ step: Int) -> String { MetricsFile.line(report(step)) + "\n" }

  @Test("a line is verl's JSON, keys in the order added")
  func lines() {
    var report = StepReport(step: 12)
    #expect(MetricsFile.line(report) == #"{"step": 12, "data": {}}"#)
    report.add(.actorPGLoss, 0.0123)
    report.add(.actorLr, 1e-6)
    report.add(.actorGradNorm, -Double.nan)
    report.add(.criticRewardsMin, -Double.infinity)
    report.add(.reward(of: "a\"b\\c/\u{2}é"), 1)
    #expect(
      MetricsFile.line(report)
        == #"{"step": 12, "data": {"actor/pg_loss": 0.0123, "actor/lr": 1e-06, "actor/grad_norm": "nan", "#
        + #""critic/rewards/min": "-inf", "reward/a\"b\\c/_é/mean": 1.0}}"#)
  }

  @Test(
    "a number comes back as the same Double",
    arguments: [
      0, -0.0, 0.1, 1 / 3, 1e16, 9_007_199_254_740_992, 1e-5, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude,
      .infinity, -.infinity, .nan, .pi,
    ] as [Double])
  func roundTrip(value: Double) throws {
    struct Line: Decodable {
      let step: Int
      let data: [String: Double]
    }
    var report = StepReport(step: 1)
    report.add(.actorLr, value)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let read = try decoder.decode(Line.self, from: Data(MetricsFile.line(report).utf8)).data["actor/lr"]
    #expect(value.isNaN ? read?.isNaN == true : read?.bitPattern == value.bitPattern)
  }

  @Test("lines are appended, and a new run begins a new file")
  func appending() throws {
    let file = try MetricsFile(path: folder.path)
    try file.append(report(1))
    try file.append(report(2))
    #expect(try folder.text == line(1) + line(2))
    try MetricsFile(path: folder.path).append(report(1))
    #expect(try folder.text == line(1))
  }

  @Test(
    "a resumed run keeps the steps before and drops what is torn",
    arguments: [
      ("", 5, [], 0), ("\n\n", 5, [], 0), ("123456", 5, [1, 2, 3, 4, 5], 1), ("123", 5, [1, 2, 3], 0),
      ("123", 0, [], 3), ("1x2", 5, [1, 2], 1), ("1212", 1, [1, 1], 2),
    ] as [(String, Int, [Int], Int)])
  func resuming(steps: String, through: Int, kept: [Int], dropped: Int) throws {
    try folder.write(
      steps.map { $0 == "x" ? "\u{0}garbage\n" : $0.wholeNumberValue.map { line($0) } ?? "\n" }.joined())
    let file = try MetricsFile(path: folder.path, keepingThrough: through)
    #expect(file.droppedLines == dropped)
    try file.append(report(9))
    #expect(try folder.text == (kept + [9]).map { line($0) }.joined())
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path()).count == 1)
  }

  @Test("a last line torn anywhere is dropped, and a whole one kept")
  func torn() throws {
    let last = line(2)
    for end in last.indices.dropFirst() {
      try folder.write(line(1) + last[..<end])
      let file = try MetricsFile(path: folder.path, keepingThrough: 2)
      // Without its line break only, the last line is whole.
      let isWhole = last.index(after: end) == last.endIndex
      #expect(file.droppedLines == (isWhole ? 0 : 1))
      try file.append(report(3))
      #expect(try folder.text == line(1) + (isWhole ? last : "") + line(3))
    }
  }

  @Test(
    "bytes that are not text are dropped",
    arguments: [[0xFF, 0xFE], [0x00], [0x80, 0x0A, 0xC3]] as [[UInt8]])
  func notText(bytes: [UInt8]) throws {
    try (Data(line(1).utf8) + bytes).write(to: URL(filePath: folder.path))
    try MetricsFile(path: folder.path, keepingThrough: 2).append(report(2))
    #expect(try folder.text == line(1) + line(2))
  }

  @Test("a resumed run without a file begins one")
  func missing() throws {
    let file = try MetricsFile(path: folder.path, keepingThrough: 7)
    try file.append(report(8))
    #expect(try folder.text == line(8))
    #expect(file.droppedLines == 0)
  }

  @Test("a folder that is not there and a file that cannot be read are errors with the path")
  func errors() throws {
    let absent = folder.url.appending(path: "absent/metrics.jsonl").path()
    let error = #expect(throws: MetricsError.self) { try MetricsFile(path: absent) }
    #expect(error?.description.hasPrefix("\(absent): cannot be written (") == true)
    #expect(error?.description.contains { $0.isNewline } == false)
    let directory = #expect(throws: MetricsError.self) {
      try MetricsFile(path: folder.url.path(), keepingThrough: 1)
    }
    #expect(directory?.description.contains(": cannot be read (") == true)
  }

  @Test("a full disk is an error", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    let full = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
    let file = MetricsFile(path: "metrics.jsonl", handle: full)
    let error = #expect(throws: MetricsError.self) { try file.append(report(1)) }
    #expect(error?.description.contains("(There isn’t enough space)") == true, "\(error.debugDescription)")
  }
}
