/// The contents of `\boxed{…}` and `\fbox{…}` in a text.
enum Boxes {
  /// Which boxes count.
  enum Choice {
    /// All of them, joined by commas.
    case all
    /// The last, with those before it that belong to it: less than 10 characters away, or less than 70 with
    /// `and`, `or`, a comma or a semicolon between and another content.
    case last
  }

  /// The content, in the order of the text; nil where there is no box, the whole rest where the only box is
  /// not closed or has no brace.
  ///
  /// Walks from right to left, as math-verify's `extract_boxed_content` does: a box inside one that was taken
  /// is reached by the next step and joins it only where its content differs.
  static func content(of text: Scalars, choice: Choice) -> Scalars? {
    var contents: [Scalars] = []
    var lastStart: Int?
    var limit = text.count
    for box in boxes(of: text).reversed() {
      var open = box.end
      while open < limit, text[open].isSpace { open += 1 }
      guard open < limit else { break }
      guard text[open] == "{", let close = text.closingBrace(of: open, limit: limit) else {
        if contents.isEmpty { contents.append(Array(text[open...])) }
        break
      }
      let content = text[(open + 1)..<close].trimmed
      if choice == .last, let lastStart,
        !belongsToNext(between: text[min(close + 1, lastStart)..<lastStart], content, contents.last ?? [])
      {
        break
      }
      if contents.last != content { contents.append(content) }
      lastStart = box.start
      limit = box.start
      if contents.count == 1000 { break }
    }
    guard !contents.isEmpty else { return nil }
    return Scalars(contents.reversed().joined(separator: [","]))
  }

  /// Where each `\boxed` and `\fbox` begins and ends, in the order of the text.
  static func boxes(of text: Scalars) -> [(start: Int, end: Int)] {
    let boxed = text.places(of: boxedMark).map { ($0, $0 + boxedMark.count) }
    let framed = text.places(of: framedMark).map { ($0, $0 + framedMark.count) }
    return framed.isEmpty ? boxed : (boxed + framed).sorted { $0.0 < $1.0 }
  }

  static let boxedMark = "\\boxed".scalars
  static let framedMark = "\\fbox".scalars

  private static func belongsToNext(between: Scalars.SubSequence, _ content: Scalars, _ next: Scalars) -> Bool
  {
    if between.count < 10 { return true }
    guard between.count < 70, content != next else { return false }
    return between.contains { $0 == "," || $0 == ";" } || hasConjunction(between)
  }

  private static func hasConjunction(_ text: Scalars.SubSequence) -> Bool {
    text.split { !$0.isLetter && !$0.isDigit && $0 != "_" }.contains {
      $0.elementsEqual(and) || $0.elementsEqual(or)
    }
  }

  private static let and = "and".scalars
  private static let or = "or".scalars
}
