import Experience
public import MessagePassing
public import Messages
public import Models
import Tensors

/// A rank's life as a sampler: takes prompts as it has room for them, hands in scored groups.
public final class RolloutRole: WorkerRole {
  private let engine: RolloutEngine
  private let weights: ModelWeights
  private let weightsLink: (any CollectiveLink)?
  private let room: Int
  private var waiting: [Assignment] = []
  private var unasked: Int
  private var policyVersion: Int

  /// A role that has asked for nothing yet.
  ///
  /// - Parameters:
  ///   - engine: The sampler.
  ///   - weights: What it samples from; a learner's own where the rank is both.
  ///   - weightsLink: Where new weights arrive, rank 0 being the first learner; nil where the learner's are shared.
  ///   - room: How many groups are sampled together.
  ///   - policyVersion: The version that `weights` hold.
  public init(
    engine: RolloutEngine, weights: ModelWeights, weightsLink: (any CollectiveLink)?, room: Int,
    policyVersion: Int
  ) {
    self.engine = engine
    self.weights = weights
    self.weightsLink = weightsLink
    self.room = room
    self.policyVersion = policyVersion
    unasked = room
  }

  /// Queues prompts, forgets cancelled ones, installs weights.
  public func handle(_ order: Order, send: (Report) throws -> Void) throws {
    switch order {
    case .sample(let assignments):
      waiting += assignments
    case .cancel(let use, let step):
      let before = waiting.count + engine.liveGroups
      waiting.removeAll { $0.use == use && $0.step == step }
      engine.cancel(use: use, step: step)
      unasked += before - waiting.count - engine.liveGroups
    case .publish(let version):
      try receiveWeights()
      policyVersion = version
    case .train, .update, .resetReference, .save, .stop:
      break
    }
  }

  private func receiveWeights() throws {
    guard let weightsLink else { return }
    let parameters = weights.parameters
    var values = parameters.mutableSpan
    try weightsLink.broadcast(&values, from: 0)
    weights.repack()
  }

  /// Asks for prompts where there is room, admits those that came, decodes a token.
  public func advance(send: (Report) throws -> Void) throws -> Bool {
    if unasked > 0 {
      try send(.wants(groups: unasked))
      unasked = 0
    }
    while engine.liveGroups < room, !waiting.isEmpty {
      try engine.admit(waiting.removeFirst(), weights: weights, policyVersion: policyVersion)
    }
    guard engine.liveGroups > 0 else { return false }
    for (use, step, group) in engine.step(weights: weights) {
      try send(.group(use: use, step: step, group))
      unasked += 1
    }
    return true
  }
}
