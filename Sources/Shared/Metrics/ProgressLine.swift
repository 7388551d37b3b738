/// A step in one line that a person follows, with an estimate of when the run ends.
///
/// ```
/// step 12/200 · reward 0.53 · kl 0.0012 · entropy 1.23 · len 34 (max 64) · 5.1k tok/s · 1.32 s · ETA 4 m 10
/// s
/// ```
///
/// A metric that a step does not report is left out. The caller writes: `text` and a line break to a file or
/// a pipe, `redrawn(width:)` to a terminal.
public struct ProgressLine: Sendable {
  /// The steps of the whole run.
  public let totalSteps: Int

  /// The mean duration of recent steps in seconds, nil before the first.
  ///
  /// A moving average in which a step counts a fifth of those before it together, so that the estimate
  /// follows responses that grow longer, yet not a single slow step.
  public private(set) var secondsPerStep: Double?

  /// The last step recorded, as one line without colour, bar or line break.
  public private(set) var text = ""

  private var step = 0

  /// A line for a run of `totalSteps` steps.
  public init(totalSteps: Int) { self.totalSteps = totalSteps }

  /// Takes over the numbers of a step.
  public mutating func record(_ report: StepReport) {
    step = report.step
    if let seconds = report[.timingStep], seconds.isFinite, seconds >= 0 {
      secondsPerStep = secondsPerStep.map { $0 + 0.2 * (seconds - $0) } ?? seconds
    }
    text = parts(report).joined(separator: " · ")
  }

  /// The same with a bar before it, to overwrite the line before in a terminal of `width` columns.
  ///
  /// It starts with a carriage return, fills the whole width so that nothing of a longer line remains, and
  /// never wraps. A narrow terminal loses the bar first, then the end of the text.
  public func redrawn(width: Int) -> String {
    // Terminals wrap when the last column is written.
    let columns = max(0, width - 1)
    let room = columns - text.count - 1
    let line = room >= 10 ? "\(bar(columns: min(room, 32))) \(text)" : text
    let fitting =
      line.count <= columns ? line : String(line.prefix(max(0, columns - 1))) + (columns > 0 ? "…" : "")
    return "\r" + fitting + String(repeating: " ", count: max(0, columns - fitting.count))
  }

  private func bar(columns: Int) -> String {
    let inner = columns - 2
    let done = totalSteps > 0 ? min(1, max(0, Double(step) / Double(totalSteps))) : 0
    let filled = Int(Double(inner) * done)
    return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: inner - filled) + "]"
  }

  private func parts(_ report: StepReport) -> [String] {
    let length = report[.responseLengthMean].map { "len \(fixed($0, decimals: 0))" }
    let longest = report[.responseLengthMax].map { " (max \(fixed($0, decimals: 0)))" } ?? ""
    return [
      "step \(report.step)/\(totalSteps)",
      report[.criticRewardsMean].map { "reward \(fixed($0, decimals: 2))" },
      (report[.proRLKLDivergence] ?? report[.actorKLLoss]).map { "kl \(significant($0))" },
      (report[.proRLEntropy] ?? report[.actorEntropy]).map { "entropy \(fixed($0, decimals: 2))" },
      length.map { $0 + longest },
      report[.perfTokensPerSecond].map { "\(compact($0)) tok/s" },
      report[.timingStep].map(seconds),
      estimate.map { "ETA \(duration($0))" },
    ].compactMap { $0 }
  }

  /// Seconds until the last step ends.
  private var estimate: Double? {
    secondsPerStep.map { $0 * Double(max(0, totalSteps - step)) }
  }
}
