import Foundation
import TestSupport
import Testing

/// Several ranks under mpirun give the bits of one process, and end together.
@Suite("Ranks", .serialized)
struct RanksTests {
  @Test(
    "ranks give the bits of one process",
    arguments: [
      (2, ["cluster.placement=colocated"]), (3, []),
      (4, ["cluster.rollout_ranks=1", "cluster.learner_ranks=2", "cluster.shuffle_arrival=true"]),
    ] as [(Int, [String])])
  func sameBits(ranks: Int, overrides: [String]) throws {
    let alone = try SmallRun()
    #expect(try alone.train(["trainer.total_training_steps=3"]).exitCode == 0)
    let together = try SmallRun()
    let run = try together.train(["trainer.total_training_steps=3"] + overrides, ranks: ranks)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try together.results(at: 3) == alone.results(at: 3))
    for step in 1...3 {
      #expect(
        try together.folder.bytes("run/rollouts/\(step).jsonl")
          == alone.folder.bytes("run/rollouts/\(step).jsonl"))
    }
    #expect(processes(with: together.configurationPath).isEmpty)
  }

  @Test("a run may go on with another number of ranks")
  func otherRanks() throws {
    let alone = try SmallRun()
    #expect(try alone.train(["trainer.total_training_steps=4"]).exitCode == 0)
    let parts = try SmallRun()
    #expect(try parts.train(["trainer.total_training_steps=2"], ranks: 3).exitCode == 0)
    #expect(try parts.train(["trainer.total_training_steps=4"], ranks: 2).exitCode == 0)
    #expect(try parts.results(at: 4) == alone.results(at: 4))
  }

  @Test("a mistake is told once, by the first rank, and all ranks end")
  func mistake() throws {
    let small = try SmallRun()
    let run = try small.train(["trainer.total_trainig_steps=3"], ranks: 3)
    #expect(run.exitCode != 0 && run.seconds < 20)
    #expect(run.errors.components(separatedBy: "did you mean").count == 2, "\(run.errors)")
    #expect(processes(with: small.configurationPath).isEmpty && !small.exists("run"))
  }

  @Test("a placement that does not fit is refused with the number of ranks it needs")
  func placement() throws {
    let small = try SmallRun()
    let run = try small.train(["cluster.rollout_ranks=3", "cluster.learner_ranks=2"], ranks: 2)
    #expect(run.exitCode != 0 && run.errors.contains("mpirun -np 6"))
  }

  @Test("what only a worker meets ends the job with the worker's sentence")
  func workerFails() throws {
    let small = try SmallRun()
    // Only ranks behind the first have logs.
    try FileManager.default.createDirectory(atPath: small.directory, withIntermediateDirectories: true)
    try small.folder.write("run/logs", "in the way")
    let run = try small.train(["trainer.total_training_steps=3"], ranks: 3)
    #expect(run.exitCode != 0 && run.seconds < 20)
    #expect(run.errors.contains(small.directory + "/logs"), "\(run.errors)")
    #expect(!run.errors.contains("Error Domain"), "\(run.errors)")
    #expect(processes(with: small.configurationPath).isEmpty)
    try FileManager.default.removeItem(atPath: small.folder.file("run/logs"))
    #expect(try small.train(["trainer.total_training_steps=3"], ranks: 3).exitCode == 0)
  }

  @Test("a rank that is killed ends the job within seconds, and the next job goes on", arguments: [1, 2])
  func killed(rank: Int) throws {
    let small = try SmallRun()
    let overrides = [
      "trainer.total_training_steps=100000", "trainer.save_freq=5",
      "trainer.max_consecutive_skipped_steps=1000000",
    ]
    let running = try small.start(overrides, ranks: 3)
    let log = "run/logs/rank-\(rank).log"
    let isUnderWay = running.wait { small.exists("run/checkpoints/global_step_5") && small.exists(log) }
    try #require(isUnderWay)
    let text = String(decoding: try small.folder.bytes(log), as: UTF8.self)
    let id = try #require(text.firstMatch(of: #/process (\d+)/#).flatMap { Int32($0.1) })
    #expect(processes(with: small.configurationPath).contains(id))
    let start = Date()
    kill(id, SIGKILL)
    let run = try running.wait()
    #expect(run.exitCode != 0 && Date().timeIntervalSince(start) < 15)
    #expect(processes(with: small.configurationPath).isEmpty)
    let steps = small.finishedSteps
    let next = try small.train(
      ["trainer.total_training_steps=\(steps + 5)", "trainer.max_consecutive_skipped_steps=1000000"], ranks: 3
    )
    #expect(next.exitCode == 0 && small.finishedSteps == steps + 5, "\(next.errors)")
  }
}
