/// verl's rule for Hendrycks' MATH: the last box, both sides normalised as text, equal or not.
///
/// There is no arithmetic: `0.25` is not `\frac14`, `1,000` not `1000`, `2/4` not `1/2`. Source: verl's
/// `utils/reward_score/math_reward.py`.
public enum MathRewardRule {
  /// 1 if the last box of `response` is `groundTruth`, else 0.
  public static func score(_ response: String, groundTruth: String) -> RuleScore {
    guard let box = Extraction.lastBox(in: response.scalars) else {
      return RuleScore(score: 0, extracted: nil)
    }
    guard let answer = Extraction.content(box) else { return RuleScore(score: 0, extracted: String(box)) }
    let isRight = areEquivalent(answer, groundTruth.scalars)
    return RuleScore(score: isRight ? 1 : 0, extracted: String(answer))
  }

  /// Whether both have one normal form; texts that have none are compared as they stand.
  private static func areEquivalent(_ left: Scalars, _ right: Scalars) -> Bool {
    guard let a = stripped(left), let b = stripped(right) else { return left == right }
    return a == b
  }

  /// The normal form; nil where the rule fails, as for two `\text{ ` units.
  static func stripped(_ text: Scalars) -> Scalars? {
    var text = text.filter { $0 != "\n" }
    for (from, to) in replacements { text = text.replacing(from, by: to) }
    guard let withoutUnits = withoutUnits(text) else { return nil }
    text = withoutUnits.replacing("\\%", by: "").replacing(" .", by: " 0.").replacing("{.", by: "{0.")
    guard let first = text.first else { return text }
    if first == "." { text = ["0"] + text }
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
    if sides.count == 2, sides[0].count <= 2 { text = Array(sides[1]) }
    guard let roots = fixedRoots(text) else { return nil }
    text = roots.filter { $0 != " " }
    guard let fractions = fixedFractions(text) else { return nil }
    text = fractions
    if text == "0.5".scalars { text = "\\frac{1}{2}".scalars }
    return fixedSlash(text)
  }

  private static let replacements = [
    ("\\!", ""), ("\\\\", "\\"), ("tfrac", "frac"), ("dfrac", "frac"), ("\\left", ""), ("\\right", ""),
    ("^{\\circ}", ""), ("^\\circ", ""), ("\\$", ""),
  ]

  /// What stands before `\text{ `; nil where it stands twice.
  private static func withoutUnits(_ text: Scalars) -> Scalars? {
    let marks = text.places(of: "\\text{ ".scalars)
    guard let mark = marks.first else { return text }
    return marks.count == 1 ? Array(text[..<mark]) : nil
  }

  /// `\sqrt3` as `\sqrt{3}`.
  private static func fixedRoots(_ text: Scalars) -> Scalars? {
    let mark = "\\sqrt".scalars
    let places = text.places(of: mark)
    guard let start = places.first else { return text }
    var result = Array(text[..<start])
    for (number, place) in places.enumerated() {
      let end = number + 1 < places.count ? places[number + 1] : text.count
      let rest = text[(place + mark.count)..<end]
      guard let first = rest.first else { return nil }
      result += mark + (first == "{" ? Array(rest) : ["{", first, "}"] + rest.dropFirst())
    }
    return result
  }

  /// `\frac12` and `\frac1{72}` with both braces; the text as it stands where one part is missing.
  private static func fixedFractions(_ text: Scalars) -> Scalars? {
    let mark = "\\frac".scalars
    let places = text.places(of: mark)
    guard let start = places.first else { return text }
    var result = Array(text[..<start])
    for (number, place) in places.enumerated() {
      let end = number + 1 < places.count ? places[number + 1] : text.count
      let rest = Array(text[(place + mark.count)..<end])
      guard let first = rest.first else { return nil }
      if first == "{" {
        result += mark + rest
      } else {
        guard rest.count >= 2 else { return text }
        let second: Scalars = rest[1] == "{" ? ["{"] : ["{", rest[1], "}"]
        result += mark + ["{", first, "}"] + second + rest.dropFirst(2)
      }
    }
    return result
  }

  /// `a/b` of two whole numbers as a fraction.
  private static func fixedSlash(_ text: Scalars) -> Scalars {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(Array.init)
    guard parts.count == 2, parts.allSatisfy(isWhole) else { return text }
    return "\\frac{".scalars + parts[0] + "}{".scalars + parts[1] + ["}"]
  }

  /// Whether it is a whole number as Python writes it: no leading zero, no plus.
  private static func isWhole(_ text: Scalars) -> Bool {
    let digits = text.first == "-" ? text.dropFirst() : text[...]
    guard let first = digits.first, digits.allSatisfy(\.isDigit) else { return false }
    return digits.count == 1 ? !(first == "0" && text.count == 2) : first != "0"
  }
}
