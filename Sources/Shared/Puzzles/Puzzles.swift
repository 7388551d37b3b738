public import Randomness

/// Logic puzzles in the manner of reasoning-gym: drawing them, and scoring answers as that library does.
///
/// ```swift
/// var generator = NamedGenerator(name)
/// let puzzle = try Puzzles.generate(task: "countdown", difficulty: 3, generator: &generator)
/// let verdict = Puzzles.score(
///   task: "countdown", metadata: puzzle.metadata, answer: puzzle.answer, response: response)
/// ```
///
/// Questions are worded here; names, metadata and scores are the library's, so that rows it exported are
/// scored by name. Where it is known to be wrong, to run what a model wrote, or to pay for nothing, scores
/// differ; the verifier's own comment says where.
public enum Puzzles {
  /// The tasks that can be drawn, in alphabetical order.
  public static let names = tasks.map { $0.name }

  /// The tasks that have a verifier, in alphabetical order; any other is scored by the text of its answer.
  public static let scoredNames = rules.map { $0.name }

  /// How many bytes an answer may have; a longer one scores 0.
  public static let answerLimit = 1 << 16

  /// The difficulties, from easy to hard.
  public static let difficulties = 1...5

  /// A puzzle of `task`, one of `names`, that `generator` draws; nil if there is no such task.
  ///
  /// The same generator gives the same puzzle. A `difficulty` outside 1 to 5 is moved to the nearest of these.
  public static func generate(
    task: String, difficulty: Int, generator: inout NamedGenerator
  ) -> Puzzle? {
    let level = min(max(difficulty, difficulties.lowerBound), difficulties.upperBound)
    return taskOfName[task]?.draw(level: level, from: &generator)
  }

  /// Puzzle `index` of `seed`, the tasks in turn, with its task's name.
  ///
  /// The same arguments give the same text on every machine; two thousand different questions need some twenty
  /// draws more.
  public static func generate(index: Int, seed: UInt64, difficulty: Int) -> (task: String, puzzle: Puzzle) {
    let place = index % tasks.count
    let level = min(max(difficulty, difficulties.lowerBound), difficulties.upperBound)
    var generator = NamedGenerator(
      RandomName(seed: seed, purpose: .problems, step: 2_000 + place, ordinal: index, sample: level))
    return (tasks[place].name, tasks[place].draw(level: level, from: &generator))
  }

  /// The score of `response`.
  ///
  /// - Parameters:
  ///   - task: the name in reasoning-gym, with or without `reasoning_gym/` before it.
  ///   - metadata: the row's metadata, an object, or a string that holds one as JSON.
  ///   - answer: the row's reference answer; tasks whose metadata suffice do without.
  ///   - response: what the policy wrote; `extract` says which part is the answer.
  /// - Returns: The score, what was taken for the answer, and why.
  ///
  /// A task without a verifier is scored by `Mark.text`, and the reason says so. Metadata that lack something
  /// give the outcome `error`. Time is bounded by the sizes of answer and metadata.
  public static func score(
    task: String, metadata: PuzzleValue, answer: String?, response: String
  ) -> PuzzleScore {
    let extracted = extract(response)
    guard extracted.utf8.count <= answerLimit else {
      return PuzzleScore(
        score: 0, outcome: .unparsed, extracted: String(decoding: extracted.utf8.prefix(200), as: UTF8.self),
        reason: "the answer is longer than \(answerLimit) bytes")
    }
    var metadata = metadata
    if case .text(let json) = metadata { metadata = PuzzleValue(json: json) ?? .null }
    let key = PuzzleKey(metadata: metadata, answer: answer)
    do throws(PuzzleFault) {
      let mark = try mark(task: task, answer: AnswerText(extracted), key: key)
      return PuzzleScore(
        score: mark.score, outcome: mark.outcome, extracted: extracted, reason: mark.reason)
    } catch {
      return PuzzleScore(score: 0, outcome: .error, extracted: extracted, reason: error.reason)
    }
  }

  private static func mark(
    task: String, answer: AnswerText, key: PuzzleKey
  ) throws(PuzzleFault) -> Mark {
    let prefix = "reasoning_gym/"
    let name = task.hasPrefix(prefix) ? String(task.dropFirst(prefix.count)) : task
    if let rule = ruleOfName[name] { return try rule.mark(answer, key: key) }
    let mark = Mark.text(answer, reference: try key.answer)
    return Mark(
      score: mark.score, outcome: mark.outcome,
      reason: mark.reason + "; `\(name)` has no verifier, texts are compared")
  }

  private static let taskOfName = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
  private static let ruleOfName = Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0) })
}
