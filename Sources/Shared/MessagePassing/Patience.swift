/// How to spend the next moment of a wait, given how long it has lasted.
///
/// MPI's own waits spin on a full core, and ranks share cores. This one answers within microseconds when the
/// reply is near, and costs 1 to 2 % of a core when it is not.
enum Patience: Equatable {
  /// Look again at once.
  case spin

  /// Let another thread run, then look again.
  case yield

  /// Sleep for this long, then look again.
  case nap(Duration)

  /// The next step after having waited for `waited`.
  ///
  /// Spins for 50 µs, yields up to 400 µs, then naps for a quarter of what it has lasted, from 100 µs up to
  /// `longestNap`. A quarter, because whoever oversleeps makes its partner wait as much longer: with longer
  /// naps two nodes that answer each other would lull each other to sleep and stay there. So they soon meet
  /// awake again.
  init(after waited: Duration, longestNap: Duration = .milliseconds(1)) {
    self =
      switch waited {
      case ..<Duration.microseconds(50): .spin
      case ..<Duration.microseconds(400): .yield
      default: .nap(min(waited / 4, longestNap))
      }
  }
}
