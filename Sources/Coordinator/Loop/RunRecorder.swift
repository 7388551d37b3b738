import Checkpoints
import Experience
import Foundation
import MessagePassing
import Messages
import Metrics
import PolicyOptimization
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

  /// The file of a checkpoint that holds groups which are sampled and not trained, where there are any.
  public static let sampledFile = "sampled-steps.bin"

  /// The steps after which the operator asked for a reset, one a line.
  private static let requestsFile = "reset-requests.txt"

  private let directory: String
  private var metrics: MetricsFile
  private var progress: ProgressLine
  private let console: Console
  private var pendingValidations: [(MetricName, Double)] = []
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
    // A run that begins anew has been asked for nothing yet.
    if resumedStep == 0 { try? FileManager.default.removeItem(atPath: directory + "/" + Self.requestsFile) }
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
    for (name, value) in pendingValidations { report.add(name, value) }
    pendingValidations = []
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
      for (k, value) in zip(summary.passCounts, row.passAtK) {
        report.add(.accuracy(.pass(at: k), of: source), value)
      }
      report.add(.validationEntropy(of: source), row.entropy)
      report.add(.validationResponseLength(of: source), row.responseLength)
      for length in row.lengths?.named ?? [] {
        report.add(.validationLength(length.name, of: source), length.value)
      }
      // Those of the test set would have the names of the validation set's.
      guard name == "validation" else { continue }
      for statistic in row.statistics { report.add(.validationStatistic(statistic.name), statistic.value) }
    }
    pendingValidations += report.entries.map { ($0.name, $0.value) }
    note(ValidationTable(summary).text)
  }

  /// Writes the line of step 0, which is nothing but validation.
  func recordFirstValidation() throws {
    var report = StepReport(step: 0)
    for (name, value) in pendingValidations { report.add(name, value) }
    pendingValidations = []
    try metrics.append(report)
  }

  /// What validation found since the last line, by name.
  var pendingValidation: [(String, Double)] { pendingValidations.map { ($0.0.rawValue, $0.1) } }

  /// Whether the operator has asked for a reset of the reference after `step`, by a file `reset-reference` in the run's
  /// directory or by SIGUSR2 to this process.
  ///
  /// The file is removed, and the step noted first, so that a run which does the step again after a resume resets again.
  func takeResetRequest(step: Int) throws -> Bool {
    let request = directory + "/reset-reference"
    var steps = (try? String(contentsOfFile: directory + "/" + Self.requestsFile, encoding: .utf8)) ?? ""
    let isNoted = steps.split(separator: "\n").contains { Int($0) == step }
    let (isSignalled, isFiled) = (
      OperatorSignal.reset.take(), FileManager.default.fileExists(atPath: request)
    )
    guard isSignalled || isFiled else { return isNoted }
    if !isNoted {
      steps += "\(step)\n"
      try write(steps, to: Self.requestsFile)
    }
    if isFiled { try FileManager.default.removeItem(atPath: request) }
    return true
  }

  func recordRollouts(_ groups: [JudgedGroup], step: Int) throws {
    var lines = ""
    for judged in groups {
      for (sample, response) in judged.group.responses.enumerated() {
        lines +=
          RolloutLine(
            response, problem: judged.problem, group: judged.group, sample: sample, step: step,
            advantage: judged.advantages.isEmpty ? nil : judged.advantages[sample].values.first
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

  /// The directory of a committed checkpoint.
  func checkpointDirectory(step: Int) -> String {
    CheckpointStore(root: directory + "/checkpoints").directory(of: step)
  }

  /// A checkpoint of what a reset of the reference is about to replace.
  func beginSnapshot(step: Int) throws -> PendingCheckpoint {
    try CheckpointWriter.begin(root: directory + "/before-reset", step: step)
  }

  /// Completes a snapshot; only the newest one is kept.
  func commitSnapshot(_ pending: PendingCheckpoint, state: TrainerState, sampled: SampledRecords) throws {
    try commit(pending, state: state, sampled: sampled, keepLast: 1, folder: "before-reset")
  }

  /// Adds the coordinator's state, completes the checkpoint and removes old ones.
  ///
  /// - Parameters:
  ///   - pending: The checkpoint, with what learners wrote.
  ///   - state: The coordinator's state.
  ///   - sampled: What is sampled and not trained.
  ///   - keepLast: How many checkpoints stay.
  ///   - keeping: Steps whose checkpoints stay beside these.
  ///   - folder: The folder of the run's directory that it is in.
  /// - Throws: What cannot be written or read.
  func commit(
    _ pending: PendingCheckpoint, state: TrainerState, sampled: SampledRecords, keepLast: Int,
    keeping: Set<Int> = [], folder: String = "checkpoints"
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var files = [try pending.write(Array(encoder.encode(state)), to: "state.json")]
    if !sampled.isEmpty { files.append(try pending.write(sampled.bytes, to: Self.sampledFile)) }
    for name in try FileManager.default.subpathsOfDirectory(atPath: pending.directory).sorted() {
      let kind = try FileManager.default.attributesOfItem(atPath: pending.directory + "/" + name)[.type]
      let isFile = kind as? FileAttributeType == .typeRegular
      if isFile, !files.contains(where: { $0.name == name }) { files.append(try pending.describe(name)) }
    }
    let committed = try pending.commit(files: files)
    var store = CheckpointStore(root: "\(directory)/\(folder)")
    try store.prune(keepLast: max(1, keepLast), keeping: keeping, committed: committed)
  }
}
