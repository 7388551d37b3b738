import Checkpoints
import Configuration
import Coordinator
import Dialects
import Foundation
import Kernels
import LearnerWorker
import MessagePassing
import Messages
import Models
import PolicyOptimization
import RolloutWorker

/// What every process of a job must know, read on rank 0 and sent to the others as bytes.
struct JobDescription: Sendable, Codable {
  /// The text of the configuration file.
  var yaml: String
  /// Its name, for error messages.
  var file: String
  /// Overrides of the command line.
  var overrides: [String]
  /// The variables of the environment that the configuration names; other machines may have others.
  var variables: [String: String]
  /// What the operator should know of another trainer's file that was translated, in sentences.
  var translationNotes: [String] = []
  /// The model directory.
  var modelPath: String
  /// How messages become prompts.
  var chatTemplate: String
  /// The verified checkpoint to go on from.
  var resumeDirectory: String?
  /// The processes of the job.
  var processes: Int
  /// Who computes products with weights, a case of `MatrixBackend`.
  var matmul: String
  /// The precision of products.
  var precision: Precision

  /// Reads the configuration file and finds the checkpoint to go on from.
  init(file: String, overrides: [String], processes: Int) throws {
    try self.init(
      text: Self.text(of: file), file: file, overrides: overrides, processes: processes)
  }

  /// Reads a configuration of TRL's, translated; `overrides` are in this program's keys.
  init(trlFile: String, overrides: [String], processes: Int) throws {
    let translation = try Self.translation(trlFile: trlFile, overrides: overrides)
    try self.init(
      text: translation.yaml, file: "\(trlFile), translated", overrides: overrides, processes: processes)
    translationNotes = translation.notes.compactMap(\.warning)
  }

  /// What `trlFile` says in this program's keys.
  static func translation(trlFile: String, overrides: [String]) throws -> TRLTranslation {
    let given = overrides.map { String($0.drop { "+~".contains($0) }.prefix { $0 != "=" }) }
    return try TRLTranslation(
      yaml: text(of: trlFile), file: trlFile, given: Set(given),
      environment: ProcessInfo.processInfo.environment)
  }

  /// The text of a configuration file.
  static func text(of file: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CommandError("\(file): cannot be read; give the path of a configuration with --config")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private init(text: String, file: String, overrides: [String], processes: Int) throws {
    yaml = text
    self.file = file
    self.overrides = overrides
    self.processes = processes
    let configuration = try RunConfiguration(yaml: yaml, file: file, overrides: overrides)
    variables = configuration.section.variables
    modelPath = configuration.model.path
    chatTemplate = configuration.data.chatTemplate
    precision = configuration.precision.resolved
    matmul = try Self.chooseBackend(configuration, precision: precision).rawValue
  }

  /// The backend asked for, or the first that keeps the row law here.
  private static func chooseBackend(
    _ configuration: RunConfiguration, precision: Precision
  ) throws -> MatrixBackend {
    guard let backend = MatrixBackend(rawValue: configuration.matmul.rawValue) else {
      let model = try ModelConfiguration(directory: configuration.model.path)
      return try Certification.automatic(
        precision: precision, shapes: LanguageModel.productShapes(model), notes: Self.notes)
    }
    return backend
  }

  /// The backend, which this machine must have and which must keep the row law here.
  func certifiedBackend(_ model: ModelConfiguration) throws -> MatrixBackend {
    guard let backend = MatrixBackend(rawValue: matmul), backend.isAvailable else {
      throw CommandError(
        "`numerics.matmul: \(matmul)` needs a library that is not installed here; install it or use `auto`")
    }
    guard backend.supports(precision) else {
      throw CommandError(
        """
        `numerics.matmul: \(matmul)` has no \(precision.rawValue) on this processor; use `numerics.matmul: auto`, or \
        another `numerics.precision`
        """)
    }
    try Certification.certify(
      backend, precision: precision, shapes: LanguageModel.productShapes(model), notes: Self.notes)
    return backend
  }

  /// Where full checks of the row law are remembered.
  private static let notes = CertificateNotes.inCache(program: programVersion)

  /// The options, parsed from the same bytes on every rank.
  func configuration() throws -> RunConfiguration {
    try RunConfiguration(yaml: yaml, file: file, overrides: overrides, environment: variables)
  }

  /// Who does what.
  var plan: RankPlan {
    get throws { try RankPlan(configuration().cluster, processes: processes) }
  }

  /// The longest sequence that prompts and responses of this run can make.
  func contextLength(of model: ModelConfiguration) throws -> Int {
    let lengths = try configuration().learner
    return min(model.maximumPositions, lengths.longestPrompt + lengths.longestResponse)
  }

  /// How much a rollout rank samples at a time.
  func rolloutLimits(_ configuration: RunConfiguration) throws -> RolloutLimits {
    let samples = configuration.stages.map(\.options.samplesPerPrompt).max() ?? 1
    let (cluster, plan) = try (configuration.cluster, plan)
    let ranks = max(1, plan.roster.rollout.count)
    let responses =
      cluster.liveGroups.map { $0 * samples }
      ?? RolloutLimits.responses(
        groups: (configuration.data.genBatchSize + ranks - 1) / ranks, samples: samples,
        feedsLearners: plan.placement == .split)
    return RolloutLimits(responses: responses, cacheBytes: cluster.cacheBytes)
  }

  /// The state to go on from.
  func initialState(_ configuration: RunConfiguration) throws -> TrainerState {
    guard let resumeDirectory else {
      return TrainerState(configuration.controllers, fingerprint: try fingerprint(configuration))
    }
    let path = resumeDirectory + "/state.json"
    guard let data = FileManager.default.contents(atPath: path),
      let state = try? JSONDecoder().decode(TrainerState.self, from: data)
    else { throw CommandError("\(path): is no state of this version; resume with the program that wrote it") }
    return state
  }

  /// What the checkpoint to go on from had sampled and not trained.
  func sampledRecords() throws -> SampledRecords {
    guard let resumeDirectory else { return SampledRecords() }
    let path = resumeDirectory + "/" + RunRecorder.sampledFile
    guard let data = FileManager.default.contents(atPath: path) else { return SampledRecords() }
    do {
      return try SampledRecords(bytes: Array(data))
    } catch {
      throw CommandError("\(path): \(error)")
    }
  }

  /// What a run's bits depend on beside its weights and data.
  func fingerprint(_ configuration: RunConfiguration) throws -> String {
    let model = try ModelConfiguration(directory: modelPath)
    let shapes = LanguageModel.productShapes(model)
    let kernels = NumericsFingerprint.current(
      backend: MatrixBackend(rawValue: matmul) ?? .micro, precision: precision, shapes: shapes,
      rotaryFrequencies: model.rotaryFrequencies)
    return [
      "seed=\(configuration.seed)", "fold=\(configuration.learner.foldScale)",
      "piece=\(configuration.learner.pieceTokens)",
      "precision=\(precision.rawValue)", "kernels=\(kernels)",
    ].joined(separator: " ")
  }

  /// How steps appear.
  func console(_ configuration: RunConfiguration) -> RunRecorder.Console {
    if configuration.output.loggers.contains("console") { return .metrics }
    if configuration.output.loggers.contains("silent") { return .silent }
    return .progress(terminalWidth: Launch.terminalWidth())
  }
}
