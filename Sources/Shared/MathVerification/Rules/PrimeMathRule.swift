/// verl's rule for the Numina collections (`prime_math`): equal as texts, as school formulas, or as numbers.
///
/// | truth | answer | score | because |
/// |---|---|---|---|
/// | `\frac{1}{2}` | `0.5` | 1 | one normal form of Hendrycks' |
/// | `11` | `x = 11\text{ cm}` | 1 | what follows `=`, without units |
/// | `2x+1` | `1+2x` | 1 | formulas of at most two letters |
/// | `\frac{1}{2}` | `\frac{2}{4}` | 0 | fractions must be reduced |
/// | `4` | `\sqrt{16}` | 0 | a whole number must be written as one |
/// | `50` | `0.5` | 1 | numbers within 0.01 %, a hundredth or a hundred times as well |
///
/// Source: verl's `utils/reward_score/prime_math`. There, a mistake disables the comparison by sympy of formulas
/// in LaTeX (a decorator is used as a context), so it is none here. What only sympy prints, `Interval(…)` and
/// `Point(…)`, is not read. A response's last 2^20 characters count, and an answer longer than
/// ``Limits/characters`` is compared as text alone.
public enum PrimeMathRule {
  /// 1 if what `response` answers is `groundTruth`, else 0.
  public static func score(_ response: String, groundTruth: String) -> RuleScore {
    let answer = answer(in: Array(response.unicodeScalars.suffix(AnswerExtraction.longestText)))
    let isRight = areEqual(answer, groundTruth.scalars)
    return RuleScore(score: isRight ? 1 : 0, extracted: String(answer))
  }

  private static func areEqual(_ answer: Scalars, _ truth: Scalars) -> Bool {
    if answer.trimmed == truth.trimmed { return true }
    guard answer.count <= Limits.characters, truth.count <= Limits.characters else { return false }
    return PrimeMathForms.areEqual(answer, truth) || PrimeMathNumbers.areEqual(answer, truth)
  }

  // MARK: The answer

  /// What is left of `response` when every phrase that announces an answer has cut off its side.
  static func answer(in response: Scalars) -> Scalars {
    var text = response
    for phrase in ["answer:", "answer is", "answers are"] { text = behindLast(phrase, text) }
    for phrase in ["is answer", "is the answer", "are answers", "are the answers"] {
      if let place = lastPlace(of: phrase, in: text) { text = text[..<place].trimmed }
    }
    if let box = lastBox(text), !box.isEmpty { text = box }
    if let stop = lastPlace(of: ". ", in: text) { text = text[..<stop].trimmed }
    for word in ["be ", "is ", "are ", "=", ": ", "get ", "be\n", "is\n", "are\n", ":\n", "get\n"] {
      text = behindLast(word, text)
    }
    return text
  }

  private static func behindLast(_ phrase: String, _ text: Scalars) -> Scalars {
    guard let place = lastPlace(of: phrase, in: text) else { return text }
    return text[(place + phrase.unicodeScalars.count)...].trimmed
  }

  /// Where `phrase`, in letters of either size, stands last.
  private static func lastPlace(of phrase: String, in text: Scalars) -> Int? {
    let phrase = phrase.scalars
    return (0...max(0, text.count - phrase.count)).last { text.hasIgnoringCase(phrase, at: $0) }
  }

  /// What stands in the braces behind the last `\boxed`, or else `\fbox`.
  private static func lastBox(_ text: Scalars) -> Scalars? {
    guard
      let start = text.last(Boxes.boxedMark, before: text.count)
        ?? text.last(Boxes.framedMark, before: text.count),
      let open = text[start...].firstIndex(of: "{")
    else { return nil }
    // A closing brace before the first opening one counts as well.
    var depth = 0
    for index in start..<text.count {
      if text[index] == "{" { depth += 1 }
      guard text[index] == "}" else { continue }
      depth -= 1
      if depth == 0 { return text[(open + 1)..<index].trimmed }
    }
    return nil
  }
}
