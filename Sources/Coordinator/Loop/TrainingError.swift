/// Why training ends before its last step.
public enum TrainingError: Error, Sendable, Equatable {
  /// No group of several steps in a row taught anything.
  case noLearningSignal(step: Int, steps: Int, groups: Int)

  /// Dynamic sampling goes by a number that the reward does not give.
  case missingMetric(name: String, origin: String, given: [String])

  /// Too few informative groups, where the configuration asks for an error.
  case tooFewGroups(step: Int, found: Int, wanted: Int, rounds: Int)

  /// Several updates in a row were skipped.
  case notFinite(step: Int, updates: Int, reason: String)

  /// Learners hold different weights after the same update.
  case learnersDisagree(step: Int, node: Int)

  /// The reward of a task fails too often to be trusted.
  case rewardFails(step: Int, task: String, failures: Int, responses: Int, reason: String)

  /// After a reset the policy and its reference are not the same.
  case resetNotExact(step: Int, kl: Double)

  /// A worker sent something out of turn.
  case unexpectedReport(node: Int, report: String)
}

extension TrainingError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .noLearningSignal(let step, let steps, let groups):
      """
      step \(step): for \(steps) steps in a row all responses to each of the \(groups) prompts got the same reward, so \
      there is nothing to learn from; use easier or harder problems, a larger `actor_rollout_ref.rollout.n` or a higher temperature, \
      or raise `trainer.max_consecutive_skipped_steps`
      """
    case .missingMetric(let name, let origin, let given):
      """
      \(origin): `algorithm.filter_groups.metric` is `\(name)`, and the reward gives no such number\
      \(given.isEmpty ? "" : ", but \(given.map { "`\($0)`" }.joined(separator: ", "))"); use `acc`, `seq_reward`, \
      `seq_final_reward`, or one that it gives
      """
    case .tooFewGroups(let step, let found, let wanted, let rounds):
      """
      step \(step): only \(found) of \(wanted) groups have differing rewards after \(rounds) rounds; raise \
      `algorithm.filter_groups.max_num_gen_batches` or set `algorithm.filter_groups.on_exhausted: train`
      """
    case .notFinite(let step, let updates, let reason):
      """
      step \(step): \(reason), \(updates) times in a row; lower `actor_rollout_ref.actor.optim.lr`, or resume \
      from an earlier checkpoint
      """
    case .learnersDisagree(let step, let node):
      """
      step \(step): the learner of node \(node) holds other weights than the first one after the same update; its \
      processor or memory cannot be trusted, take the host out and resume
      """
    case .rewardFails(let step, let task, let failures, let responses, let reason):
      """
      step \(step): the reward of `\(task)` failed for \(failures) of \(responses) responses (\(reason)), more than \
      `reward.max_error_rate` allows; mend it, or leave the task out
      """
    case .resetNotExact(let step, let kl):
      """
      step \(step): the reference was reset, and yet the policy is \(kl) nats per token away from it; a learner's \
      memory cannot be trusted, resume from the last checkpoint on other hosts
      """
    case .unexpectedReport(let node, let report):
      "node \(node) sent \(report) out of turn; run one build on all ranks"
    }
  }
}
