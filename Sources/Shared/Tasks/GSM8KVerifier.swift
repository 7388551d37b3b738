/// Scores grade-school word problems by the number after `####`, to the letter as verl does, so that scores
/// compare.
///
/// The last 300 characters are searched for `####`, exactly one space, an optional `-` and a run of digits,
/// points and commas; of the last such match the commas are removed, and what remains must equal the ground
/// truth as text.
///
/// | response | ground truth | score | because |
/// |---|---|---|---|
/// | `48+24=72` newline `#### 72` | `72` | 1 | the same text |
/// | `#### 1,234` | `1234` | 1 | commas are removed |
/// | `#### 72%` | `72` | 1 | the run of digits ends at the sign |
/// | `#### 72.` | `72` | 0 | the point belongs to the run |
/// | `#### 0.50` | `0.5` | 0 | text, not numbers |
/// | `####72` or `The answer is 72` | `72` | 0 | no match |
///
/// Source: verl's `utils/reward_score/gsm8k.py`, method `strict`, with a format score of 0. Whether the
/// response was finished does not matter to it.
public struct GSM8KVerifier: Verifier {
  /// Creates a verifier.
  public init() {}

  /// The verdict on `response`, 0 or 1.
  public func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard let answer = Self.extract(response) else {
      return Verdict(score: 0, extracted: nil, reason: "no `#### ` with a number after it near the end")
    }
    let isRight = answer.utf8.elementsEqual(problem.groundTruth.utf8)
    return Verdict(
      score: isRight ? 1 : 0, extracted: answer, reason: isRight ? "the expected text" : "another answer")
  }

  /// The last match in the last 300 characters, without commas.
  static func extract(_ response: String) -> String? {
    let end = Array(String(String.UnicodeScalarView(response.unicodeScalars.suffix(300))).utf8)
    let mark = Array("#### ".utf8)
    for start in end.indices.reversed() where end[start...].starts(with: mark) {
      let rest = end[(start + mark.count)...]
      let sign = rest.prefix(1).filter { $0 == UInt8(ascii: "-") }
      let run = rest.dropFirst(sign.count).prefix(while: isPartOfNumber)
      guard !run.isEmpty else { continue }
      return String(decoding: (sign + run).filter { $0 != UInt8(ascii: ",") }, as: UTF8.self)
    }
    return nil
  }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: ",")
  }
}
