import ArgumentParser
import Checkpoints
import Foundation

extension Check {
  /// Runs configurations in every placement and compares the hashes of what comes out.
  struct Bits: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Train in every placement and check that weights, optimizer and rollouts are equal to the bit.",
      discussion: """
        Runs configs/check-bits.yaml in one process, colocated on 2 and 3 ranks, split 1+1, 2+1, 1+2 and 2+2, with two \
        memory budgets and with groups arriving in another order; then once with another seed, which must differ. Then \
        the same with configs/check-bits-full.yaml, where sampling lies ahead of training, groups are carried over, \
        and stages follow one another.
        """)

    @Option(help: "The configuration to run; by default the two made for this check.")
    var config: String?

    @Option(help: "Where to run; by default a new temporary folder, removed at the end.")
    var directory: String?

    @Flag(help: "Run fewer placements: one process, colocated on 2, split 2+2.")
    var short = false

    @Argument(help: "Overrides of the configuration in all runs, such as numerics.matmul=onednn.")
    var overrides: [String] = []

    func run() throws {
      try reportingErrors { try compare() }
    }

    private func compare() throws {
      let folder = directory ?? FileManager.default.temporaryDirectory.path + "/prorl-bits-\(getpid())"
      defer {
        if directory == nil { try? FileManager.default.removeItem(atPath: folder) }
        try? FileManager.default.removeItem(
          atPath: FileManager.default.temporaryDirectory.path + "/prorl-mpi-\(getpid())")
      }
      if let config { return try compare(BitsCheck(file: config, features: []), in: folder, isShort: short) }
      for check in BitsCheck.all {
        var check = check
        check.file = try Locations.home() + "/configs/" + check.file
        try compare(check, in: folder, isShort: short)
      }
    }

    private func compare(_ check: BitsCheck, in folder: String, isShort: Bool) throws {
      let bench = BitsBench(configuration: check.file, folder: folder, overrides: overrides)
      let variants = BitsVariant.all.filter { !isShort || $0.isInShortForm }
      var first: BitsOutcome?
      var differing: [String] = []
      for variant in variants {
        let outcome = try bench.run(variant)
        let isEqual = first == nil || outcome == first
        Terminal.say("\(isEqual ? "equal " : "DIFFER") \(variant.name)\(check.suffix): \(outcome.summary)")
        if !isEqual { differing.append(variant.name) }
        if outcome.largestProbabilityDifference != 0 {
          differing.append("\(variant.name) (rollout_probs_diff_max)")
        }
        if let missing = outcome.exercise.missing(of: check.features) {
          throw CommandError("\(variant.name): \(missing)")
        }
        first = first ?? outcome
      }
      let other = try bench.run(BitsVariant(name: "another seed", ranks: 1, overrides: ["trainer.seed=2"]))
      let isOther = other.model != first?.model && other.rollouts != first?.rollouts
      Terminal.say("\(isOther ? "other " : "SAME  ") another seed\(check.suffix): \(other.summary)")
      guard differing.isEmpty else {
        throw CommandError("the bits differ: \(differing.joined(separator: ", "))")
      }
      guard isOther else { throw CommandError("another seed gave the same bits: the check checks nothing") }
      guard let first, first.model != first.initialModel else {
        throw CommandError("the weights did not change: the check checks nothing")
      }
    }
  }
}

/// One way to run the configuration.
struct BitsVariant {
  let name: String
  let ranks: Int
  let overrides: [String]
  var isInShortForm = false

  static let all = [
    BitsVariant(name: "one process", ranks: 1, overrides: [], isInShortForm: true),
    BitsVariant(name: "one process, one thread", ranks: 1, overrides: ["cluster.threads=1"]),
    BitsVariant(
      name: "colocated on 2", ranks: 2, overrides: ["cluster.placement=colocated"], isInShortForm: true),
    BitsVariant(name: "colocated on 3", ranks: 3, overrides: ["cluster.placement=colocated"]),
    BitsVariant(name: "split 1+1", ranks: 3, overrides: split(1, 1)),
    BitsVariant(name: "split 2+1", ranks: 4, overrides: split(2, 1)),
    BitsVariant(name: "split 1+2", ranks: 4, overrides: split(1, 2)),
    BitsVariant(name: "split 2+2", ranks: 5, overrides: split(2, 2), isInShortForm: true),
    BitsVariant(
      name: "split 1+2, no memory for activations, little for keys and values", ranks: 4,
      overrides: split(1, 2) + [
        "actor_rollout_ref.actor.activation_memory_mib=0",
        "actor_rollout_ref.rollout.kv_cache_memory_mib=1",
      ]),
    BitsVariant(
      name: "split 2+2, shuffled arrival", ranks: 5,
      overrides: split(2, 2) + ["cluster.shuffle_arrival=true"],
      isInShortForm: true),
    BitsVariant(
      name: "colocated on 2, one group at a time, shuffled arrival", ranks: 2,
      overrides: [
        "cluster.placement=colocated", "cluster.shuffle_arrival=true",
        "actor_rollout_ref.rollout.max_live_groups=1",
      ]),
  ]

  private static func split(_ rollout: Int, _ learners: Int) -> [String] {
    ["cluster.placement=split", "cluster.rollout_ranks=\(rollout)", "cluster.learner_ranks=\(learners)"]
  }
}

/// A configuration to run in every placement.
struct BitsCheck {
  /// The file.
  var file: String
  /// What must have happened in its runs, beside what always must.
  let features: [BitsExercise.Feature]
  /// What a line of the report says of it.
  var suffix = ""

  /// Those made for this check.
  static let all = [
    BitsCheck(file: "check-bits.yaml", features: []),
    BitsCheck(
      file: "check-bits-full.yaml", features: BitsExercise.Feature.allCases, suffix: " (full)"),
  ]
}

/// What a run must have done to prove anything.
struct BitsExercise {
  /// What a configuration may be about.
  enum Feature: CaseIterable {
    /// Sampling lay updates behind training, more than one of them a step.
    case staleness
    /// Weights for tokens of older policies differed from 1.
    case correction
    /// Groups were carried into a later step.
    case carry
    /// A second stage began.
    case stages
    /// Validation by the newest weights.
    case validation
    /// Tokens of responses that were cut were left out.
    case masks
  }

  var mostRounds = 0.0
  var resets = 0.0
  var fewestGroups = Double.infinity
  /// The most updates between the weights that sampled a step and those it began with.
  var staleness = 0.0
  /// The importance weight farthest from 1, as a distance.
  var correction = 0.0
  /// Steps with groups of more than one version.
  var mixedSteps = 0
  var lastStage = 0.0
  var validations = 0
  /// The largest share of responses that were cut.
  var cutShare = 0.0

  /// What it has not done.
  func missing(of features: [Feature]) -> String? {
    if mostRounds < 2 { return "no step was refilled; choose harder or easier problems for this check" }
    if resets < 1 { return "the reference was never reset; lower `algorithm.reference_reset.interval`" }
    if fewestGroups < 1 { return "a learner folded nothing in some step; raise `data.train_batch_size`" }
    for feature in features {
      switch feature {
      case .staleness where staleness < 2:
        return "sampling was never two updates behind training; set `algorithm.staleness`"
      case .correction where correction < 1e-6:
        return "no token was weighted; set `algorithm.rollout_correction.rollout_is`"
      case .carry where mixedSteps < 1:
        return "no step trained groups of two versions; set `algorithm.filter_groups.surplus: carry`"
      case .stages where lastStage < 1: return "no second stage began; lower its `start`"
      case .validation where validations < 1: return "nothing was validated; set `trainer.test_freq`"
      case .masks where cutShare <= 0: return "no response was cut; lower `data.max_response_length`"
      default: continue
      }
    }
    return nil
  }
}

/// The hashes of what a run left.
struct BitsOutcome: Equatable {
  let model: String
  let optimizer: String
  let rollouts: String
  let initialModel: String
  let largestProbabilityDifference: Double
  let exercise: BitsExercise

  /// Whether the bits are equal; what the learners shared out differs by design.
  static func == (a: BitsOutcome, b: BitsOutcome) -> Bool {
    a.model == b.model && a.optimizer == b.optimizer && a.rollouts == b.rollouts
  }

  var summary: String {
    "model \(model.prefix(12)), optimizer \(optimizer.prefix(12)), rollouts \(rollouts.prefix(12)), "
      + "rollout_probs_diff_max \(largestProbabilityDifference)"
  }
}

/// Runs variants as jobs of their own and hashes their files.
private struct BitsBench {
  let configuration: String
  let folder: String
  let overrides: [String]

  func run(_ variant: BitsVariant) throws -> BitsOutcome {
    let run = folder + "/" + variant.name.filter { $0 != "," }.replacingOccurrences(of: " ", with: "-")
    try? FileManager.default.removeItem(atPath: run)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let process = Process()
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let arguments =
      ["train", "--config", configuration, "trainer.default_local_dir=\(run)", "trainer.logger=[silent]"]
      + overrides + variant.overrides
    if variant.ranks == 1 {
      process.executableURL = URL(filePath: executable)
      process.arguments = arguments
    } else {
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments =
        [
          "mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none",
          // Launchers that start and end at once race for one session directory; this one has its own.
          "--mca", "orte_tmpdir_base", try session(), "-np", "\(variant.ranks)", executable,
        ]
        + arguments
    }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CommandError("\(variant.name): the run ended with exit code \(process.terminationStatus)")
    }
    return try outcome(run)
  }

  /// A folder for mpirun; its path is short, since sockets lie in it.
  private func session() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/prorl-mpi-\(getpid())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func outcome(_ run: String) throws -> BitsOutcome {
    var store = CheckpointStore(root: run + "/checkpoints")
    guard let checkpoint = try store.latestVerified() else {
      throw CommandError("\(run): no checkpoint was written")
    }
    let rollouts = SHA256Digest()
    var mixedSteps = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: run + "/rollouts").sorted() {
      let path = run + "/rollouts/" + name
      rollouts.update(Array(try Data(contentsOf: URL(filePath: path))).span)
      let versions = try lines(path).compactMap { ($0["policy_version"] as? NSNumber)?.intValue }
      mixedSteps += Set(versions).count > 1 ? 1 : 0
    }
    let job = try JobDescription(file: configuration, overrides: [], processes: 1)
    let steps = try steps(run + "/metrics.jsonl")
    func values(_ name: String) -> [Double] { steps.compactMap { ($0[name] as? NSNumber)?.doubleValue } }
    let weights = values("rollout_corr/rollout_is_mean")
    let exercise = BitsExercise(
      mostRounds: values("train/num_gen_batches").max() ?? 0, resets: values("prorl/reset_count").max() ?? 0,
      fewestGroups: values("training/learner_groups_min").min() ?? 0,
      staleness: values("training/staleness").max() ?? 0, correction: weights.map { abs($0 - 1) }.max() ?? 0,
      mixedSteps: mixedSteps, lastStage: values("training/stage").max() ?? 0,
      validations: values("val-core/all/acc/mean@1").count,
      cutShare: values("response_length/clip_ratio").max() ?? 0)
    return BitsOutcome(
      model: try sha256(file: checkpoint.directory + "/huggingface/model.safetensors"),
      optimizer: try sha256(file: checkpoint.directory + "/optimizer.safetensors"),
      rollouts: rollouts.finalize(), initialModel: try sha256(file: job.modelPath + "/model.safetensors"),
      largestProbabilityDifference: values("training/rollout_probs_diff_max").max() ?? .infinity,
      exercise: exercise)
  }

  private func steps(_ path: String) throws -> [[String: Any]] {
    try lines(path).compactMap { $0["data"] as? [String: Any] }
  }

  /// The objects of a JSONL file.
  private func lines(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }
}
