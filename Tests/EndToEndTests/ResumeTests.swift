import Foundation
import TestSupport
import Testing

/// A run that ended early goes on as if it had not.
@Suite("Resuming")
struct ResumeTests {
  /// The lines of the metrics file without what tells how fast the run was.
  private func metrics(_ run: SmallRun) throws -> [[String: Double]] {
    let text = String(decoding: try run.folder.bytes("run/metrics.jsonl"), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let data = try #require(object["data"] as? [String: Any])
      return data.compactMapValues { ($0 as? NSNumber)?.doubleValue }.filter { name, _ in
        !name.hasPrefix("timing_s/") && !name.hasPrefix("perf/")
      }
    }
  }

  @Test("four steps are two steps and two more, to the bit")
  func twoAndTwo() throws {
    let whole = try SmallRun()
    #expect(try whole.train(["trainer.total_training_steps=4"]).exitCode == 0)
    let parts = try SmallRun()
    #expect(try parts.train(["trainer.total_training_steps=2"]).exitCode == 0)
    let rest = try parts.train(["trainer.total_training_steps=4", "trainer.logger=[progress]"])
    #expect(
      rest.exitCode == 0 && rest.output.contains("resume   \(parts.directory)/checkpoints/global_step_2"))
    for step in [2, 4] { #expect(try whole.results(at: step) == parts.results(at: step), "step \(step)") }
    #expect(try whole.results(at: 2) != whole.results(at: 4))
    #expect(try metrics(whole) == metrics(parts))
    for step in 1...4 {
      #expect(
        try whole.folder.bytes("run/rollouts/\(step).jsonl")
          == parts.folder.bytes("run/rollouts/\(step).jsonl"))
    }
  }

  /// Everything that a checkpoint has to keep: steps sampled ahead, groups carried over, rates of rows, stages,
  /// controllers, resets.
  private func everything() throws -> SmallRun {
    var run = try SmallRun()
    run.configuration += [
      "stages:", "  - name: longer", "    start: 4", "    reset_reference: true", "    set:",
      "      data.max_response_length: 16", "      actor_rollout_ref.rollout.n: 6",
      "      algorithm.adv_estimator: reinforce_plus_plus_baseline",
    ]
    return run
  }

  private let everythingElse = [
    "algorithm.staleness=1", "algorithm.filter_groups.surplus=carry", "data.gen_batch_size=6",
    "data.train_batch_size=3", "data.curriculum.enable=true", "algorithm.reference_reset.interval=2",
    "algorithm.rollout_correction.rollout_is=token", "algorithm.entropy_control.controller=prorl",
    "algorithm.kl_control.adaptive=true", "actor_rollout_ref.actor.policy_loss.loss_mode=gspo",
    "trainer.total_training_steps=6", "trainer.save_freq=1", "trainer.max_actor_ckpt_to_keep=100",
    "trainer.max_consecutive_skipped_steps=100",
  ]

  @Test(
    "with steps sampled ahead, carried groups, a curriculum, stages and resets it goes on from any step, to the bit",
    arguments: [nil, 3])
  func everythingOn(ranks: Int?) throws {
    let whole = try everything()
    let first = try whole.train(everythingElse, ranks: ranks)
    #expect(first.exitCode == 0, "\(first.errors)")
    let numbers = try metrics(whole)
    // All of it happened.
    #expect(numbers.map { $0["training/stage"] } == [0, 0, 0, 1, 1, 1])
    #expect(
      (numbers.last?["prorl/reset_count"] ?? 0) >= 2 && (numbers.last?["training/prompts_seen"] ?? 0) > 3)
    #expect(numbers.contains { ($0["rollout_corr/rollout_is_mean"] ?? 1) != 1 })
    #expect(whole.exists("run/checkpoints/global_step_3/sampled-steps.bin"))
    for step in 1...5 {
      let rest = try everything()
      let run = try rest.train(
        everythingElse + [
          "trainer.resume_mode=resume_path",
          "trainer.resume_from_path=\(whole.directory)/checkpoints/global_step_\(step)",
        ])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(try rest.results(at: 6) == whole.results(at: 6), "from step \(step)")
      #expect(try metrics(rest) == Array(numbers[step...]), "from step \(step)")
      for later in step + 1...6 {
        let name = "run/rollouts/\(later).jsonl"
        #expect(try rest.folder.bytes(name) == whole.folder.bytes(name))
      }
    }
  }

  /// From how many ranks a run goes on with how many; nil for a process without mpirun.
  static let moves: [(from: Int?, to: Int?)] = [(nil, 3), (3, nil), (2, 4)]

  @Test(
    "with all that on, a run that is killed goes on with another number of ranks, to the bit",
    arguments: moves)
  func everythingKilled(move: (from: Int?, to: Int?)) throws {
    let overrides = everythingElse + ["trainer.total_training_steps=40", "trainer.max_actor_ckpt_to_keep=3"]
    let whole = try everything()
    #expect(try whole.train(overrides).exitCode == 0)
    let parts = try everything()
    let running = try parts.start(overrides, ranks: move.from)
    // In the second stage, with resets behind it.
    let isThere = running.wait { parts.exists("run/checkpoints/global_step_7") && parts.finishedSteps >= 8 }
    try #require(isThere, "the run was over before it could be killed")
    for id in processes(with: parts.configurationPath) { kill(id, SIGKILL) }
    #expect(try running.wait().exitCode != 0)
    #expect(!parts.exists("run/checkpoints/global_step_40"))
    let rest = try parts.train(overrides, ranks: move.to)
    #expect(rest.exitCode == 0, "\(rest.errors)")
    #expect(try whole.results(at: 40) == parts.results(at: 40))
    // How the groups were shared out is no part of it.
    let numbers = try [whole, parts].map { run in
      try metrics(run).map { $0.filter { $0.key != "training/learner_groups_min" } }
    }
    #expect(numbers[0] == numbers[1] && numbers[0].count == 40)
    #expect(numbers[0].contains { ($0["rollout_corr/rollout_is_mean"] ?? 1) != 1 })
    for step in 1...40 {
      let name = "run/rollouts/\(step).jsonl"
      #expect(try whole.folder.bytes(name) == parts.folder.bytes(name), "\(name)")
    }
  }

  @Test("10. a reset can be undone: a run goes on from the snapshot before it as if there had been none")
  func undone() throws {
    let reset = try SmallRun()
    #expect(try reset.train(["trainer.total_training_steps=4"]).exitCode == 0)
    let never = try SmallRun()
    #expect(
      try never.train(["trainer.total_training_steps=4", "algorithm.reference_reset.max_resets=0"]).exitCode
        == 0)
    #expect(try reset.results(at: 4) != never.results(at: 4))
    let undone = try SmallRun()
    let run = try undone.train([
      "trainer.total_training_steps=4", "algorithm.reference_reset.max_resets=0",
      "trainer.resume_mode=resume_path",
      "trainer.resume_from_path=\(reset.directory)/before-reset/global_step_3",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try undone.results(at: 4) == never.results(at: 4))
  }

  @Test("a run that only validates says how good a checkpoint is, and leaves it as it is")
  func validatesOnly() throws {
    let run = try SmallRun()
    #expect(try run.train(["trainer.total_training_steps=2"]).exitCode == 0)
    let before = try run.results(at: 2)
    let files = "data.val_files=[\(run.folder.file("train.jsonl"))]"
    let only = try run.train([
      "trainer.total_training_steps=9", "trainer.val_only=true", files, "trainer.logger=[progress]",
      "actor_rollout_ref.rollout.val_kwargs.n=4", "actor_rollout_ref.rollout.val_kwargs.pass_k=[1,2,4]",
    ])
    #expect(only.exitCode == 0 && only.errors.isEmpty, "\(only.errors)")
    #expect(only.output.contains("validation at step 2") && only.output.contains("pass@4"))
    #expect(run.exists("run/validation/2.jsonl") && !run.exists("run/checkpoints/global_step_9"))
    #expect(try run.results(at: 2) == before && metrics(run).count == 2)
  }

  @Test("a run that is killed goes on from its last checkpoint, to the bit")
  func killed() throws {
    let overrides = [
      "trainer.total_training_steps=60", "trainer.max_actor_ckpt_to_keep=100",
      "trainer.max_consecutive_skipped_steps=100",
    ]
    let whole = try SmallRun()
    #expect(try whole.train(overrides).exitCode == 0)
    let parts = try SmallRun()
    let running = try parts.start(overrides)
    let isThere = running.wait { parts.exists("run/checkpoints/global_step_4") && parts.finishedSteps >= 5 }
    try #require(isThere, "the run was over before it could be killed")
    for id in processes(with: parts.configurationPath) { kill(id, SIGKILL) }
    #expect(try running.wait().exitCode != 0)
    #expect(!parts.exists("run/checkpoints/global_step_60"))
    let rest = try parts.train(overrides)
    #expect(rest.exitCode == 0)
    #expect(try whole.results(at: 60) == parts.results(at: 60))
    #expect(try metrics(whole) == metrics(parts))
  }

  @Test(
    "SIGUSR2 asks for a reset of the reference after the step under way, of a process or through mpirun",
    arguments: [nil, 2])
  func signalled(ranks: Int?) throws {
    let overrides = [
      "trainer.total_training_steps=100", "trainer.max_consecutive_skipped_steps=1000",
      "algorithm.reference_reset.max_resets=0",
    ]
    let run = try SmallRun()
    let running = try run.start(overrides, ranks: ranks)
    try #require(running.wait { run.finishedSteps >= 2 })
    let asked = run.finishedSteps
    for id in processes(with: run.configurationPath, program: ranks == nil ? "prorl-coordinator" : "mpirun") {
      kill(id, SIGUSR2)
    }
    #expect(try running.wait().exitCode == 0)
    let noted = try #require(
      Int(String(decoding: run.folder.bytes("run/reset-requests.txt"), as: UTF8.self).dropLast()))
    #expect(noted > asked)
    let counts = try metrics(run).map { $0["prorl/reset_count"] }
    #expect(counts == (1...100).map { $0 < noted ? 0 : 1 })
  }

  @Test(
    "SIGUSR1 saves and stops with status 75, of a process or through mpirun, and the rest gives the same bits",
    arguments: [nil, 3])
  func stopped(ranks: Int?) throws {
    let overrides = ["trainer.total_training_steps=60", "trainer.max_consecutive_skipped_steps=1000"]
    let whole = try SmallRun()
    #expect(try whole.train(overrides).exitCode == 0)
    let parts = try SmallRun()
    let running = try parts.start(
      overrides + ["trainer.save_freq=0", "trainer.logger=[console]"], ranks: ranks)
    try #require(running.wait { parts.finishedSteps >= 2 })
    for id in processes(with: parts.configurationPath, program: ranks == nil ? "prorl-coordinator" : "mpirun")
    {
      kill(id, SIGUSR1)
    }
    let run = try running.wait()
    #expect(run.exitCode == 75)
    #expect((run.output + run.errors).contains("SIGUSR1 asked for it; it is saved"), "\(run.errors)")
    #expect(parts.finishedSteps < 60 && parts.exists("run/checkpoints/global_step_\(parts.finishedSteps)"))
    #expect(try parts.train(overrides + ["trainer.save_freq=0"]).exitCode == 0)
    #expect(try whole.results(at: 60) == parts.results(at: 60))
  }

  @Test("a run that may take so long stops in time, saved, with status 75")
  func outOfTime() throws {
    let run = try SmallRun()
    let ended = try run.train([
      "trainer.total_training_steps=100000", "trainer.max_consecutive_skipped_steps=100000",
      "trainer.max_time=2s", "trainer.save_freq=0", "trainer.logger=[console]",
    ])
    #expect(ended.exitCode == 75)
    #expect((ended.output + ended.errors).contains("`trainer.max_time`"), "\(ended.errors)")
    #expect(run.exists("run/checkpoints/global_step_\(run.finishedSteps)"))
  }

  @Test("a checkpoint that was damaged is set aside, and the one before it is taken")
  func damaged() throws {
    let run = try SmallRun()
    #expect(try run.train(["trainer.total_training_steps=4"]).exitCode == 0)
    let good = try run.results(at: 4)
    let name = "run/checkpoints/global_step_4/huggingface/model.safetensors"
    var bytes = try run.folder.bytes(name)
    bytes[bytes.count - 5] ^= 1
    try run.folder.write(name, bytes)
    let rest = try run.train(["trainer.total_training_steps=4"])
    #expect(
      rest.exitCode == 0 && rest.errors.contains("global_step_4") && rest.errors.contains("model.safetensors")
    )
    #expect(try run.results(at: 4) == good)
    #expect(run.exists("run/checkpoints/.bad-global_step_4"))
  }

  @Test("a finished run has nothing to do, and says so by ending well")
  func finished() throws {
    let run = try SmallRun()
    #expect(try run.train(["trainer.total_training_steps=2"]).exitCode == 0)
    let before = try run.results(at: 2)
    let again = try run.train(["trainer.total_training_steps=2"])
    #expect(again.exitCode == 0 && again.errors.isEmpty)
    #expect(try run.results(at: 2) == before)
    #expect(try metrics(run).count == 2)
  }

  @Test("a run that is told not to resume does not put new checkpoints behind old ones")
  func disabled() throws {
    let run = try SmallRun()
    #expect(try run.train(["trainer.total_training_steps=2"]).exitCode == 0)
    let before = try run.results(at: 2)
    let again = try run.train(["trainer.total_training_steps=2", "trainer.resume_mode=disable"])
    #expect(again.exitCode == 1 && again.errorLines.count == 1)
    #expect(again.errors.contains("up to step 2") && again.errors.contains(run.directory))
    try FileManager.default.removeItem(atPath: run.directory + "/checkpoints")
    let anew = try run.train(["trainer.total_training_steps=2", "trainer.resume_mode=disable"])
    #expect(anew.exitCode == 0, "\(anew.errors)")
    #expect(try run.results(at: 2) == before)
    #expect(try metrics(run).map { $0["training/global_step"] } == [1, 2])
  }

  @Test("a checkpoint can be named, and starts another run")
  func named() throws {
    let first = try SmallRun()
    #expect(try first.train(["trainer.total_training_steps=4"]).exitCode == 0)
    let second = try SmallRun()
    let run = try second.train([
      "trainer.total_training_steps=4", "trainer.resume_mode=resume_path",
      "trainer.resume_from_path=\(first.directory)/checkpoints/global_step_2",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try second.results(at: 4) == first.results(at: 4))
  }

  @Test("another seed is refused, since the bits would be of two runs; it can be allowed")
  func otherSeed() throws {
    let run = try SmallRun()
    #expect(try run.train(["trainer.total_training_steps=2"]).exitCode == 0)
    let refused = try run.train(["trainer.total_training_steps=3", "trainer.seed=9"])
    #expect(refused.exitCode == 1 && refused.errorLines.count == 1)
    #expect(refused.errors.contains("seed=1") && refused.errors.contains("allow_other_fingerprint"))
    let allowed = try run.train(
      ["trainer.total_training_steps=3", "trainer.seed=9", "trainer.allow_other_fingerprint=true"])
    #expect(allowed.exitCode == 0, "\(allowed.errors)")
  }

  @Test("a directory is used by one run at a time")
  func locked() throws {
    let run = try SmallRun()
    let running = try run.start([
      "trainer.total_training_steps=100000", "trainer.save_freq=0",
      "trainer.max_consecutive_skipped_steps=1000000",
    ])
    try #require(running.wait { run.finishedSteps >= 1 })
    let other = try run.train()
    #expect(other.exitCode == 1 && other.errorLines.count == 1)
    #expect(other.errors.contains(run.directory) && other.errors.contains("process"), "\(other.errors)")
    for id in processes(with: run.configurationPath) { kill(id, SIGKILL) }
    #expect(try running.wait().exitCode != 0)
    #expect(try run.train().exitCode == 0)
  }
}
