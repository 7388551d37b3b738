/// What the comparison of a STEM answer came to.
public struct StemJudgement: Sendable, Equatable {
  /// Whether the answer is right.
  public let isRight: Bool
  /// The answer found, as written; nil where none was.
  public let extracted: String?
  /// Whether it could be read as what was asked for.
  public let isParsed: Bool
  /// Why, for a reader of the rollouts.
  public let reason: String
}

/// Decides whether a response gives the answer to a problem of physics, chemistry or biology.
///
/// The answer is the content of the last box, else of the last `<answer>`, else the last line with what follows
/// "answer" and a number.
///
/// | expected | answer | right | because |
/// |---|---|---|---|
/// | 9.8 m/s^2, 1 % | `\boxed{9.81\ \text{m/s}^2}` | yes | within 1 % |
/// | 0.5 km | `\boxed{500 \text{ m}}` | yes | converted |
/// | 0.5 km | `\boxed{0.5}` | yes | a missing unit is the one asked for |
/// | 5 J | `\boxed{5 N}` | no | another dimension |
/// | 6.02e23 | `\boxed{6.02\times10^{23}}` | yes | scientific notation |
/// | choice B | `(B)`, `B.`, `option b` | yes | |
/// | list 1,2,1,1 | `1, 2, 1, 1` | yes | in order |
///
/// Total, pure and bounded as ``MathVerifier``.
public enum StemVerifier {
  /// The judgement on `text`.
  ///
  /// A number is right within `relativeTolerance` of the expected value, or within 1e-9 of an expected 0.
  public static func judge(answer text: String, expected: StemAnswer) -> StemJudgement {
    if case .expression(let gold) = expected {
      let verdict = MathVerifier.judge(answer: text, gold: gold)
      return StemJudgement(
        isRight: verdict.isEqual, extracted: verdict.extracted, isParsed: verdict.isParsed,
        reason: verdict.reason)
    }
    guard let answer = extract(text) else {
      return StemJudgement(isRight: false, extracted: nil, isParsed: false, reason: "no answer was found")
    }
    let (isRight, reason): (Bool?, String) =
      switch expected {
      case .numeric(let value, let unit, let tolerance): numeric(answer, value, unit, tolerance)
      case .exact(let letters): exact(answer, letters)
      case .choice(let letter): choice(answer, letter)
      case .integers(let numbers): integers(answer, numbers)
      case .expression: (nil, "")
      }
    return StemJudgement(
      isRight: isRight ?? false, extracted: String(answer.prefix(200)), isParsed: isRight != nil,
      reason: reason)
  }

  // MARK: Extraction

  private static func extract(_ response: String) -> Scalars? {
    var text = PlainCharacters.clean(response)
    if text.count > AnswerExtraction.longestText { text = Array(text.suffix(AnswerExtraction.longestText)) }
    let mark = "</think>".scalars
    if let place = text.last(mark, before: text.count) { text = Array(text[(place + mark.count)...]) }
    if let box = Extraction.lastBox(in: text).flatMap(Extraction.content) { return box.trimmed }
    if let tag = Extraction.answerTag(in: text) { return tag }
    guard let line = text.split(separator: "\n").last(where: { $0.contains { !$0.isSpace } }) else {
      return nil
    }
    return afterAnswer(Array(line.suffix(2_000)))
  }

  /// What follows "answer" and "is" or a colon on a line.
  private static func afterAnswer(_ line: Scalars) -> Scalars {
    let word = "answer".scalars
    guard let place = line.indices.last(where: { line.hasIgnoringCase(word, at: $0) }) else {
      return line.trimmed
    }
    var rest = Array(line[(place + word.count)...]).trimmed
    for opening in ["is", ":", "is", "=", "**"] where rest.hasIgnoringCase(opening.scalars, at: 0) {
      rest = Array(rest.dropFirst(opening.unicodeScalars.count)).trimmed
    }
    return rest.isEmpty ? line.trimmed : rest
  }

  // MARK: Numbers

  private static func numeric(
    _ answer: Scalars, _ value: Double, _ unit: String, _ tolerance: Double
  ) -> (Bool?, String) {
    guard let found = Quantity(answer) ?? lastQuantity(answer) else { return (nil, "no number was found") }
    let expected = Unit(unit)
    guard let own = found.unit, let expected else { return verdict(found.value, value, tolerance) }
    guard own.isCommensurable(with: expected) else { return (false, "the unit measures something else") }
    let converted = (found.value * own.factor + own.offset - expected.offset) / expected.factor
    return verdict(converted, value, tolerance)
  }

  private static func verdict(_ value: Double, _ expected: Double, _ tolerance: Double) -> (Bool?, String) {
    let bound = expected == 0 ? 1e-9 : tolerance * abs(expected)
    // A little more than the bound, so that its own rounding decides nothing.
    let isRight = abs(value - expected) <= bound * (1 + 1e-12)
    return (isRight, isRight ? "within the tolerance" : "not within the tolerance")
  }

  /// The last number of a text that is no quantity as a whole.
  private static func lastQuantity(_ text: Scalars) -> Quantity? {
    var index = text.count - 1
    while index >= 0 {
      guard text[index].isDigit else {
        index -= 1
        continue
      }
      var start = index
      while start > 0, text[start - 1].isDigit || text[start - 1] == "." || text[start - 1] == "," {
        start -= 1
      }
      if start > 0, text[start - 1] == "-" { start -= 1 }
      // The exponent of a power of ten or of a unit belongs to what stands before it.
      if start > 0, "^{".unicodeScalars.contains(text[start - 1]) || (start > 1 && text[start - 1] == "-") {
        index = start - 1
        continue
      }
      return Quantity(Array(text[start...]))
    }
    return nil
  }

  // MARK: Letters and lists

  /// Letters only, in capitals.
  private static func exact(_ answer: Scalars, _ letters: String) -> (Bool?, String) {
    func capitals(_ text: Scalars) -> Scalars {
      // `5'-ACG-3'`: what is no letter is left out; so are the names of LaTeX's fonts.
      var text = text
      for command in ["\\text", "\\mathrm", "\\mathtt", "\\texttt"] { text = text.replacing(command, by: "") }
      return text.filter(\.isLetter).map(\.lowercase)
    }
    let found = capitals(answer)
    guard !found.isEmpty else { return (nil, "no letters were found") }
    let isRight = found == capitals(letters.scalars)
    return (isRight, isRight ? "the same letters" : "other letters")
  }

  /// One letter from A to H, with parentheses, a point or "option".
  private static func choice(_ answer: Scalars, _ letter: String) -> (Bool?, String) {
    var text = answer
    for word in ["\\textbf", "\\text", "\\mathrm", "\\mathbf", "option", "Option", "choice", "Choice"] {
      text = text.replacing(word, by: " ")
    }
    let words = text.split { !$0.isLetter && !$0.isDigit && $0 != "\\" }
    // `B: 12 m/s` names its letter first; a sentence names it alone, in a capital.
    func isOption(_ word: Scalars.SubSequence) -> Bool {
      word.count == 1 && word.allSatisfy { $0.lowercase.value &- 97 < 8 }
    }
    let first = words.first.flatMap { isOption($0) ? $0 : nil }
    let capital = words.last { isOption($0) && $0.allSatisfy { $0.value < 97 } }
    guard let found = (first ?? capital)?.first else { return (nil, "no letter was found") }
    let isRight = letter.scalars.trimmed.map(\.lowercase) == [found.lowercase]
    return (isRight, isRight ? "the right choice" : "another choice")
  }

  /// Whole numbers in order, whatever stands between them.
  private static func integers(_ answer: Scalars, _ numbers: [Int]) -> (Bool?, String) {
    var found: [Int] = []
    var index = 0
    while index < answer.count, found.count <= numbers.count {
      guard answer[index].isDigit else {
        index += 1
        continue
      }
      let start = index
      while index < answer.count, answer[index].isDigit { index += 1 }
      let sign = start > 0 && answer[start - 1] == "-" ? -1 : 1
      found.append(index - start > 17 ? Int.max : sign * (Int(String(answer[start..<index])) ?? 0))
    }
    guard !found.isEmpty else { return (nil, "no numbers were found") }
    let isRight = found == numbers
    return (isRight, isRight ? "the same numbers" : "other numbers")
  }
}
