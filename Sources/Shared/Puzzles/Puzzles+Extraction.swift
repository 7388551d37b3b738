extension Puzzles {
  /// The answer in a response.
  ///
  /// What stands before the last `</think>` is not looked at. Of the rest, the answer is what the last closed
  /// pair of `<answer>` and `</answer>` encloses, white space at its ends aside; without such a pair it is the
  /// whole rest.
  ///
  /// | response | answer |
  /// |---|---|
  /// | `x <answer>1</answer> y <answer> 2 </answer>` | `2` |
  /// | `<answer>3</answer> or <answer>4` | `3` |
  /// | `<think><answer>1</answer></think> 5` | `5` |
  /// | `<ANSWER>6</ANSWER>` | all of it |
  ///
  /// Source: reasoning-gym, `extract_answer`.
  public static func extract(_ response: String) -> String {
    let bytes = Array(response.utf8)
    let thought = occurrences(of: "</think>", in: bytes).last.map { $0 + "</think>".utf8.count }
    let start = thought ?? 0
    if let answer = taggedAnswer(in: bytes, from: start) {
      return AnswerText(String(decoding: answer, as: UTF8.self)).trimmed.string
    }
    guard thought != nil else { return response }
    return AnswerText(String(decoding: bytes[start...], as: UTF8.self)).trimmed.string
  }

  private static func taggedAnswer(in bytes: [UInt8], from start: Int) -> ArraySlice<UInt8>? {
    let openings = occurrences(of: "<answer>", in: bytes).filter { $0 >= start }
    let closings = occurrences(of: "</answer>", in: bytes)
    var (answer, end, next) = (nil as ArraySlice<UInt8>?, start, 0)
    // Pairs do not overlap: the next begins behind the end of the last.
    for opening in openings where opening >= end {
      let inside = opening + "<answer>".utf8.count
      while next < closings.count && closings[next] < inside { next += 1 }
      guard next < closings.count else { break }
      answer = bytes[inside..<closings[next]]
      end = closings[next] + "</answer>".utf8.count
    }
    return answer
  }

  /// Where `tag`, which cannot overlap itself, begins in `bytes`.
  private static func occurrences(of tag: String, in bytes: [UInt8]) -> [Int] {
    let tag = Array(tag.utf8)
    guard bytes.count >= tag.count else { return [] }
    return (0...bytes.count - tag.count).filter { bytes[$0] == tag[0] && bytes[$0...].starts(with: tag) }
  }
}
