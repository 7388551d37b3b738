import Foundation
import Timing

/// What a benchmark found: for people line by line, for programs as one JSON object.
struct BenchReport<Workload: Encodable, Outcome: Encodable>: Encodable {
  let benchmark: String
  let machine: MachineReport
  let model: ModelReport
  let workload: Workload
  /// The fastest large product of this run; nil where no rate is compared with it.
  let gemmPeak: PeakReport?
  let result: Outcome

  /// Prints the object, or the lines.
  func show(asJSON: Bool, lines: () -> [String]) throws {
    guard asJSON else {
      let head = machine.lines + [model.line] + (gemmPeak.map { [$0.line] } ?? [])
      for line in head + lines() { Terminal.say(line) }
      return
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    Terminal.say(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}

/// The model that was measured.
struct ModelReport: Encodable {
  let name: String
  let parameters: Int
  /// Those of products in the layers.
  let bodyParameters: Int
  /// Those of the output projection.
  let headParameters: Int

  init(name: String, parameters: Int, cost: ModelCost) {
    self.name = name
    self.parameters = parameters
    bodyParameters = cost.bodyParameters
    headParameters = cost.headParameters
  }

  var line: String { "model     \(name), \(decimal(Double(parameters) / 1e6, 1)) million parameters" }
}

/// The fastest large product.
struct PeakReport: Codable {
  let gflops: Double
  let backend: String
  let precision: String
  let rows: Int
  let inner: Int
  let outer: Int

  var line: String {
    "peak      \(decimal(gflops, 1)) GFLOP/s, \(precision) product of \(rows) × \(inner) × \(outer) by \(backend)"
  }
}

/// Several measured times of the same work, in seconds.
struct TimesReport: Encodable {
  let best: Double
  let mean: Double
  let all: [Double]

  init(_ seconds: [Double]) {
    all = seconds
    best = seconds.min() ?? .nan
    mean = seconds.isEmpty ? .nan : seconds.reduce(0, +) / Double(seconds.count)
  }

  var line: String { "seconds   best \(decimal(best, 3)), mean \(decimal(mean, 3)) of \(all.count)" }
}

/// A rate of model operations and what share of the peak it is.
struct RateReport: Encodable {
  /// Operations of one round by the rule of ``ModelCost``.
  let flop: Double
  /// 10^9 of them per second, at the best time.
  let gflops: Double
  /// Of ``PeakReport/gflops``.
  let shareOfPeak: Double
  /// What a round would take at the peak.
  let secondsAtPeak: Double

  init(flop: Double, seconds: Double, peak: PeakReport) {
    self.flop = flop
    gflops = flop / seconds / 1e9
    shareOfPeak = gflops / peak.gflops
    secondsAtPeak = flop / peak.gflops / 1e9
  }

  var line: String {
    "rate      \(decimal(gflops, 1)) model GFLOP/s (\(decimal(flop / 1e12, 3)) TFLOP each), "
      + "\(percent(shareOfPeak)) of the peak, at which it would take \(decimal(secondsAtPeak, 3)) s"
  }
}

/// Seconds by stage, and of each by part.
struct PhasesReport: Codable {
  struct Phase: Codable {
    let seconds: Double
    let parts: [String: Double]
  }

  let stages: [String: Phase]
  /// Thread seconds of parts that are woven into others.
  let shared: [String: Double]

  /// The table's times, divided by `rounds`.
  init(_ table: PhaseTable, rounds: Int = 1) {
    func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) * 1e-9 / Double(rounds) }
    var stages: [String: Phase] = [:]
    for stage in Stage.allCases where table[stage] > 0 {
      var parts: [String: Double] = [:]
      for part in Part.allCases where table[stage, part] > 0 {
        parts[snakeCase("\(part)")] = seconds(table[stage, part])
      }
      stages[snakeCase("\(stage)")] = Phase(seconds: seconds(table[stage]), parts: parts)
    }
    self.stages = stages
    var shared: [String: Double] = [:]
    for (part, time) in table.shared { shared[snakeCase("\(part)")] = seconds(time) }
    self.shared = shared
  }

  func seconds(_ stage: Stage) -> Double { stages[snakeCase("\(stage)")]?.seconds ?? 0 }

  func seconds(_ stage: Stage, _ part: Part) -> Double {
    stages[snakeCase("\(stage)")]?.parts[snakeCase("\(part)")] ?? 0
  }

  /// A table of shares: stages, the longest first, with their parts.
  func lines(of whole: Double) -> [String] {
    var rows: [[String]] = []
    for (name, phase) in stages.sorted(by: { ($0.value.seconds, $1.key) > ($1.value.seconds, $0.key) }) {
      rows.append([name, "", decimal(phase.seconds, 3), percent(phase.seconds / whole)])
      for (part, time) in phase.parts.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
        rows.append(["", part, decimal(time, 3), percent(time / whole)])
      }
    }
    return TextTable(header: ["stage", "part", "seconds", "share"], rows: rows).lines
  }
}

/// Aligned columns: the first two to the left, numbers to the right.
struct TextTable {
  let header: [String]
  let rows: [[String]]
  var leftColumns = 2

  var lines: [String] {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column < leftColumns ? text + padding : padding + text
      }.joined(separator: "  ")
    }
  }
}

/// `number` with so many digits behind the point.
func decimal(_ number: Double, _ digits: Int) -> String {
  guard number.isFinite else { return "\(number)" }
  return number.formatted(
    .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
}

/// `share` in percent.
func percent(_ share: Double) -> String { decimal(100 * share, 1) + " %" }

/// `bytes` as GiB.
func gibibytes(_ bytes: Int) -> String { decimal(Double(bytes) / Double(1 << 30), 2) + " GiB" }

/// `weightGradient` as `weight_gradient`.
func snakeCase(_ name: String) -> String {
  name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
}

/// The seconds that `body` takes.
func secondsOf(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  let (seconds, attoseconds) = (ContinuousClock.now - start).components
  return Double(seconds) + Double(attoseconds) * 1e-18
}
