/// Holds the final answer of a response to the ground truth: 1 if they agree, else 0.
///
/// The final answer is the line after the last `####`, or what the last `\boxed{…}` holds, whichever begins
/// later; in a response with neither, all of it. Answers agree when they are the same text, white space at
/// the ends aside, or the same number: `1,234.50` is `1234.5` and `+07` is `7`, compared digit by digit, not
/// in floating point.
///
/// | response | ground truth | score | because |
/// |---|---|---|---|
/// | `so it is 12.` newline `#### 12` | `12` | 1 | the marked answer |
/// | `#### 12` newline `#### 13` | `12` | 0 | the last mark counts |
/// | `\boxed{\frac{1}{2}}` | `\frac{1}{2}` | 1 | braces are balanced |
/// | ` Paris` | `Paris` | 1 | no mark, so the whole response |
/// | `The answer is 12` | `12` | 0 | the same |
/// | `1,000.0` | `1000` | 1 | the same number |
/// | `#### 12`, cut off by the length limit | `12` | 0 | the answer might have gone on |
/// | `\boxed{12} and`, cut off | `12` | 1 | the box is closed |
///
/// It looks at the last 65,536 bytes of a response.
public struct ExactVerifier: Verifier {
  /// Creates a verifier.
  public init() {}

  /// The verdict on `response`, 0 or 1.
  public func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    let bytes = AnswerText.tail(of: response)
    guard let answer = Self.finalAnswer(in: bytes, finished: finished) else {
      return Verdict(
        score: 0, extracted: nil, reason: "the length limit cut the response before its answer ended")
    }
    let extracted = AnswerText.string(answer)
    let truth = AnswerText.trimmed(ArraySlice(problem.groundTruth.utf8))
    if answer == truth { return Verdict(score: 1, extracted: extracted, reason: "the expected text") }
    if let number = DecimalNumber(answer), number == DecimalNumber(truth) {
      return Verdict(score: 1, extracted: extracted, reason: "the expected number")
    }
    return Verdict(score: 0, extracted: extracted, reason: "not the expected answer")
  }

  /// The final answer, trimmed; nil where the response was cut before the answer was known to end.
  static func finalAnswer(in bytes: ArraySlice<UInt8>, finished: Bool) -> ArraySlice<UInt8>? {
    let hashes = AnswerText.lastIndex(of: "####", in: bytes)
    if let box = lastBox(in: bytes), box.startIndex > hashes ?? -1 { return AnswerText.trimmed(box) }
    guard let hashes else { return finished ? AnswerText.trimmed(bytes) : nil }
    let rest = bytes[(hashes + 4)...].drop(while: AnswerText.isSpace)
    let line = rest.prefix { $0 != 0x0A }
    guard finished || line.endIndex < rest.endIndex else { return nil }
    return AnswerText.trimmed(line)
  }

  /// The inside of the last `\boxed{…}`, up to the brace that closes it; nil if there is none or it stays
  /// open.
  private static func lastBox(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let box = AnswerText.lastIndex(of: "\\boxed{", in: bytes) else { return nil }
    let inside = bytes[(box + 7)...]
    var depth = 1
    for index in inside.indices {
      if inside[index] == UInt8(ascii: "{") { depth += 1 }
      if inside[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return inside[..<index] }
    }
    return nil
  }
}
