public import Messages

/// A rank's life as a sampler: takes prompts as it has room for them, hands in scored groups.
///
/// It asks for as much as it can begin at once, and when all of that has begun, for one group more, so that a
/// place that becomes free is taken in the next pass. While responses wait it asks for nothing, so that no
/// prompt waits here while another rank has room.
///
/// Every assignment names the version of the weights that samples it. A pass is of one version; assignments of
/// another wait until the groups at work are done.
public final class RolloutRole: WorkerRole {
  private let engine: RolloutEngine
  private let store: WeightStore
  /// The version at work.
  private var version: Int
  private var waiting: [Assignment] = []
  /// Responses asked for, less those that came; what the coordinator takes for this rank's room.
  private var asked = 0

  /// A role that has asked for nothing yet.
  ///
  /// - Parameters:
  ///   - engine: The sampler.
  ///   - store: The weights that it samples with, by version.
  public init(engine: RolloutEngine, store: WeightStore) {
    self.engine = engine
    self.store = store
    version = store.newestVersion
  }

  /// Takes in prompts, forgets cancelled ones, installs weights.
  ///
  /// - Throws: ``RolloutError`` for a prompt that cannot be sampled, and what the link throws.
  public func handle(_ order: Order, send: (Report) throws -> Void) throws {
    switch order {
    case .sample(let assignments):
      for assignment in assignments {
        asked -= assignment.samples
        waiting.append(assignment)
      }
      try admitWaiting()
    case .cancel(let use, let step):
      waiting.removeAll { $0.use == use && $0.step == step }
      engine.cancel(use: use, step: step)
    case .publish(let new, let oldestNeeded):
      let inUse = engine.liveGroups > 0 ? version : nil
      try store.install(version: new, oldestNeeded: oldestNeeded, inUse: inUse)
    case .train, .score, .update, .resetReference, .save, .stop:
      break
    }
  }

  /// Gives the engine what waits for the version at work; of several, the version that was asked for first.
  private func admitWaiting() throws {
    if engine.liveGroups == 0, let first = waiting.first { version = first.policyVersion }
    let ready = waiting.filter { $0.policyVersion == version }
    guard !ready.isEmpty else { return }
    waiting.removeAll { $0.policyVersion == version }
    for assignment in ready { try engine.admit(assignment, policyVersion: version) }
  }

  /// Runs a pass, hands in what is done, asks for prompts where there is room.
  public func advance(send: (Report) throws -> Void) throws -> Bool {
    try admitWaiting()
    let isBusy = engine.liveGroups > 0
    if isBusy {
      for (use, step, group) in engine.step(weights: try store.weights(of: version)) {
        try send(.group(use: use, step: step, group))
      }
    }
    try askForPrompts(send: send)
    return isBusy || !waiting.isEmpty
  }

  private func askForPrompts(send: (Report) throws -> Void) throws {
    let isIdle = engine.liveGroups == 0
    // Now and then only: when what was asked for has come, and when there is nothing to do.
    guard waiting.isEmpty, !engine.isFull, asked <= 0 || isIdle else { return }
    // A group goes to whoever has room for a part of it: one response more is one group more.
    let room = engine.freeSeats + (isIdle ? 0 : 1)
    guard room > asked else { return }
    try send(.wants(responses: room - asked))
    asked = room
  }
}
