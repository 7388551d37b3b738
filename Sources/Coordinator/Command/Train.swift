import ArgumentParser
import Checkpoints
import Configuration
import Coordinator
import Dialects
import Foundation
import MessagePassing
import PolicyOptimization
import Synchronization
import Tensors

/// Trains.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model; the default command.",
    discussion: """
      Example:
        mpirun -np 3 prorl-coordinator train --config run.yaml actor_rollout_ref.rollout.n=16
      """)

  @Option(name: .shortAndLong, help: "The run's YAML file; without it, the embedded default.")
  var config: String?

  @Option(help: "A configuration of TRL's GRPO trainer, translated as docs/from-trl.md says.")
  var fromTrl: String?

  @Option(help: "Hydra's name for the folder of --config-name.")
  var configPath: String?

  @Option(help: "Hydra's name for the file, with or without .yaml.")
  var configName: String?

  @Option(help: "Hydra's --cfg job: as --print-config.")
  var cfg: HydraPrint?

  @Flag(help: "Print the resolved configuration with what became of every key, and end.")
  var printConfig = false

  @Flag(help: "Check files, model, memory and rank plan, and end without training.")
  var dryRun = false

  @Option(help: "With --dry-run: plan for so many processes.")
  var processes: Int?

  @Argument(help: "Overrides of the file, such as trainer.total_training_steps=10.")
  var overrides: [String] = []

  func validate() throws {
    if [config, fromTrl, configName].count(where: { $0 != nil }) > 1 {
      throw ValidationError(
        "--config, --config-name and --from-trl each name the run's file; give one of them")
    }
    if configPath != nil, configName == nil {
      throw ValidationError("--config-path names a folder; give the file's name with --config-name")
    }
  }

  func run() throws {
    // A reader that goes away (a closed pager) is no reason to lose a run without a word.
    signal(SIGPIPE, SIG_IGN)
    OperatorSignal.hold()
    if printConfig || cfg != nil || dryRun { return try reportingErrors { try describe() } }
    let launch: Launch
    do { launch = try Launch.detect() } catch { return try reportingErrors { throw error } }
    switch launch {
    case .alone: try reportingErrors { try runAlone() }
    case .ranks(_, let expected): try runRank(expected: expected)
    }
  }

  /// What every rank must know, from whichever file was named.
  private func description(processes: Int) throws -> JobDescription {
    if let fromTrl { return try JobDescription(trlFile: fromTrl, overrides: overrides, processes: processes) }
    return try JobDescription(file: file(), overrides: overrides, processes: processes)
  }

  private func file() throws -> String {
    guard let configName else { return try config ?? Locations.home() + "/" + Locations.quickstart }
    let name = configName.contains(".") ? configName : configName + ".yaml"
    return configPath.map { "\($0)/\(name)" } ?? name
  }

  private func describe() throws {
    var planned = processes ?? 1
    if case .ranks(_, let expected) = try Launch.detect() {
      // Under mpirun one rank speaks for all.
      guard Launch.rankHint ?? 0 == 0 else { return }
      planned = processes ?? expected ?? 1
    }
    if printConfig || cfg != nil { return try printKeys() }
    let job = try description(processes: planned)
    let configuration = try job.configuration()
    Start.warn(of: job, configuration)
    let plan = try job.plan
    let lines = try TrainingJob(job).check()
    Terminal.say("\(job.file): correct")
    Terminal.say(plan.description)
    for line in lines { Terminal.say(line) }
  }

  /// Needs no model and no data.
  private func printKeys() throws {
    if let fromTrl {
      let translation = try JobDescription.translation(trlFile: fromTrl, overrides: overrides)
      Report.printTranslation(translation)
      _ = try RunConfiguration(yaml: translation.yaml, file: "\(fromTrl), translated", overrides: overrides)
    } else {
      let file = try file()
      let configuration = try RunConfiguration(
        yaml: JobDescription.text(of: file), file: file, overrides: overrides)
      Report.printOptions(configuration.section)
    }
  }

  // MARK: One process

  private func runAlone() throws {
    var job = try description(processes: 1)
    let checked = try TrainingJob(job)
    _ = try checked.check()
    let lock = try RunDirectory.prepare(&job)
    let plan = try job.plan
    let world = ThreadWorld(workers: plan.roster.workers.count)
    let setup = checked.with(job)
    let threads = try job.configuration().cluster.threads ?? ProcessInfo.processInfo.activeProcessorCount
    ThreadPool.configure(threads: threads)
    Start(job: job, plan: plan, parameters: setup.parameterCount, threads: threads).announce()
    let links = JobLinks(
      controls: world.control(), learnerLinks: try world.collective(members: plan.roster.learners),
      weightLinks: [:])
    let end = KeptEnd()
    try NodeThreads.run(Array(0..<plan.map.nodeCount)) { _, error in
      world.fail("\(error)")
    } body: { node in
      end.keep(try setup.runNode(node, links: links))
    }
    Start.sayWhereResultsAre(job)
    _ = lock
    if end.value == .stopped { throw Self.stopped }
  }

  // MARK: One rank of several

  private func runRank(expected: Int?) throws {
    var end = RunEnd.finished
    do {
      let world = try MPIWorld.initialize(expected: expected)
      let everyone = try world.collective(members: Array(0..<world.size))?.take()
      var job = world.rank == 0 ? try description(processes: world.size) : JobDescription.standIn
      // Before rank 0 has checked everything, so that the others read model and tokenizer meanwhile.
      if let everyone { job = try Self.broadcast(job, over: everyone) }
      let setup = Result { try TrainingJob(job) }
      // Rank 0 speaks for all of what is wrong everywhere, before the run directory is touched.
      if world.rank == 0 { _ = try setup.get().check() }
      let lock = world.rank == 0 ? try RunDirectory.prepare(&job) : nil
      if let everyone { job = try Self.broadcast(job, over: everyone) }
      end = try runRank(job, setup: setup.get().with(job), world: world)
      try world.finalize()
      _ = lock
    } catch {
      Terminal.complain("\(error)")
      MPIWorld.abort(exitCode: 1)
    }
    // mpirun ends with the code of the rank that has one.
    if end == .stopped { throw Self.stopped }
  }

  /// What a run ends with that was asked to stop and can go on: EX_TEMPFAIL, by which a batch script knows that it has
  /// to start it again.
  private static let stopped = ExitCode(75)

  private static func broadcast(
    _ job: JobDescription, over everyone: any CollectiveLink
  ) throws -> JobDescription {
    let bytes = try everyone.broadcast(Array(JSONEncoder().encode(job)), from: 0)
    return try JSONDecoder().decode(JobDescription.self, from: Data(bytes))
  }

  private func runRank(_ job: JobDescription, setup: TrainingJob, world: MPIWorld) throws -> RunEnd {
    let plan = try job.plan
    let configuration = try job.configuration()
    let controls = try world.control(plan.map)
    let learners = try world.collective(members: plan.processes(of: plan.roster.learners))
    var weights: Handover<any CollectiveLink>?
    if plan.placement == .split {
      weights = try world.collective(
        members: plan.processes(of: plan.roster.learners + plan.roster.rollout))
    }
    let log = world.rank == 0 ? nil : try RankLog(directory: configuration.output.directory, rank: world.rank)
    let nodes = plan.map.nodes(in: world.rank)
    let worker = nodes.last ?? 0
    // The coordinator of a split run is light; the workers share the machine's cores.
    let workersHere = max(
      1, world.localSize - (plan.placement == .split && world.localRank == world.rank ? 1 : 0))
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let threads = configuration.cluster.threads ?? max(1, cores / workersHere)
    ThreadPool.configure(threads: threads)
    log?.write(
      "nodes \(nodes) of \(plan.map.nodeCount) (\(plan.description)), \(threads) threads, \(job.modelPath)")
    try compareFingerprints(job, world: world)
    if world.rank == 0 {
      Start(job: job, plan: plan, parameters: setup.parameterCount, threads: threads).announce()
    }
    let links = JobLinks(
      controls: controls, learnerLinks: learners.map { [worker: $0] } ?? [:],
      weightLinks: weights.map { [worker: $0] } ?? [:])
    let rank = world.rank
    let end = KeptEnd()
    try NodeThreads.run(nodes) { _, error in
      Terminal.complain("rank \(rank): \(error)")
      log?.write("\(error)")
      MPIWorld.abort(exitCode: 1)
    } body: { node in
      end.keep(try setup.runNode(node, links: links))
    }
    log?.write("done")
    if world.rank == 0 { Start.sayWhereResultsAre(job) }
    return end.value
  }

  /// Refuses ranks whose kernels compute other bits.
  private func compareFingerprints(_ job: JobDescription, world: MPIWorld) throws {
    guard let everyone = try world.collective(members: Array(0..<world.size))?.take() else { return }
    let configuration = try job.configuration()
    let mine = try job.fingerprint(configuration)
    let all = try everyone.gather(Array((mine + " host=" + ProcessInfo.processInfo.hostName).utf8))
    guard !configuration.output.allowsOtherFingerprint else { return }
    let first = String(decoding: all[0], as: UTF8.self)
    for (rank, bytes) in all.enumerated() {
      let other = String(decoding: bytes, as: UTF8.self)
      guard Self.withoutHost(other) != Self.withoutHost(first) else { continue }
      throw CommandError(
        """
        rank \(rank) (\(other)) computes other bits than rank 0 (\(first)); use like machines, or set \
        `trainer.allow_other_fingerprint: true` and give up equal bits
        """)
    }
  }

  private static func withoutHost(_ fingerprint: String) -> Substring {
    fingerprint.range(of: " host=").map { fingerprint[..<$0.lowerBound] } ?? Substring(fingerprint)
  }
}

/// How the nodes of a process ended: stopped, if one says so.
private final class KeptEnd: Sendable {
  private let end = Mutex(RunEnd.finished)

  var value: RunEnd { end.withLock(\.self) }

  func keep(_ new: RunEnd) {
    if new == .stopped { end.withLock { $0 = new } }
  }
}
