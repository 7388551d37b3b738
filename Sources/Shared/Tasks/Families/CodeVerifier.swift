import Sandbox

/// Scores programs by running them against the row's tests in a sandbox; see ``CodeRow`` and `CodeJudge`.
struct CodeVerifier {
  /// What runs programs.
  let judge: CodeJudge

  /// The verdict on `response`; takes as long as the program, within the sandbox's limits.
  func score(response: String, problem: Problem) -> Verdict {
    let row: CodeRow
    do {
      row = try CodeRow(problem)
    } catch {
      return .failure(.error, "\(error)")
    }
    let found = judge.judge(response, for: row.task, extraction: row.extraction)
    guard let kind = Verdict.Kind(rawValue: found.kind.rawValue), kind != .error else {
      return .failure(.error, found.reason)
    }
    let score = row.isPrime ? CodeRow.primeScore(found.tests) : found.score
    return Verdict(score: Float(score), extracted: found.program, reason: found.reason, kind: kind)
  }
}

/// What rows of code are read with: it knows whether their tests can be read, and scores nothing itself.
struct CodeRowVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    .failure(.error, "programs are scored in a sandbox, which this call has not")
  }

  func fault(of problem: Problem) -> String? {
    do {
      _ = try CodeRow(problem)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
