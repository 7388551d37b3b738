import Configuration

extension TRLTranslation {
  /// TRL's rewards in our words.
  private struct Reward {
    let name: String
    /// What an element of `reward.rewards` says of it.
    let source: String

    /// Nil for one that nothing here is like.
    init?(_ written: String) {
      let parts = written.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if written == "accuracy_reward" {
        (name, source) = (written, "name: task, as: accuracy_reward")
      } else if parts.count > 1, !parts.contains("") {
        name = parts[parts.count - 1]
        let file = TRLTranslation.quoted(parts.dropLast().joined(separator: "/") + ".py")
        source = "python: \(file), function: \(TRLTranslation.quoted(name))"
      } else {
        return nil
      }
    }
  }

  /// What to write for functions of TRL's own.
  private static let replacements = [
    "get_soft_overlong_punishment":
      "which is `reward.overlong_buffer` here; add `reward.overlong_buffer.enable=true`, `.len=256`, `.form=dapo`"
  ]

  /// `reward_funcs` and `reward_weights`; `isOurs` says that the command line gives rewards in our keys.
  mutating func translateRewards(
    _ trl: ConfigurationSection, isOurs: Bool
  ) throws(ConfigurationError) {
    let functions = try trl.strings("reward_funcs", default: [])
    let written = try trl.optionalStrings("reward_weights")
    guard !isOurs else {
      if written != nil {
        trl.warn(
          "reward_weights", "has no effect, since the command line gives the rewards with their weights")
      }
      return
    }
    var rewards: [Reward] = []
    for function in functions {
      guard let reward = Reward(function) else {
        let remedy =
          Self.replacements[function]
          ?? "a function of TRL's own; add an override such as `reward.rewards=[{python: FILE, function: NAME}]`"
        throw trl.fail("reward_funcs", "names `\(function)`, \(remedy)")
      }
      rewards.append(reward)
    }
    let weights = try weights(written, of: rewards.count, trl)
    guard rewards.count > 1 || rewards.contains(where: { $0.name != "accuracy_reward" }) || weights != nil
    else { return }
    let elements = zip(rewards, weights ?? rewards.map { _ in 1 }).map { "{\($0.source), weight: \($1)}" }
    let list = "[\(elements.joined(separator: ", "))]"
    if weights == nil {
      emit("reward.rewards", list, "reward_funcs")
    } else {
      emit("reward.rewards", list, "reward_funcs", "reward_weights")
    }
    try translateParts(trl, names: rewards.map(\.name), weights: weights)
  }

  /// Where each reward is normalised by itself, the estimator has to know them.
  private mutating func translateParts(
    _ trl: ConfigurationSection, names: [String], weights: [Double]?
  ) throws(ConfigurationError) {
    guard try aggregation(trl) == .normalizeThenSum else { return }
    emit("algorithm.gdpo_reward_keys", "[\(names.map(Self.quoted).joined(separator: ", "))]", "reward_funcs")
    guard let weights else { return }
    let list = weights.map(\.description).joined(separator: ", ")
    emit("algorithm.gdpo_reward_weights", "[\(list)]", "reward_weights")
  }

  /// One number for each of `count` rewards; nil where they are not given.
  private func weights(
    _ written: [String]?, of count: Int, _ trl: ConfigurationSection
  ) throws(ConfigurationError) -> [Double]? {
    guard let written else { return nil }
    guard written.count == count else {
      throw trl.fail(
        "reward_weights", "has \(written.count) numbers for \(count) `reward_funcs`; give one for each")
    }
    var weights: [Double] = []
    for text in written {
      guard let weight = Double(text), weight.magnitude <= 1e6 else {
        throw trl.fail("reward_weights", "holds `\(text)`; a weight is a number within ±1e6")
      }
      weights.append(weight)
    }
    return weights
  }
}
