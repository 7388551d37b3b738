import Foundation

/// The metrics of a run as `metrics.jsonl`: one JSON object per line, one line per step.
///
/// ```json
/// {"step": 12, "data": {"actor/pg_loss": 0.0123, "actor/grad_norm": "nan"}}
/// ```
///
/// The form of verl's file logger. A step in which something happened has a list `events` of sentences as well. Keys stand in the order they were added. Numbers are the shortest digits
/// that give the same `Double`; JSON has no others, so infinity and NaN are the strings `inf`, `-inf` and
/// `nan`, which Swift and Python parse. A line is on disk when `append` returns.
public struct MetricsFile {
  /// The file's path.
  public let path: String

  /// The lines that were dropped on resuming: of later steps, torn or unreadable.
  public let droppedLines: Int

  private let handle: FileHandle

  /// Begins an empty file, in place of one that is there.
  public init(path: String) throws(MetricsError) {
    try self.init(path: path, contents: Data(), droppedLines: 0)
  }

  /// Goes on with the file of an earlier attempt, or begins one if there is none.
  ///
  /// Lines of steps after `step` are dropped, since these steps are about to be done again, and so is a last
  /// line that a crash tore. The file is replaced at once: whoever reads it sees all of the old or all of the
  /// new.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - step: The last step the resumed checkpoint contains.
  /// - Throws: `MetricsError` if the file is there and cannot be read, or cannot be written.
  public init(path: String, keepingThrough step: Int) throws(MetricsError) {
    guard FileManager.default.fileExists(atPath: path) else {
      try self.init(path: path)
      return
    }
    let old: Data
    do {
      old = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .unreadable(path: path, reason: reason(error))
    }
    var kept = Data()
    var droppedLines = 0
    for line in old.split(separator: UInt8(ascii: "\n")) {
      if let lineStep = Self.step(of: line), lineStep <= step {
        kept += line + [UInt8(ascii: "\n")]
      } else {
        droppedLines += 1
      }
    }
    try self.init(path: path, contents: kept, droppedLines: droppedLines)
  }

  /// Appends to a file that is open already.
  init(path: String, handle: FileHandle) {
    self.path = path
    self.handle = handle
    droppedLines = 0
  }

  private init(path: String, contents: Data, droppedLines: Int) throws(MetricsError) {
    self.path = path
    self.droppedLines = droppedLines
    do {
      try contents.write(to: URL(filePath: path), options: .atomic)
      handle = try FileHandle(forWritingTo: URL(filePath: path))
      try handle.synchronize()
      try handle.seekToEnd()
    } catch {
      throw .unwritable(path: path, reason: reason(error))
    }
  }

  /// Appends the line of `report`.
  ///
  /// On a full disk the file is cut back to its last whole line before the error is thrown.
  public func append(_ report: StepReport) throws(MetricsError) {
    do {
      let end = try handle.offset()
      do {
        try handle.write(contentsOf: Data((Self.line(report) + "\n").utf8))
        try handle.synchronize()
      } catch {
        // Half a line would spoil the next one.
        try? handle.truncate(atOffset: end)
        throw error
      }
    } catch {
      throw .unwritable(path: path, reason: reason(error))
    }
  }

  /// The line of `report`, without a line break.
  public static func line(_ report: StepReport) -> String {
    let members = report.entries.map { "\(json($0.name.rawValue)): \(json($0.value))" }
    let events =
      report.events.isEmpty
      ? "" : ", \"events\": [\(report.events.map { json($0) }.joined(separator: ", "))]"
    return "{\"step\": \(report.step), \"data\": {\(members.joined(separator: ", "))}\(events)}"
  }

  private static func json(_ value: Double) -> String {
    value.isFinite ? value.description : "\"\(value.isNaN ? "nan" : value.description)\""
  }

  private static func json(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "\"") { result, scalar in
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\0"..<" ": result += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    } + "\""
  }

  /// The step of a line, nil if the line is not a whole JSON object with one.
  private static func step(of line: Data) -> Int? {
    struct Line: Decodable { let step: Int }
    return try? JSONDecoder().decode(Line.self, from: line).step
  }
}

/// Why, without the period that would end our sentence.
private func reason(_ error: any Error) -> String {
  let fault = error as NSError
  let sentence = fault.localizedFailureReason ?? fault.localizedDescription
  return sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
}
