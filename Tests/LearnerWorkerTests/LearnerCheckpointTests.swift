import Foundation
import Kernels
import Messages
import Models
import PolicyOptimization
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// A learner that was saved and loaded goes on as if nothing had happened.
@Suite("Learner checkpoints")
struct LearnerCheckpointTests {
  @Test(
    "the next updates after a round trip are the same to the bit", arguments: modelFixtures,
    Precision.allCases)
  func roundTrip(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    let saved = TrainedLearner(bench)
    let learner = try saved.make()
    let folder = try TemporaryDirectory()
    try learner.save(to: folder, of: bench)
    let loaded = try bench.learner()
    try loaded.load(from: folder.path)
    #expect(loaded.parameters == learner.parameters && loaded.installed == learner.installed)
    #expect(loaded.installedReference == learner.installedReference)
    #expect(loaded.installedReference != loaded.installed)
    #expect(loaded.moments == learner.moments && loaded.updateCount == 2)
    for step in 4...5 {
      let reports = [learner, loaded].map { learner in
        bench.groups.map { learner.train($0, settings: fullSettings) }
      }
      #expect(reports[0] == reports[1])
      #expect(try learner.learn([], updateOrder(step: step)) == loaded.learn([], updateOrder(step: step)))
      #expect(loaded.parameters == learner.parameters)
    }
  }

  @Test("the same learner gives the same bytes, and another learner others")
  func sameBytes() throws {
    let bench = try Bench()
    let learner = try TrainedLearner(bench).make()
    let folders = try (0..<3).map { _ in try TemporaryDirectory() }
    try learner.save(to: folders[0], of: bench)
    try learner.save(to: folders[1], of: bench)
    try learner.learn(bench.groups)
    try learner.save(to: folders[2], of: bench)
    for file in ["huggingface/model.safetensors", "optimizer.safetensors", "huggingface/config.json"] {
      #expect(try folders[0].bytes(file) == folders[1].bytes(file), "\(file)")
    }
    for file in ["huggingface/model.safetensors", "optimizer.safetensors"] {
      #expect(try folders[0].bytes(file) != folders[2].bytes(file), "\(file)")
    }
    #expect(try folders[0].bytes("reference.safetensors") == folders[2].bytes("reference.safetensors"))
  }

  @Test("the model part is a model directory of its own")
  func modelDirectory() throws {
    let bench = try Bench()
    let learner = try TrainedLearner(bench).make()
    let folder = try TemporaryDirectory()
    try learner.save(to: folder, of: bench)
    let path = folder.file(Learner.modelFolder)
    let model = LanguageModel(try ModelConfiguration(directory: path))
    let weights = model.makeWeights(forTraining: false)
    try model.load(directory: path, into: weights)
    #expect(weights.elements(of: model).map(\.bitPattern) == learner.parameters)
    for file in ["tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
      #expect(
        try folder.bytes(Learner.modelFolder + "/" + file)
          == Data(contentsOf: URL(filePath: bench.directory + "/" + file)))
    }
  }

  @Test("without a reference none is written or asked for")
  func withoutReference() throws {
    let bench = try Bench()
    var options = fullLoss
    options.firstPlan.loss.klPenalty = nil
    options.keepsReference = false
    let folder = try TemporaryDirectory()
    try bench.learner(options).save(to: folder, of: bench)
    #expect(!FileManager.default.fileExists(atPath: folder.file("reference.safetensors")))
    try bench.learner(options).load(from: folder.path)
  }

  @Test(
    "a file that is missing or cut is named",
    arguments: ["optimizer.safetensors", "reference.safetensors", "huggingface/model.safetensors"],
    [nil, 0, 1000])
  func damaged(file: String, bytes: Int?) throws {
    let bench = try Bench()
    let folder = try TemporaryDirectory()
    try bench.learner().save(to: folder, of: bench)
    let whole = try folder.bytes(file)
    try FileManager.default.removeItem(atPath: folder.file(file))
    if let bytes { try folder.write(file, whole.prefix(bytes)) }
    // Of a model's weights there may be shards instead, so that the directory is named.
    let name = bytes == nil && file.hasPrefix("huggingface") ? "huggingface" : file
    #expect { try bench.learner().load(from: folder.path) } throws: { "\($0)".contains(folder.file(name)) }
  }

  @Test("a checkpoint of another architecture is refused by the tensor")
  func otherArchitecture() throws {
    let folder = try TemporaryDirectory()
    let bench = try Bench("qwen3-tiny")
    try bench.learner().save(to: folder, of: bench)
    #expect {
      try Bench("qwen2-tiny").learner().load(from: folder.path)
    } throws: {
      "\($0)".contains("`model.layers.0.self_attn.q_proj.weight` has shape [96, 64]")
    }
  }
}

/// A learner with a reference of its own and moments of two updates.
private struct TrainedLearner {
  let bench: Bench

  init(_ bench: Bench) { self.bench = bench }

  func make() throws -> Learner {
    let learner = try bench.learner()
    try learner.learn(bench.groups, updateOrder(step: 1))
    try learner.resetReference(ResetOrder(reinitializesOptimizer: true))
    try learner.learn(Array(bench.groups[..<3]), updateOrder(step: 2))
    try learner.learn(bench.groups, updateOrder(step: 3))
    return learner
  }
}
