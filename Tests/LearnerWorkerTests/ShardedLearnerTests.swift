import Experience
import Kernels
import MessagePassing
import Messages
import Models
import Randomness
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// Any number of learners, each with its part of parameters and moments, is one learner.
@Suite("Sharded learners", .serialized)
struct ShardedLearnerTests {
  /// More than the blocks of the small models, too.
  static let counts = [1, 2, 3, 5]

  @Test(
    "any number of learners gives the same parameters, moments and weights", arguments: counts,
    Precision.allCases)
  func updates(count: Int, precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let alone = try Whole(together(1) { link in try trained(bench, link) })
    let whole = try Whole(together(count) { link in try trained(bench, link) })
    #expect(whole == alone)
    #expect(alone.parameters.count == bench.model.parameterCount)
    // Not the weights that it began with.
    #expect(try alone.parameters != bench.learner().parameters)
  }

  @Test("every family, shared out by chance", arguments: modelFixtures, 0..<2)
  func families(name: String, number: Int) throws {
    let bench = try Bench(name)
    var draw = namedGenerator("shared out \(number)")
    let owners = bench.groups.map { _ in draw.next(below: 2) }
    let alone = try Whole(together(1) { link in try trained(bench, link) })
    let pair = try Whole(together(2) { link in try trained(bench, link) { owners[$0] } })
    #expect(pair == alone)
  }

  @Test("the checksum of an update tells that all learners hold the same, and another update's differs")
  func checksums() throws {
    let bench = try Bench()
    let reports = try together(3) { link in
      let learner = try bench.learner(rank: link.rank, of: link.size)
      return try (1...2).map { try learner.learn(bench.groups, updateOrder(step: $0), link: link) }
    }
    #expect(reports[1] == reports[0] && reports[2] == reports[0])
    #expect(reports[0][0].checksum != 0 && reports[0][0].checksum != reports[0][1].checksum)
  }

  @Test("learners that disagree about the model all learn it before anything moves")
  func otherModels() throws {
    let errors = try together(2) { link in
      let bench = try Bench(["qwen2-tiny", "gpt2-tiny"][link.rank])
      let learner = try bench.learner(rank: link.rank, of: link.size)
      let error = #expect(throws: LinkError.self) { try learner.learn([], link: link) }
      guard case .countMismatch? = error else { return false }
      return true
    }
    #expect(errors == [true, true])
  }

  // MARK: Checkpoints

  @Test(
    "what some learners saved, others load: the files are the same bytes, and all goes on to the same bits",
    arguments: [(1, 2), (2, 1), (3, 2), (2, 3), (5, 1)], Precision.allCases)
  func otherNumber(counts: (saved: Int, loaded: Int), precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let (folder, lonely) = (try TemporaryDirectory(), try TemporaryDirectory())
    let writers = try together(counts.saved) { link in
      let learner = try learner(bench, link)
      return try learner.save(to: folder.path, modelSource: bench.directory, link: link)
    }
    #expect(writers == (0..<counts.saved).map { $0 == 0 })
    let alone = try together(1) { link in
      let learner = try learner(bench, link)
      try learner.save(to: lonely, of: bench)
      return try last(learner, bench, link)
    }
    for file in ["huggingface/model.safetensors", "optimizer.safetensors", "reference.safetensors"] {
      #expect(try folder.bytes(file) == lonely.bytes(file), "\(file)")
    }
    let loaded = try together(counts.loaded) { link in
      let learner = Learner(model: bench.model, options: fullLoss, rank: link.rank, learners: link.size)
      try learner.load(from: folder.path)
      return try last(learner, bench, link)
    }
    #expect(try Whole(loaded) == Whole(alone))
  }

  @Test("a learner begins with its part of a directory and the whole to compute with", arguments: counts)
  func beginning(count: Int) throws {
    let bench = try Bench()
    let alone = try bench.learner()
    let learners = try (0..<count).map { try bench.learner(rank: $0, of: count) }
    #expect(learners.flatMap(\.parameters) == alone.parameters)
    for learner in learners { #expect(learner.installed == alone.installed) }
    let values = Tensor(named: "values", [bench.model.parameterCount]).storage
    for learner in learners { learner.begin(with: values) }
    #expect(learners.flatMap(\.parameters) == values.elements.map(\.bitPattern))
    for learner in learners { #expect(learner.installed == learners[0].installed) }
  }
}

/// What a learner holds in the end.
private struct Part: Sendable, Equatable {
  let parameters: [UInt32]
  let moments: [[Float]]
  let installed: [UInt32]
  let reference: [UInt32]?
  let norms: [Double]
  let updateCount: Int
}

/// The parts of all learners put together.
private struct Whole: Equatable {
  let parameters: [UInt32]
  let moments: [[Float]]
  let installed: [UInt32]
  let reference: [UInt32]?
  let norms: [Double]
  let updateCount: Int

  init(_ parts: [Part]) throws {
    let first = try #require(parts.first)
    (installed, reference, norms, updateCount) = (
      first.installed, first.reference, first.norms, first.updateCount
    )
    parameters = parts.flatMap(\.parameters)
    moments = (0..<2).map { moment in parts.flatMap { $0.moments[moment] } }
    for part in parts {
      #expect(part.installed == installed && part.reference == reference)
      #expect(part.norms == norms && part.updateCount == updateCount)
    }
  }
}

/// A learner after two updates, with a reference and a reset between them.
private func learner(
  _ bench: Bench, _ link: any CollectiveLink, norms: inout [Double], owner: (_ group: Int) -> Int
) throws -> Learner {
  let learner = try bench.learner(rank: link.rank, of: link.size)
  for (step, indices) in [0..<3, 2..<5].enumerated() {
    let own = indices.filter { owner($0) == link.rank }.map { bench.groups[$0] }
    norms.append(try learner.learn(own, updateOrder(step: step + 1), link: link).gradientNorm)
    if step == 0 { try learner.resetReference(ResetOrder(reinitializesOptimizer: false)) }
  }
  return learner
}

private func learner(_ bench: Bench, _ link: any CollectiveLink) throws -> Learner {
  var norms: [Double] = []
  return try learner(bench, link, norms: &norms) { $0 % link.size }
}

/// What a learner holds after two updates.
private func trained(
  _ bench: Bench, _ link: any CollectiveLink, owner: ((_ group: Int) -> Int)? = nil
) throws -> Part {
  var norms: [Double] = []
  let learner = try learner(bench, link, norms: &norms) { owner?($0) ?? $0 % link.size }
  return part(learner, norms)
}

/// What a learner holds after one update more.
private func last(_ learner: Learner, _ bench: Bench, _ link: any CollectiveLink) throws -> Part {
  let own = bench.groups.enumerated().filter { $0.offset % link.size == link.rank }.map(\.element)
  let norm = try learner.learn(own, updateOrder(step: 3), link: link).gradientNorm
  return part(learner, [norm])
}

private func part(_ learner: Learner, _ norms: [Double]) -> Part {
  Part(
    parameters: learner.parameters, moments: learner.moments, installed: learner.installed,
    reference: learner.installedReference, norms: norms, updateCount: learner.updateCount)
}
