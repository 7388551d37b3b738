/// The ways in which peers look for an answer in a response; each says exactly what it finds.
public enum Extraction {
  /// The content of the last `<answer>…</answer>`, letters of this size, without white space at its ends; nil where
  /// there is none.
  ///
  /// Source: reasoning-gym's `extract_answer`.
  public static func answerTag(in response: String) -> String? {
    answerTag(in: response.scalars).map { String($0) }
  }

  /// The last closed `\boxed{…}` with its braces, or else `\fbox{…}`; where `\boxed ` with a blank occurs, the text
  /// from the last one up to the next `$`.
  ///
  /// Source: verl's `utils/reward_score/math_reward.py`, `last_boxed_only_string`.
  public static func lastBox(in response: String) -> String? {
    lastBox(in: response.scalars).map { String($0) }
  }

  /// What `\boxed{…}` holds, braces within braces included, as ``lastBox(in:)`` finds it; nil where none is closed.
  public static func boxedContent(in response: String) -> String? {
    lastBox(in: response.scalars).flatMap(content).map { String($0) }
  }

  /// The number behind the last `#### `, without commas; nil where there is none in the last 300 characters.
  ///
  /// Source: verl's `utils/reward_score/gsm8k.py`, method `strict`.
  public static func hashMarkNumber(in response: String) -> String? {
    GSM8KRule.strictAnswer(response)
  }

  /// The last run of digits, points and commas with its sign that is not just `.`; commas stay.
  ///
  /// Source: verl's `utils/reward_score/gsm8k.py`, method `flexible`.
  public static func lastNumber(in response: String) -> String? {
    GSM8KRule.flexibleAnswer(response)
  }

  /// What follows the last `Answer:` on its line, cleaned as verl's math_dapo does; nil where there is none.
  public static func announcedAnswer(in response: String) -> String? {
    MathDapoRule.announced(response.scalars)
  }

  static func answerTag(in text: Scalars) -> Scalars? {
    let close = "</answer>".scalars
    let open = "<answer>".scalars
    // Matches do not overlap: each opening tag is closed by the next closing one.
    var found: Scalars?
    var index = 0
    while let start = text.first(open, from: index), let end = text.first(close, from: start + open.count) {
      found = text[(start + open.count)..<end].trimmed
      index = end + close.count
    }
    return found
  }

  static func lastBox(in text: Scalars) -> Scalars? {
    if let spaced = text.last(Boxes.boxedMark + [" "], before: text.count) {
      let rest = text[spaced...]
      return Array(rest.prefix { $0 != "$" })
    }
    guard
      let start = text.last(Boxes.boxedMark, before: text.count)
        ?? text.last(Boxes.framedMark, before: text.count),
      let end = text.closingBrace(of: text[start...].firstIndex { $0 == "{" || $0 == "}" } ?? text.count)
    else { return nil }
    return Array(text[start...end])
  }

  /// What a box that ``lastBox(in:)`` found holds, nil where it is an `\fbox`, whose content verl cannot take out.
  static func content(_ box: Scalars) -> Scalars? {
    if box.has(Boxes.boxedMark + [" "], at: 0) { return Array(box.dropFirst(Boxes.boxedMark.count + 1)) }
    let mark = Boxes.boxedMark + ["{"]
    guard box.has(mark, at: 0), box.last == "}" else { return nil }
    return Array(box.dropFirst(mark.count).dropLast())
  }
}
