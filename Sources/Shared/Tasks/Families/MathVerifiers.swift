import MathVerification

/// Scores by one of verl's rules, to the letter.
///
/// Where verl's own score is -1 for a wrong answer, as with `math_dapo`, so is this one; `acc` is 0 or 1 always.
struct VerlRuleVerifier: Verifier {
  /// The rule.
  let rule: @Sendable (_ response: String, _ groundTruth: String) -> RuleScore

  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    let found = rule(response, problem.groundTruth)
    let kind: Verdict.Kind = found.isRight ? .correct : found.extracted == nil ? .unparsed : .wrong
    let reason =
      found.isRight ? "the expected answer" : kind == .wrong ? "another answer" : "no answer was found"
    return Verdict(
      score: Float(found.score), extracted: found.extracted, reason: reason, kind: kind,
      extras: ["acc": found.isRight ? 1 : 0])
  }
}

/// Scores answers to problems of mathematics by what they mean; see `MathVerifier`.
struct MathAnswerVerifier: Verifier {
  /// Where the answer is looked for.
  let mode: MathVerifier.Mode

  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    let found = MathVerifier.judge(answer: response, gold: problem.groundTruth, mode: mode)
    guard found.gold != .empty else { return .failure(.error, found.reason) }
    let kind: Verdict.Kind = found.isEqual ? .correct : found.extracted == nil ? .unparsed : .wrong
    return Verdict(
      score: found.isEqual ? 1 : 0, extracted: found.extracted, reason: found.reason, kind: kind)
  }

  func fault(of problem: Problem) -> String? {
    MathVerifier.judge(answer: "", gold: problem.groundTruth).gold == .empty ? "the answer is empty" : nil
  }
}

/// Scores answers to problems of physics, chemistry and biology; see `StemVerifier`.
///
/// The ground truth is an object, `{"value": 9.8, "unit": "m/s^2", "rel_tol": 0.01}`, `{"choice": "B"}`, … (see
/// `StemAnswer`), or a text, which is one LaTeX expression.
struct StemAnswerVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard let expected = expected(problem) else { return .failure(.error, "the row's answer cannot be read") }
    let found = StemVerifier.judge(answer: response, expected: expected)
    let kind: Verdict.Kind = found.isRight ? .correct : found.isParsed ? .wrong : .unparsed
    return Verdict(
      score: found.isRight ? 1 : 0, extracted: found.extracted, reason: found.reason, kind: kind)
  }

  func fault(of problem: Problem) -> String? {
    expected(problem) == nil
      ? "the answer is none of {\"value\", \"unit\", \"rel_tol\"}, {\"choice\"}, {\"exact\"}, {\"list\"}, {\"expression\"}"
      : nil
  }

  private func expected(_ problem: Problem) -> StemAnswer? {
    let text = problem.groundTruth
    guard problem.isGroundTruthJSON || text.utf8.first == UInt8(ascii: "{") else { return .expression(text) }
    return JSONText.decode(StemAnswer.self, from: text)
  }
}

/// Scores by the text in the last `<answer>…</answer>`, which must be one of the ground truth's.
///
/// Both sides lose case, punctuation, the articles a, an and the, and all but single blanks between words. A ground
/// truth is a text, a list of texts, or an object with either as `target`, as verl's `searchR1` rows have it.
struct SearchAnswerVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard let answer = Extraction.answerTag(in: response) else {
      return Verdict(score: 0, extracted: nil, reason: "no <answer>…</answer>")
    }
    let isRight = targets(problem).contains { Self.normalized($0) == Self.normalized(answer) }
    return Verdict(
      score: isRight ? 1 : 0, extracted: answer, reason: isRight ? "an expected text" : "another answer",
      kind: isRight ? .correct : .wrong)
  }

  private func targets(_ problem: Problem) -> [String] {
    let text = problem.groundTruth
    guard problem.isGroundTruthJSON, let json = JSONText.value(text) else { return [text] }
    return strings(json["target"] ?? json)
  }

  private func strings(_ json: JSONValue) -> [String] {
    switch json {
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(strings)
    case .integer(let number): [String(number)]
    default: []
    }
  }

  private static func normalized(_ text: String) -> [String] {
    let marks = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars)
    let kept = String.UnicodeScalarView(text.lowercased().unicodeScalars.filter { !marks.contains($0) })
    return kept.split { $0.properties.isWhitespace }.map { String($0) }.filter {
      !["a", "an", "the"].contains($0)
    }
  }
}
