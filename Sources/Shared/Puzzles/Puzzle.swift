/// A question with what it takes to score answers to it.
public struct Puzzle: Sendable, Equatable {
  /// What the policy is asked, with the form the answer must have.
  public let question: String

  /// A right answer, as a response is to write it; it scores 1.
  public let answer: String

  /// What the verifier needs, under the names that reasoning-gym gives such things.
  public let metadata: PuzzleValue

  /// Creates a puzzle.
  public init(question: String, answer: String, metadata: PuzzleValue) {
    self.question = question
    self.answer = answer
    self.metadata = metadata
  }
}
