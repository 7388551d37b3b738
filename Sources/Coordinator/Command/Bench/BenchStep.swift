import ArgumentParser
import Coordinator
import Foundation
import MessagePassing
import Models
import Tensors
import Timing

extension Bench {
  /// Whole steps, as a run does them.
  struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure whole GRPO steps: sampling, scoring, reference, gradient, update, new weights.",
      discussion: """
        Runs `train` itself on random prompts, for one step that is not counted and --steps that are. Responses all \
        have the same length, the reward is a coin. Under mpirun the ranks share the work as in training: two are \
        colocated, three and more split. With --staleness K, K steps more at both ends are not counted, in which \
        sampling runs ahead or has nothing left to do.
        """)

    @OptionGroup var subject: BenchSubjectOptions
    @OptionGroup var lengths: BenchLengthOptions

    @Option(help: "Prompts of each step.")
    var prompts = 8

    @Option(help: "Keep the most likely tokens that together have this probability.")
    var topP = 1.0

    @Option(help: "How many steps sampling lies ahead of training.")
    var staleness = 0

    @Flag(help: "Leave out the reference model, as without a KL penalty.")
    var noReference = false

    @Option(
      help: """
        Where model, prompts and run are kept; all ranks must see it. By default a temporary folder, removed at the end.
        """)
    var directory: String?

    @Argument(help: "Further overrides of the run's configuration, such as cluster.rollout_ranks=2.")
    var overrides: [String] = []

    func validate() throws {
      guard (1...65_535).contains(prompts) else { throw ValidationError("--prompts must be in 1...65535") }
      guard topP > 0, topP <= 1 else { throw ValidationError("--top-p must be above 0 and at most 1") }
      guard (0...16).contains(staleness) else { throw ValidationError("--staleness must be in 0...16") }
    }

    /// Which steps count.
    private var window: StepWindow {
      StepWindow(before: 1 + staleness, measured: lengths.steps, after: staleness)
    }

    func run() throws {
      try reportingErrors {
        let ranks: Int
        switch try Launch.detect() {
        case .alone: ranks = 1
        case .ranks(_, let expected): ranks = expected ?? 1
        }
        let folder = try BenchFolder(directory)
        let job = StepJob(folder: folder.path, rank: Launch.rankHint ?? 0, ranks: ranks)
        defer { if job.rank == 0 { folder.remove() } }
        try measure(job)
      }
    }

    private func measure(_ job: StepJob) throws {
      let prepared = job.rank == 0 ? try prepare(job) : nil
      if job.rank > 0 { try job.waitUntilReady() }
      ResidentMemory.resetPeak()
      PhaseClock.start()
      let training = try Train.parse(["--config", job.configuration] + (prepared?.overrides ?? []))
      try training.run()
      PhaseClock.stop()
      try job.write(RankReport(job, window))
      if let prepared { try report(job, prepared) }
    }

    /// What rank 0 knows before the run.
    private struct Prepared {
      let configuration: ModelConfiguration
      let choice: BenchChoice
      let peak: PeakReport
      /// Of the run's configuration; the other ranks get them from this one.
      let overrides: [String]
    }

    /// Makes model, prompts and configuration, and measures the peak while the other ranks sleep.
    private func prepare(_ job: StepJob) throws -> Prepared {
      Launch.releaseCores()
      ThreadPool.configure(threads: ProcessInfo.processInfo.activeProcessorCount)
      let files = try BenchModel(
        subject, lengths: lengths, prompts: max(64, prompts * window.count), in: job.folder)
      let choice = try BenchChoice(subject, for: files.configuration)
      let peak = try ProductMeter.peak(choice.precision)
      try Data(runConfiguration(files, job).utf8).write(to: URL(filePath: job.configuration))
      try job.sayReady()
      let threads = subject.threads.map { ["cluster.threads=\($0)"] } ?? []
      return Prepared(
        configuration: files.configuration, choice: choice, peak: peak,
        overrides: choice.overrides + threads + overrides)
    }

    private func runConfiguration(_ files: BenchModel, _ job: StepJob) -> String {
      """
      actor_rollout_ref:
        model: {path: "\(files.directory)"}
        actor:
          ppo_mini_batch_size: \(prompts)
          use_kl_loss: \(!noReference)
          kl_loss_coef: 0.02
          optim: {lr: 1.0e-6}
        rollout: {n: \(lengths.samples), top_p: \(topP)}
      algorithm:
        filter_groups: {enable: false}
        staleness: \(staleness)
      data:
        train_files: ["\(files.prompts)"]
        train_batch_size: \(prompts)
        max_prompt_length: \(lengths.promptTokens)
        max_response_length: \(lengths.newTokens)
        chat_template: none
      reward: {name: keywords, keywords: [\(BenchTokenizer.coin)]}
      trainer:
        seed: \(subject.seed)
        total_training_steps: \(window.count)
        save_freq: -1
        val_before_train: false
        resume_mode: disable
        default_local_dir: "\(job.runDirectory)"
        logger: [silent]
      """
    }

    // MARK: Report

    private func report(_ job: StepJob, _ prepared: Prepared) throws {
      var ranks = try job.gather()
      for (rank, role) in try job.roles().enumerated() { ranks[rank].role = role }
      let steps = try RunMetrics(job.runDirectory + "/metrics.jsonl").steps
      let lines = steps.dropFirst(window.before).prefix(window.measured)
      let times = TimesReport(lines.compactMap { $0["timing_s/step"] })
      guard times.all.count == lengths.steps else {
        throw CommandError(
          "\(times.all.count) of \(lengths.steps) steps were measured; see \(job.runDirectory)")
      }
      let peak = prepared.peak.measuredAgain()
      let cost = ModelCost(prepared.configuration)
      let group = GroupLengths(
        promptTokens: lengths.promptTokens, responses: lengths.samples, newTokens: lengths.newTokens)
      // Sampling, reference, policy forward, and backward, which costs two.
      let passes = noReference ? 4.0 : 5.0
      func mean(_ name: String) -> Double { TimesReport(lines.compactMap { $0[name] }).mean }
      let outcome = StepReportOutcome(
        seconds: times,
        tokensPerSecond: Double(prompts * lengths.samples * lengths.newTokens) / times.best,
        rate: RateReport(
          flop: Double(prompts) * passes * cost.forward(group), seconds: times.best, peak: peak),
        samplingSeconds: mean("timing_s/gen"), updateSeconds: mean("timing_s/update_actor"),
        weightsSeconds: mean("timing_s/weights"),
        largestProbabilityDifference: lines.compactMap { $0["training/rollout_probs_diff_max"] }.max()
          ?? .nan,
        peakResidentBytes: ranks.reduce(0) { $0 + $1.peakResidentBytes }, ranks: ranks)
      let threads = ranks.map(\.threads).max() ?? 1
      let report = BenchReport(
        benchmark: "step",
        machine: MachineReport(threads: threads, ranks: job.ranks, subject: prepared.choice),
        model: ModelReport(
          name: subject.name,
          parameters: LanguageModel(prepared.configuration, contextLength: 1).parameterCount, cost: cost),
        workload: Workload(
          prompts: prompts, samples: lengths.samples, promptTokens: lengths.promptTokens,
          newTokens: lengths.newTokens, steps: lengths.steps, topP: topP, hasReference: !noReference,
          seed: subject.seed, overrides: overrides),
        gemmPeak: peak, result: outcome)
      try report.show(asJSON: subject.json) {
        [
          "work      \(prompts) prompts × \(lengths.samples) responses, \(lengths.promptTokens) + \(lengths.newTokens) tokens, "
            + (noReference ? "no reference" : "reference on")
        ] + outcome.lines
      }
    }

    struct Workload: Encodable {
      let prompts: Int
      let samples: Int
      let promptTokens: Int
      let newTokens: Int
      let steps: Int
      let topP: Double
      let hasReference: Bool
      let seed: UInt64
      let overrides: [String]
    }
  }
}

/// What whole steps came to.
struct StepReportOutcome: Encodable {
  let seconds: TimesReport
  /// Response tokens per second of the best step.
  let tokensPerSecond: Double
  let rate: RateReport
  /// Mean of `timing_s/gen`: until the last group is scored; learners may be at work already.
  let samplingSeconds: Double
  /// Mean of `timing_s/update_actor`: from then on until the weights are out.
  let updateSeconds: Double
  /// Mean of `timing_s/weights`, as the coordinator sees it.
  let weightsSeconds: Double
  /// `training/rollout_probs_diff_max`, which must be 0.
  let largestProbabilityDifference: Double
  /// The ranks' peaks together.
  let peakResidentBytes: Int
  let ranks: [RankReport]

  var lines: [String] {
    var lines = [
      seconds.line, "speed     \(decimal(tokensPerSecond, 1)) tokens/s", rate.line,
      "step      sampling \(decimal(samplingSeconds, 3)) s, then update \(decimal(updateSeconds, 3)) s",
      "memory    \(gibibytes(peakResidentBytes)), all ranks together",
      "row law   rollout_probs_diff_max \(largestProbabilityDifference)",
    ]
    for rank in ranks {
      let idle = rank.idleShare.map { "idle \(percent($0)), " } ?? ""
      lines += [
        "",
        "rank \(rank.rank)    \(rank.role), \(idle)\(gibibytes(rank.peakResidentBytes)), "
          + "first token after \(rank.secondsToFirstToken.map { decimal($0, 2) + " s" } ?? "–")",
      ]
      if rank.stepSeconds > 0 { lines += rank.phases.lines(of: rank.stepSeconds) }
    }
    return lines
  }
}

/// Which steps of a run are measured.
struct StepWindow {
  /// Steps before those, at least one.
  let before: Int
  /// How many are measured.
  let measured: Int
  /// Steps behind them.
  let after: Int

  /// All steps.
  var count: Int { before + measured + after }
}

/// What one rank did in the measured steps.
struct RankReport: Codable {
  let rank: Int
  /// `coordinator`, `rollout`, `learner`, or `worker` for both of the latter.
  var role = ""
  let threads: Int
  let peakResidentBytes: Int
  /// The share of the step that the rank waited for orders; nil for a rank that only coordinates.
  let idleShare: Double?
  /// From the start of training to the first prompt's first token, model loading and MPI's start included.
  let secondsToFirstToken: Double?
  /// A step as this rank sees it, the mean.
  let stepSeconds: Double
  /// Of one step, the mean.
  let phases: PhasesReport

  /// This rank's, when all steps are done.
  init(_ job: StepJob, _ window: StepWindow) {
    rank = job.rank
    threads = ThreadPool.threads
    peakResidentBytes = ResidentMemory.peak
    // A rank laps as often in every step.
    let laps = PhaseClock.laps
    let perStep = laps.count / window.count
    let end = (window.before + window.measured) * perStep - 1
    let measured = perStep == 0 ? PhaseTable() : laps[end] - laps[window.before * perStep - 1]
    phases = PhasesReport(measured, rounds: window.measured)
    stepSeconds = Double(measured.elapsed) * 1e-9 / Double(window.measured)
    idleShare = perStep == 0 ? nil : Double(measured[.idle]) / Double(max(1, measured.elapsed))
    secondsToFirstToken = PhaseClock.table.firstEntered[.decode].map { Double($0) * 1e-9 }
  }
}

/// How the ranks of a measured run find each other before MPI is up and after it is down: by files.
struct StepJob {
  let folder: String
  let rank: Int
  let ranks: Int

  /// The run's own directory, new for each job.
  var runDirectory: String { folder + "/run-" + BenchFolder.job }
  var configuration: String { folder + "/run-" + BenchFolder.job + ".yaml" }
  private var ready: String { folder + "/ready-" + BenchFolder.job }

  func sayReady() throws { try Data().write(to: URL(filePath: ready)) }

  /// Sleeps until rank 0 has made everything; a full core is left to it.
  func waitUntilReady() throws {
    try wait(seconds: 1800, for: ready)
  }

  func write(_ report: RankReport) throws {
    let data = try JSONEncoder().encode(report)
    try data.write(to: URL(filePath: path(of: report.rank)), options: .atomic)
  }

  /// The reports of all ranks.
  func gather() throws -> [RankReport] {
    try (0..<ranks).map { rank in
      try wait(seconds: 60, for: path(of: rank))
      return try JSONDecoder().decode(RankReport.self, from: Data(contentsOf: URL(filePath: path(of: rank))))
    }
  }

  /// What each rank was, by the plan of the run's own configuration.
  func roles() throws -> [String] {
    let file = runDirectory + "/config.yaml"
    let configuration = try RunConfiguration(
      yaml: String(contentsOfFile: file, encoding: .utf8), file: file, overrides: [])
    let plan = try RankPlan(configuration.cluster, processes: ranks)
    return (0..<ranks).map { rank in
      let nodes = Set(plan.map.nodes(in: rank))
      return
        switch (nodes.isDisjoint(with: plan.roster.rollout), nodes.isDisjoint(with: plan.roster.learners))
      {
      case (false, false): "worker"
      case (false, true): "rollout"
      case (true, false): "learner"
      case (true, true): "coordinator"
      }
    }
  }

  private func path(of rank: Int) -> String { runDirectory + "/bench-rank-\(rank).json" }

  private func wait(seconds: Double, for path: String) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while !FileManager.default.fileExists(atPath: path) {
      guard ContinuousClock.now < end else {
        throw CommandError("\(path): does not appear; --directory must be a folder that all ranks see")
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}

/// The numbers of a run's metrics file, step by step.
struct RunMetrics {
  let steps: [[String: Double]]

  init(_ path: String) throws {
    steps = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let data = object?["data"] as? [String: Any] ?? [:]
      return data.compactMapValues { ($0 as? NSNumber)?.doubleValue }
    }
  }
}
