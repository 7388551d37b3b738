/// Scores responses to one family of problems.
///
/// A verifier is total and pure: whatever the policy wrote, it returns a score, the same for the same
/// arguments on every machine, in time linear in the text it looks at. It never throws, traps, or runs code
/// from the response.
public protocol Verifier: Sendable {
  /// The verdict on `response` to `problem`.
  ///
  /// - Parameters:
  ///   - response: The text of the response, without the token or the string that ended it.
  ///   - problem: The problem it answers.
  ///   - finished: Whether the policy ended it itself, with the end token or a stop string; false where the length
  ///     limit cut it.
  /// - Returns: A score from 0 to 1 with its reason.
  func score(response: String, problem: Problem, finished: Bool) -> Verdict

  /// What keeps every response to `problem` from being scored; nil where nothing does.
  ///
  /// Asked when the row is read, so that a row nobody can solve ends a run before it begins.
  func fault(of problem: Problem) -> String?
}

extension Verifier {
  /// Nothing.
  public func fault(of problem: Problem) -> String? { nil }
}

/// The way from a problem to its verifier.
public enum VerifierRegistry {
  /// The verdict on `response` by the reward that `problem` names; see
  /// ``Verifier/score(response:problem:finished:)``.
  public static func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    problem.reward.verdict(response, problem, finished: finished)
  }
}
