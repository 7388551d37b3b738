public import MessagePassing
public import Messages
import Timing

/// A rank's life as a learner: groups become gradients as they arrive, mini-batches end in updates.
public final class LearnerRole: WorkerRole {
  private let learner: Learner
  private let learnersLink: any CollectiveLink
  private let weightsLink: (any CollectiveLink)?
  private let modelSource: String
  private var waiting: [Order] = []

  /// A role around `learner`.
  ///
  /// - Parameters:
  ///   - learner: The policy in training.
  ///   - learnersLink: All learners, for the sum.
  ///   - weightsLink: Where learners, its first members, send new weights to rollout workers; nil where rollout workers
  ///     share the learner's weights.
  ///   - modelSource: The directory that tokenizer and configuration files are copied from.
  public init(
    learner: Learner, learnersLink: any CollectiveLink, weightsLink: (any CollectiveLink)?,
    modelSource: String
  ) {
    self.learner = learner
    self.learnersLink = learnersLink
    self.weightsLink = weightsLink
    self.modelSource = modelSource
  }

  /// Queues what is for learners; the queue is worked off one order at a time, so that a rank that samples as
  /// well goes on sampling in between.
  public func handle(_ order: Order, send: (Report) throws -> Void) throws {
    switch order {
    // One at a time, so that a rank which samples as well goes on with it in between.
    case .train, .score: return waiting.append(order)
    case .update, .resetReference, .publish, .save: waiting.append(order)
    case .sample, .cancel, .stop: break
    }
    // The others are few and may be waited for by collectives; they run before newer sampling.
    while !waiting.isEmpty { try carryOut(waiting.removeFirst(), send: send) }
  }

  /// Carries out one waiting order.
  public func advance(send: (Report) throws -> Void) throws -> Bool {
    guard !waiting.isEmpty else { return false }
    try carryOut(waiting.removeFirst(), send: send)
    return true
  }

  private func carryOut(_ order: Order, send: (Report) throws -> Void) throws {
    switch order {
    case .train(let group, let settings):
      try send(.trained(learner.train(group, settings: settings)))
    case .score(let order):
      try send(.scores(learner.score(order)))
    case .update(let order):
      try send(.updated(learner.update(order, link: learnersLink)))
    case .resetReference(let order):
      try learner.resetReference(order)
    case .publish:
      if let weightsLink { try PhaseClock.stage(.weights) { try learner.publish(over: weightsLink) } }
    case .save(let directory):
      if try learner.save(to: directory, modelSource: modelSource, link: learnersLink) { try send(.saved) }
    case .sample, .cancel, .stop:
      break
    }
  }
}
