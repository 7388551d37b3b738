/// Scores 1 if every keyword occurs somewhere in the response, else 0.
///
/// The reward of the first reference script, `1.0 if "def" in response and "return" in response else 0.0`:
/// keywords are looked for as they are, in upper or lower case, inside words too. It holds a response to no
/// ground truth and says nothing about whether it is right; it is there to see a run move.
///
/// | response | keywords | score | because |
/// |---|---|---|---|
/// | `def f(): return 1` | `def`, `return` | 1 | both occur |
/// | `undefined, returned` | `def`, `return` | 1 | inside words too |
/// | `DEF f(): return 1` | `def`, `return` | 0 | `def` is missing |
/// | anything | none | 1 | nothing is missing |
///
/// It looks at the first 1,048,576 bytes of a response.
public struct KeywordsVerifier: Verifier {
  /// What must occur.
  public let keywords: [String]

  /// Creates a verifier that looks for `keywords`.
  public init(keywords: [String]) {
    self.keywords = keywords
  }

  /// The verdict on `response`, 0 or 1.
  public func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    let text = Array(response.utf8.prefix(1 << 20))
    let missing = keywords.filter { !KeywordSearch($0).occurs(in: text) }
    let reason = missing.isEmpty ? "every keyword occurs" : "missing: " + missing.joined(separator: ", ")
    // Wrong, not unparsed: there is no answer to be found.
    return Verdict(
      score: missing.isEmpty ? 1 : 0, extracted: nil, reason: reason,
      kind: missing.isEmpty ? .correct : .wrong)
  }
}

/// Looks for one keyword in time linear in the text, however often it almost occurs.
///
/// Source: Knuth, Morris and Pratt 1977, https://doi.org/10.1137/0206024.
private struct KeywordSearch {
  private let keyword: [UInt8]

  /// For each number of matched bytes, how many still match when the next does not.
  private var fallback = [0, 0]

  init(_ keyword: String) {
    self.keyword = Array(keyword.utf8)
    for index in self.keyword.indices.dropFirst() {
      fallback.append(advance(from: fallback[index], by: self.keyword[index]))
    }
  }

  func occurs(in text: [UInt8]) -> Bool {
    guard !keyword.isEmpty else { return true }
    var matched = 0
    for byte in text {
      matched = advance(from: matched, by: byte)
      if matched == keyword.count { return true }
    }
    return false
  }

  private func advance(from matched: Int, by byte: UInt8) -> Int {
    var matched = matched
    while matched > 0 && keyword[matched] != byte { matched = fallback[matched] }
    return keyword[matched] == byte ? matched + 1 : 0
  }
}
