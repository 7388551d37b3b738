import Checkpoints
import Experience
import Foundation
import Metrics
import Tasks

/// Where a run's numbers, rollouts and checkpoints go: the run directory and the operator's eyes.
public final class RunRecorder {
  /// How steps appear on the console.
  public enum Console: Sendable {
    /// A line per step that a person follows; redrawn in place on a terminal of this many columns.
    case progress(terminalWidth: Int?)
    /// verl's `step:N - key:value` lines.
    case metrics
    /// Nothing.
    case silent
  }

  private let directory: String
  private var metrics: MetricsFile
  private var progress: ProgressLine
  private let console: Console
  private var pendingValidation: [(MetricName, Double)] = []
  private var needsLineBreak = false

  /// Opens the files of the run directory, keeping what belongs to steps up to `resumedStep`.
  public init(directory: String, totalSteps: Int, resumedStep: Int, console: Console) throws {
    self.directory = directory
    self.console = console
    progress = ProgressLine(totalSteps: totalSteps)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let path = directory + "/metrics.jsonl"
    metrics =
      resumedStep > 0 ? try MetricsFile(path: path, keepingThrough: resumedStep) : try MetricsFile(path: path)
    for folder in ["rollouts", "validation"] {
      try FileManager.default.createDirectory(
        atPath: directory + "/" + folder, withIntermediateDirectories: true)
    }
  }

  /// Prints a sentence for the operator.
  public func note(_ sentence: String) {
    if case .silent = console { return }
    endLine()
    show(sentence + "\n")
  }

  /// Ends a line that is being redrawn.
  func endLine() {
    if needsLineBreak { show("\n") }
    needsLineBreak = false
  }

  func record(_ step: StepReport) throws {
    var report = step
    for (name, value) in pendingValidation { report.add(name, value) }
    pendingValidation = []
    try metrics.append(report)
    progress.record(report)
    switch console {
    case .silent: break
    case .metrics: note(ConsoleLine(report).description)
    case .progress(nil): note(progress.text)
    case .progress(let width?):
      show(progress.redrawn(width: width))
      needsLineBreak = true
    }
  }

  /// Shows a validation and keeps its numbers for the next line of the metrics file.
  func record(_ summary: ValidationSummary) {
    let name = summary.name
    var report = StepReport(step: summary.step)
    for row in summary.rows {
      let source = name == "validation" ? row.dataSource : "\(name)/\(row.dataSource)"
      report.add(.accuracy(.mean(samples: 1), of: source), row.meanAt1)
      report.add(.accuracy(.greedy, of: source), row.greedy)
      report.add(.accuracy(.pass(at: summary.samples), of: source), row.passAtK)
      report.add(.validationEntropy(of: source), row.entropy)
      report.add(.validationResponseLength(of: source), row.responseLength)
    }
    pendingValidation += report.entries.map { ($0.name, $0.value) }
    note(ValidationTable(summary).text)
  }

  /// Writes the line of step 0, which is nothing but validation.
  func recordFirstValidation() throws {
    var report = StepReport(step: 0)
    for (name, value) in pendingValidation { report.add(name, value) }
    pendingValidation = []
    try metrics.append(report)
  }

  func recordRollouts(_ groups: [JudgedGroup], step: Int) throws {
    var lines = ""
    for judged in groups {
      for (sample, response) in judged.group.responses.enumerated() {
        lines +=
          RolloutLine(
            response, problem: judged.problem, group: judged.group, sample: sample, step: step,
            advantage: judged.advantages[sample]
          ).json
      }
    }
    try write(lines, to: "rollouts/\(step).jsonl")
  }

  /// The file of a validation's responses; complete it when all are there.
  func beginValidation(_ set: ValidationSet, step: Int) throws -> GrowingFile {
    let suffix = set.name == "validation" ? "" : "-\(set.name)"
    return try GrowingFile(path: directory + "/validation/\(step)\(suffix).jsonl")
  }

  private func show(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: directory + "/" + name), options: .atomic)
  }

  func beginCheckpoint(step: Int) throws -> PendingCheckpoint {
    try CheckpointWriter.begin(root: directory + "/checkpoints", step: step)
  }

  /// Adds the coordinator's state, completes the checkpoint and removes old ones.
  func commit(_ pending: PendingCheckpoint, state: TrainerState, keeping: Int) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var files = [try pending.write(Array(encoder.encode(state)), to: "state.json")]
    for name in try FileManager.default.subpathsOfDirectory(atPath: pending.directory).sorted() {
      let kind = try FileManager.default.attributesOfItem(atPath: pending.directory + "/" + name)[.type]
      let isFile = kind as? FileAttributeType == .typeRegular
      if isFile, name != "state.json" { files.append(try pending.describe(name)) }
    }
    let committed = try pending.commit(files: files)
    var store = CheckpointStore(root: directory + "/checkpoints")
    try store.prune(keepLast: max(1, keeping), committed: committed)
  }
}
