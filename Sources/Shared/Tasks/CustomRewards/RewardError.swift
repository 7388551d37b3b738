/// Rewards of the user's own that cannot be used.
public enum RewardError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The program of the reward `name` did not pass its test at start.
  case unusable(name: String, program: String, reason: String)

  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .unusable(let name, let program, let reason):
      "the reward `\(name)` cannot be used: \(program) \(reason). Try it by hand as docs/rewards.md says."
    }
  }
}
