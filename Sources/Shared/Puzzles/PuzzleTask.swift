import Randomness

/// How the answers of one kind of puzzle are scored.
protocol PuzzleRule: SendableMetatype {
  /// The task's name in reasoning-gym.
  static var name: String { get }

  /// The mark of `answer`, at most `Puzzles.answerLimit` bytes long, in time bounded by that and by the size
  /// of the metadata; throws where the metadata lack something.
  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark
}

extension PuzzleRule {
  /// What most tasks do: the reference answer as it is written, with a share for answers that contain it.
  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    Mark.text(answer, reference: try key.answer)
  }
}

/// A kind of puzzle that can be drawn as well as scored.
protocol PuzzleTask: PuzzleRule {
  /// A puzzle of difficulty `level`, 1 to 5, that `generator` draws; its answer scores 1.
  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle
}
