import Experience
import Foundation
import MessagePassing
import Messages
import PolicyOptimization
import Synchronization
import Tasks
import TestSupport
import Testing

@testable import Coordinator

/// What workers without a model do when they are asked.
struct Script: Sendable {
  /// The score of a sample of a training prompt.
  var score: @Sendable (_ ordinal: Int, _ sample: Int) -> Float = { Float(($0 + $1) % 2) }
  /// The score of a sample of a validation prompt, greedy or not.
  var validationScore: @Sendable (_ problem: String, _ sample: Int, _ isGreedy: Bool) -> Float = { _, _, _ in
    0
  }
  /// The mean KL of a step's tokens, in nats.
  var kl = 0.0
  /// The largest magnitude of a group's gradient.
  var magnitude: @Sendable (_ ordinal: Int) -> Float = { _ in 1 }
  /// What a learner says its weights are after an update.
  var checksum: @Sendable (_ node: Int) -> UInt64 = { _ in 7 }
  /// Sent once in place of the first answer of a kind.
  var outOfTurn: @Sendable (_ order: Order) -> Report? = { _ in nil }
  /// Whether a rollout worker hands its groups in last first.
  var isReversed = false
}

/// An order and the worker that got it.
struct Heard: Sendable {
  let node: Int
  let order: Order
}

/// A run of the training loop with scripted workers as threads.
struct FakeJob {
  var roster = Roster(rollout: [1], learners: [1])
  var options = TrainerOptions()
  var script = Script()
  var validation: [ValidationSet] = []
  var klController: KLController
  var resetOptions = ReferenceResetPolicy.Options(interval: nil, klThreshold: nil)
  var state = TrainerState(klCoefficient: 0.01, fingerprint: "test")
  var shufflesArrival = false

  init() throws {
    klController = try KLController(initialCoefficient: 0.01, rule: .fixed)
    options.admission = .init(groupsWanted: 2, roundSize: 2, miniBatchSize: 2)
    options.samplesPerPrompt = 2
    options.sampling = SamplingParameters(maximumTokens: 8)
    options.validationSamples = 4
  }

  /// What a run left behind.
  struct Outcome {
    let heard: [Heard]
    let state: TrainerState?
    let error: (any Error)?

    /// The orders that learners got, in order.
    func orders(to node: Int) -> [Order] { heard.filter { $0.node == node }.map(\.order) }

    /// The trained ordinals, update by update, whichever learner had them.
    var batches: [[Int]] {
      var batches: [[Int]] = []
      for node in Set(heard.map(\.node)).sorted() {
        var update = 0
        for order in orders(to: node) {
          if case .update = order { update += 1 }
          guard case .train(let group, _) = order else { continue }
          while batches.count <= update { batches.append([]) }
          batches[update].append(group.ordinal)
        }
      }
      return batches.map { $0.sorted() }
    }

    /// The updates that the first learner was told of.
    func updates(of roster: Roster) -> [UpdateOrder] {
      orders(to: roster.learners[0]).compactMap { if case .update(let order) = $0 { order } else { nil } }
    }

    /// The prompts that were sampled for `use`, step by step.
    func sampled(_ use: SamplingUse) -> [Int: [Int]] {
      var ordinals: [Int: [Int]] = [:]
      for case .sample(let assignments) in heard.map(\.order) {
        for assignment in assignments where assignment.use == use {
          ordinals[assignment.step, default: []].append(assignment.ordinal)
        }
      }
      return ordinals.mapValues { $0.sorted() }
    }
  }

  /// Runs the loop in `folder` to its end, or to the error that ends it.
  func run(in folder: TemporaryDirectory) -> Outcome {
    let world = ThreadWorld(workers: roster.workers.count)
    let links = world.control()
    let heard = Mutex<[Heard]>([])
    let final = Mutex<TrainerState?>(nil)
    let job = self
    var error: (any Error)?
    do {
      try NodeThreads.run(world.map.nodes(in: 0)) { _, error in
        world.fail("\(error)")
      } body: { node in
        let link = try #require(links[node]).take()
        if node == 0 {
          let state = try job.coordinate(link, directory: folder.path)
          final.withLock { $0 = state }
        } else {
          let worker = FakeWorker(node: node, link: link, job: job) { order in
            heard.withLock { $0.append(Heard(node: node, order: order)) }
          }
          try worker.work()
        }
      }
    } catch let first {
      error = first
    }
    return Outcome(heard: heard.withLock { $0 }, state: final.withLock { $0 }, error: error)
  }

  private func coordinate(_ link: any ControlLink, directory: String) throws -> TrainerState {
    let conversation = Conversation(link: link, roster: roster, shufflesArrival: shufflesArrival)
    let recorder = try RunRecorder(
      directory: directory, totalSteps: options.totalSteps, resumedStep: state.step, console: .silent)
    let loop = TrainingLoop(
      conversation: conversation, options: options, problems: NumberedProblems(), validation: validation,
      klController: klController,
      resetPolicy: ReferenceResetPolicy(options: resetOptions, state: state.reset),
      state: state, recorder: recorder)
    try loop.run()
    try conversation.stop()
    return loop.state
  }
}

/// A prompt for every ordinal.
struct NumberedProblems: ProblemSource {
  var count: Int? { 10 }

  func problem(ordinal: Int) -> Problem {
    Problem(
      dataSource: ordinal.isMultiple(of: 2) ? "even" : "odd", prompt: .text("prompt \(ordinal)"),
      groundTruth: "",
      reward: RewardRule(.keywords), origin: "numbered \(ordinal)")
  }
}

/// A worker that samples and learns nothing, but says what a real one would.
private final class FakeWorker {
  private let node: Int
  private let link: any ControlLink
  private let job: FakeJob
  private let hear: (Order) -> Void
  private var version = 0
  private var hasMisbehaved = false

  init(node: Int, link: any ControlLink, job: FakeJob, hear: @escaping (Order) -> Void) {
    self.node = node
    self.link = link
    self.job = job
    self.hear = hear
    version = job.state.policyVersion
  }

  func work() throws {
    if job.roster.rollout.contains(node) { try send(.wants(responses: 5)) }
    while true {
      let letter = try #require(try link.receive(timeout: .seconds(60)), "the coordinator is silent")
      let order = try Order(bytes: letter.message)
      hear(order)
      if order == .stop { return }
      if !hasMisbehaved, let report = job.script.outOfTurn(order) {
        hasMisbehaved = true
        try send(report)
      } else {
        try answer(order)
      }
    }
  }

  private func send(_ report: Report) throws { try link.send(report.bytes, to: 0) }

  private func answer(_ order: Order) throws {
    switch order {
    case .sample(let assignments):
      for assignment in job.script.isReversed ? assignments.reversed() : assignments {
        try send(.group(use: assignment.use, step: assignment.step, group(assignment)))
        try send(.wants(responses: assignment.samples))
      }
    case .train(let group, _): try send(.trained(report(group)))
    case .update(let order):
      try send(
        .updated(
          UpdateReport(
            step: order.step, miniBatch: order.miniBatch, gradientNorm: order.isSkipped ? .nan : 0.5,
            checksum: job.script.checksum(node))))
    case .publish(let version): self.version = version
    case .save(let directory):
      // All learners hand in what they keep, the first writes and says so.
      guard node == job.roster.learners.first else { return }
      try Data("weights \(version)".utf8).write(to: URL(filePath: directory + "/weights"))
      try send(.saved)
    case .cancel, .resetReference, .stop: break
    }
  }

  private func group(_ assignment: Assignment) -> ScoredGroup {
    ScoredGroup(
      ordinal: assignment.ordinal, policyVersion: version, promptTokens: [1, 2, 3],
      responses: (0..<assignment.samples).map { sample in
        let score =
          assignment.use == .training
          ? job.script.score(assignment.ordinal, sample)
          : job.script.validationScore(assignment.problem.origin, sample, assignment.sampling.isGreedy)
        let tokens = [Int32](repeating: 5, count: 1 + (assignment.ordinal + sample) % 8)
        return Response(
          tokens: tokens, logProbabilities: tokens.map { _ in -1 }, entropySum: 0.5 * Double(tokens.count),
          finish: tokens.count == 8 ? .length : .endOfSequence, text: "answer", score: score, reward: score,
          nonFiniteLogits: 0)
      })
  }

  private func report(_ group: TrainingGroup) -> GroupReport {
    var sums = GroupSums()
    sums.sequences = group.samples.count
    sums.tokens = group.tokenCount
    sums.kl = job.script.kl * Double(sums.tokens)
    sums.entropy = 0.25 * Double(sums.tokens)
    // Sums whose last bits depend on the order in which they are added.
    sums.loss = 0.1 * Double(group.ordinal) + 1e-17
    return GroupReport(
      ordinal: group.ordinal, sums: sums, largestMagnitude: job.script.magnitude(group.ordinal),
      probabilityDifference: (largest: 0, sum: 0))
  }
}
