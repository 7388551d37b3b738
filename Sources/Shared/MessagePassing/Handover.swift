import Synchronization

/// A value on its way from the thread that made it to the one that will own it.
///
/// Links are not `Sendable`. The main thread makes them, since that is collective and must happen in one
/// order; each node's thread then takes its own, and nobody else can.
public final class Handover<Value>: Sendable {
  private let value: Mutex<Value?>

  /// Holds `value`, which the caller gives up.
  public init(_ value: sending Value) {
    self.value = Mutex(value)
  }

  /// The value, once.
  ///
  /// - Precondition: Nobody has taken it before.
  public func take() -> sending Value {
    let taken = value.withLock { value in
      let taken = value.take()
      return taken
    }
    guard let taken else { preconditionFailure("Handover: a \(Value.self) was taken twice") }
    return taken
  }
}
