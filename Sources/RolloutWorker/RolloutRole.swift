import Experience
public import MessagePassing
public import Messages
public import Models
import Tensors
import Timing

/// A rank's life as a sampler: takes prompts as it has room for them, hands in scored groups.
///
/// It asks for as much as it can begin at once, and when all of that has begun, for one group more, so that a
/// place that becomes free is taken in the next pass. While responses wait it asks for nothing, so that no
/// prompt waits here while another rank has room.
public final class RolloutRole: WorkerRole {
  private let engine: RolloutEngine
  private let weights: ModelWeights
  private let weightsLink: (any CollectiveLink)?
  private let exchange: WeightExchange
  /// Responses asked for, less those that came; what the coordinator takes for this rank's room.
  private var asked = 0
  private var policyVersion: Int

  /// A role that has asked for nothing yet.
  ///
  /// - Parameters:
  ///   - engine: The sampler.
  ///   - weights: What it samples from; a learner's own where the rank is both.
  ///   - weightsLink: Where new weights arrive, the learners being its first members; nil where the learner's are
  ///     shared.
  ///   - exchange: How they arrive.
  ///   - policyVersion: The version that `weights` hold.
  public init(
    engine: RolloutEngine, weights: ModelWeights, weightsLink: (any CollectiveLink)?,
    exchange: WeightExchange, policyVersion: Int
  ) {
    self.engine = engine
    self.weights = weights
    self.weightsLink = weightsLink
    self.exchange = exchange
    self.policyVersion = policyVersion
  }

  /// Takes in prompts, forgets cancelled ones, installs weights.
  ///
  /// - Throws: ``RolloutError`` for a prompt that cannot be sampled, and what the link throws.
  public func handle(_ order: Order, send: (Report) throws -> Void) throws {
    switch order {
    case .sample(let assignments):
      for assignment in assignments {
        asked -= assignment.samples
        try engine.admit(assignment, policyVersion: policyVersion)
      }
    case .cancel(let use, let step):
      engine.cancel(use: use, step: step)
    case .publish(let version):
      precondition(
        engine.liveGroups == 0,
        "RolloutRole: weights \(version) came while \(engine.liveGroups) groups were being sampled")
      try receiveWeights()
      policyVersion = version
    case .train, .update, .resetReference, .save, .stop:
      break
    }
  }

  private func receiveWeights() throws {
    guard let weightsLink else { return }
    try PhaseClock.stage(.weights) {
      try exchange.run(
        values: nil, range: 0..<0,
        carryNarrow: { elements, root in
          try PhaseClock.part(.communication) { try weightsLink.broadcast(&elements, from: root) }
        },
        carryWide: { elements, root in
          try PhaseClock.part(.communication) { try weightsLink.broadcast(&elements, from: root) }
        },
        install: { parcel in PhaseClock.part(.packing) { weights.install(parcel) } })
    }
  }

  /// Runs a pass, hands in what is done, asks for prompts where there is room.
  public func advance(send: (Report) throws -> Void) throws -> Bool {
    let isBusy = engine.liveGroups > 0
    for (use, step, group) in engine.step(weights: weights) {
      try send(.group(use: use, step: step, group))
    }
    try askForPrompts(send: send)
    return isBusy
  }

  private func askForPrompts(send: (Report) throws -> Void) throws {
    let isIdle = engine.liveGroups == 0
    // Now and then only: when what was asked for has come, and when there is nothing to do.
    guard !engine.isFull, asked <= 0 || isIdle else { return }
    // A group goes to whoever has room for a part of it: one response more is one group more.
    let room = engine.freeSeats + (isIdle ? 0 : 1)
    guard room > asked else { return }
    try send(.wants(responses: room - asked))
    asked = room
  }
}
