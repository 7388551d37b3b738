import Configuration
import PolicyOptimization

extension ConfigurationSection {
  /// Refuses settings of a run that are each allowed and together make no sense.
  ///
  /// Called on the root once every option is read, so that defaults count as well.
  func refuseContradictions() throws {
    let values = Dictionary(resolved.map { ($0.path, $0.value) }) { first, _ in first }
    for rule in Contradiction.all {
      guard let reason = rule.reason(values) else { continue }
      throw try fail(atPath: rule.key, reason)
    }
  }

  /// What `read` makes of options below this section, the root; an error about one of them says where it was given.
  func locating<T>(_ read: () throws -> T) throws -> T {
    do {
      return try read()
    } catch let error as PolicyOptimizationError {
      guard let key = error.key else { throw error }
      let paths = Set(resolved.map(\.path).filter { $0 == key || $0.hasSuffix("." + key) })
      guard let path = paths.first, paths.count == 1 else { throw error }
      throw try fail(atPath: path, error.reason)
    }
  }

  /// An error about the option of this dotted path below this section.
  private func fail(atPath path: String, _ reason: String) throws -> ConfigurationError {
    var section = self
    var names = path.split(separator: ".").map(String.init)
    let key = names.removeLast()
    for name in names { section = try section.section(name) }
    return section.fail(key, reason)
  }
}

/// Options that cannot stand together.
struct Contradiction: Sendable {
  /// The option that the message is about.
  let key: String

  /// What the message says after the option's name, nil if all is well; takes values by dotted key.
  let reason: @Sendable ([String: String]) -> String?

  /// Every contradiction that is looked for.
  static let all = [klTwice, groupOfOne, resetWithoutValidation]

  private static let klTwice = Contradiction(key: "algorithm.use_kl_in_reward") { values in
    guard values["algorithm.use_kl_in_reward"] == "true",
      values["actor_rollout_ref.actor.use_kl_loss"] == "true", values["algorithm.allow_kl_twice"] != "true"
    else { return nil }
    return """
      and `actor_rollout_ref.actor.use_kl_loss` are both true, which penalises the same KL twice; set one of them to \
      false, or `algorithm.allow_kl_twice: true` if that is meant
      """
  }

  private static let groupOfOne = Contradiction(key: "actor_rollout_ref.rollout.n") { values in
    let needing =
      ["grpo", "grpo_vectorized", "grpo_passk", "rloo", "rloo_vectorized", "opo", "gdpo"]
      + ["reinforce_plus_plus_baseline"]
    guard values["actor_rollout_ref.rollout.n"] == "1",
      let estimator = values["algorithm.adv_estimator"], needing.contains(estimator)
    else { return nil }
    return """
      is 1, but `algorithm.adv_estimator: \(estimator)` compares the responses of a prompt with each other; use at least 2
      """
  }

  private static let resetWithoutValidation = Contradiction(
    key: "algorithm.reference_reset.performance_degradation"
  ) { values in
    guard values["algorithm.reference_reset.performance_degradation"] == "true",
      let frequency = values["trainer.test_freq"].flatMap(Int.init), frequency <= 0
    else { return nil }
    return "is true, but nothing is validated while training; set `trainer.test_freq`"
  }
}
