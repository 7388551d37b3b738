import Experience
import MessagePassing
import Messages
import PolicyOptimization
import Tasks
import Testing

@testable import Coordinator

/// Who gets which prompt and which group.
@Suite("Conversation")
struct ConversationTests {
  @Test("prompts wait until somebody has room, and go to whoever has the most")
  func room() throws {
    let talk = try Talk(rollout: [1, 2], learners: [1])
    try talk.conversation.sample((0..<6).map { talk.assignment($0) })
    #expect(talk.conversation.waitingCount == 6 && talk.ordinals(1).isEmpty)
    try talk.hear(1, .wants(responses: 1))
    try talk.hear(2, .wants(responses: 3))
    #expect(talk.ordinals(1) == [0] && talk.ordinals(2) == [1, 2, 3])
    #expect(talk.conversation.waitingCount == 2)
    try talk.hear(1, .wants(responses: 5))
    #expect(talk.ordinals(1) == [4, 5] && talk.conversation.waitingCount == 0)
    // Room that was not used is remembered: 3 are left at node 1.
    try talk.conversation.sample((6..<10).map { talk.assignment($0) })
    #expect(talk.ordinals(1) == [6, 7, 8] && talk.ordinals(2).isEmpty)
  }

  @Test("room is counted in responses, and a group goes to whoever has room for a part of it")
  func roomForParts() throws {
    let talk = try Talk(rollout: [1, 2], learners: [1])
    try talk.conversation.sample((0..<5).map { talk.assignment($0, samples: 8) })
    try talk.hear(1, .wants(responses: 17))
    #expect(talk.ordinals(1) == [0, 1, 2] && talk.conversation.waitingCount == 2)
    // Seven more came than asked for: these count first.
    try talk.hear(1, .wants(responses: 7))
    #expect(talk.ordinals(1).isEmpty)
    try talk.hear(1, .wants(responses: 1))
    #expect(talk.ordinals(1) == [3])
    try talk.hear(2, .wants(responses: 1))
    #expect(talk.ordinals(2) == [4])
  }

  @Test("ten thousand prompts go out in order, one by one")
  func manyPrompts() throws {
    let talk = try Talk(rollout: [1], learners: [1])
    try talk.conversation.sample((0..<10_000).map { talk.assignment($0) })
    var ordinals: [Int] = []
    for _ in 0..<10_000 {
      try talk.hear(1, .wants(responses: 1))
      ordinals += talk.ordinals(1)
    }
    #expect(ordinals == Array(0..<10_000) && talk.conversation.waitingCount == 0)
  }

  @Test("with equal room the prompts alternate, beginning with the lowest node")
  func alternating() throws {
    let talk = try Talk(rollout: [1, 2, 3], learners: [1])
    for node in 1...3 { try talk.hear(node, .wants(responses: 2)) }
    try talk.conversation.sample((0..<6).map { talk.assignment($0) })
    #expect((1...3).map(talk.ordinals) == [[0, 3], [1, 4], [2, 5]])
  }

  @Test("what is cancelled goes to nobody, and every rollout worker is told")
  func cancel() throws {
    let talk = try Talk(rollout: [1, 2], learners: [3])
    try talk.conversation.sample([talk.assignment(0)])
    try talk.conversation.cancel(.training, step: 4)
    #expect(
      (1...3).map(talk.orders) == [
        [.cancel(use: .training, step: 4)], [.cancel(use: .training, step: 4)], [],
      ])
    try talk.hear(1, .wants(responses: 1))
    #expect(talk.ordinals(1).isEmpty && talk.conversation.waitingCount == 0)
  }

  @Test("a group goes to the learner with the fewest tokens waiting")
  func balance() throws {
    let talk = try Talk(rollout: [1], learners: [2, 3])
    for (ordinal, tokens) in [(0, 10), (1, 3), (2, 3), (3, 3), (4, 2)] { try talk.train(ordinal, tokens) }
    #expect(talk.ordinals(2) == [0] && talk.ordinals(3) == [1, 2, 3, 4])
    // Node 2 is done with its large group: nothing waits there, and 11 tokens at node 3.
    try talk.hear(2, .trained(talk.report(0)))
    try talk.train(5, 6)
    try talk.train(6, 1)
    #expect(talk.ordinals(2) == [5, 6] && talk.ordinals(3).isEmpty)
    #expect(talk.conversation.takeFewestTrainedGroups() == 3)
    #expect(talk.conversation.takeFewestTrainedGroups() == 0)
  }

  @Test("learners that have nothing waiting take turns")
  func turns() throws {
    let talk = try Talk(rollout: [1], learners: [2, 3])
    for ordinal in 0..<4 {
      try talk.train(ordinal, 5)
      let node = ordinal.isMultiple(of: 2) ? 2 : 3
      #expect(talk.ordinals(node) == [ordinal])
      try talk.hear(node, .trained(talk.report(ordinal)))
    }
  }

  @Test("shuffled arrival hands prompts out last first, and uses every learner")
  func shuffled() throws {
    let talk = try Talk(rollout: [1], learners: [2, 3], shufflesArrival: true)
    try talk.hear(1, .wants(responses: 3))
    try talk.conversation.sample((0..<3).map { talk.assignment($0) })
    #expect(talk.ordinals(1) == [2, 1, 0])
    for ordinal in 0..<12 { try talk.train(ordinal, 5) }
    #expect(talk.ordinals(2).count >= 3 && talk.ordinals(3).count >= 3)
  }

  @Test("at the end every worker is told to leave, once")
  func stop() throws {
    let talk = try Talk(rollout: [1, 2], learners: [2, 3])
    try talk.conversation.stop()
    #expect((1...3).map(talk.orders) == [[.stop], [.stop], [.stop]])
  }

  @Test("bytes that are no report end the run with a sentence")
  func malformed() throws {
    let talk = try Talk(rollout: [1], learners: [1])
    try talk.send(1, [wireVersion + 1])
    #expect(throws: MessageError.version(found: wireVersion + 1, expected: wireVersion)) {
      try talk.conversation.next()
    }
  }
}

/// Both ends of a conversation, on one thread.
private struct Talk {
  let conversation: Conversation
  private let workers: [Int: any ControlLink]

  init(rollout: [Int], learners: [Int], shufflesArrival: Bool = false) throws {
    let roster = Roster(rollout: rollout, learners: learners)
    let links = ThreadWorld(workers: roster.workers.count).control()
    conversation = Conversation(
      link: try #require(links[0]).take(), roster: roster, shufflesArrival: shufflesArrival)
    workers = Dictionary(
      uniqueKeysWithValues: try roster.workers.map { ($0, try #require(links[$0]).take()) })
  }

  func send(_ node: Int, _ bytes: [UInt8]) throws { try workers[node]?.send(bytes, to: 0) }

  /// Has the coordinator hear `report`, and nothing else.
  func hear(_ node: Int, _ report: Report) throws {
    try send(node, report.bytes)
    // Reports about room are not returned; the next one ends the wait.
    if case .wants = report { try send(node, Report.saved.bytes) }
    _ = try conversation.next()
  }

  func train(_ ordinal: Int, _ tokens: Int) throws {
    let ones = [Int32](repeating: 1, count: tokens)
    let sample = TrainingGroup.Sample(tokens: ones, oldLogProbabilities: ones.map { _ in 0 }, advantages: [1])
    try conversation.train(
      TrainingGroup(ordinal: ordinal, policyVersion: 0, promptTokens: [], samples: [sample]), LossSettings())
  }

  func report(_ ordinal: Int) -> GroupReport {
    GroupReport(ordinal: ordinal, sums: GroupSums(), largestMagnitude: 0, probabilityDifference: (0, 0))
  }

  func assignment(_ ordinal: Int, samples: Int = 1) -> Assignment {
    Assignment(
      use: .training, step: 4, ordinal: ordinal, policyVersion: 0, samples: samples,
      sampling: SamplingParameters(maximumTokens: 1),
      problem: NumberedProblems().problem(ordinal: ordinal))
  }

  /// What the worker was told since the last call.
  func orders(_ node: Int) -> [Order] {
    var orders: [Order] = []
    while let letter = try? workers[node]?.poll() {
      if let order = try? Order(bytes: letter.message) { orders.append(order) }
    }
    return orders
  }

  /// The prompts or groups the worker was given since the last call.
  func ordinals(_ node: Int) -> [Int] {
    orders(node).flatMap { order in
      switch order {
      case .sample(let assignments): assignments.map(\.ordinal)
      case .train(let group, _): [group.ordinal]
      default: [Int]()
      }
    }
  }
}
