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
  /// The number of tokens of a sample.
  var length: @Sendable (_ ordinal: Int, _ sample: Int) -> Int = { 1 + ($0 + $1) % 8 }
  /// Further numbers that the reward of a sample has.
  var extras: @Sendable (_ ordinal: Int, _ sample: Int) -> [String: Double] = { _, _ in [:] }
  /// The score of the greedy response to a training prompt.
  var baseline: @Sendable (_ ordinal: Int) -> Float = { _ in 0 }
  /// The score of a sample of a validation prompt, greedy or not.
  var validationScore: @Sendable (_ problem: String, _ sample: Int, _ isGreedy: Bool) -> Float = { _, _, _ in
    0
  }
  /// The mean KL of tokens, in nats, as the learner finds it that has updated and reset the reference so often.
  var kl: @Sendable (_ version: Int, _ resets: Int) -> Double = { _, _ in 0 }
  /// The log-probability of each token under the policy of a version.
  var logProbability: @Sendable (_ version: Int, _ ordinal: Int, _ token: Int) -> Float = { version, _, _ in
    -1 - Float(version) / 64
  }
  /// The log-probability of each token under the reference that was reset so often.
  var referenceLogProbability: @Sendable (_ resets: Int, _ ordinal: Int, _ token: Int) -> Float = { _, _, _ in
    -1
  }
  /// The policy's entropy at each token.
  var entropy: @Sendable (_ ordinal: Int, _ token: Int) -> Float = { _, _ in 0.25 }
  /// The largest magnitude of a group's gradient.
  var magnitude: @Sendable (_ ordinal: Int) -> Float = { _ in 1 }
  /// What a learner says was not a finite number in a group.
  var trouble: @Sendable (_ ordinal: Int) -> String = { _ in "" }
  /// The largest difference of probabilities that a learner finds in a group.
  var difference: @Sendable (_ ordinal: Int) -> Double = { _ in 0 }
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
  /// What steers the run at its beginning; resumed runs take its rules.
  var controllers: Controllers
  var resetOptions = ReferenceResetPolicy.Options(interval: nil, klThreshold: nil)
  /// Stages behind the first, which has `options`.
  var laterStages: [TrainerStage] = []
  var state: TrainerState
  /// What a checkpoint kept of sampled steps.
  var sampled = SampledRecords()
  var problems: any ProblemSource = NumberedProblems()
  var shufflesArrival = false
  /// Responses that each rollout worker has room for at first.
  var room = 5

  init() throws {
    controllers = Controllers(
      kl: try KLController(initialCoefficient: 0.01, rule: .fixed),
      rewardKL: try KLController(initialCoefficient: 0.25, rule: .fixed),
      entropy: try EntropyController(), reset: ReferenceResetPolicy(options: resetOptions))
    state = TrainerState(controllers, fingerprint: "test")
    options.admission = .init(groupsWanted: 2, roundSize: 2, miniBatchSize: 2)
    options.samplesPerPrompt = 2
    options.sampling = SamplingParameters(maximumTokens: 8)
    options.validationSamples = 4
    options.passCounts = [4]
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

  /// The stages of the run.
  var stages: [TrainerStage] {
    [TrainerStage(name: "first", start: .step(1), options: options)] + laterStages
  }

  /// The same run where the checkpoint of `step` in `folder` left it.
  func resumed(from folder: TemporaryDirectory, step: Int, in place: String = "checkpoints") throws -> FakeJob
  {
    var job = self
    let checkpoint = "\(place)/global_step_\(step)"
    job.state = try JSONDecoder().decode(TrainerState.self, from: folder.bytes("\(checkpoint)/state.json"))
    let file = "\(checkpoint)/\(RunRecorder.sampledFile)"
    if FileManager.default.fileExists(atPath: folder.file(file)) {
      job.sampled = try SampledRecords(bytes: Array(folder.bytes(file)))
    }
    return job
  }

  /// The controllers where `state` left them.
  private func resumedControllers() throws -> Controllers {
    let begun = stages[...state.stage.stage(of: state.step + 1, in: stages)]
    let rules = begun.last { $0.controllers != nil }?.controllers ?? controllers
    return Controllers(
      kl: try KLController(
        initialCoefficient: rules.kl.initialCoefficient, rule: rules.kl.rule, state: state.klController),
      rewardKL: try KLController(
        initialCoefficient: rules.rewardKL.initialCoefficient, rule: rules.rewardKL.rule,
        state: state.rewardKLController),
      entropy: try EntropyController(
        initialCoefficient: rules.entropy.initialCoefficient, rule: rules.entropy.rule,
        state: state.entropyController),
      reset: ReferenceResetPolicy(options: resetOptions, state: state.reset))
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
    let loop = try TrainingLoop(
      conversation: conversation, stages: stages, problems: problems, validation: validation,
      controllers: resumedControllers(), state: state, recorder: recorder)
    try loop.restore(sampled)
    _ = try loop.run()
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

  var families: [ProblemFamily] { [.init(name: "even", count: 5), .init(name: "odd", count: 5)] }

  func problem(family: Int, place: Int) -> (problem: Problem, row: Int?) {
    let row = 2 * (place % 5) + family
    return (problem(ordinal: row), row)
  }
}

/// A worker that samples and learns nothing, but says what a real one would.
private final class FakeWorker {
  private let node: Int
  private let link: any ControlLink
  private let job: FakeJob
  private let hear: (Order) -> Void
  /// The version of the policy in training.
  private var trained: Int
  /// The versions that may be sampled with.
  private var versions: Set<Int>
  private var resets: Int
  private var hasMisbehaved = false

  init(node: Int, link: any ControlLink, job: FakeJob, hear: @escaping (Order) -> Void) {
    self.node = node
    self.link = link
    self.job = job
    self.hear = hear
    trained = job.state.policyVersion
    versions = [trained]
    resets = job.state.reset.resetCount
  }

  func work() throws {
    if job.roster.rollout.contains(node) { try send(.wants(responses: job.room)) }
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
        #expect(versions.contains(assignment.policyVersion), "step \(assignment.step)")
        try send(.group(use: assignment.use, step: assignment.step, group(assignment)))
        try send(.wants(responses: assignment.samples))
      }
    case .train(let group, _): try send(.trained(report(group)))
    case .score(let order): try send(.scores(scores(order)))
    case .update(let order):
      trained += order.isSkipped ? 0 : 1
      try send(
        .updated(
          UpdateReport(
            step: order.step, miniBatch: order.miniBatch, gradientNorm: order.isSkipped ? .nan : 0.5,
            checksum: job.script.checksum(node))))
    case .publish(let version, let oldestNeeded):
      #expect(version == trained || !job.roster.learners.contains(node))
      versions = versions.filter { $0 >= oldestNeeded }.union([version])
    case .save(let directory):
      // All learners hand in what they keep, the first writes and says so.
      guard node == job.roster.learners.first else { return }
      try Data("weights \(trained)".utf8).write(to: URL(filePath: directory + "/weights"))
      try send(.saved)
    case .resetReference: resets += 1
    case .cancel, .stop: break
    }
  }

  private func group(_ assignment: Assignment) -> ScoredGroup {
    ScoredGroup(
      ordinal: assignment.ordinal, policyVersion: assignment.policyVersion, promptTokens: [1, 2, 3],
      responses: (0..<assignment.samples).map { sample in
        let length = job.script.length(assignment.ordinal, sample)
        let score = score(assignment, sample)
        return Response(
          tokens: [Int32](repeating: 5, count: length),
          logProbabilities: (0..<length).map {
            job.script.logProbability(assignment.policyVersion, assignment.ordinal, $0)
          }, entropySum: 0.5 * Double(length), finish: length == 8 ? .length : .endOfSequence, text: "answer",
          score: score, reward: score, nonFiniteLogits: 0,
          extras: assignment.use == .training ? job.script.extras(assignment.ordinal, sample) : [:])
      })
  }

  private func score(_ assignment: Assignment, _ sample: Int) -> Float {
    switch assignment.use {
    case .training: job.script.score(assignment.ordinal, sample)
    case .baseline: job.script.baseline(assignment.ordinal)
    case .validation, .generation:
      job.script.validationScore(assignment.problem.origin, sample, assignment.sampling.isGreedy)
    }
  }

  private func scores(_ order: ScoreOrder) -> GroupScores {
    var scores = GroupScores(ordinal: order.ordinal, policyVersion: trained)
    if order.wantsPolicy {
      scores.policy = order.responses.map {
        $0.indices.map { job.script.logProbability(trained, order.ordinal, $0) }
      }
      scores.entropies = order.responses.map { $0.indices.map { job.script.entropy(order.ordinal, $0) } }
    }
    if order.wantsReference {
      scores.reference = order.responses.map {
        $0.indices.map { job.script.referenceLogProbability(resets, order.ordinal, $0) }
      }
    }
    return scores
  }

  private func report(_ group: TrainingGroup) -> GroupReport {
    var sums = GroupSums()
    sums.sequences = group.samples.count { $0.countedTokens > 0 }
    sums.tokens = group.tokenCount
    sums.kl = job.script.kl(trained, resets) * Double(sums.tokens)
    sums.entropy = 0.25 * Double(sums.tokens)
    // Sums whose last bits depend on the order in which they are added.
    sums.loss = 0.1 * Double(group.ordinal) + 1e-17
    return GroupReport(
      ordinal: group.ordinal, sums: sums, largestMagnitude: job.script.magnitude(group.ordinal),
      probabilityDifference: (largest: job.script.difference(group.ordinal), sum: 0),
      trouble: job.script.trouble(group.ordinal))
  }
}

/// A group as a learner was given it, with the settings of its loss.
struct TrainedGroup: Equatable {
  let group: TrainingGroup
  let settings: LossSettings
}

extension FakeJob.Outcome {
  /// The groups of each update by ordinal, whichever learner had them.
  var trained: [[TrainedGroup]] {
    var updates: [[TrainedGroup]] = []
    for node in Set(heard.map(\.node)).sorted() {
      var update = 0
      for order in orders(to: node) {
        if case .update = order { update += 1 }
        guard case .train(let group, let settings) = order else { continue }
        while updates.count <= update { updates.append([]) }
        updates[update].append(TrainedGroup(group: group, settings: settings))
      }
    }
    return updates.map { $0.sorted { $0.group.ordinal < $1.group.ordinal } }
  }

  /// What learners were asked to score, in the order of ordinals.
  var scoreOrders: [ScoreOrder] {
    heard.compactMap { if case .score(let order) = $0.order { order } else { nil } }.sorted {
      $0.ordinal < $1.ordinal
    }
  }

  /// All assignments for `use`, by step and ordinal.
  func assignments(_ use: SamplingUse) -> [Assignment] {
    var found: [Assignment] = []
    for case .sample(let assignments) in heard.map(\.order) { found += assignments.filter { $0.use == use } }
    return found.sorted { ($0.step, $0.ordinal) < ($1.step, $1.ordinal) }
  }

  /// The places of the orders to `node` that are like this.
  func places(to node: Int = 1, _ isMeant: (Order) -> Bool) -> [Int] {
    let orders = orders(to: node)
    return orders.indices.filter { isMeant(orders[$0]) }
  }
}

extension TemporaryDirectory {
  /// Another folder with the same files.
  func copied() throws -> TemporaryDirectory {
    let copy = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      try FileManager.default.copyItem(atPath: file(name), toPath: copy.file(name))
    }
    return copy
  }
}

extension Order {
  /// The group that it trains.
  var trainedOrdinal: Int? { if case .train(let group, _) = self { group.ordinal } else { nil } }

  /// The group that it scores.
  var scoredOrdinal: Int? { if case .score(let order) = self { order.ordinal } else { nil } }

  /// The step that it ends a mini-batch of.
  var updatedStep: Int? { if case .update(let order) = self { order.step } else { nil } }

  /// The step of the training prompts it asks for.
  var sampledStep: Int? {
    guard case .sample(let assignments) = self else { return nil }
    return assignments.first { $0.use == .training }?.step
  }
}

/// Counts what several threads do.
final class Counter: Sendable {
  private let value = Mutex(0)

  /// How often it was asked before.
  func next() -> Int {
    value.withLock { value in
      defer { value += 1 }
      return value
    }
  }

  /// How often it was asked.
  var count: Int { value.withLock { $0 } }
}
