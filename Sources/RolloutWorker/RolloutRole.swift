import Experience
public import MessagePassing
public import Messages
public import Models
import Tensors
import Timing

/// A rank's life as a sampler: takes prompts as it has room for them, hands in scored groups.
///
/// It asks for one group more than it can begin at once, so that a place that becomes free is taken in the
/// next pass, and for none while responses wait, so that no prompt waits here while another rank has room.
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

  /// Asks for prompts where there is room, runs a pass, hands in what is done.
  public func advance(send: (Report) throws -> Void) throws -> Bool {
    try askForPrompts(send: send)
    guard engine.liveGroups > 0 else { return false }
    for (use, step, group) in engine.step(weights: weights) {
      try send(.group(use: use, step: step, group))
    }
    return true
  }

  private func askForPrompts(send: (Report) throws -> Void) throws {
    // Now and then only: when what was asked for has come, and before it has nothing to do.
    guard !engine.isFull, asked <= 0 || engine.liveGroups == 0 else { return }
    // A group goes to whoever has room for a part of it: one response more is one group more.
    let room = engine.freeSeats + 1
    guard room > asked else { return }
    try send(.wants(responses: room - asked))
    asked = room
  }
}
