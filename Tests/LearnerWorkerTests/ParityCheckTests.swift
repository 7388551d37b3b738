import Foundation
import TestSupport
import Testing

@testable import LearnerWorker

/// The check against golden data passes what is right and names what is not.
@Suite("Parity check")
struct ParityCheckTests {
  @Test("every family agrees with its golden data", arguments: modelFixtures)
  func agrees(name: String) throws {
    let check = try ParityCheck(directory: modelFixture(name))
    #expect(check.isWithinTolerance && check.lines.count > 20)
    #expect(check.lines.allSatisfy { $0.hasPrefix("ok  ") }, "\(check.lines)")
  }

  @Test(
    "one number that is off is found, and named",
    arguments: [
      ("logits", 0.001, ["logits"]), ("logits", .nan, ["logits"]),
      ("token_logprobs", 0.001, ["log-probabilities"]),
      ("entropies", 0.001, ["entropies"]), ("entropies", .nan, ["entropies"]),
      ("grad.model.norm.weight", 0.01, ["gradient of model.norm.weight"]),
      ("grad.model.norm.weight", .nan, ["gradient of model.norm.weight"]),
      ("after3.model.norm.weight", 0.01, ["weights after 3"]),
      ("after3.model.norm.weight", .infinity, ["weights after 3"]),
      ("advantages", 0.5, ["loss", "gradient norm", "gradient of model.norm.weight", "weights after 3"]),
      ("ref_logprobs", .nan, ["loss"]),
    ] as [(String, Float, [String])])
  func floats(tensor: String, change: Float, names: [String]) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    // The first predictions that count are those of the first response, behind a prompt of five tokens.
    let index = ["token_logprobs", "entropies", "ref_logprobs"].contains(tensor) ? 6 : 0
    try golden.add(change, to: tensor, at: index)
    let check = try ParityCheck(directory: golden.path)
    #expect(!check.isWithinTolerance)
    let failures = check.lines.filter { $0.hasPrefix("FAIL") }
    for name in names { #expect(failures.contains { $0.hasPrefix("FAIL \(name)") }, "\(failures)") }
    if names.count == 1 && change.isFinite {
      // Other lines may follow from it only where the loss does.
      #expect(failures.allSatisfy { $0.contains(names[0]) || $0.contains("share of weights") }, "\(failures)")
    }
  }

  @Test("another greedy continuation is found")
  func greedy() throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try golden.setInteger(7, of: "greedy", at: 20)
    let check = try ParityCheck(directory: golden.path)
    #expect(check.lines.filter { $0.hasPrefix("FAIL") }.map { $0.prefix(24) } == ["FAIL greedy continuation"])
  }

  @Test("other weights are found")
  func weights() throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try golden.add(0.05, to: "model.norm.weight", at: 3, file: "model.safetensors")
    #expect(try !ParityCheck(directory: golden.path).isWithinTolerance)
  }

  @Test(
    "another number of golden.json is found",
    arguments: [("loss", -0.07, "loss"), ("grad_norm", 3.6, "gradient norm"), ("kl_beta", 0.9, "loss")])
  func settings(key: String, value: Double, name: String) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try golden.set(key, value)
    let check = try ParityCheck(directory: golden.path)
    #expect(check.lines.contains { $0.hasPrefix("FAIL \(name):") }, "\(check.lines)")
  }

  @Test(
    "a directory without golden data is named",
    arguments: ["golden.json", "golden.safetensors", "config.json"])
  func missing(file: String) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try FileManager.default.removeItem(atPath: golden.path + "/" + file)
    #expect { try ParityCheck(directory: golden.path) } throws: { "\($0)".contains(golden.path + "/" + file) }
  }

  @Test(
    "golden.json that cannot be is refused by its name",
    arguments: [
      ("groups", [0, 0]), ("groups", []), ("prompt_lengths", [5, 5, 5]),
      ("prompt_lengths", [0, 5, 5, 5, 5, 5]),
      ("prompt_lengths", [-1, -1, -1, 5, 5, 5]), ("prompt_lengths", [1000, 1000, 1000, 5, 5, 5]),
    ] as [(String, [Int])])
  func impossibleSettings(key: String, value: [Int]) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try golden.set(key, value)
    #expect { try ParityCheck(directory: golden.path) } throws: { error in
      error is GoldenError && "\(error)".contains("golden.")
    }
  }

  @Test("a run of no steps, or of less, is refused", arguments: [0, -3])
  func noSteps(steps: Int) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try golden.setStepCount(steps)
    #expect(throws: GoldenError.self) { try ParityCheck(directory: golden.path) }
  }

  @Test(
    "ids that are no tokens are refused",
    arguments: [("input_ids", 1024), ("input_ids", -1), ("greedy", 5000), ("greedy", -2)] as [(String, Int32)]
  )
  func wildIds(tensor: String, id: Int32) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    try golden.setInteger(id, of: tensor, at: 2)
    #expect(throws: GoldenError.self) { try ParityCheck(directory: golden.path) }
  }

  @Test("a golden file that is cut is refused", arguments: [0, 7, 100, 50_000])
  func cut(bytes: Int) throws {
    let golden = try GoldenCopy("qwen2-tiny")
    let file = URL(filePath: golden.path + "/golden.safetensors")
    try Data(contentsOf: file).prefix(bytes).write(to: file)
    #expect { try ParityCheck(directory: golden.path) } throws: { "\($0)".contains("golden.safetensors") }
  }
}

/// A copy of a golden model, to be spoiled.
private struct GoldenCopy {
  private let folder: TemporaryDirectory
  var path: String { folder.path }

  init(_ name: String) throws {
    folder = try TemporaryDirectory()
    for file in try FileManager.default.contentsOfDirectory(atPath: modelFixture(name)) {
      try folder.write(file, Data(contentsOf: URL(filePath: modelFixture(name) + "/" + file)))
    }
  }

  func add(_ change: Float, to tensor: String, at index: Int, file: String = "golden.safetensors") throws {
    try edit(tensor, at: index, file: file) { bits in (Float(bitPattern: bits) + change).bitPattern }
  }

  func setInteger(_ value: Int32, of tensor: String, at index: Int) throws {
    try edit(tensor, at: index, file: "golden.safetensors") { _ in UInt32(bitPattern: value) }
  }

  func set(_ key: String, _ value: Any) throws {
    try editSettings { $0[key] = value }
  }

  func setStepCount(_ steps: Int) throws {
    try editSettings { object in
      var optimizer = object["adamw"] as? [String: Any] ?? [:]
      optimizer["steps"] = steps
      object["adamw"] = optimizer
    }
  }

  private func editSettings(_ change: (inout [String: Any]) -> Void) throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: folder.bytes("golden.json")) as? [String: Any])
    change(&object)
    try folder.write("golden.json", JSONSerialization.data(withJSONObject: object))
  }

  /// Changes four bytes of a tensor of four-byte elements.
  private func edit(_ tensor: String, at index: Int, file: String, _ change: (UInt32) -> UInt32) throws {
    var data = try folder.bytes(file)
    let headerSize = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header = try JSONSerialization.jsonObject(with: data[8..<8 + headerSize]) as? [String: Any]
    let entry = try #require(header?[tensor] as? [String: Any], "no \(tensor)")
    let offset = try #require((entry["data_offsets"] as? [Int])?.first)
    let place = 8 + headerSize + offset + 4 * index
    let old = data[place..<place + 4].enumerated().reduce(UInt32(0)) {
      $0 | UInt32($1.element) << (8 * $1.offset)
    }
    let new = change(old)
    for i in 0..<4 { data[place + i] = UInt8(truncatingIfNeeded: new >> (8 * i)) }
    try folder.write(file, data)
  }
}
