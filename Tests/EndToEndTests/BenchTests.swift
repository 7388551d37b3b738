import Foundation
import TestSupport
import Testing

/// The benchmarks as programs: what they print is complete and consistent.
///
/// No test here asks how fast.
@Suite("Benchmarks")
struct BenchTests {
  private static let model =
    URL(filePath: #filePath).deletingLastPathComponent().path + "/../ModelsTests/Fixtures/qwen2-tiny"

  /// Two prompts of 5 tokens with three responses of 7 tokens each, twice.
  private static let lengths = [
    "--samples", "3", "--prompt-tokens", "5", "--new-tokens", "7", "--steps", "2",
  ]

  /// What `bench` prints with `arguments` about a small model.
  private func report(_ arguments: [String], ranks: Int? = nil) throws -> JSON {
    let run = try Program.run(["bench"] + arguments + ["--model", Self.model, "--json"], ranks: ranks)
    #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
    try #require(run.lines.count == 1, "one line for programs: \(run.output)")
    return try JSON(run.output)
  }

  /// Operations of one forward pass of a group of 3 × 7 tokens behind 5, counted by hand for `qwen2-tiny`:
  /// 2 layers, 64 channels, 4 query and 2 key-value heads of 16, 176 inside, 1024 tokens.
  private static let forwardOperations: Double = {
    let layer = 64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 176
    let (rows, headRows) = (5 + 3 * 6, 1 + 3 * 6)
    let keys = (1 + 2 + 3 + 4 + 5) + 3 * (6 + 7 + 8 + 9 + 10 + 11)
    return Double(2 * 2 * layer * rows + 2 * 64 * 1024 * headRows + 4 * 2 * 64 * keys)
  }()

  private func expectMachine(_ report: JSON, _ benchmark: String, ranks: Int) {
    #expect(report["benchmark"].text == benchmark)
    #expect(report["machine", "ranks"].number == Double(ranks))
    #expect(report["machine", "processor"].text?.isEmpty == false)
    #expect(["fp32", "bf16"].contains(report["machine", "precision"].text))
    #expect(report["model", "head_parameters"].number == 65_536)
  }

  /// Times are `count`, the best is the least, and rates follow from it.
  private func expectRates(_ report: JSON, rounds count: Int, operations: Double, tokens: Double) throws {
    let result = report["result"]
    let seconds = try #require(result["seconds", "all"].numbers)
    let best = try #require(result["seconds", "best"].number)
    #expect(seconds.count == count && seconds.allSatisfy { $0 > 0 } && best == seconds.min())
    #expect(isClose(result["seconds", "mean"].number, seconds.reduce(0, +) / Double(count)))
    #expect(isClose(result["rate", "flop"].number, operations))
    #expect(isClose(result["rate", "gflops"].number, operations / best / 1e9))
    #expect(isClose(result["tokens_per_second"].number, tokens / best))
    let peak = try #require(report["gemm_peak", "gflops"].number)
    #expect(isClose(result["rate", "share_of_peak"].number, operations / best / 1e9 / peak))
    #expect(isClose(result["rate", "seconds_at_peak"].number, operations / peak / 1e9))
    #expect(try #require(result["peak_resident_bytes"].number) > 1e6)
  }

  /// The stages named are there, their parts make them up, and all fit into `seconds`.
  private func expectPhases(_ phases: JSON, _ names: Set<String>, within seconds: Double) throws {
    let stages = try #require(phases["stages"].members)
    #expect(names.isSubset(of: stages.keys), "\(stages.keys)")
    var sum = 0.0
    for (name, stage) in stages {
      let time = try #require(stage["seconds"].number)
      let parts = try #require(stage["parts"].members).values.compactMap(\.number)
      #expect(abs(parts.reduce(0, +) - time) < 1e-9 && time > 0, "\(name)")
      sum += time
    }
    #expect(sum <= seconds * 1.000_001)
  }

  @Test("products are measured for every shape, number of rows and library")
  func products() throws {
    let report = try report(["gemm", "--rows", "1", "--rows", "33"])
    expectMachine(report, "gemm", ranks: 1)
    let products = try #require(report["result"].elements)
    let shapes = Set(products.map { "\($0["inner"].number ?? 0)×\($0["outer"].number ?? 0)" })
    #expect(shapes.isSuperset(of: ["64.0×64.0", "64.0×352.0", "176.0×64.0", "64.0×1024.0"]))
    #expect(Set(products.compactMap { $0["rows"].number }) == [1, 33])
    #expect(Set(products.compactMap { $0["kind"].text }) == ["forward", "weight_gradient"])
    for product in products {
      let (inner, outer) = (try #require(product["inner"].number), try #require(product["outer"].number))
      let (rows, seconds) = (try #require(product["rows"].number), try #require(product["seconds"].number))
      #expect(isClose(product["gflops"].number, 2 * rows * inner * outer / seconds / 1e9))
    }
    #expect(report["gemm_peak", "gflops"].number == products.compactMap { $0["gflops"].number }.max())
  }

  @Test("sampling draws all tokens, and its phases make up its time")
  func rollout() throws {
    let report = try report(["rollout", "--prompts", "2", "--top-p", "0.9"] + Self.lengths)
    expectMachine(report, "rollout", ranks: 1)
    try expectRates(report, rounds: 2, operations: 2 * Self.forwardOperations, tokens: 2 * 3 * 7)
    let mean = try #require(report["result", "seconds", "mean"].number)
    try expectPhases(report["result", "phases"], ["prefill", "decode"], within: mean)
    let decoded = try #require(report["result", "decoded_tokens_per_second"].number)
    let decoding = try #require(report["result", "phases", "stages", "decode", "seconds"].number)
    #expect(decoded >= 2 * 3 * 6 / decoding * 0.999_999, "the fastest round is no slower than the mean")
    let share = try #require(report["result", "choosing_share"].number)
    #expect(share > 0 && share < 1)
  }

  @Test("learning is measured with and without a reference", arguments: [true, false])
  func learner(hasReference: Bool) throws {
    let arguments = ["learner", "--prompts", "2"] + (hasReference ? [] : ["--no-reference"])
    let report = try report(arguments + Self.lengths)
    expectMachine(report, "learner", ranks: 1)
    let passes = hasReference ? 4.0 : 3.0
    try expectRates(report, rounds: 2, operations: 2 * passes * Self.forwardOperations, tokens: 2 * 3 * 7)
    let result = report["result"]
    let (mean, update) = (result["seconds", "mean"].number ?? 0, result["update_seconds"].number ?? 0)
    try expectPhases(result["phases"], ["forward", "head", "backward", "update"], within: mean + update)
    #expect((result["phases", "stages", "reference"].members != nil) == hasReference)
  }

  @Test("a step is a run's step in every placement", arguments: [nil, 2, 3])
  func step(ranks: Int?) throws {
    let report = try report(["step", "--prompts", "2"] + Self.lengths, ranks: ranks)
    expectMachine(report, "step", ranks: ranks ?? 1)
    try expectRates(report, rounds: 2, operations: 2 * 5 * Self.forwardOperations, tokens: 2 * 3 * 7)
    let result = report["result"]
    #expect(result["largest_probability_difference"].number == 0, "the row law holds")
    let members = try #require(result["ranks"].elements)
    let roles = ranks == 3 ? ["coordinator", "rollout", "learner"] : members.map { _ in "worker" }
    #expect(members.count == ranks ?? 1 && members.compactMap { $0["role"].text } == roles)
    let memory = members.compactMap { $0["peak_resident_bytes"].number }
    #expect(result["peak_resident_bytes"].number == memory.reduce(0, +))
    var stages: Set<String> = []
    for (member, role) in zip(members, roles) where role != "coordinator" {
      let idle = try #require(member["idle_share"].number)
      #expect(idle >= 0 && idle < 1)
      // Which colocated rank is given which group depends on who is first; an update is everyone's.
      let own = ["rollout": ["prefill", "decode"], "learner": ["backward", "update"]][role] ?? ["update"]
      let seconds = try #require(member["step_seconds"].number)
      try expectPhases(member["phases"], Set(own), within: seconds)
      stages.formUnion(try #require(member["phases", "stages"].members).keys)
      if role == "learner" { #expect(member["seconds_to_first_token"].number == nil) }
    }
    #expect(
      stages.isSuperset(of: [
        "prefill", "decode", "reference", "forward", "head", "backward", "update", "idle",
      ]))
  }

  @Test("a step leaves its folder where it was given one, and nothing where it was not")
  func folders() throws {
    let folder = try TemporaryDirectory()
    let arguments = ["step", "--prompts", "1", "--directory", folder.file("bench")] + Self.lengths
    _ = try report(arguments + ["algorithm.norm_adv_by_std_in_grpo=false"])
    let left = try FileManager.default.subpathsOfDirectory(atPath: folder.file("bench"))
    #expect(left.contains("prompts.jsonl") && left.contains("model/config.json"))
    let run = try #require(left.first { $0.hasSuffix("/config.yaml") })
    let resolved = String(decoding: try folder.bytes("bench/" + run), as: UTF8.self)
    #expect(resolved.contains("norm_adv_by_std_in_grpo: false"), "an override reaches the run")
    #expect(!left.contains { $0.contains("global_step") }, "no checkpoint is written")
    let elsewhere = try TemporaryDirectory()
    let run2 = try Program.run(
      ["bench", "step", "--prompts", "1", "--model", Self.model] + Self.lengths,
      environment: ["TMPDIR": elsewhere.path])
    #expect(run2.exitCode == 0 && run2.output.contains("tokens/s") && run2.output.contains("idle"))
    let names = try FileManager.default.contentsOfDirectory(atPath: elsewhere.path)
    #expect(!names.contains { $0.hasPrefix("prorl-bench") }, "\(names)")
  }

  @Test("messages and sums are measured between threads and between ranks", arguments: [nil, 2, 3])
  func messages(ranks: Int?) throws {
    let report = try report(["mpi", "--steps", "2"], ranks: ranks)
    expectMachine(report, "mpi", ranks: ranks ?? 2)
    let kinds = try #require(report["result"].elements)
    #expect(
      kinds.compactMap { $0["kind"].text }
        == ["message", "message", "message", "barrier", "broadcast", "sum"])
    let parameters = try #require(report["model", "parameters"].number)
    #expect(kinds.compactMap { $0["bytes"].number }.suffix(2) == [4 * parameters, 8 * parameters])
    #expect(kinds.allSatisfy { $0["seconds", "all"].numbers?.count == 2 })
  }

  @Test(
    "what cannot be measured is refused with a sentence",
    arguments: [
      (["rollout", "--shape", "gpt2", "--model", "x"], "exclude each other"),
      (["rollout", "--shape", "gpt3"], "gpt2"), (["step", "--prompts", "0"], "--prompts"),
      (["learner", "--samples", "0"], "--samples"), (["rollout", "--top-p", "0"], "--top-p"),
      (["gemm", "--rows", "0"], "--rows"), (["gemm", "--precision", "fp8"], "fp32"),
      (["rollout", "--matmul", "cublas"], "openblas"), (["step", "--threads", "0"], "--threads"),
      (["rollout", "--model", "/nowhere"], "/nowhere/config.json"),
      (["rollout", "--model", model, "--new-tokens", "600"], "664 tokens"),
    ])
  func refuses(arguments: [String], words: String) throws {
    let run = try Program.run(["bench"] + arguments)
    #expect(run.exitCode != 0 && run.output.isEmpty && run.errors.contains(words), "\(run.errors)")
  }

  @Test(
    "every benchmark explains itself",
    arguments: [[], ["gemm"], ["rollout"], ["learner"], ["step"], ["mpi"]])
  func help(command: [String]) throws {
    let run = try Program.run(["bench"] + command + ["--help"])
    #expect(run.exitCode == 0 && run.errors.isEmpty && run.output.contains("USAGE: prorl-coordinator bench"))
  }
}

/// Whether `found` is `expected` but for the last digits, which reading JSON may change.
private func isClose(_ found: Double?, _ expected: Double) -> Bool {
  found.map { abs($0 - expected) <= 1e-12 * abs(expected) } ?? false
}

/// A JSON value, asked by keys.
private struct JSON {
  private let value: Any?

  init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }

  private init(_ value: Any?) { self.value = value }

  subscript(keys: String...) -> JSON {
    JSON(keys.reduce(value) { ($0 as? [String: Any])?[$1] })
  }

  var number: Double? { (value as? NSNumber)?.doubleValue }
  var text: String? { value as? String }
  var numbers: [Double]? { elements?.compactMap(\.number) }
  var elements: [JSON]? { (value as? [Any])?.map { JSON($0) } }
  var members: [String: JSON]? { (value as? [String: Any])?.mapValues { JSON($0) } }
}
