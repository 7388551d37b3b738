import Configuration
import Coordinator
import Dialects
import Foundation
import Kernels
import LearnerWorker
import PolicyOptimization
import Sandbox
import Tasks

/// Everything that one training run is told, checked.
struct RunConfiguration {
  let model: ModelOptions
  let data: DataOptions
  let cluster: ClusterOptions
  let output: OutputOptions
  let trainer: TrainerOptions
  let learner: LearnerOptions
  let controllers: Controllers
  /// The stages, the first with the options above; schedules have no length yet.
  let stages: [TrainerStage]
  let seed: UInt64
  /// How long the run is.
  let length: RunLength
  /// The learning rate's schedule, whatever the length.
  let schedule: ScheduleOptions
  /// Those of all stages.
  private let schedules: [ScheduleOptions]
  /// Who computes products with weights.
  let matmul: MatmulChoice
  /// The precision of products.
  let precision: PrecisionChoice
  /// Every key with its value and origin.
  let section: ConfigurationSection

  /// Reads a complete run; a key that nobody reads is an error.
  ///
  /// Other trainers' names of keys are taken for ours, and what is about their engines becomes a note.
  init(
    yaml: String, file: String, overrides: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    func root(_ changes: [String]) throws -> ConfigurationSection {
      try ConfigurationSection.load(
        yaml: yaml, file: file, overrides: overrides + changes, foreignKeys: .verl, environment: environment
      ) { _ = try? RunConfiguration($0) { _ in throw CommandError("not needed") } }
    }
    try self.init(root([])) { changes in try RunConfiguration(root(changes)) { _ in nil } }
  }

  /// Reads every key of `section`, the root.
  ///
  /// - Parameters:
  ///   - section: The root.
  ///   - changed: Reads the run with what a stage changes; nil where that is not asked for.
  /// - Throws: A sentence about the first key or value that cannot be.
  private init(
    _ section: ConfigurationSection, changed: (_ changes: [String]) throws -> RunConfiguration?
  ) throws {
    self.section = section
    let sections = try AlgorithmSections(section)
    model = try ModelOptions(section.section("actor_rollout_ref").section("model"))
    data = try DataOptions(
      sections.data, reward: sections.reward, sandbox: SandboxSettings(section.section("sandbox")))
    cluster = try ClusterOptions(section.section("cluster"), rollout: sections.rollout)
    output = try OutputOptions(sections.trainer)
    let seed = UInt64(try sections.trainer.integer("seed", default: 1, in: 0...Int.max))
    self.seed = seed
    length = try RunLength(sections.trainer)
    schedule = try ScheduleOptions(sections.actor.section("optim"))
    matmul = try sections.numerics.choice("matmul", default: .auto)
    precision = try sections.numerics.choice("precision", default: .auto)
    let controllers = try section.locating { try Controllers(sections) }
    self.controllers = controllers
    let data = data
    var learner = try section.locating { try LearnerOptions(sections, data: data) }
    learner.plans[0].hasOtherParts = learner.firstPlan.loss.klPenalty != nil || controllers.hasEntropyBonus
    let trainer = try section.locating { [learner] in
      try TrainerOptions(sections, data: data, learner: learner, seed: seed)
    }
    let descriptions = try StageDescription.all(section)
    try section.close()
    try section.refuseContradictions()
    var stages = [TrainerStage(name: "the first stage", start: .step(1), options: trainer)]
    var schedules = [schedule]
    var changes: [String] = []
    for stage in descriptions {
      changes += stage.changes
      guard let later = try changed(changes) else { continue }
      stages.append(
        TrainerStage(
          name: stage.name, start: stage.start, resetsReference: stage.resetsReference,
          controllers: later.controllers, options: later.trainer))
      schedules.append(later.schedule)
      learner.plans += later.learner.plans
      learner.longestResponse = max(learner.longestResponse, later.learner.longestResponse)
    }
    learner.keepsReference = learner.plans.contains(where: \.needsReference) || trainer.rewardPenalty != nil
    (self.learner, self.trainer, self.stages, self.schedules) = (learner, trainer, stages, schedules)
    try refuseIdleKeys(sections.algorithm)
    try refuseIdleCurriculum(sections.data)
    try refuseUnknownParts(sections.algorithm)
    try refuseStalePenalty(sections.algorithm)
  }

  /// Whether sampling may lie ahead of training, so that it needs weights of its own.
  var lags: Bool { trainer.staleness > 0 || trainer.admission.keepsSurplus }

  /// The stages of a run over `rows` rows, none for endless problems.
  func stages(rows: Int?) -> [TrainerStage] {
    let steps = length.steps(rows: rows, batch: data.trainBatchSize)
    return zip(stages, schedules).map { stage, schedule in
      var stage = stage
      stage.options.totalSteps = steps
      stage.options.schedule = schedule.schedule(totalSteps: steps)
      return stage
    }
  }

  /// The coefficients' controllers where a checkpoint left them.
  func controllers(resuming state: TrainerState) throws -> Controllers {
    let stage = stages[state.stage.stage(of: state.step + 1, in: stages)]
    return try (stage.controllers ?? controllers).resumed(state)
  }

  /// Refuses a penalty in the reward where it would be of another reference than the one in training.
  private func refuseStalePenalty(_ algorithm: ConfigurationSection) throws {
    guard stages.contains(where: { $0.options.rewardPenalty != nil }), lags else { return }
    throw algorithm.fail(
      "use_kl_in_reward",
      """
      is true, and so groups must be sampled by the policy that trains on them; set `algorithm.staleness: 0` and \
      `algorithm.filter_groups.surplus: discard`
      """)
  }

  /// Refuses a curriculum of problems that never come twice.
  private func refuseIdleCurriculum(_ section: ConfigurationSection) throws {
    guard data.trainFiles.isEmpty, trainer.prompts.curriculum != nil else { return }
    throw try section.section("curriculum").fail(
      "enable",
      """
      is true, but the built-in problems are drawn without end and none comes twice, so there is no rate to go by; \
      name files in `data.train_files`, or choose families by `data.mix`
      """)
  }

  /// Refuses parts of the reward that no reward of this run can have.
  private func refuseUnknownParts(_ algorithm: ConfigurationSection) throws {
    guard trainer.estimator.kind == .gdpo else { return }
    for key in trainer.estimator.options.rewardKeys where !data.rewardPlan.mayGive(key) {
      throw algorithm.fail(
        "gdpo_reward_keys",
        """
        names `\(key)`, and no reward of this run gives such a number; they give \
        \(data.rewardPlan.given.map { "`\($0)`" }.joined(separator: ", "))
        """)
    }
  }

  /// Refuses keys that steer by what nobody measures.
  private func refuseIdleKeys(_ algorithm: ConfigurationSection) throws {
    let reset = try algorithm.section("reference_reset")
    if controllers.reset.options.needsValidation, trainer.testFrequency <= 0 {
      throw reset.fail(
        "plateau_patience", "looks at validation, and `trainer.test_freq` asks for none; set it")
    }
    guard !learner.plans.contains(where: { $0.loss.klPenalty != nil }) else { return }
    let remedy = "needs `actor_rollout_ref.actor.use_kl_loss: true`, which measures the KL it goes by"
    if controllers.kl.rule != .fixed { throw try algorithm.section("kl_control").fail("adaptive", remedy) }
    guard trainer.rewardPenalty == nil else { return }
    if controllers.reset.options.klThreshold != nil { throw reset.fail("kl_threshold", remedy) }
    if controllers.reset.options.klSpike != nil { throw reset.fail("kl_spike_factor", remedy) }
  }
}

/// Who computes products with weights.
enum MatmulChoice: String, CaseIterable {
  case auto
  case micro
  case onednn
  case openblas
}

/// The precision of products, embeddings, and kept keys and values.
enum PrecisionChoice: String, CaseIterable {
  case auto
  case fp32
  case bf16

  /// What is asked for; automatically bf16 where the processor multiplies it natively.
  var resolved: Precision {
    switch self {
    case .auto: .native
    case .fp32: .fp32
    case .bf16: .bf16
    }
  }
}

/// The model to train.
struct ModelOptions {
  /// A Hugging Face directory.
  let path: String

  init(_ section: ConfigurationSection) throws {
    path = try Locations.resolve(
      section.string("path", default: "embedded:configs/quickstart-model", aliases: ["model_name"]))
  }
}

/// The problems and the lengths of what is said about them.
struct DataOptions {
  let trainFiles: [String]
  let validationFiles: [String]
  let testFiles: [String]
  let reward: RewardRule?
  let rewardPlan: RewardPlan
  let isShuffled: Bool
  let validationPerKind: Int
  let testPerKind: Int
  let chatTemplate: String
  let filtersOverlongPrompts: Bool
  let maximumPromptLength: Int
  let maximumResponseLength: Int
  let trainBatchSize: Int
  let genBatchSize: Int

  init(
    _ data: ConfigurationSection, reward section: ConfigurationSection, sandbox: SandboxSettings
  ) throws {
    trainFiles = try data.strings("train_files", default: [])
    validationFiles = try data.strings("val_files", default: [])
    testFiles = try data.strings("test_files", default: [])
    isShuffled = try data.boolean("shuffle", default: true)
    validationPerKind = try data.integer("val_per_kind", default: 16, in: 0...10_000)
    testPerKind = try data.integer("test_per_kind", default: 32, in: 0...10_000)
    chatTemplate = try data.string("chat_template", default: "auto")
    filtersOverlongPrompts = try data.boolean("filter_overlong_prompts", default: false)
    maximumPromptLength = try data.integer("max_prompt_length", default: 1024, in: 1...1 << 24)
    maximumResponseLength = try data.integer(
      "max_response_length", default: 1024, in: 1...1 << 24, aliases: ["max_length"])
    trainBatchSize = try data.integer(
      "train_batch_size", default: 32, in: 1...1 << 20, aliases: ["batch_size"])
    genBatchSize = try data.integer("gen_batch_size", default: trainBatchSize, in: 1...1 << 20)
    let rewards = try RewardOptions(section)
    var plan = rewards.plan
    plan.sandbox = sandbox
    (reward, rewardPlan) = (rewards.rowRule, plan)
  }
}

/// How ranks share the work.
struct ClusterOptions {
  enum Placement: String, CaseIterable {
    case auto
    case colocated
    case split
  }

  let placement: Placement
  let rolloutRanks: Int?
  let learnerRanks: Int?
  let threads: Int?
  let liveGroups: Int?
  /// Bytes that a rollout rank's keys and values may take.
  let cacheBytes: Int
  let shufflesArrival: Bool

  init(_ cluster: ConfigurationSection, rollout: ConfigurationSection) throws {
    placement = try cluster.choice("placement", default: .auto)
    rolloutRanks = try cluster.optionalInteger("rollout_ranks", in: 1...1 << 20)
    learnerRanks = try cluster.optionalInteger("learner_ranks", in: 1...1 << 20)
    threads = try cluster.optionalInteger("threads", in: 1...4096)
    shufflesArrival = try cluster.boolean("shuffle_arrival", default: false)
    liveGroups = try rollout.optionalInteger("max_live_groups", in: 1...1 << 20)
    cacheBytes = try rollout.integer("kv_cache_memory_mib", default: 4096, in: 1...1 << 30) << 20
  }
}

/// How many steps a run takes.
struct RunLength {
  private let steps: Int?
  private let epochs: Int

  init(_ trainer: ConfigurationSection) throws {
    steps = try trainer.optionalInteger("total_training_steps", in: 0...1 << 30)
    epochs = try trainer.integer("total_epochs", default: 1, in: 1...1 << 30, aliases: ["n_epochs"])
  }

  /// The steps asked for, or those that `total_epochs` passes over `rows` rows take; 100 for endless
  /// problems.
  func steps(rows: Int?, batch: Int) -> Int {
    steps ?? rows.map { epochs * (($0 + batch - 1) / batch) } ?? 100
  }
}

/// `optim.lr` and how it changes.
struct ScheduleOptions {
  private enum Kind: String, CaseIterable {
    case constant
    case cosine
    case linear
  }

  private let peak: Double
  private let shape: LearningRateSchedule.Shape
  private let warmup: Int
  private let warmupRatio: Double
  private let isZeroIndexed: Bool
  private let holdsFinalRate: Bool

  init(_ optimizer: ConfigurationSection) throws {
    peak = try optimizer.number("lr", default: 1e-6, in: 0...100)
    let kind: Kind = try optimizer.choice("lr_scheduler_type", default: .constant, aliases: ["warmup_style"])
    let floor = try optimizer.number("min_lr_ratio", default: 0, in: 0...1)
    let cycles = try optimizer.number("num_cycles", default: 0.5, in: 0...1000)
    warmup = try optimizer.integer("lr_warmup_steps", default: 0, in: -1...1 << 30)
    warmupRatio = try optimizer.number("lr_warmup_steps_ratio", default: 0, in: 0...1)
    isZeroIndexed = try optimizer.boolean("zero_indexed_step", default: true)
    holdsFinalRate = try optimizer.boolean("hold_final_rate", default: true)
    shape =
      switch kind {
      case .constant: .constant
      case .cosine: .cosine(minimumRatio: floor, cycles: cycles)
      case .linear: .linear(minimumRatio: floor)
      }
  }

  /// The schedule of a run of so many steps.
  func schedule(totalSteps: Int) -> LearningRateSchedule {
    LearningRateSchedule(
      peak: peak, shape: shape,
      warmupSteps: LearningRateSchedule.warmupSteps(warmup, ratio: warmupRatio, totalSteps: totalSteps),
      totalSteps: totalSteps, isZeroIndexed: isZeroIndexed, holdsFinalRate: holdsFinalRate)
  }
}

/// Where a run's files go and what the operator sees.
struct OutputOptions {
  enum ResumeMode: String, CaseIterable {
    case auto
    case disable
    case resumePath = "resume_path"
  }

  let directory: String
  let resumeMode: ResumeMode
  let resumePath: String?
  let loggers: [String]
  let allowsOtherFingerprint: Bool

  init(_ trainer: ConfigurationSection) throws {
    let name = try trainer.string("experiment_name", default: "quickstart")
    directory = try trainer.string("default_local_dir", default: "runs/\(name)")
    resumeMode = try trainer.choice("resume_mode", default: .auto)
    resumePath = try trainer.optionalString("resume_from_path")
    loggers = try Loggers.read(trainer)
    allowsOtherFingerprint = try trainer.boolean("allow_other_fingerprint", default: false)
  }
}
