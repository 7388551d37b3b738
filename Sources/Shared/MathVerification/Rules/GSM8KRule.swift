/// verl's rules for grade-school word problems, to the letter.
///
/// Source: verl's `utils/reward_score/gsm8k.py`, format score 0. Only the last 300 characters are read.
public enum GSM8KRule {
  /// 1 if the number behind the last `#### `, commas removed, is `groundTruth` as text, else 0.
  public static func strict(_ response: String, groundTruth: String) -> RuleScore {
    score(strictAnswer(response), groundTruth)
  }

  /// 1 if the last number, commas included, is `groundTruth` as text, else 0.
  public static func flexible(_ response: String, groundTruth: String) -> RuleScore {
    score(flexibleAnswer(response), groundTruth)
  }

  private static func score(_ answer: String?, _ groundTruth: String) -> RuleScore {
    let isRight = answer.map { $0.utf8.elementsEqual(groundTruth.utf8) } ?? false
    return RuleScore(score: isRight ? 1 : 0, extracted: answer)
  }

  static func strictAnswer(_ response: String) -> String? {
    let text = Array(response.unicodeScalars.suffix(300))
    let mark = "#### ".scalars
    var end = text.count
    while let start = text.last(mark, before: end) {
      if let run = run(in: text, at: start + mark.count) { return String(run.filter { $0 != "," }) }
      end = start + mark.count - 1
    }
    return nil
  }

  static func flexibleAnswer(_ response: String) -> String? {
    let text = Array(response.unicodeScalars.suffix(300))
    var runs: [Scalars] = []
    var index = 0
    while index < text.count {
      if let run = run(in: text, at: index) {
        runs.append(run)
        index += run.count
      } else {
        index += 1
      }
    }
    // Where every run is a lone point, the first is left over from the search.
    return (runs.last { $0 != ["."] } ?? runs.first).map { String($0) }
  }

  /// `-?[0-9.,]+` at `index`.
  private static func run(in text: Scalars, at index: Int) -> Scalars? {
    var end = index
    if end < text.count, text[end] == "-" { end += 1 }
    let start = end
    while end < text.count, text[end].isDigit || text[end] == "." || text[end] == "," { end += 1 }
    return end > start ? Array(text[index..<end]) : nil
  }
}
