import Experience
import Kernels
import LearnerWorker
import MessagePassing
import Messages
import Models
import PolicyOptimization
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import RolloutWorker

/// Which weights sample what, where sampling lags behind training.
@Suite("Versions of weights")
struct WeightStoreTests {
  /// Other weights of the same model.
  private func weights(_ name: String, _ bench: Bench) -> ModelWeights {
    let weights = bench.model.makeWeights(forTraining: false)
    weights.install(Tensor(named: name, [bench.model.parameterCount], in: -0.1...0.1).storage)
    return weights
  }

  private func elements(_ store: WeightStore, _ version: Int, _ bench: Bench) throws -> [Float] {
    try store.weights(of: version).elements(of: bench.model)
  }

  @Test("a version stays until it is needed no more, and is a copy that learning does not touch")
  func copied() throws {
    let bench = try Bench("qwen2-tiny")
    let source = weights("learner", bench)
    let first = bench.weights.elements(of: bench.model)
    let store = bench.store(.copied(source))
    #expect(store.newestVersion == 4)
    try store.install(version: 5, oldestNeeded: 4, inUse: nil)
    let second = source.elements(of: bench.model)
    source.install(Tensor(named: "later", [bench.model.parameterCount]).storage)
    #expect(try elements(store, 4, bench) == first && elements(store, 5, bench) == second)
    try store.install(version: 6, oldestNeeded: 5, inUse: nil)
    #expect(throws: RolloutError.unknownVersion(4)) { try store.weights(of: 4) }
    #expect(
      try elements(store, 5, bench) == second && elements(store, 6, bench) == source.elements(of: bench.model)
    )
    #expect(store.newestVersion == 6)
  }

  @Test("what is at work stays, though it is needed for nothing new")
  func inUse() throws {
    let bench = try Bench("qwen2-tiny")
    let first = bench.weights.elements(of: bench.model)
    let store = bench.store(.copied(weights("learner", bench)))
    try store.install(version: 5, oldestNeeded: 5, inUse: 4)
    #expect(try elements(store, 4, bench) == first)
    try store.install(version: 6, oldestNeeded: 6, inUse: nil)
    for version in [4, 5] {
      #expect(throws: RolloutError.unknownVersion(version)) { try store.weights(of: version) }
    }
  }

  @Test("the same version again is the learner's as it is then")
  func sameVersion() throws {
    let bench = try Bench("qwen2-tiny")
    let source = weights("learner", bench)
    let store = bench.store(.copied(source))
    try store.install(version: 5, oldestNeeded: 4, inUse: nil)
    try store.install(version: 5, oldestNeeded: 4, inUse: nil)
    #expect(try elements(store, 5, bench) == source.elements(of: bench.model))
    #expect(try elements(store, 4, bench) == bench.weights.elements(of: bench.model))
  }

  @Test("memory is made for as many versions as are kept, and used again")
  func memory() throws {
    let bench = try Bench("qwen2-tiny")
    let made = Mutex(0)
    let store = WeightStore(.copied(weights("learner", bench)), version: 0, weights: bench.weights) {
      made.withLock { $0 += 1 }
      return bench.model.makeWeights(forTraining: false)
    }
    for version in 1...20 { try store.install(version: version, oldestNeeded: version - 2, inUse: nil) }
    // Three are kept, of which one was there.
    #expect(made.withLock { $0 } == 2)
  }

  // MARK: The role

  private func groups(_ role: RolloutRole, _ count: Int) throws -> [ScoredGroup] {
    var groups: [ScoredGroup] = []
    while groups.count < count {
      _ = try role.advance { if case .group(_, _, let group) = $0 { groups.append(group) } }
    }
    return groups
  }

  @Test(
    "assignments of two versions are each sampled by their own, to the bit, in the order they were asked for")
  func twoVersions() throws {
    let bench = try Bench("qwen2-tiny")
    let newer = weights("learner", bench)
    let store = bench.store(.copied(newer))
    let role = RolloutRole(engine: bench.engine(), store: store)
    try role.handle(.publish(version: 7, oldestNeeded: 4)) { _ in }
    let assignments = [(0, 4), (1, 7), (2, 4), (3, 7)].map { ordinal, version in
      assignment("prompt \(ordinal)", ordinal: ordinal, policyVersion: version)
    }
    try role.handle(.sample(assignments)) { _ in }
    let found = try groups(role, 4)
    #expect(found.map(\.policyVersion) == [4, 4, 7, 7])
    for group in found {
      let engine = bench.engine()
      try engine.admit(assignments[group.ordinal], policyVersion: group.policyVersion)
      var alone: ScoredGroup?
      while engine.liveGroups > 0 {
        alone = engine.step(weights: group.policyVersion == 4 ? bench.weights : newer).first?.group ?? alone
      }
      #expect(group == alone)
    }
  }

  @Test("weights that come while others are at work change nothing for these")
  func published() throws {
    let bench = try Bench("qwen2-tiny")
    let role = RolloutRole(engine: bench.engine(), store: bench.store(.copied(weights("learner", bench))))
    let work = assignment("prompt", ordinal: 3)
    try role.handle(.sample([work])) { _ in }
    for version in 5...7 {
      _ = try role.advance { _ in }
      // Nothing new is asked of version 4, and yet it stays as long as it is at work.
      try role.handle(.publish(version: version, oldestNeeded: version)) { _ in }
    }
    let found = try groups(role, 1)
    #expect(
      try found
        == [bench.sample([work], with: bench.engine())[3]].compactMap { $0 }.map { group in
          var group = group
          group.policyVersion = 4
          return group
        })
  }

  @Test("what is cancelled leaves its version, and the next is begun")
  func cancelled() throws {
    let bench = try Bench("qwen2-tiny")
    let role = RolloutRole(engine: bench.engine(), store: bench.store(.copied(weights("learner", bench))))
    try role.handle(.publish(version: 5, oldestNeeded: 4)) { _ in }
    try role.handle(
      .sample([
        assignment("a", ordinal: 0, step: 1), assignment("b", ordinal: 1, step: 2, policyVersion: 5),
        assignment("c", ordinal: 2, step: 1),
      ])
    ) { _ in }
    try role.handle(.cancel(use: .training, step: 1)) { _ in }
    #expect(try groups(role, 1).map(\.ordinal) == [1])
  }

  @Test("a version that never came is named")
  func unknown() throws {
    let bench = try Bench("qwen2-tiny")
    let role = RolloutRole(engine: bench.engine(), store: bench.store())
    try role.handle(.sample([assignment("a", policyVersion: 9)])) { _ in }
    #expect(throws: RolloutError.unknownVersion(9)) { _ = try role.advance { _ in } }
    #expect("\(RolloutError.unknownVersion(9))".contains("9"))
  }

  @Test("a worker asks for no prompts while some of another version wait")
  func room() throws {
    let bench = try Bench("qwen2-tiny")
    let role = RolloutRole(
      engine: bench.engine(limits: RolloutLimits(responses: 20)),
      store: bench.store(.copied(weights("learner", bench))))
    try role.handle(.publish(version: 5, oldestNeeded: 4)) { _ in }
    var wanted = 0
    try role.handle(.sample([assignment("a", ordinal: 0), assignment("b", ordinal: 1, policyVersion: 5)])) {
      _ in
    }
    var finished = 0
    while finished == 0 {
      _ = try role.advance { report in
        if case .wants = report { wanted += 1 }
        if case .group = report { finished += 1 }
      }
      if finished == 0 { #expect(wanted == 0) }
    }
  }

  // MARK: Scores

  @Test(
    "learners' scores of sampled groups are what sampling recorded, to the bit",
    arguments: ["qwen2-tiny", "gpt2-tiny"], Precision.allCases)
  func scores(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    for temperature: Float in [1, 0.7] {
      var options = LearnerOptions()
      options.firstPlan.temperature = temperature
      options.keepsReference = true
      let learner = Learner(model: bench.model, options: options)
      try learner.begin(directory: modelFixture(name))
      let sampling = SamplingParameters(temperature: temperature, topP: 0.9, maximumTokens: 40)
      let assignments = (0..<3).map {
        assignment("Tell me \($0)", ordinal: $0, samples: 4, sampling: sampling)
      }
      for (ordinal, group) in try bench.sample(assignments, with: bench.engine()) {
        let scores = learner.score(
          ScoreOrder(
            ordinal: ordinal, promptTokens: group.promptTokens, responses: group.responses.map(\.tokens),
            wantsPolicy: true, wantsReference: true))
        #expect(scores.policy == group.responses.map(\.logProbabilities) && scores.reference == scores.policy)
        for (entropies, response) in zip(scores.entropies, group.responses) {
          #expect(entropies.reduce(0) { $0 + Double($1) } == response.entropySum)
        }
      }
    }
  }
}
