import ArgumentParser
import Checkpoints
import Foundation

extension Check {
  /// Runs one configuration in every placement and compares the hashes of what comes out.
  struct Bits: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Train in every placement and check that weights, optimizer and rollouts are equal to the bit.",
      discussion: """
        Runs configs/check-bits.yaml in one process, colocated on 2 and 3 ranks, split 1+1, 2+1, 1+2 and 2+2, with two \
        memory budgets and with groups arriving in another order; then once with another seed, which must differ.
        """)

    @Option(help: "The configuration to run; by default the one made for this check.")
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
      let file = try config ?? Locations.home() + "/configs/check-bits.yaml"
      let bench = BitsBench(configuration: file, folder: folder, overrides: overrides)
      let variants = BitsVariant.all.filter { !short || $0.isInShortForm }
      var first: BitsOutcome?
      var differing: [String] = []
      for variant in variants {
        let outcome = try bench.run(variant)
        let isEqual = first == nil || outcome == first
        Terminal.say("\(isEqual ? "equal " : "DIFFER") \(variant.name): \(outcome.summary)")
        if !isEqual { differing.append(variant.name) }
        if outcome.largestProbabilityDifference != 0 {
          differing.append("\(variant.name) (rollout_probs_diff_max)")
        }
        if let missing = outcome.exercise.missing { throw CommandError("\(variant.name): \(missing)") }
        first = first ?? outcome
      }
      let other = try bench.run(BitsVariant(name: "another seed", ranks: 1, overrides: ["trainer.seed=2"]))
      let isOther = other.model != first?.model && other.rollouts != first?.rollouts
      Terminal.say("\(isOther ? "other " : "SAME  ") another seed: \(other.summary)")
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

/// What a run must have done to prove anything.
struct BitsExercise {
  var mostRounds = 0.0
  var resets = 0.0
  var fewestGroups = Double.infinity

  /// What it has not done.
  var missing: String? {
    if mostRounds < 2 { return "no step was refilled; choose harder or easier problems for this check" }
    if resets < 1 { return "the reference was never reset; lower `algorithm.reference_reset.interval`" }
    if fewestGroups < 1 { return "a learner folded nothing in some step; raise `data.train_batch_size`" }
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
    for name in try FileManager.default.contentsOfDirectory(atPath: run + "/rollouts").sorted() {
      rollouts.update(Array(try Data(contentsOf: URL(filePath: run + "/rollouts/" + name))).span)
    }
    let job = try JobDescription(file: configuration, overrides: [], processes: 1)
    let steps = try steps(run + "/metrics.jsonl")
    func values(_ name: String) -> [Double] { steps.compactMap { ($0[name] as? NSNumber)?.doubleValue } }
    let exercise = BitsExercise(
      mostRounds: values("train/num_gen_batches").max() ?? 0, resets: values("prorl/reset_count").max() ?? 0,
      fewestGroups: values("training/learner_groups_min").min() ?? 0)
    return BitsOutcome(
      model: try sha256(file: checkpoint.directory + "/huggingface/model.safetensors"),
      optimizer: try sha256(file: checkpoint.directory + "/optimizer.safetensors"),
      rollouts: rollouts.finalize(), initialModel: try sha256(file: job.modelPath + "/model.safetensors"),
      largestProbabilityDifference: values("training/rollout_probs_diff_max").max() ?? .infinity,
      exercise: exercise)
  }

  private func steps(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?["data"] as? [String: Any]
    }
  }
}
