import Configuration
import Coordinator
import Foundation
import Kernels

/// What the operator reads first and last.
struct Start {
  let job: JobDescription
  let plan: RankPlan
  let parameters: Int
  let threads: Int

  func announce() {
    guard let configuration = try? job.configuration(), !configuration.output.loggers.contains("silent")
    else { return }
    let millions = (Double(parameters) / 1e5).rounded() / 10
    Terminal.say("prorl-coordinator \(programVersion)")
    Terminal.say(
      """
      model    \(job.modelPath), \(millions) million parameters, \(job.precision.rawValue), products by \(job.matmul)
      """)
    Terminal.say("ranks    \(plan.description); \(threads) thread\(threads == 1 ? "" : "s") each")
    if let resume = job.resumeDirectory { Terminal.say("resume   \(resume)") }
    Terminal.say("run      \(configuration.output.directory)")
    Self.warn(of: job, configuration)
  }

  /// Prints one line for each key that has no effect, or another one than might be thought.
  static func warn(of job: JobDescription, _ configuration: RunConfiguration) {
    for line in job.translationNotes + configuration.section.notes.compactMap(\.warning) {
      Terminal.complain(line)
    }
  }

  static func sayWhereResultsAre(_ job: JobDescription) {
    guard let configuration = try? job.configuration(), !configuration.output.loggers.contains("silent")
    else { return }
    let directory = configuration.output.directory
    Terminal.say(
      """
      done     \(directory)/checkpoints holds the trained model (in the newest global_step_…/huggingface),
               \(directory)/metrics.jsonl the numbers, \(directory)/rollouts the responses
      """)
  }
}

extension JobDescription {
  /// What a rank other than 0 holds until rank 0's arrives.
  static let standIn = JobDescription(
    yaml: "", file: "", overrides: [], variables: [:], modelPath: "", chatTemplate: "", resumeDirectory: nil,
    processes: 0,
    matmul: "", precision: .fp32)

  private init(
    yaml: String, file: String, overrides: [String], variables: [String: String], modelPath: String,
    chatTemplate: String,
    resumeDirectory: String?, processes: Int, matmul: String, precision: Precision
  ) {
    self.yaml = yaml
    self.file = file
    self.overrides = overrides
    self.variables = variables
    self.modelPath = modelPath
    self.chatTemplate = chatTemplate
    self.resumeDirectory = resumeDirectory
    self.processes = processes
    self.matmul = matmul
    self.precision = precision
  }
}
