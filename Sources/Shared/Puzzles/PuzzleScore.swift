/// What a verifier says about a response to a puzzle.
public struct PuzzleScore: Sendable, Equatable {
  /// How an answer stands to the truth.
  public enum Outcome: String, Sendable, CaseIterable {
    /// It scores 1.
    case correct

    /// It earns something.
    case partial

    /// It is an answer of the right form, or of any form where the task asks for none, and earns nothing or
    /// the task's floor.
    case wrong

    /// There is no answer, or it has not the form the task asks for.
    case unparsed

    /// The row does not say what the verifier needs to know.
    case error
  }

  /// From 0 to 1.
  public let score: Double

  /// How the answer stands to the truth.
  public let outcome: Outcome

  /// The answer that was taken from the response; nil if there was none.
  public let extracted: String?

  /// Why, in a few words.
  public let reason: String

  /// Creates a score.
  public init(score: Double, outcome: Outcome, extracted: String?, reason: String) {
    self.score = score
    self.outcome = outcome
    self.extracted = extracted
    self.reason = reason
  }
}
