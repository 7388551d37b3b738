/// verl's rule for DAPO's mathematics: +1 or -1.
///
/// Source: verl's `utils/reward_score/math_dapo.py`.
public enum MathDapoRule {
  /// What the rule gives: `score` ±1, `isRight` as `acc`, `extracted` as `pred`.
  ///
  /// The last `Answer: …` of the last 300 characters, both sides normalised as Lewkowycz et al. (2022, "Minerva")
  /// do, equal as texts. Where there is none, `extracted` is `[INVALID]`.
  public static func score(_ response: String, groundTruth: String) -> RuleScore {
    let answer = announced(Array(response.unicodeScalars.suffix(300))) ?? "[INVALID]"
    let truth = String(normalized(groundTruth.scalars))
    return RuleScore(score: answer == truth ? 1 : -1, extracted: answer)
  }

  /// The stricter mode: the last box of the last 100 characters must be `groundTruth` as text.
  public static func strictBox(_ response: String, groundTruth: String) -> RuleScore {
    let end = Array(response.unicodeScalars.suffix(100))
    let answer = lastBox(end).map { String($0) }
    return RuleScore(score: answer == groundTruth ? 1 : -1, extracted: answer)
  }

  /// The normalised text behind the last `Answer:` that has one on its line.
  static func announced(_ text: Scalars) -> String? {
    let word = "answer".scalars
    var found: Scalars?
    var index = 0
    while index < text.count {
      guard text[index].lowercase == "a", text.hasIgnoringCase(word, at: index),
        let start = body(text, index + word.count)
      else {
        index += 1
        continue
      }
      let line = Array(text[start...].prefix { $0 != "\n" })
      found = line
      index = start + line.count
    }
    return found.map { String(normalized($0)) }
  }

  /// Behind white space, `:` and white space, at least one character before the line ends.
  private static func body(_ text: Scalars, _ start: Int) -> Int? {
    var index = start
    while index < text.count, text[index].isSpace { index += 1 }
    guard index < text.count, text[index] == ":" else { return nil }
    index += 1
    let blank = index
    while index < text.count, text[index].isSpace { index += 1 }
    // The blanks give one back where nothing else is left for the answer.
    while index > blank, index == text.count || text[index] == "\n" { index -= 1 }
    return index < text.count && text[index] != "\n" ? index : nil
  }

  private static func lastBox(_ text: Scalars) -> Scalars? {
    let mark = "\\boxed{".scalars
    guard let start = text.last(mark, before: text.count),
      let end = text.closingBrace(of: start + mark.count - 1)
    else { return nil }
    return Array(text[(start + mark.count)..<end])
  }

  // MARK: Normal form

  static func normalized(_ answer: Scalars) -> Scalars {
    var text = answer
    if let sign = text.lastIndex(of: "=") { text = Array(text[(sign + 1)...]) }
    for (from, to) in substitutions { text = text.replacing(from, by: to) }
    for word in removals { text = text.replacing(word, by: "") }
    text = insideDollars(text)
    for command in ["text", "textbf", "overline"] { text = unwrapped(text, "\\\(command){".scalars) }
    text = unboxed(text)
    text = completed(text, "frac".scalars, count: 2)
    text = completed(text, "sqrt".scalars, count: 1)
    text = text.filter { $0 != "$" }
    if text.contains(where: \.isPythonDigit), text.allSatisfy({ $0.isPythonDigit || $0 == "," }) {
      text = text.filter { $0 != "," }
    }
    return text.trimmed
  }

  private static let substitutions = [
    ("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), ("\\ ", ""), (" ", ""), ("mbox", "text"),
    (",\\text{and}", ","),
    ("\\text{and}", ","), ("\\text{m}", "\\text{}"),
  ]

  private static let removals = [
    "square", "ways", "integers", "dollars", "mph", "inches", "hours", "km", "units", "\\ldots", "sue",
    "points",
    "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters", "meals", "edges",
    "students",
    "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{\ns}", "\\text{}^2", "\\text{}^3",
    "\\text{\n}",
    "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;", ",\\!", "{,}", "\"", "\\dots",
  ]

  /// The inside of the first `$…$`.
  private static func insideDollars(_ text: Scalars) -> Scalars {
    guard let open = text.firstIndex(of: "$"), let close = text[(open + 1)...].firstIndex(of: "$") else {
      return text
    }
    return Array(text[(open + 1)..<close])
  }

  /// Without every `command` and the `}` that follows it first.
  private static func unwrapped(_ text: Scalars, _ command: Scalars) -> Scalars {
    var result = Scalars()
    var index = 0
    while let start = text.first(command, from: index) {
      guard let close = text[(start + command.count)...].firstIndex(of: "}") else { break }
      result += text[index..<start] + text[(start + command.count)..<close]
      index = close + 1
    }
    return result + text[min(index, text.count)...]
  }

  /// Without the first `\boxed{` and the last `}`.
  private static func unboxed(_ text: Scalars) -> Scalars {
    let mark = "\\boxed{".scalars
    guard let start = text.first(mark, from: 0), let end = text.lastIndex(of: "}"), end >= start + mark.count
    else { return text }
    let inside = text[(start + mark.count)..<end]
    return Array(text[..<start]) + Array(inside) + Array(text[(end + 1)...])
  }

  /// `frac` or `sqrt` with braces round the characters that follow it, unless the first is a brace itself.
  private static func completed(_ text: Scalars, _ command: Scalars, count: Int) -> Scalars {
    var result = Scalars()
    var index = 0
    while let start = text.first(command, from: index) {
      let body = start + command.count
      guard body + count <= text.count, text[body] != "{", !text[body..<(body + count)].contains("\n") else {
        result += text[index..<body]
        index = body
        continue
      }
      result += text[index..<body]
      for place in body..<(body + count) { result += ["{", text[place], "}"] }
      index = body + count
    }
    return result + text[min(index, text.count)...]
  }
}
