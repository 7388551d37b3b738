import Dispatch
import Synchronization

/// Whether a node of this process has failed, and a way to wake all who wait for it.
///
/// A thread that dies sends no message. Without a watch its peers would wait for ever; with one, each of
/// their calls throws ``LinkError/peerFailed(_:)``.
public final class Watch: Sendable {
  private struct State {
    var failure: String?
    var bells: [Bell] = []
  }

  private let state = Mutex(State())

  init() {}

  /// The sentence of the first failure; nil while all is well.
  public var failure: String? { state.withLock { $0.failure } }

  /// Records that a node failed, unless one had before, and wakes everybody who waits.
  public func fail(_ sentence: String) {
    let bells = state.withLock { state in
      state.failure = state.failure ?? sentence
      return state.bells
    }
    for bell in bells { bell.ring() }
  }

  /// Throws once a node has failed.
  func check() throws(LinkError) {
    if let failure { throw .peerFailed(failure) }
  }

  /// Rings `bell` on failure.
  func wake(_ bell: Bell) {
    state.withLock { $0.bells.append(bell) }
  }
}

/// What a waiting thread listens to.
///
/// A ring that finds nobody waiting is kept, so none is lost; a waiter may also wake for nothing and must
/// look again.
final class Bell: Sendable {
  /// The longest single wait, after which conditions are looked at again, whatever the system's clock did.
  private static let longest = Duration.seconds(1)

  private let semaphore = DispatchSemaphore(value: 0)

  func ring() {
    semaphore.signal()
  }

  /// Returns after a ring, or after `duration`, or earlier.
  func wait(upTo duration: Duration = longest) {
    let (seconds, attoseconds) = min(max(duration, .zero), Self.longest).components
    let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    _ = semaphore.wait(timeout: .now() + .nanoseconds(nanoseconds))
  }
}
