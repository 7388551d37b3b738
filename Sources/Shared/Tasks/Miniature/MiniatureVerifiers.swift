/// Scores 1 if the last field of a finished response is the ground truth, else 0; what stands before it is
/// free.
///
/// | response | ground truth | score | because |
/// |---|---|---|---|
/// | ` 7+5=12 4+8+1=13 132` | `132` | 1 | the last field |
/// | ` 132` | `132` | 1 | the work need not be shown |
/// | ` 132 130` | `132` | 0 | the last field counts |
/// | ` 0132` | `132` | 0 | text, not numbers |
/// | ` 132`, cut off by the length limit | `132` | 0 | it might have gone on |
///
/// Fields are what stands between white space. It looks at the last 65,536 bytes of a response.
struct LastFieldVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard finished else { return .unfinished }
    guard let answer = AnswerText.fields(AnswerText.tail(of: response)).last else { return .empty }
    return Verdict(answer: answer, expected: problem.groundTruth)
  }
}

/// Scores 1 if a finished response is the ground truth, white space at its ends aside, else 0.
///
/// | response | ground truth | score | because |
/// |---|---|---|---|
/// | ` w j d k` | `w j d k` | 1 | the same text |
/// | ` w j d k k` | `w j d k` | 0 | one too many |
/// | ` w  j d k` | `w j d k` | 0 | two spaces |
struct WholeTextVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard finished else { return .unfinished }
    let answer = AnswerText.trimmed(AnswerText.tail(of: response))
    return answer.isEmpty ? .empty : Verdict(answer: answer, expected: problem.groundTruth)
  }
}

/// Scores 1 if a finished response is one word of the lexicon for each letter of the ground truth, else 0.
///
/// | response | ground truth | score | because |
/// |---|---|---|---|
/// | ` bat bus key` | `bbk` | 1 | two words with b, one with k |
/// | ` bus bat key` | `bbk` | 1 | any order within a letter |
/// | ` bat bat key` | `bbk` | 0 | the same word twice |
/// | ` bat key bus` | `bbk` | 0 | the letters' order is given |
/// | ` bat bus` | `bbk` | 0 | a word is missing |
/// | ` bat bus kxy` | `bbk` | 0 | not in the lexicon |
struct WordsVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard finished else { return .unfinished }
    let answer = AnswerText.trimmed(AnswerText.tail(of: response))
    let words = answer.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    let extracted = AnswerText.string(answer)
    func wrong(_ reason: String) -> Verdict { Verdict(score: 0, extracted: extracted, reason: reason) }
    guard words.count == problem.groundTruth.utf8.count else { return wrong("another number of words") }
    guard Set(words).count == words.count else { return wrong("a word occurs twice") }
    for (word, letter) in zip(words, problem.groundTruth) {
      let known = Lexicon.words(with: String(letter))
      guard known.contains(where: { $0.utf8.elementsEqual(word) }) else {
        return wrong("a word is not one of the lexicon with `\(letter)`")
      }
    }
    return Verdict(score: 1, extracted: extracted, reason: "the words asked for")
  }
}

extension Verdict {
  /// The verdict on a response that the length limit cut.
  fileprivate static let unfinished = Verdict(
    score: 0, extracted: nil, reason: "the length limit cut the response before it ended")

  /// The verdict on a response without text.
  fileprivate static let empty = Verdict(score: 0, extracted: nil, reason: "the response is empty")

  /// 1 if `answer` is `expected` byte by byte, else 0.
  fileprivate init(answer: ArraySlice<UInt8>, expected: String) {
    let isRight = answer.elementsEqual(expected.utf8)
    self.init(
      score: isRight ? 1 : 0, extracted: AnswerText.string(answer),
      reason: isRight ? "the expected answer" : "not the expected answer")
  }
}
