import Experience
public import MessagePassing
import Messages

/// The coordinator's talk with its workers: who has room for prompts, who has how much to train.
public final class Conversation {
  /// Who does what.
  public let roster: Roster

  private let link: any ControlLink
  /// Responses that each node has room for; a group that begins may take more.
  private var room: [Int: Int] = [:]
  /// Prompts that nobody has yet; a slice, since taking its first costs the same however many there are.
  private var waiting: ArraySlice<Assignment> = []
  private var untrainedTokens: [Int: Int] = [:]
  private var trainedGroups: [Int: Int] = [:]
  private var trainedBy: [Int: (node: Int, tokens: Int)] = [:]

  private let shufflesArrival: Bool

  /// A talk over `link`, which is node 0's.
  ///
  /// - Parameters:
  ///   - link: Node 0's.
  ///   - roster: Who does what.
  ///   - shufflesArrival: Hands prompts out last first and groups to the busiest learner, so that groups arrive in
  ///     another order: a test of the laws, since it must change no bit.
  public init(link: any ControlLink, roster: Roster, shufflesArrival: Bool = false) {
    self.link = link
    self.roster = roster
    self.shufflesArrival = shufflesArrival
  }

  /// Queues prompts; they go out in this order as rollout nodes have room.
  func sample(_ assignments: [Assignment]) throws {
    waiting += shufflesArrival ? assignments.reversed() : assignments
    try dispatch()
  }

  /// How many prompts wait for room.
  var waitingCount: Int { waiting.count }

  /// Takes back what is not finished.
  func cancel(_ use: SamplingUse, step: Int) throws {
    waiting.removeAll { $0.use == use && $0.step == step }
    try send(.cancel(use: use, step: step), to: roster.rollout)
  }

  /// Gives `group` to the learner that has the fewest tokens waiting; of several, to the one that was given the
  /// fewest groups.
  func train(_ group: TrainingGroup, _ settings: LossSettings) throws {
    guard let node = learner(for: group.ordinal, tokens: group.tokenCount) else { return }
    trainedGroups[node, default: 0] += 1
    try send(.train(group, settings), to: [node])
  }

  /// Has a learner compute log-probabilities of a group; chosen as for training.
  func score(_ order: ScoreOrder) throws {
    let tokens = order.responses.reduce(0) { $0 + $1.count }
    guard let node = learner(for: order.ordinal, tokens: tokens) else { return }
    try send(.score(order), to: [node])
  }

  /// Chooses a learner and notes what it is given.
  private func learner(for ordinal: Int, tokens: Int) -> Int? {
    let idlest = roster.learners.min { load($0) < load($1) }
    guard let node = shufflesArrival ? shuffledLearner(ordinal) : idlest else { return nil }
    untrainedTokens[node, default: 0] += tokens
    trainedBy[ordinal] = (node, tokens)
    return node
  }

  /// Notes that a learner is done with a group.
  private func noteDone(_ ordinal: Int) {
    guard let (learner, tokens) = trainedBy.removeValue(forKey: ordinal) else { return }
    untrainedTokens[learner, default: 0] -= tokens
  }

  private func load(_ learner: Int) -> (Int, Int, Int) {
    (untrainedTokens[learner, default: 0], trainedGroups[learner, default: 0], learner)
  }

  /// Another learner for neighbouring groups, whatever their load.
  private func shuffledLearner(_ ordinal: Int) -> Int? {
    roster.learners.isEmpty ? nil : roster.learners[(ordinal &* 7 &+ ordinal / 3) % roster.learners.count]
  }

  /// The groups that the learner with the fewest was given since the last call.
  func takeFewestTrainedGroups() -> Int {
    defer { trainedGroups = [:] }
    return roster.learners.map { trainedGroups[$0, default: 0] }.min() ?? 0
  }

  /// Sends `order` to each of `nodes`.
  func send(_ order: Order, to nodes: [Int]) throws {
    let bytes = order.bytes
    for node in nodes { try link.send(bytes, to: node) }
  }

  /// Waits for the next report that is not about room.
  func next() throws -> (node: Int, report: Report) {
    while true {
      guard let (node, message) = try link.receive(timeout: nil) else { continue }
      let report = try Report(bytes: message)
      switch report {
      case .wants(let responses):
        room[node, default: 0] += responses
        try dispatch()
      case .trained(let trained):
        noteDone(trained.ordinal)
        return (node, report)
      case .scores(let scores):
        noteDone(scores.ordinal)
        return (node, report)
      default:
        return (node, report)
      }
    }
  }

  /// Ends all workers.
  public func stop() throws {
    try send(.stop, to: roster.workers)
    try link.flush()
  }

  /// Takes in what workers still send until each has said that it left.
  ///
  /// A large message leaves its sender only while the receiver asks; a coordinator that went away would keep
  /// workers waiting for ever.
  public func waitUntilAllLeft() throws {
    var left: Set<Int> = []
    while left.count < roster.workers.count {
      guard let (node, message) = try link.receive(timeout: nil) else { continue }
      if try Report(bytes: message) == .left { left.insert(node) }
    }
  }

  /// Hands waiting prompts out in order, one at a time to the node with the most room, so that none idles
  /// behind a long response.
  private func dispatch() throws {
    guard !waiting.isEmpty else { return }
    var bundles: [Int: [Assignment]] = [:]
    while let assignment = waiting.first {
      guard let (node, free) = room.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), free > 0 else {
        break
      }
      room[node] = free - assignment.samples
      bundles[node, default: []].append(assignment)
      waiting = waiting.dropFirst()
    }
    if waiting.isEmpty { waiting = [] }
    for (node, assignments) in bundles.sorted(by: { $0.key < $1.key }) {
      try send(.sample(assignments), to: [node])
    }
  }
}
