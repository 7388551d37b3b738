/// What a task says about an answer: the score and how it came about.
struct Mark: Sendable, Equatable {
  let score: Double
  let outcome: PuzzleScore.Outcome
  let reason: String

  static func correct(_ reason: String = "the expected answer") -> Mark {
    Mark(score: 1, outcome: .correct, reason: reason)
  }

  static func wrong(_ reason: String = "not the expected answer", floor: Double = 0) -> Mark {
    Mark(score: floor, outcome: .wrong, reason: reason)
  }

  static func unparsed(_ reason: String) -> Mark {
    Mark(score: 0, outcome: .unparsed, reason: reason)
  }

  /// A share of the full score: 1 is correct, 0 wrong, anything between partial.
  static func share(_ score: Double, _ reason: String) -> Mark {
    guard score.isFinite, score > 0 else { return wrong(reason) }
    return score < 1 ? Mark(score: score, outcome: .partial, reason: reason) : correct(reason)
  }
}

/// Why a row cannot be scored: its metadata lack what the task's verifier needs.
struct PuzzleFault: Error, Equatable {
  let reason: String
}
