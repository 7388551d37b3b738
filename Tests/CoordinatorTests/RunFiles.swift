import Foundation
import TestSupport
import Testing

/// What a run wrote.
struct RunFiles {
  let directory: String

  /// The numbers of every line of `metrics.jsonl`, by step.
  func metrics() throws -> [Int: [String: Double]] {
    var steps: [Int: [String: Double]] = [:]
    for line in try text("metrics.jsonl").split(separator: "\n") {
      let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let step = try #require(object["step"] as? Int)
      #expect(steps[step] == nil, "step \(step) has two lines")
      steps[step] = (object["data"] as? [String: Any])?.compactMapValues { ($0 as? NSNumber)?.doubleValue }
    }
    return steps
  }

  /// The numbers that do not tell how fast the run was, or who had how much of it.
  func repeatableMetrics() throws -> [Int: [String: Double]] {
    try metrics().mapValues { data in
      data.filter { name, _ in
        !name.hasPrefix("timing_s/") && !name.hasPrefix("perf/t") && name != "training/learner_groups_min"
      }
    }
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
  }

  /// The objects of a JSONL file.
  func objects(_ name: String) throws -> [[String: Any]] {
    try text(name).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// The names in a folder, sorted.
  func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory + "/" + folder).sorted()
  }
}
