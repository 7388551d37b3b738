import Foundation
import TestSupport
import Testing

/// Runs that are scored by the user's own programs.
@Suite("Custom rewards", .serialized, .enabled(if: hasPython, "these tests need python3 on the search path"))
struct CustomRewardTests {
  /// A run whose reward section is `reward`, where FOLDER is its folder, which has a Python file and a program.
  private func run(_ reward: [String]) throws -> SmallRun {
    var small = try SmallRun()
    try small.folder.write(
      "rewards.py",
      """
      import time
      def compute_score(data_source, solution_str, ground_truth, extra_info, scale=0.1):
          print("noise")
          time.sleep(0.002 * (len(solution_str) % 3))
          return {"score": scale * len(solution_str), "acc": solution_str.count("e") > 1}
      """)
    let program = try small.folder.write(
      "count.py",
      """
      #!/usr/bin/env python3
      import json, sys
      for line in sys.stdin:
          request = json.loads(line)
          print(json.dumps({"id": request["id"], "score": request["response"].count("a")}), flush=True)
      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    let start = try #require(small.configuration.firstIndex(of: "reward:"))
    small.configuration.replaceSubrange(
      start..<start + 3, with: reward.map { $0.replacing("FOLDER", with: small.folder.path) })
    return small
  }

  private static let several = [
    "reward:", "  processes: 2", "  rewards:",
    "  - {python: FOLDER/rewards.py, weight: 0.3, reward_kwargs: {scale: 0.7}}",
    "  - {program: FOLDER/count.py, weight: 2, as: letters}", "  - {name: keywords, keywords: [o]}",
  ]

  @Test("ranks and processes give the bits of one process", arguments: [["reward.processes=1"], []])
  func sameBits(overrides: [String]) throws {
    let alone = try run(Self.several)
    #expect(try alone.train(["trainer.total_training_steps=2"]).exitCode == 0)
    let together = try run(Self.several)
    let result = try together.train(["trainer.total_training_steps=2"] + overrides, ranks: 3)
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(try together.results(at: 2) == alone.results(at: 2))
    let rollouts = try alone.folder.bytes("run/rollouts/2.jsonl")
    #expect(try together.folder.bytes("run/rollouts/2.jsonl") == rollouts)
    #expect(processes(with: together.folder.path).isEmpty)
  }

  @Test("scores are the weighted sums, as the function and the program say")
  func scores() throws {
    let small = try run(Self.several)
    let result = try small.train()
    #expect(result.exitCode == 0, "\(result.errors)")
    let lines = try String(decoding: small.folder.bytes("run/rollouts/1.jsonl"), as: UTF8.self)
      .split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let text = try #require(row["output"] as? String)
      let letters = Double(text.filter { $0 == "a" }.count)
      let expected =
        0.3 * (0.7 * Double(text.unicodeScalars.count)) + 2 * letters + (text.contains("o") ? 1 : 0)
      #expect(Float(try #require(row["score"] as? Double)) == Float(expected), "\(text)")
    }
  }

  @Test("verl's function scores every row, whatever its data source")
  func verlFunction() throws {
    let small = try run([
      "reward:", "  custom_reward_function: {path: FOLDER/rewards.py, reward_kwargs: {scale: 2}}", "",
    ])
    try small.folder.write("train.jsonl", #"{"prompt": "Tell me", "data_source": "my/own"}"# + "\n")
    let result = try small.train(["algorithm.filter_groups.enable=false"])
    #expect(result.exitCode == 0, "\(result.errors)")
  }

  @Test(
    "what cannot be used is refused with one sentence before training",
    arguments: [
      (
        ["  custom_reward_function: {path: FOLDER/none.py}"],
        ["`reward.custom_reward_function.path`", "no readable file"]
      ),
      (["  custom_reward_function: {path: FOLDER/rewards.py, name: other}"], ["defines no function other"]),
      (["  rewards: [{program: FOLDER/none}]"], ["`reward.rewards.0.program`", "there is no program"]),
      (["  rewards: [{program: FOLDER/rewards.py}]"], ["is not executable", "chmod +x"]),
      (
        ["  rewards: [{program: [python3, -c, pass]}]"],
        ["the reward `python3` cannot be used", "ended with exit code 0"]
      ),
      (["  rewards: [{name: exact, program: x}]"], ["`reward.rewards.0.name` must be given, or `program`"]),
      (["  rewards: [{name: exact}]", "  name: exact"], ["`reward.name`", "both given"]),
      (["  rewards: [{name: keywords}, {name: keywords}]"], ["two rewards are called `keywords`"]),
      (["  rewards: [{name: exact}]"], ["train.jsonl:1: no answer for the reward `exact`"]),
      (["  rewards: [{name: rewards}]"], ["`rewards`; it must be one of exact"]),
    ] as [([String], [String])])
  func refusals(reward: [String], words: [String]) throws {
    let small = try run(["reward:"] + reward)
    let result = try small.train()
    #expect(result.exitCode != 0 && !small.exists("run/metrics.jsonl"))
    #expect(words.allSatisfy(result.errors.contains), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }
}

private let hasPython = hasProgram("python3")

/// Whether the search path has a program of this name.
private func hasProgram(_ name: String) -> Bool {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
  return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
}
