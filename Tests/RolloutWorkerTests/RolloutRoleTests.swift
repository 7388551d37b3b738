import Experience
import Kernels
import LearnerWorker
import MessagePassing
import Messages
import Models
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import RolloutWorker

/// What a rollout worker asks for and hands in.
@Suite("Rollout role")
struct RolloutRoleTests {
  @Test("a worker asks for as much as it can begin, and for a group more when all of it has begun")
  func asksForRoom() throws {
    let worker = try Worker(responses: 7)
    try worker.advance()
    #expect(worker.wanted == [7])
    // Room for a part of the third group, too.
    try worker.handle(.sample((0..<3).map { assignment("p \($0)", ordinal: $0) }))
    #expect(worker.engine.isFull == true)
    while worker.engine.isFull {
      #expect(worker.wanted == [7])
      try worker.advance()
    }
    // Nine came for seven; now the next one may come.
    #expect(worker.wanted.count == 2 && worker.wanted[1] >= 3)
    while worker.groups.count < 3 { try worker.advance() }
    #expect(try worker.advance() == false)
    // With nothing to do it is open for seven beside the nine that came.
    #expect(worker.wanted.reduce(0, +) == 9 + 7)
    #expect(try worker.advance() == false)
    #expect(worker.wanted.reduce(0, +) == 9 + 7)
  }

  @Test("more prompts than room wait, the oldest first in line")
  func waiting() throws {
    let worker = try Worker(responses: 3)
    let sampling = SamplingParameters(temperature: 0, maximumTokens: 9)
    try worker.handle(
      .sample((0..<5).reversed().map { assignment("p \($0)", ordinal: $0, sampling: sampling) }))
    while worker.groups.count < 5 { try worker.advance() }
    #expect(worker.groups.map(\.ordinal) == [0, 1, 2, 3, 4])
    #expect(worker.engine.counts.mostRows <= 3 + 5 * 5)
  }

  @Test("what is cancelled, begun or waiting, gives its room back and is never handed in")
  func cancel() throws {
    let worker = try Worker(responses: 4)
    try worker.advance()
    #expect(worker.wanted == [4])
    try worker.handle(
      .sample(
        [assignment("a", ordinal: 0, step: 1), assignment("b", ordinal: 1, step: 1)]
          + [assignment("c", ordinal: 2, step: 2)]))
    try worker.advance()
    try worker.handle(.cancel(use: .training, step: 1))
    #expect(worker.engine.liveGroups == 1 && worker.wanted == [4])
    try worker.advance()
    // One place is left, and room for one group more; nine came for four.
    #expect(worker.wanted == [4, 5 + 2])
    try worker.handle(.sample([assignment("d", ordinal: 3, step: 1)]))
    try worker.handle(.cancel(use: .training, step: 1))
    while try worker.advance() {}
    #expect(worker.groups.map(\.ordinal) == [2])
    #expect(worker.wanted.reduce(0, +) == 12 + 4)
  }

  @Test("a group carries the version of the weights that began it")
  func versions() throws {
    let worker = try Worker(responses: 3)
    try worker.handle(.sample([assignment("a", ordinal: 0)]))
    while worker.groups.isEmpty { try worker.advance() }
    try worker.handle(.publish(version: 9, oldestNeeded: 9))
    try worker.handle(.sample([assignment("a", ordinal: 1, policyVersion: 9)]))
    while worker.groups.count < 2 { try worker.advance() }
    #expect(worker.groups.map(\.policyVersion) == [4, 9])
  }

  @Test("what learners publish is what is sampled from, to the bit", arguments: [1, 2], Precision.allCases)
  func published(learners: Int, precision: Precision) throws {
    let world = ThreadWorld(workers: learners + 1)
    let members = Array(0..<learners + 2)
    let links = try world.collective(members: members)
    let learnerLinks = try world.collective(members: Array(0..<learners))
    let installed = Mutex<[Int: [Float]]>([:])
    try NodeThreads.run(members) { node, error in
      world.fail("node \(node): \(error)")
    } body: { node in
      let bench = try Bench("qwen2-tiny", precision: precision)
      guard let link = links[node]?.take() else { return }
      let weights: ModelWeights
      if let learnersLink = learnerLinks[node]?.take() {
        let learner = Learner(model: bench.model, options: LearnerOptions(), rank: node, learners: learners)
        learner.begin(with: Tensor(named: "other weights", [bench.model.parameterCount]).storage)
        let role = LearnerRole(
          learner: learner, learnersLink: learnersLink, weightsLink: link, modelSource: "")
        try role.handle(.publish(version: 9, oldestNeeded: 9)) { _ in }
        weights = learner.policy
      } else {
        let store = bench.store(.received(link, bench.exchange(learners: learners)))
        let role = RolloutRole(engine: bench.engine(), store: store)
        try role.handle(.publish(version: 9, oldestNeeded: 9)) { _ in }
        weights = try store.weights(of: 9)
      }
      installed.withLock { $0[node] = weights.elements(of: bench.model) }
    }
    let found = installed.withLock { $0 }
    #expect(found.count == learners + 2)
    for node in members.dropFirst() { expectSameBits(found[node] ?? [], found[0] ?? [], "node \(node)") }
    #expect(try found[0] != Bench("qwen2-tiny").weights.elements(of: Bench("qwen2-tiny").model))
  }

  @Test("a prompt that is too long ends the worker with its sentence")
  func promptTooLong() throws {
    let worker = try Worker(responses: 3)
    let long = assignment(String(repeating: "long ", count: 300), ordinal: 7)
    #expect { try worker.handle(.sample([long])) } throws: {
      "\($0)".hasPrefix("prompts.jsonl:7: the prompt has")
    }
  }

  @Test("orders for learners are none of its business")
  func otherOrders() throws {
    let worker = try Worker(responses: 3)
    for order in [
      Order.stop, .save(directory: "/nowhere"), .resetReference(ResetOrder(reinitializesOptimizer: true)),
    ] {
      try worker.handle(order)
    }
    #expect(worker.wanted.isEmpty && worker.groups.isEmpty)
  }
}

/// A role with everything it said.
private final class Worker {
  let engine: RolloutEngine
  private let role: RolloutRole
  private(set) var wanted: [Int] = []
  private(set) var groups: [ScoredGroup] = []

  init(responses: Int) throws {
    let bench = try Bench("qwen2-tiny")
    engine = bench.engine(limits: RolloutLimits(responses: responses))
    role = RolloutRole(engine: engine, store: bench.store())
  }

  func handle(_ order: Order) throws { try role.handle(order) { hear($0) } }

  @discardableResult
  func advance() throws -> Bool { try role.advance { hear($0) } }

  private func hear(_ report: Report) {
    switch report {
    case .wants(let responses): wanted.append(responses)
    case .group(_, _, let group): groups.append(group)
    default: Issue.record("\(report) is no report of a rollout worker")
    }
  }
}
