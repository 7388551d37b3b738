import Puzzles

/// Scores answers to puzzles as reasoning-gym does; see `Puzzles`.
///
/// | row | task | metadata | reference answer |
/// |---|---|---|---|
/// | the project's own | `task` of the ground truth, an object | its `metadata` | its `answer` |
/// | exported by reasoning-gym | `data_source` behind `reasoning_gym/`, else `source_dataset` of the metadata | `extra_info.metadata` | the ground truth |
struct PuzzleVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard let row = Row(problem) else { return .failure(.error, Self.advice) }
    let found = Puzzles.score(task: row.task, metadata: row.metadata, answer: row.answer, response: response)
    guard let kind = Verdict.Kind(rawValue: found.outcome.rawValue), kind != .error else {
      return .failure(.error, found.reason)
    }
    return Verdict(score: Float(found.score), extracted: found.extracted, reason: found.reason, kind: kind)
  }

  func fault(of problem: Problem) -> String? {
    guard let row = Row(problem) else { return Self.advice }
    let trial = Puzzles.score(task: row.task, metadata: row.metadata, answer: row.answer, response: "0")
    return trial.outcome == .error ? "\(row.task): \(trial.reason)" : nil
  }

  private static let advice =
    "no puzzle is named; write the ground truth as {\"task\", \"metadata\", \"answer\"}, or data_source as reasoning_gym/TASK"

  /// What the verifier needs of a row.
  private struct Row {
    let task: String
    let metadata: PuzzleValue
    let answer: String?

    init?(_ problem: Problem) {
      let truth = PuzzleValue(json: problem.groundTruth)
      if problem.isGroundTruthJSON || problem.groundTruth.utf8.first == UInt8(ascii: "{"),
        case .text(let task)? = truth?["task"]
      {
        self.task = task
        metadata = truth?["metadata"] ?? .object([])
        if case .text(let text)? = truth?["answer"] { answer = text } else { answer = nil }
        return
      }
      metadata = Self.metadata(problem)
      answer = problem.groundTruth
      let prefix = "reasoning_gym/"
      if problem.dataSource.hasPrefix(prefix) {
        task = String(problem.dataSource.dropFirst(prefix.count))
      } else if case .text(let name)? = metadata["source_dataset"] {
        task = name
      } else {
        return nil
      }
    }

    /// The metadata, which an export may hold as JSON text.
    private static func metadata(_ problem: Problem) -> PuzzleValue {
      let found = PuzzleValue(json: problem.extra)?["metadata"] ?? .object([])
      if case .text(let json) = found { return PuzzleValue(json: json) ?? .object([]) }
      return found
    }
  }
}
