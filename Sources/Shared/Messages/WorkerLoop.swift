public import MessagePassing
import Timing

/// One of the things a worker does.
public protocol WorkerRole: AnyObject {
  /// Carries out `order` if it is for this role; reports go through `send`.
  func handle(_ order: Order, send: (Report) throws -> Void) throws

  /// Does a bounded piece of waiting work, such as one token of every live response.
  ///
  /// - Returns: Whether there was any.
  func advance(send: (Report) throws -> Void) throws -> Bool
}

/// A worker's life: orders in, reports out, work in between.
///
/// Each role sees every order and carries out those meant for it. Orders are handled in the order they were
/// sent; a worker that has nothing to do waits without burning its core.
public func runWorker(_ roles: [any WorkerRole], link: any ControlLink) throws {
  let send: (Report) throws -> Void = { try link.send($0.bytes, to: 0) }
  var isBusy = true
  while true {
    let incoming = isBusy ? try link.poll() : try PhaseClock.stage(.idle) { try link.receive(timeout: nil) }
    if let incoming {
      let order = try Order(bytes: incoming.message)
      if order == .stop {
        try send(.left)
        break
      }
      for role in roles { try role.handle(order, send: send) }
      if order.endsStep { PhaseClock.lap() }
      isBusy = true
      continue
    }
    isBusy = false
    for role in roles where try role.advance(send: send) { isBusy = true }
  }
  try link.flush()
}

extension Order {
  /// Whether a step of the worker ends with it: with the update where it learns, with new weights where it
  /// samples, with both where it does both.
  fileprivate var endsStep: Bool {
    switch self {
    case .update, .publish: true
    case .sample, .cancel, .train, .score, .resetReference, .save, .stop: false
    }
  }
}
