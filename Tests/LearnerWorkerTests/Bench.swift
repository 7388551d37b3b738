import Experience
import Foundation
import Kernels
import MessagePassing
import Messages
import Models
import PolicyOptimization
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// The directory of a small model with golden data.
func modelFixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().path + "/../ModelsTests/Fixtures/" + name
}

/// Small models to teach.
let modelFixtures = ["gpt2-tiny", "qwen2-tiny", "llama3-tiny", "qwen3-tiny"]

/// The options of these tests: every part of the loss is there.
var fullLoss: LearnerOptions {
  var options = LearnerOptions()
  options.firstPlan.loss = TokenLoss(klPenalty: .init())
  options.firstPlan.hasOtherParts = true
  options.keepsReference = true
  options.optimizer = AdamWSettings(learningRate: 0, weightDecay: 0.01)
  options.pieceTokens = 24
  return options
}

/// The coefficients of that loss.
let fullSettings = LossSettings(klCoefficient: 0.1, entropyCoefficient: 0.01)

/// A small model with groups to learn from.
struct Bench: Sendable {
  let directory: String
  let model: LanguageModel
  let groups: [TrainingGroup]

  init(_ name: String = "qwen2-tiny", precision: Precision = .fp32) throws {
    directory = modelFixture(name)
    model = LanguageModel(try ModelConfiguration(directory: directory), precision: precision)
    let weights = model.makeWeights(forTraining: false)
    try model.load(directory: directory, into: weights)
    groups = Self.groups(model, weights)
  }

  /// Five groups of up to four responses, one of them empty, one of a single token; `old` log-probabilities
  /// are those of the fixture's weights.
  private static func groups(_ model: LanguageModel, _ weights: ModelWeights) -> [TrainingGroup] {
    let pass = TreePass(model: model, temperature: 1, pieceTokens: 1000, retention: .none)
    let lengths = [[9, 3, 14, 7], [1, 5], [20, 20, 0], [2], [6, 11, 1, 4]]
    return lengths.enumerated().map { ordinal, lengths in
      let vocabulary = model.configuration.vocabularySize
      let prompt = namedTokens("prompt \(ordinal)", 4 + 3 * ordinal, vocabulary: vocabulary)
      let responses = lengths.enumerated().map {
        namedTokens("response \(ordinal).\($0)", $1, vocabulary: vocabulary)
      }
      let scores = pass.score(
        TokenTree(trunk: prompt, branches: responses.map { .init(tokens: $0) }), weights: weights)
      let advantages = namedFloats("advantages \(ordinal)", responses.count, in: -2...2)
      return TrainingGroup(
        ordinal: 40 + ordinal, policyVersion: 0, promptTokens: prompt,
        samples: responses.indices.map {
          .init(tokens: responses[$0], oldLogProbabilities: scores[$0], advantages: [advantages[$0]])
        })
    }
  }

  /// Learner `rank` of `learners`, with the fixture's weights.
  func learner(_ options: LearnerOptions = fullLoss, rank: Int = 0, of learners: Int = 1) throws -> Learner {
    let learner = Learner(model: model, options: options, rank: rank, learners: learners)
    try learner.begin(directory: directory)
    return learner
  }
}

/// An order to apply what was trained.
func updateOrder(step: Int = 1, isSkipped: Bool = false, normalizer: Double = 90) -> UpdateOrder {
  UpdateOrder(step: step, miniBatch: 0, normalizer: normalizer, learningRate: 1e-3, isSkipped: isSkipped)
}

extension Learner {
  /// Trains `groups` and applies them.
  @discardableResult
  func learn(
    _ groups: [TrainingGroup], _ order: UpdateOrder = updateOrder(), link: (any CollectiveLink)? = nil
  ) throws -> UpdateReport {
    for group in groups { _ = train(group, settings: fullSettings) }
    return try update(order, link: link)
  }

  /// The folded gradient of what was trained since the last update; applies it.
  func totals() throws -> [Int64] {
    let link = LonelyLink()
    _ = try update(updateOrder(), link: link)
    return link.sums.flatMap { $0 }
  }

  /// Writes a checkpoint as the only learner.
  func save(to folder: TemporaryDirectory, of bench: Bench) throws {
    #expect(try save(to: folder.path, modelSource: bench.directory, link: nil))
  }

  /// What the model computes with.
  var installed: [UInt32] { policy.elements(of: model).map(\.bitPattern) }

  /// What the reference computes with.
  var installedReference: [UInt32]? { reference?.elements(of: model).map(\.bitPattern) }

  /// The parameters it keeps.
  var parameters: [UInt32] { shard.parameters.elements.map(\.bitPattern) }

  /// What the optimizer remembers.
  var moments: [[Float]] { [shard.firstMoment.elements, shard.secondMoment.elements] }
}

/// The link of a learner without others, which keeps what it was asked to add.
final class LonelyLink: CollectiveLink {
  private(set) var sums: [[Int64]] = []
  let rank = 0
  let size = 1

  func sum(_ values: inout MutableSpan<Int64>) throws(LinkError) { keep(values) }

  func sum(_ values: inout MutableSpan<Int64>, keeping ranges: [Range<Int>]) throws(LinkError) {
    keep(values)
  }

  private func keep(_ values: borrowing MutableSpan<Int64>) { sums.append(values.indices.map { values[$0] }) }

  func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws(LinkError) {}
  func broadcast(_ values: inout MutableSpan<UInt16>, from root: Int) throws(LinkError) {}
  func broadcast(_ bytes: [UInt8], from root: Int) throws(LinkError) -> [UInt8] { bytes }
  func gather(_ bytes: [UInt8]) throws(LinkError) -> [[UInt8]] { [bytes] }
  func gather(_ values: [Double]) throws(LinkError) -> [Double] { values }
  func barrier() throws(LinkError) {}
}

/// What `body` gives for each of `count` members of a link, each on a thread of its own, in the order of ranks.
func together<Result: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (_ link: any CollectiveLink) throws -> Result
) throws -> [Result] {
  let world = ThreadWorld(workers: count - 1)
  let links = try world.collective(members: Array(0..<count))
  let results = Mutex<[Int: Result]>([:])
  try NodeThreads.run(Array(0..<count)) { node, error in
    world.fail("node \(node): \(error)")
  } body: { node in
    guard let link = links[node]?.take() else { throw NoLink() }
    let result = try body(link)
    results.withLock { $0[node] = result }
  }
  return results.withLock { results in results.sorted { $0.key < $1.key }.map(\.value) }
}

/// A member without its link.
struct NoLink: Error {}
