import Glibc

/// SIGUSR2, by which an operator asks a run for something; mpirun passes it on to every rank.
///
/// There is no handler, so nothing runs at a moment that was not chosen: the signal is blocked on all threads, the
/// kernel keeps one, and ``take()`` looks for it where a step ends.
public enum OperatorSignal {
  /// Blocks the signal on this thread and on all that it starts later; to be called before any is started.
  ///
  /// A rank that never takes it is not ended by it either.
  public static func hold() {
    var signals = set
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Whether the signal has come since the last call; several count as one.
  public static func take() -> Bool {
    var signals = set
    var atOnce = timespec(tv_sec: 0, tv_nsec: 0)
    return unsafe sigtimedwait(&signals, nil, &atOnce) == SIGUSR2
  }

  private static var set: sigset_t {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGUSR2)
    return signals
  }
}
