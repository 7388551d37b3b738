import Tasks

extension RewardRule {
  /// The rule of the reward called `name`; nil where no option names one.
  init?(option name: String?) throws {
    guard let name else { return nil }
    guard let reward = RewardName(rawValue: name) else {
      throw CommandError(
        "there is no reward `\(name)`; use one of \(VerifierRegistry.names.joined(separator: ", "))")
    }
    self.init(reward)
  }
}
