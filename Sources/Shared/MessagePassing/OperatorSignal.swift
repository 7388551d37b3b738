import Glibc

/// The signals by which an operator, a batch system or a launcher asks a run for something; mpirun passes both on to
/// every rank.
///
/// There is no handler, so nothing runs at a moment that was not chosen: the signals are blocked on all threads, the
/// kernel keeps one of each, and ``take()`` looks for it where a step ends.
public enum OperatorSignal: Sendable, CaseIterable {
  /// SIGUSR1: save and stop.
  case stop
  /// SIGUSR2: reset the reference.
  case reset

  private var number: Int32 { self == .stop ? SIGUSR1 : SIGUSR2 }

  /// Blocks both on this thread and on all that it starts later; to be called before any is started.
  ///
  /// A rank that never takes them is not ended by them either.
  public static func hold() {
    var signals = set(allCases)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Whether the signal has come since the last call; several count as one.
  public func take() -> Bool {
    var signals = Self.set([self])
    var atOnce = timespec(tv_sec: 0, tv_nsec: 0)
    return unsafe sigtimedwait(&signals, nil, &atOnce) == number
  }

  private static func set(_ members: [OperatorSignal]) -> sigset_t {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for member in members { unsafe sigaddset(&signals, member.number) }
    return signals
  }
}
