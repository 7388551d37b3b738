extension Mark {
  /// The rule of tasks without one of their own: 1 for the reference answer as it is written; else, if the
  /// answer contains it, the share of the answer that it makes up; else 0.
  ///
  /// | answer | reference | score |
  /// |---|---|---|
  /// | `7` | `7` | 1 |
  /// | `The answer is 7` | `7` | 1/15 |
  /// | `7.0` | `7` | 1/3 |
  /// | `8` | `7` | 0 |
  ///
  /// Source: reasoning-gym, `ProceduralDataset.score_answer`.
  static func text(_ answer: AnswerText, reference: AnswerText) -> Mark {
    if answer.isEmpty { return .unparsed("no answer") }
    if answer == reference { return .correct() }
    guard answer.contains(reference) else { return .wrong() }
    return .share(Double(reference.count) / Double(answer.count), "the expected answer with more around it")
  }

  /// The same, but first 1 for the reference's number in another spelling, commas aside: `+01,000.0` is 1000.
  ///
  /// Source: reasoning-gym, `compute_decimal_reward`.
  static func decimal(_ answer: AnswerText, reference: AnswerText) -> Mark {
    let (answer, reference) = (answer.without(","), reference.without(","))
    if let number = DecimalValue(answer), let expected = DecimalValue(reference), number.equals(expected) {
      return .correct("the expected number")
    }
    return .text(answer, reference: reference)
  }
}

extension Mark {
  /// 1 for the reference answer in any case of letters, line feeds left out, else 0.
  static func caseless(_ answer: AnswerText, reference: AnswerText) -> Mark {
    if answer.isEmpty { return .unparsed("no answer") }
    return answer.lowered.without("\n") == reference.lowered.without("\n") ? .correct() : .wrong()
  }

  /// 1 for the reference answer in any case of letters, white space at the ends left out, else `floor`.
  static func word(_ answer: AnswerText, reference: AnswerText, floor: Double = 0) -> Mark {
    let answer = answer.trimmed.lowered
    if answer.isEmpty { return .unparsed("no answer") }
    return answer == reference.trimmed.lowered ? .correct() : .wrong(floor: floor)
  }
}
