/// The names that stand in a `checkpoints` directory.
enum CheckpointName {
  /// A checkpoint, complete.
  static func final(_ step: Int) -> String { "global_step_\(step)" }

  /// The step of a complete checkpoint's name, nil for any other name.
  static func step(_ name: some StringProtocol) -> Int? {
    let prefix = "global_step_"
    guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step >= 0 else { return nil }
    return final(step) == name ? step : nil
  }

  /// The prefix of what is being written or removed; whoever finds it when no job runs may remove it.
  static let temporaryPrefix = ".tmp-"

  /// A checkpoint in the making.
  static func pending(_ step: Int) -> String { "\(temporaryPrefix)\(final(step))-\(uniqueSuffix())" }

  /// The step of a pending checkpoint's name, nil for any other name.
  static func pendingStep(_ name: some StringProtocol) -> Int? {
    guard name.hasPrefix(temporaryPrefix) else { return nil }
    return step(name.dropFirst(temporaryPrefix.count).prefix { $0 != "-" })
  }

  /// A checkpoint that failed its verification, set aside for the operator.
  static func bad(_ step: Int, attempt: Int) -> String {
    ".bad-\(final(step))" + (attempt == 0 ? "" : ".\(attempt)")
  }

  /// A checkpoint while another of the same step takes its place.
  static func replaced(_ step: Int) -> String { replacedPrefix + final(step) }

  /// The step of a replaced checkpoint's name, nil for any other name.
  static func replacedStep(_ name: some StringProtocol) -> Int? {
    name.hasPrefix(replacedPrefix) ? step(name.dropFirst(replacedPrefix.count)) : nil
  }

  private static let replacedPrefix = ".old-"

  /// verl's and Megatron's name for the number of the newest checkpoint.
  static let latest = "latest_checkpointed_iteration.txt"
}
