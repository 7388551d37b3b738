import Checkpoints
import Configuration
import Coordinator
import Foundation
import Kernels
import LearnerWorker
import MessagePassing
import Messages
import Models
import PolicyOptimization
import RolloutWorker
import Tasks
import Tensors
import Tokenization

/// One training run in one process: what all its nodes share, and what each does.
///
/// Weights, model and tokenizer are made once per process; the nodes run on threads of their own.
final class TrainingJob: Sendable {
  private let run: JobDescription
  private let model: LanguageModel
  private let tokenizer: Tokenizer
  private let template: ChatTemplate

  init(_ run: JobDescription) throws {
    self.run = run
    let path = run.modelPath
    let configuration = try ModelConfiguration(directory: path)
    model = LanguageModel(
      configuration, contextLength: try run.contextLength(of: configuration),
      backend: try run.certifiedBackend(configuration), precision: run.precision)
    tokenizer = try Tokenizer(directory: path, for: configuration)
    template = try ChatTemplate.resolve(run.chatTemplate, tokenizer: tokenizer, directory: path)
  }

  private init(_ run: JobDescription, like other: TrainingJob) {
    self.run = run
    model = other.model
    tokenizer = other.tokenizer
    template = other.template
  }

  /// The same job with the checkpoint that `run` goes on from; model and tokenizer are not read again.
  func with(_ run: JobDescription) -> TrainingJob { TrainingJob(run, like: self) }

  /// The model's number of parameters.
  var parameterCount: Int { model.parameterCount }

  /// Checks what can be checked without training: weights, prompts, rank plan, memory.
  ///
  /// - Returns: What the ranks will need, in sentences.
  func check() throws -> [String] {
    try model.check(directory: run.modelPath)
    let configuration = try run.configuration()
    let source = try checkedProblems(configuration) as? FileProblems
    let rows = try checkedValidationSets(configuration).flatMap(\.problems) + (source?.problems ?? [])
    // A reward program that does not work, or a sandbox, is better found before the ranks begin.
    let scorer = try RewardScorer(configuration.data.rewardPlan)
    if configuration.data.rewardPlan.needsSandbox(for: rows) { try scorer.startSandbox() }
    return MemoryEstimate(
      model: model, configuration: configuration, plan: try run.plan,
      limits: try run.rolloutLimits(configuration)
    ).lines
  }

  /// Runs node `node` to its end; node 0 knows how the run ended, the others say that it is finished.
  func runNode(_ node: Int, links: JobLinks) throws -> RunEnd {
    if node == 0 { return try coordinate(links) }
    try work(node, links)
    return .finished
  }

  // MARK: Node 0

  private func coordinate(_ links: JobLinks) throws -> RunEnd {
    let configuration = try run.configuration()
    let conversation = Conversation(
      link: try links.control(0), roster: try run.plan.roster,
      shufflesArrival: configuration.cluster.shufflesArrival)
    let problems = try checkedProblems(configuration)
    let validation = try checkedValidationSets(configuration)
    var state = try run.initialState(configuration)
    // What is computed from here on has this run's fingerprint, whatever the checkpoint had.
    state.fingerprint = try run.fingerprint(configuration)
    let stages = configuration.stages(rows: problems.count)
    let recorder = try RunRecorder(
      directory: configuration.output.directory, totalSteps: stages[0].options.totalSteps,
      resumedStep: state.step, console: run.console(configuration))
    let loop = try TrainingLoop(
      conversation: conversation, stages: stages, problems: problems, validation: validation,
      controllers: configuration.controllers(resuming: state), state: state, recorder: recorder)
    try loop.restore(run.sampledRecords())
    let end = try loop.run()
    try conversation.stop()
    try conversation.waitUntilAllLeft()
    return end
  }

  /// The prompt stream, without prompts that are too long, or an error that names the first of them.
  private func checkedProblems(_ configuration: RunConfiguration) throws -> any ProblemSource {
    let problems = try Problems.source(configuration) { try isUsable($0, configuration) }
    try checkMix(of: problems, configuration)
    return problems
  }

  /// Checks that every stage's `data.mix` names families that there are.
  private func checkMix(of problems: any ProblemSource, _ configuration: RunConfiguration) throws {
    for stage in configuration.stages {
      do {
        _ = try PromptSampler(problems, options: stage.options.prompts, seed: configuration.seed)
      } catch {
        throw try configuration.section.section("data").fail("mix", error.reason)
      }
    }
  }

  /// What the run validates on, checked like the prompt stream.
  private func checkedValidationSets(_ configuration: RunConfiguration) throws -> [ValidationSet] {
    try Problems.validationSets(configuration).map { set in
      var set = set
      set.problems = try set.problems.filter { try isUsable($0, configuration) }
      guard !set.problems.isEmpty else {
        throw CommandError(
          """
          every prompt of the \(set.name) files is too long and `data.filter_overlong_prompts` drops them all; raise \
          `data.max_prompt_length`
          """)
      }
      return set
    }
  }

  /// Whether the prompt leaves room for a response; false where prompts that do not are to be left out.
  private func isUsable(_ problem: Problem, _ configuration: RunConfiguration) throws -> Bool {
    let limit = min(configuration.data.maximumPromptLength, model.configuration.maximumPositions - 1)
    let count = tokenizer.encode(promptText(problem.prompt, template: template)).count
    guard count > 0 else { throw RolloutError.emptyPrompt(origin: problem.origin) }
    if count <= limit { return true }
    if configuration.data.filtersOverlongPrompts { return false }
    throw RolloutError.promptTooLong(origin: problem.origin, tokens: count, limit: limit)
  }

  // MARK: Workers

  private func work(_ node: Int, _ links: JobLinks) throws {
    let configuration = try run.configuration()
    let isLearner = try run.plan.roster.learners.contains(node)
    let isRollout = try run.plan.roster.rollout.contains(node)
    let learners = try run.plan.roster.learners
    let weightsLink = try links.weights(node)
    var roles: [any WorkerRole] = []
    let learner: Learner? =
      isLearner
      ? Learner(
        model: model, options: configuration.learner, rank: learners.firstIndex(of: node) ?? 0,
        learners: learners.count) : nil
    if let learner {
      try begin(learner)
      learner.policyVersion = try run.initialState(configuration).policyVersion
    }
    if isRollout {
      let engine = RolloutEngine(
        model: model, tokenizer: tokenizer, template: template, seed: configuration.seed,
        contextLength: try run.contextLength(of: model.configuration),
        limits: try run.rolloutLimits(configuration), scorer: try RewardScorer(configuration.data.rewardPlan))
      let source = weightSource(learner, weightsLink, configuration, learners: learners.count)
      let weights = try learner?.policy ?? loadedWeights()
      roles.append(
        RolloutRole(
          engine: engine,
          store: WeightStore(
            source, version: try run.initialState(configuration).policyVersion,
            weights: configuration.lags ? copy(of: weights, isShared: learner != nil) : weights,
            make: { [model] in model.makeWeights(forTraining: false) })))
    }
    if let learner {
      roles.append(
        LearnerRole(
          learner: learner, learnersLink: try links.learners(node),
          weightsLink: isRollout ? nil : weightsLink,
          modelSource: run.modelPath))
    }
    try runWorker(roles, link: try links.control(node))
  }

  /// Where a rank that samples has new weights from.
  private func weightSource(
    _ learner: Learner?, _ link: (any CollectiveLink)?, _ configuration: RunConfiguration, learners: Int
  ) -> WeightStore.Source {
    if let learner { return configuration.lags ? .copied(learner.policy) : .shared(learner.policy) }
    guard let link else { preconditionFailure("a rank that only samples has no link to the learners") }
    return .received(
      link, WeightExchange(model, plan: ShardPlan(count: model.parameterCount, learners: learners)))
  }

  /// Weights that stay as they are while those of a learner on this rank go on.
  private func copy(of weights: ModelWeights, isShared: Bool) -> ModelWeights {
    guard isShared else { return weights }
    let own = model.makeWeights(forTraining: false)
    own.copy(from: weights)
    return own
  }

  /// Gives `learner` the checkpoint to go on from, or the model to begin with.
  private func begin(_ learner: Learner) throws {
    if let directory = run.resumeDirectory {
      try learner.load(from: directory)
    } else {
      try learner.begin(directory: run.modelPath)
    }
  }

  /// The weights that a rank begins with which only samples.
  private func loadedWeights() throws -> ModelWeights {
    let weights = model.makeWeights(forTraining: false)
    try model.load(
      directory: run.resumeDirectory.map { $0 + "/" + Learner.modelFolder } ?? run.modelPath, into: weights)
    return weights
  }
}

/// The links of this process's nodes, each taken once by its thread.
struct JobLinks: Sendable {
  let controls: [Int: Handover<any ControlLink>]
  let learnerLinks: [Int: Handover<any CollectiveLink>]
  let weightLinks: [Int: Handover<any CollectiveLink>]

  func control(_ node: Int) throws -> any ControlLink {
    guard let link = controls[node] else {
      throw CommandError("node \(node) has no link; this is a bug, report it")
    }
    return link.take()
  }

  func learners(_ node: Int) throws -> any CollectiveLink {
    guard let link = learnerLinks[node] else {
      throw CommandError("node \(node) is no learner; this is a bug, report it")
    }
    return link.take()
  }

  func weights(_ node: Int) throws -> (any CollectiveLink)? { weightLinks[node]?.take() }
}
