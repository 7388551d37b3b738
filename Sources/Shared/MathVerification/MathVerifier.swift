/// What the comparison of an answer with a gold answer came to.
public struct MathJudgement: Sendable, Equatable {
  /// Whether the gold answer could be read.
  public enum GoldStatus: Sendable, Equatable {
    /// As mathematics.
    case parsed
    /// As text only: answers must repeat it.
    case textOnly
    /// Not at all; every answer is wrong, and the row should not be trained on.
    case empty
  }

  /// Whether the answer means the same.
  public let isEqual: Bool

  /// The answer found, as written; nil where none was.
  public let extracted: String?

  /// Whether the answer could be read as mathematics.
  public let isParsed: Bool

  /// Whether the gold answer could be read.
  public let gold: GoldStatus

  /// Why, for a reader of the rollouts.
  public let reason: String
}

/// Decides whether a response gives the answer to a problem of mathematics.
///
/// | gold | response | equal | because |
/// |---|---|---|---|
/// | `\frac{1}{2}` | `so it is $\boxed{0.5}$` | yes | exact fractions |
/// | `2\sqrt{3}` | `\boxed{\sqrt{12}}` | yes | radicals have a normal form |
/// | `\frac13` | `The answer is 0.333333` | yes | a decimal rounds to six places |
/// | `x^2-1` | `\boxed{(x-1)(x+1)}` | yes | polynomials |
/// | `\{1,2\}` | `\boxed{x=2 \text{ or } x=1}` | yes | a set of values |
/// | `(1,2)` | `\boxed{[1,2]}` | no | open and closed |
/// | `7` | `\boxed{10^{10^{10}}}` | no | given up within the work budget |
///
/// The rules are those of math-verify 0.9.0 as verl configures it. Where it differs from what a careful reader
/// would say (complex numbers, `x²`, 0.\overline{3}, `42.`), the reader is followed as far as no natural
/// language is needed.
///
/// Total and pure: any text gets a judgement, after a number of steps that the texts' lengths and ``Limits`` bound.
/// A response's last 2^20 characters are read.
public enum MathVerifier {
  /// Where an answer stands.
  public enum Mode: Sendable {
    /// Somewhere in a response: in a box, behind "answer", or last.
    case wholeResponse
    /// It is the whole text.
    case expression
    /// As TRL's `accuracy_reward` finds it: in a box or behind "answer", in LaTeX only, the first match only.
    case anchoredLatex
  }

  /// The judgement on `text`, against `gold`, one LaTeX or plain expression.
  ///
  /// Text before the last `</think>` is not read.
  public static func judge(answer text: String, gold: String, mode: Mode = .wholeResponse) -> MathJudgement {
    let gold = Reading.gold(gold)
    guard gold.status != .empty else {
      return MathJudgement(
        isEqual: false, extracted: nil, isParsed: false, gold: .empty, reason: "the gold answer is empty")
    }
    let answer: Reading =
      switch mode {
      case .wholeResponse: Reading.response(text, .verl)
      case .anchoredLatex: Reading.response(text, .trl)
      case .expression: Reading.expression(text)
      }
    guard let extracted = answer.text else {
      return MathJudgement(
        isEqual: false, extracted: nil, isParsed: false, gold: gold.status, reason: "no answer was found")
    }
    let verdict = compare(gold, answer)
    return MathJudgement(
      isEqual: verdict.isEqual, extracted: shortened(extracted), isParsed: answer.object != nil,
      gold: gold.status,
      reason: verdict.reason)
  }

  private static func compare(_ gold: Reading, _ answer: Reading) -> (isEqual: Bool, reason: String) {
    if gold.text == answer.text { return (true, "the same text") }
    switch (gold.object, answer.object) {
    case (let left?, let right?):
      return Comparison.areEqual(gold: left, answer: right) ? (true, "equal") : (false, "not equal")
    case (nil, nil):
      let isSame = gold.spelling == answer.spelling
      return (isSame, isSame ? "the same text but for blanks" : "not understood, and another text")
    case (_, nil): return (false, "the answer is no formula that is understood")
    case (nil, _): return (false, "the gold answer is text, and the answer is not the same")
    }
  }

  private static func shortened(_ text: Scalars) -> String { String(text.prefix(200)) }
}

/// A text read as an answer.
struct Reading {
  /// What stands there, cleaned.
  let text: Scalars?
  /// What it means.
  let object: MathObject?

  var status: MathJudgement.GoldStatus {
    object != nil ? .parsed : spelling.isEmpty ? .empty : .textOnly
  }

  /// Its characters without white space, for comparison as text.
  var spelling: Scalars { (text ?? []).filter { !$0.isSpace } }

  /// `gold`, a bare expression or a text with a box.
  static func gold(_ gold: String) -> Reading {
    expression(gold)
  }

  /// The whole of `text`.
  static func expression(_ text: String) -> Reading {
    latex(PlainCharacters.clean(text), boxes: .all)
  }

  /// What `response` gives as its answer.
  static func response(_ response: String, _ patterns: AnswerExtraction.Patterns) -> Reading {
    let extraction = AnswerExtraction(afterThinking(PlainCharacters.clean(response)), patterns: patterns)
    var first: Reading?
    var attempts = 0
    for anchor in Anchor.allCases {
      for candidate in extraction.candidates(anchor) {
        let reading = reading(candidate, strictly: patterns.boxedFirst)
        if reading.object != nil { return reading }
        first = first ?? reading
        attempts += 1
        if attempts == 32 || patterns.boxedFirst { return first ?? reading }
      }
    }
    return first ?? answerTag(extraction.text) ?? Reading(text: nil, object: nil)
  }

  /// What follows the last `</think>`.
  private static func afterThinking(_ text: Scalars) -> Scalars {
    let mark = "</think>".scalars
    guard let place = text.last(mark, before: text.count) else { return text }
    return Array(text[(place + mark.count)...])
  }

  /// The content of the last `<answer>…</answer>`, for want of anything else.
  private static func answerTag(_ text: Scalars) -> Reading? {
    Extraction.answerTag(in: text).map { latex($0, boxes: .all) }
  }

  private static func reading(_ candidate: Candidate, strictly: Bool) -> Reading {
    switch candidate.content {
    case .plain(let text, let isPercent): return plain(text, isPercent: isPercent)
    case .boxed(let text): return latex(text, boxes: .last, strictly: strictly)
    case .latex(let formulas):
      let readings = formulas.map { latex($0.text, boxes: .all, isPercent: $0.isPercent, strictly: strictly) }
      let objects = readings.compactMap(\.object)
      guard readings.count > 1, objects.count == readings.count else { return readings[0] }
      let text = Scalars(readings.map { $0.text ?? [] }.joined(separator: ", ".scalars))
      return Reading(text: text, object: .set(objects.flatMap(elements)))
    }
  }

  private static func elements(_ object: MathObject) -> [MathObject] {
    if case .set(let parts) = object { return parts }
    return [object]
  }

  private static func latex(
    _ formula: Scalars, boxes: Boxes.Choice, isPercent: Bool = false, strictly: Bool = false
  ) -> Reading {
    let text = LatexCleaning.clean(formula, boxes: boxes)
    guard !text.isEmpty else { return Reading(text: nil, object: nil) }
    if strictly, !LatexCleaning.hasWholeOperators(text) { return Reading(text: text, object: nil) }
    let object = try? Parser.parse(text)
    guard isPercent, case .term(let term)? = object else { return Reading(text: text, object: object) }
    return Reading(text: text + ["%"], object: .term(.percent(term)))
  }

  private static func plain(_ text: Scalars, isPercent: Bool) -> Reading {
    guard let term = try? PlainExpression.parse(text) else { return Reading(text: text, object: nil) }
    // The text stays without the sign, so that 12.5% is as good as the same digits.
    return Reading(text: text, object: .term(isPercent ? .percent(term) : term))
  }
}
