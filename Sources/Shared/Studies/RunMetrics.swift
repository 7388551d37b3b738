public import Foundation

/// What a run reported, read back from its `metrics.jsonl`.
public struct RunMetrics: Sendable, Equatable {
  /// Lines that were no whole JSON object of a step, as a crash leaves one behind.
  public let unreadableLines: Int

  private let values: [Int: [String: Double]]

  /// Reads lines of `{"step": 1, "data": {"actor/lr": 0.1, "actor/grad_norm": "nan"}}`.
  ///
  /// Of two lines of a step the later holds. What is no such line is counted and left out, and so is a value that is
  /// no number.
  public init(lines: Data) {
    var (values, unreadable): ([Int: [String: Double]], Int) = ([:], 0)
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? JSONDecoder().decode(Line.self, from: line) else {
        unreadable += 1
        continue
      }
      values[line.step] = line.data.compactMapValues(\.value)
    }
    (self.values, unreadableLines) = (values, unreadable)
  }

  /// Reads the file of the run in `directory`.
  public init(directory: String) throws(StudyError) {
    let path = directory + "/metrics.jsonl"
    guard let lines = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
    self.init(lines: lines)
  }

  /// The last step, 0 if there is none.
  public var lastStep: Int { max(0, values.keys.max() ?? 0) }

  /// The value of a metric after a step; nil if it was not measured.
  public subscript(metric: String, step: Int) -> Double? { values[step]?[metric] }

  /// The last value of the first metric whose name begins with `prefix`, in the order of names.
  public func last(_ prefix: String) -> Double? {
    for step in values.keys.sorted(by: >) {
      let names = values[step]?.keys.filter { $0.hasPrefix(prefix) } ?? []
      if let name = names.min() { return values[step]?[name] }
    }
    return nil
  }

  /// The mean of a metric over the steps of a range in which it was measured; nil if there is none.
  public func mean(_ metric: String, over steps: ClosedRange<Int>) -> Double? {
    let found = steps.compactMap { self[metric, $0] }
    return found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
  }

  /// The sum of a metric over the steps of a range.
  public func sum(_ metric: String, over steps: ClosedRange<Int>) -> Double {
    steps.reduce(0) { $0 + (self[metric, $1] ?? 0) }
  }

  private struct Line: Decodable {
    let step: Int
    let data: [String: Number]
  }

  /// JSON has neither infinity nor NaN; metrics files spell them as texts.
  private struct Number: Decodable {
    let value: Double?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        value = number
      } else {
        value = Double(try container.decode(String.self))
      }
    }
  }
}
