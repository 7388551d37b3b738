/// Cuts English text into sentences as the Punkt algorithm does.
///
/// A candidate is a `.`, `?` or `!` before white space and another word, or before closing punctuation; in a
/// run without white space only the last one is. The word it ends and the word after it decide:
///
/// | the word ends in | a sentence ends there |
/// |---|---|
/// | `?` or `!` | always |
/// | the period of a known abbreviation, or an ellipsis | if the next word is capitalised and usually is not, or often starts sentences |
/// | the period of an initial or number | unless the next word is in small letters or, after an initial, is never seen so |
/// | any other period | always |
///
/// Closing quotes and brackets go to the sentence that they close. A newline alone ends nothing. The
/// algorithm is that of Kiss and Strunk 2006, *Unsupervised Multilingual Sentence Boundary Detection*,
/// https://doi.org/10.1162/coli.2006.32.4.485, section 4, as NLTK runs it with its English model; the
/// 20,000 words of that model's table of capitals are some hundred here, see ``SentenceWords``.
enum Sentences {
  /// The sentences of `text` in order, none empty.
  ///
  /// White space may stand at their ends. Time is linear.
  static func ranges(in text: Scalars) -> [Range<Int>] {
    var end = text.count
    while end > 0, text[end - 1].isSpace { end -= 1 }
    var starts: [Int] = [0]
    let chunks = chunks(in: text)
    for (index, chunk) in chunks.enumerated() {
      let following = index + 1 < chunks.count ? chunks[index + 1] : nil
      for mark in candidates(text, chunk, hasFollowing: following != nil) {
        if mark + 1 == chunk.upperBound, let following {
          guard hasBreak(text, chunk, following) else { continue }
          starts.append(following.lowerBound)
        } else {
          guard hasBreak(text, chunk.lowerBound..<(mark + 2), nil) else { continue }
          starts.append(mark + 1)
        }
      }
    }
    return realigned(text, starts, end: end)
  }

  /// The runs without white space.
  private static func chunks(in text: Scalars) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start: Int?
    for index in text.indices {
      if text[index].isSpace {
        if let first = start { chunks.append(first..<index) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let first = start { chunks.append(first..<text.count) }
    return chunks
  }

  /// The marks of a chunk that may end a sentence: the last one, and one that the chunk starts with.
  private static func candidates(_ text: Scalars, _ chunk: Range<Int>, hasFollowing: Bool) -> [Int] {
    let isCandidate = { (index: Int) in
      guard isMark(text[index]) else { return false }
      return index + 1 == chunk.upperBound ? hasFollowing : isPunctuation(text[index + 1])
    }
    guard let last = chunk.last(where: isCandidate) else { return [] }
    return last > chunk.lowerBound && isCandidate(chunk.lowerBound) ? [chunk.lowerBound, last] : [last]
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar == .period || scalar == "?" || scalar == "!"
  }

  /// Scalars that no word has inside.
  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ")", "\"", ";", "}", "]", "*", ":", "@", "'", "(", "{", "[", "?", "!": true
    case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "«", "»": true
    default: false
    }
  }

  /// Gives closing marks at a sentence's start to the one before, and drops a last one that is then empty.
  private static func realigned(_ text: Scalars, _ starts: [Int], end: Int) -> [Range<Int>] {
    var sentences: [Range<Int>] = []
    var start = 0
    for (index, next) in starts.enumerated().dropFirst() {
      let limit = index + 1 < starts.count ? starts[index + 1] : end
      let moved = next + closers(text, next..<max(next, limit))
      if start < moved { sentences.append(start..<moved) }
      start = moved
    }
    if start < end { sentences.append(start..<end) }
    return sentences
  }

  /// How many scalars at the start of `range` close what stands before: quotes and brackets, with the white
  /// space after them; none unless white space, a dash or the end follows.
  private static func closers(_ text: Scalars, _ range: Range<Int>) -> Int {
    var place = range.lowerBound
    while place < range.upperBound, isCloser(text[place]) { place += 1 }
    guard place > range.lowerBound else { return 0 }
    var after = place
    while after < range.upperBound, text[after].isSpace { after += 1 }
    let isClosed = after > place || place == range.upperBound || text.has([.hyphen, .hyphen], at: place)
    return isClosed ? after - range.lowerBound : 0
  }

  private static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\"", "'", ")", "]", "}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "«", "»": true
    default: false
    }
  }
}

// MARK: One candidate

extension Sentences {
  /// Whether some token of `word` and `following` ends a sentence, the last one aside.
  private static func hasBreak(_ text: Scalars, _ word: Range<Int>, _ following: Range<Int>?) -> Bool {
    var previous: SentenceToken?
    for range in [word, following].compactMap(\.self) {
      var place = range.lowerBound
      while place < range.upperBound {
        let end = tokenEnd(text, place, range.upperBound)
        let token = SentenceToken(text[place..<end])
        if let previous, previous.endsSentence(before: token) { return true }
        previous = token
        place = end
      }
    }
    return false
  }

  /// Where the token that starts at `start` ends, by Punkt's rules for words.
  private static func tokenEnd(_ text: Scalars, _ start: Int, _ limit: Int) -> Int {
    if let run = dots(text, start, limit) { return run }
    guard !cannotStartWord(text[start]) else { return start + 1 }
    var place = start + 1
    while place < limit, !isWordEnd(text, place, limit) { place += 1 }
    return place
  }

  private static func cannotStartWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "(", "\"", "`", "{", "[", ":", ";", "&", "#", "*", "@", ")", "}", "]", "-", ",": true
    default: false
    }
  }

  private static func isWordEnd(_ text: Scalars, _ place: Int, _ limit: Int) -> Bool {
    if isPunctuation(text[place]) || startsDots(text, place, limit) { return true }
    guard text[place] == .comma else { return false }
    let after = place + 1
    return after == limit || isPunctuation(text[after]) || startsDots(text, after, limit)
  }

  /// Whether two or more hyphens or periods stand at `place`.
  private static func startsDots(_ text: Scalars, _ place: Int, _ limit: Int) -> Bool {
    let scalar = text[place]
    return (scalar == .hyphen || scalar == .period) && place + 1 < limit && text[place + 1] == scalar
  }

  /// The end of such a run.
  private static func dots(_ text: Scalars, _ start: Int, _ limit: Int) -> Int? {
    guard startsDots(text, start, limit) else { return nil }
    return text[start..<limit].firstIndex { $0 != text[start] } ?? limit
  }
}

/// A token of a candidate's context, and what it looks like by itself.
private struct SentenceToken {
  enum Kind { case plain, sentenceEnd, abbreviation, ellipsis }

  let kind: Kind
  let isPeriodFinal: Bool

  private let scalars: ArraySlice<Unicode.Scalar>
  private let first: Unicode.Scalar

  init(_ token: ArraySlice<Unicode.Scalar>) {
    scalars = token
    first = token[token.startIndex]
    isPeriodFinal = token.last == .period
    if token.count == 1 {
      kind = first == .period || first == "?" || first == "!" ? .sentenceEnd : .plain
    } else if !isPeriodFinal {
      kind = .plain
    } else if token.dropLast().last != .period {
      kind = SentenceWords.isAbbreviation(token.dropLast()) ? .abbreviation : .sentenceEnd
    } else {
      kind = token.allSatisfy { $0 == .period } ? .ellipsis : .plain
    }
  }

  /// A letter with a period.
  private var isInitial: Bool { scalars.count == 2 && isPeriodFinal && (first.isLetter || first == "_") }

  /// In small letters, without the period if that was taken for the end of a sentence; long ones cut short.
  private var word: String {
    let hasPeriod = scalars.count > 1 && kind == .sentenceEnd
    return (hasPeriod ? scalars.dropLast() : scalars).prefix(40).lowered.text
  }

  /// `-3,500.25.` and its like.
  private var isNumber: Bool {
    var rest = scalars
    if rest.first == .hyphen { rest = rest.dropFirst() }
    if rest.first == .period || rest.first == .comma { rest = rest.dropFirst() }
    guard rest.first?.isDigit == true else { return false }
    return rest.allSatisfy { $0.isDigit || $0 == .period || $0 == .comma || $0 == .hyphen }
  }

  /// Whether a sentence ends after it, `next` being the token that follows.
  func endsSentence(before next: SentenceToken) -> Bool {
    let isInitial = isInitial
    guard isPeriodFinal, kind != .sentenceEnd || isInitial || isNumber else { return kind == .sentenceEnd }
    let start = next.sentenceStart
    if kind == .abbreviation || kind == .ellipsis, !isInitial {
      if start == .likely { return true }
      if next.isCapitalised, SentenceWords.starters.contains(next.word) { return true }
    }
    if isInitial || isNumber {
      if start == .impossible { return false }
      if isInitial, start == .possible, next.isCapitalised, !SentenceWords.isSeenSmall(next.word) {
        return false
      }
    }
    return kind == .sentenceEnd
  }

  private enum Start { case likely, possible, impossible }

  private var isCapitalised: Bool { first.isCapital }

  private var isPunctuation: Bool { scalars.count == 1 && ";:,.!?".unicodeScalars.contains(first) }

  /// Whether a sentence starts with it, from its capitals alone.
  private var sentenceStart: Start {
    if isPunctuation || first.isSmall { return .impossible }
    return isCapitalised && SentenceWords.isUsuallySmall(word) ? .likely : .possible
  }
}
