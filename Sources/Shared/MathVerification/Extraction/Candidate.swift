/// A stretch of a response that may be its answer.
struct Candidate {
  /// What it is written in.
  enum Content {
    /// A number or an expression in plain characters.
    case plain(Scalars, isPercent: Bool)
    /// Formulas that together are the answer, each with whether a percent sign or word follows it.
    case latex([(text: Scalars, isPercent: Bool)])
    /// From the first `\boxed{` to the last `}` of the response.
    case boxed(Scalars)
  }

  let content: Content
  let start: Int
  let end: Int
}

/// How sure the surroundings are that what follows is the answer; the first level that yields one decides.
enum Anchor: CaseIterable {
  /// "final answer is X. I hope".
  case finalAnswerHope
  /// "final answer … is X", and boxes.
  case finalAnswer
  /// "answer: … X".
  case answerColon
  /// "answer … X".
  case answer
  /// X anywhere.
  case nothing
}
