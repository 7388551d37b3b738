import Experience
import Messages
import Models
import RolloutWorker
import TestSupport
import Testing

/// What a rollout worker asks for and hands in.
@Suite("Rollout role")
struct RolloutRoleTests {
  @Test("a worker asks for as many groups as it has room for, and again for each that is done")
  func asksForRoom() throws {
    let worker = try Worker(room: 2)
    try worker.advance()
    #expect(worker.wanted == [2])
    try worker.handle(.sample((0..<2).map { assignment("p \($0)", ordinal: $0) }))
    while worker.groups.count < 2 { try worker.advance() }
    try worker.advance()
    #expect(worker.wanted.reduce(0, +) == 4)
    #expect(Set(worker.groups.map(\.ordinal)) == [0, 1])
    #expect(try worker.advance() == false)
  }

  @Test("more prompts than room wait")
  func waiting() throws {
    let worker = try Worker(room: 2)
    try worker.handle(.sample((0..<5).map { assignment("p \($0)", ordinal: $0) }))
    try worker.advance()
    #expect(worker.engine.liveGroups == 2)
    while worker.groups.count < 5 {
      try worker.advance()
      #expect(worker.engine.liveGroups <= 2)
    }
  }

  @Test("what is cancelled, begun or waiting, gives its room back and is never handed in")
  func cancel() throws {
    let worker = try Worker(room: 3)
    try worker.advance()
    try worker.handle(
      .sample(
        [assignment("a", ordinal: 0, step: 1), assignment("b", ordinal: 1, step: 1)]
          + [assignment("c", ordinal: 2, step: 2)]))
    try worker.advance()
    try worker.handle(.cancel(use: .training, step: 1))
    #expect(worker.engine.liveGroups == 1)
    try worker.advance()
    #expect(worker.wanted == [3, 2])
    try worker.handle(.sample([assignment("d", ordinal: 3, step: 1)]))
    try worker.handle(.cancel(use: .training, step: 1))
    while try worker.advance() {}
    #expect(worker.groups.map(\.ordinal) == [2])
    // All three at first, the two and the one that were cancelled, and the one that was done.
    #expect(worker.wanted.reduce(0, +) == 7)
  }

  @Test("a group carries the version of the weights that began it")
  func versions() throws {
    let worker = try Worker(room: 1)
    try worker.handle(.sample([assignment("a", ordinal: 0)]))
    while worker.groups.isEmpty { try worker.advance() }
    try worker.handle(.publish(version: 9))
    try worker.handle(.sample([assignment("a", ordinal: 1)]))
    while worker.groups.count < 2 { try worker.advance() }
    #expect(worker.groups.map(\.policyVersion) == [4, 9])
  }

  @Test("a prompt that is too long ends the worker with its sentence")
  func promptTooLong() throws {
    let worker = try Worker(room: 1)
    try worker.handle(.sample([assignment(String(repeating: "long ", count: 300), ordinal: 7)]))
    #expect { try worker.advance() } throws: { "\($0)".hasPrefix("prompts.jsonl:7: the prompt has") }
  }

  @Test("orders for learners are none of its business")
  func otherOrders() throws {
    let worker = try Worker(room: 1)
    for order in [Order.stop, .save(directory: "/nowhere"), .resetReference(reinitializingOptimizer: true)] {
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

  init(room: Int) throws {
    let bench = try Bench("qwen2-tiny")
    engine = bench.engine()
    role = RolloutRole(engine: engine, weights: bench.weights, weightsLink: nil, room: room, policyVersion: 4)
  }

  func handle(_ order: Order) throws { try role.handle(order) { hear($0) } }

  @discardableResult
  func advance() throws -> Bool { try role.advance { hear($0) } }

  private func hear(_ report: Report) {
    switch report {
    case .wants(let groups): wanted.append(groups)
    case .group(_, _, let group): groups.append(group)
    default: Issue.record("\(report) is no report of a rollout worker")
    }
  }
}
